/** Text in PDF: Helvetica, which every reader has, for Latin; drawn signs for those of the pictures; a box for the rest. */

/** Widths in thousandths of the size, characters 32 … 126, of Helvetica and Helvetica-Bold (Adobe's metrics of the standard fonts). */
const WIDTHS: Record<"normal" | "bold", number[]> = {
  normal: [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ],
  bold: [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ],
};
/** Codes of WinAnsiEncoding outside Latin-1, and widths of the signs that pictures use. */
const WIN: Record<string, number> = { "€": 0x80, "…": 0x85, "‹": 0x8b, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "›": 0x9b };
const OTHER: Record<string, number> = { "…": 1000, "—": 1000, "‹": 333, "›": 333, "×": 584, "÷": 584, "±": 584, "·": 278, "°": 400, "‘": 222, "’": 222, "•": 350 };

export interface Glyph {
  width: number;
  /** filled shapes in thousandths of the size */
  draw: string;
}

/** A circle as four curves. */
function circle(x: number, y: number, r: number): string {
  const k = Math.round(r * 0.5523);
  return `${x + r} ${y} m ${x + r} ${y + k} ${x + k} ${y + r} ${x} ${y + r} c ${x - k} ${y + r} ${x - r} ${y + k} ${x - r} ${y} c ${x - r} ${y - k} ${x - k} ${y - r} ${x} ${y - r} c ${x + k} ${y - r} ${x + r} ${y - k} ${x + r} ${y} c h`;
}
const RING = `${circle(400, 340, 330)} ${circle(400, 340, 280)} f*`;
const cross = (r: number) => {
  const [x, y, w] = [400, 340, 62];
  return `${x - r} ${y - r + w} m ${x - r + w} ${y - r} l ${x} ${y - w} l ${x + r - w} ${y - r} l ${x + r} ${y - r + w} l ${x + w} ${y} l ${x + r} ${y + r - w} l ${x + r - w} ${y + r} l ${x} ${y + w} l ${x - r + w} ${y + r} l ${x - r} ${y + r - w} l ${x - w} ${y} l h f`;
};
const SIGNS: Record<string, Glyph> = {
  "⊕": { width: 800, draw: `${RING} 110 315 580 50 re f 375 50 50 580 re f` },
  "⊙": { width: 800, draw: `${RING} ${circle(400, 340, 80)} f` },
  "⊗": { width: 800, draw: `${RING} ${cross(215)}` },
  "‖": { width: 400, draw: "110 -150 50 900 re f 240 -150 50 900 re f" },
  "−": { width: 584, draw: "40 216 504 66 re f" },
  "✕": { width: 800, draw: cross(280) },
  "→": { width: 1000, draw: "60 315 760 50 re f 940 340 m 720 480 l 720 200 l h f" },
  "↑": { width: 600, draw: "275 0 50 600 re f 300 740 m 420 540 l 180 540 l h f" },
  "↓": { width: 600, draw: "275 140 50 600 re f 300 0 m 420 200 l 180 200 l h f" },
};
const BOX: Glyph = { width: 600, draw: "60 0 480 700 re 110 50 380 600 re f*" };

/** The signs that a document draws, numbered as it meets them; a character without one is a box that still copies as itself. */
export class Signs {
  readonly codes = new Map<string, number>();

  code(character: string): number {
    const known = this.codes.get(character);
    if (known !== undefined) return known;
    if (this.codes.size >= 250) throw new Error("the picture has too many different characters for a PDF: save it as SVG");
    this.codes.set(character, this.codes.size + 1);
    return this.codes.size;
  }

  glyph(character: string): Glyph {
    return SIGNS[character] ?? BOX;
  }

  /** Characters that are drawn as a box. */
  get missing(): string[] {
    return [...this.codes.keys()].filter((character) => !(character in SIGNS));
  }
}

/** The code of a character in Helvetica; null where it has none. */
function latin(character: string): number | null {
  const point = character.codePointAt(0)!;
  return (point >= 32 && point < 127) || (point >= 160 && point < 256) ? point : (WIN[character] ?? null);
}

export interface Run {
  /** Helvetica, or the drawn signs */
  latin: boolean;
  codes: number[];
  /** thousandths of the size */
  width: number;
}

/** A text as runs of one font each. */
export function runsOf(text: string, weight: "normal" | "bold", signs: Signs): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const code = latin(character);
    const width = code === null ? signs.glyph(character).width : (WIDTHS[weight][code - 32] ?? OTHER[character] ?? 556);
    const last = runs.at(-1);
    const run = last && last.latin === (code !== null) ? last : { latin: code !== null, codes: [], width: 0 };
    if (run !== last) runs.push(run);
    run.codes.push(code ?? signs.code(character));
    run.width += width;
  }
  return runs;
}

/** "(conv\(3\))" of the codes of a run. */
export const written = (codes: readonly number[]): string =>
  `(${codes.map((code) => (code < 32 || code > 126 ? `\\${code.toString(8).padStart(3, "0")}` : `${"()\\".includes(String.fromCharCode(code)) ? "\\" : ""}${String.fromCharCode(code)}`)).join("")})`;
