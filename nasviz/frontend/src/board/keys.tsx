/** The keys of the board, and what each of them does. */
import { KeyList, type KeyRow } from "../core/keys";
import type { Send } from "./state";

const KEYS: KeyRow[] = [
  ["j ↓ →", "the next trial"],
  ["k ↑ ←", "the trial before"],
  ["b", "the best trial"],
  ["Esc", "select none"],
  ["← → Home End", "on a tab: another figure"],
  ["? ", "these keys"],
];

export const Keys = () => <KeyList keys={KEYS} />;

/** Where keys belong to something else. */
const TAKEN = "input, textarea, select, [role=tablist], .nv-stage, .nv-scroll, summary, .nv-zoom";

const COMMANDS: Record<string, [name: string, body: Record<string, unknown>]> = {
  j: ["step", { by: 1 }],
  ArrowDown: ["step", { by: 1 }],
  ArrowRight: ["step", { by: 1 }],
  k: ["step", { by: -1 }],
  ArrowUp: ["step", { by: -1 }],
  ArrowLeft: ["step", { by: -1 }],
  b: ["best", {}],
  Escape: ["choose", { trial: null }],
};

/** Do what a key says; whether it says anything here. Letters count in more places than arrows. */
export function onKey(event: KeyboardEvent, send: Send, help: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const at = event.target as Element;
  const letter = event.key.length === 1;
  if (at.closest(letter ? "input, textarea, select" : TAKEN)) return false;
  if (event.key === "?") {
    help();
    return true;
  }
  const command = COMMANDS[event.key];
  if (!command) return false;
  send(...command);
  return true;
}
