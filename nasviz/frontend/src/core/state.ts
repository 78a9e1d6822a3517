/** What a view shows: a whole state, then numbered changes; a gap is noticed. */
import { applyChanges, isChanges } from "./delta";
import type { Body } from "./message";

/** The state after an update; the same state when the update is older; null when one in between is missing. */
export function advance(state: Body | null, update: Body): Body | null {
  if (state === null || typeof state.rev !== "number" || typeof update.rev !== "number" || !isChanges(update.changes)) return null;
  if (update.rev <= state.rev) return state;
  if (update.rev !== state.rev + 1) return null;
  try {
    return { ...(applyChanges(state, update.changes) as Body), rev: update.rev };
  } catch {
    return null;
  }
}
