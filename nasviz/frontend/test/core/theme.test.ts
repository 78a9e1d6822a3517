import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CONTRAST, DARK, LIGHT, type Palette, paletteCss, variables } from "../../src/core/palette";

const source = join(import.meta.dirname, "../../src");
const sheets = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));
const read = (name: string) => readFileSync(join(source, name), "utf8");

const channels = (colour: string) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));

/** color-mix(in srgb, colour share, ground) */
function mix(colour: string, share: number, ground: string): string {
  const under = channels(ground);
  return `#${channels(colour).map((c, k) => Math.round(c * share + under[k]! * (1 - share)).toString(16).padStart(2, "0")).join("")}`;
}

function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = channels(colour).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x! + 0.05) / (y! + 0.05);
}

type Pair = [what: string, colour: string, ground: string];

/** What lies behind text besides the plain grounds. */
const wash = ({ wash, bg }: Palette) => mix(wash.slice(0, 7), Number.parseInt(wash.slice(7), 16) / 255, bg);

/** Every pair of a text and the ground that some style sheet puts it on. */
function texts(p: Palette): Pair[] {
  const grounds: [string, string][] = [["the ground", p.bg], ["bars", p.bg2], ["the selection", wash(p)]];
  const named = (["fg", "soft", "accent", "found", "error", "good"] as const).map((name) => [name, p[name]] as const);
  const hues = p.nt.map((colour, k) => [`nonterminal ${k}`, colour] as const);
  return [
    ...grounds.flatMap(([where, ground]) => [...named, ...hues].map(([name, colour]): Pair => [`${name} on ${where}`, colour, ground])),
    ...p.nt.map((colour, k): Pair => [`nonterminal ${k} in its box`, colour, mix(colour, 0.14, p.bg)]),
    ...p.nt.map((colour, k): Pair => [`nonterminal ${k} in a frame in its frame`, colour, mix(colour, 0.05, mix(colour, 0.05, p.bg))]),
    ...p.nt.map((colour, k): Pair => [`nonterminal ${k} in a selected box`, colour, mix(p.accent, 0.08, p.bg)]),
    ["a loaded operation", p.fg, mix(p.load, 0.3, p.bg)],
    ["a removed operation", p.error, mix(p.error, 0.09, p.bg)],
    ["an added operation", p.good, mix(p.good, 0.12, p.bg)],
    ["removed text", p.fg, mix(p.error, 0.13, p.bg)],
    ["added text", p.fg, mix(p.good, 0.16, p.bg)],
    ["a match in the term", p.fg, mix(p.found, 0.16, p.bg)],
    ["the chosen completion", p.bg, p.accent],
  ];
}

/** Outlines, arrows, bars: what one must see to understand. */
function marks(p: Palette): Pair[] {
  const named = (["soft", "accent", "found", "error", "good", "load"] as const).map((name): Pair => [name, p[name], p.bg]);
  return [
    ...named,
    ...p.nt.map((colour, k): Pair => [`the frame of nonterminal ${k}`, mix(colour, 0.75, p.bg), p.bg]),
    ...p.nt.map((colour, k): Pair => [`a band of nonterminal ${k}`, colour, mix(colour, 0.14, p.bg)]),
    ["the bar of a loaded operation", p.load, mix(p.load, 0.3, p.bg)],
    ["the outline of a folded box", p.soft, p.bg],
  ];
}

describe.each(Object.entries({ LIGHT, DARK, CONTRAST }))("%s", (_, palette) => {
  const low = (pairs: Pair[], least: number) => pairs.filter(([, colour, ground]) => !(contrast(colour, ground) >= least));
  test("text has a contrast of 4.5 : 1", () => expect(low(texts(palette), 4.5)).toEqual([]));
  test("marks have a contrast of 3 : 1", () => expect(low(marks(palette), 3)).toEqual([]));
});

test("high contrast has 7 : 1 for text on plain grounds, and lines that are seen", () => {
  for (const colour of [CONTRAST.fg, CONTRAST.soft, CONTRAST.accent, CONTRAST.error, CONTRAST.good, ...CONTRAST.nt]) {
    expect(contrast(colour, CONTRAST.bg)).toBeGreaterThanOrEqual(7);
  }
  expect(contrast(CONTRAST.line, CONTRAST.bg)).toBeGreaterThanOrEqual(3);
});

test("every page gets a palette, and every colour that a sheet uses is in it", () => {
  const css = paletteCss();
  for (const page of ["body{", 'data-jp-theme-light="false"', "High Contrast", "vscode-dark", "vscode-high-contrast", "prefers-contrast", "body.nv-page"]) {
    expect(css).toContain(page);
  }
  const known = new Set([...Object.keys(variables(LIGHT)), "--nv-font", "--nv-code", "--nv-hue", "--nv-under", "--nv-pattern", "--nv-share", "--nv-size"]);
  const used = sheets.flatMap((name) => [...read(name).matchAll(/var\((--nv-[\w-]+)/g)].map((found) => found[1]!));
  expect([...new Set(used)].filter((name) => !known.has(name) && !sheets.some((sheet) => read(sheet).includes(`${name}:`)))).toEqual([]);
});

test("colours are written once, in the palette", () => {
  for (const name of sheets) expect([name, read(name).replace(/#0000?\d?\b|#0004\b/g, "").match(/#[0-9a-f]{3,8}\b/gi)]).toEqual([name, null]);
});

test("the table of a contrast is right", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
