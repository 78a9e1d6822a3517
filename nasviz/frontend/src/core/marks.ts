/** Which nodes of a picture are marked, and how: selection, pointer, matches of a search. */
import { isWithin, type Position, positionId, samePosition } from "./selection";

/** Classes of marked nodes; bit k of a mark stands for class k. */
export const MARKS = ["nv-selected", "nv-inside", "nv-path", "nv-hover", "nv-match"];
const MATCH = 16;
/** more matches than a picture has nodes are not looked for one by one */
const MOST = 2000;

/** A folded picture may not draw the position itself: then what is inside it, or the nearest place around it. */
export function nearest(drawn: readonly Position[], wanted: Position): Position {
  if (drawn.some((position) => isWithin(position, wanted))) return wanted;
  const around = drawn.filter((position) => isWithin(wanted, position));
  return around.sort((a, b) => b.length - a.length)[0] ?? wanted;
}

/** The nodes (by their places) that show a match: at its position; else inside it; else folded around it. */
export function matchedNodes(places: readonly (readonly Position[])[], found: readonly Position[]): Set<number> {
  const own = new Map<string, number[]>();
  places.forEach((at, k) => at.forEach((position) => own.set(positionId(position), [...(own.get(positionId(position)) ?? []), k])));
  const matched = new Set<number>();
  for (const wanted of found.slice(0, MOST)) {
    let here = own.get(positionId(wanted)) ?? places.flatMap((at, k) => (at.some((position) => isWithin(position, wanted)) ? [k] : []));
    for (let n = wanted.length - 1; here.length === 0 && n >= 0; n--) here = own.get(positionId(wanted.slice(0, n))) ?? [];
    for (const k of here) matched.add(k);
  }
  return matched;
}

/** The mark of each node, as bits in the order of `MARKS`. */
export function marksOf(places: readonly (readonly Position[])[], selected: Position | null, hovered: Position | null, matched: ReadonlySet<number>): number[] {
  const drawn = places.flat();
  const chosen = selected && nearest(drawn, selected);
  const over = hovered && nearest(drawn, hovered);
  return places.map(
    (at, k) =>
      (chosen !== null && at.some((position) => samePosition(position, chosen)) ? 1 : 0) +
      (chosen !== null && at.some((position) => isWithin(position, chosen)) ? 2 : 0) +
      (chosen !== null && at.some((position) => isWithin(chosen, position)) ? 4 : 0) +
      (over !== null && at.some((position) => isWithin(position, over)) ? 8 : 0) +
      (matched.has(k) ? MATCH : 0),
  );
}
