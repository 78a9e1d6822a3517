/** The look of nonterminal k: eight hues, which come again with a pattern (dotted, dashed, double); see also nasviz/graph/palette.py. */

export const HUES = 8;
export const TURNS = 3;

/** The classes of hue and pattern of nonterminal `k`, in the order of the grammar. */
export function hueClass(k: number): string {
  const again = Math.floor(k / HUES);
  return `nv-hue-${k % HUES}${again > 0 ? ` nv-turn-${1 + ((again - 1) % TURNS)}` : ""}`;
}
