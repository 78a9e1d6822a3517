/** The colours of all views, once: by name, for a light, a dark and a high-contrast page. */

export interface Palette {
  /** ground of the views and of bars */
  bg: string;
  bg2: string;
  /** text, quiet text and outlines, dividing lines */
  fg: string;
  soft: string;
  line: string;
  /** the selection and what lies behind it, a match of a search */
  accent: string;
  wash: string;
  found: string;
  error: string;
  good: string;
  /** the end of the scale of cost */
  load: string;
  /** nonterminals, in the order of the grammar */
  nt: readonly [string, string, string, string, string, string, string, string];
}

export const LIGHT: Palette = {
  bg: "#ffffff",
  bg2: "#f3f3f3",
  fg: "#212121",
  soft: "#5c5c5c",
  line: "#d8d8d8",
  accent: "#b3004b",
  wash: "#b3004b14",
  found: "#7a4fd0",
  error: "#b3261e",
  good: "#1b7a3d",
  load: "#2f6fb3",
  nt: ["#0b66a8", "#8f5a00", "#007457", "#8f4a9e", "#00718f", "#b44200", "#6b6b00", "#666666"],
};

export const DARK: Palette = {
  bg: "#212121",
  bg2: "#303030",
  fg: "#f0f0f0",
  soft: "#b0b0b0",
  line: "#4a4a4a",
  accent: "#ff7aa8",
  wash: "#ff7aa826",
  found: "#b9a0ff",
  error: "#ff8a80",
  good: "#6fd08c",
  load: "#4f8fd6",
  nt: ["#6db7f2", "#f0b24d", "#3ecfa4", "#e2a0d8", "#7fdcf5", "#ff9a62", "#dfd85a", "#b5b5b5"],
};

export const CONTRAST: Palette = {
  bg: "#111111",
  bg2: "#242424",
  fg: "#ffffff",
  soft: "#d6d6d6",
  line: "#9a9a9a",
  accent: "#ff9ec2",
  wash: "#ff9ec240",
  found: "#cdb8ff",
  error: "#ffb0a8",
  good: "#8fe8ab",
  load: "#5f9fe6",
  nt: ["#8cc8ff", "#ffc766", "#5ee6bd", "#f2bcea", "#9be7fb", "#ffb088", "#ece46a", "#d2d2d2"],
};

/** Where a host has colours of its own for grounds and text: Jupyter's variables first, then VS Code's. */
const HOSTS: Record<string, string> = {
  bg: "var(--jp-layout-color1, var(--vscode-editor-background, %))",
  fg: "var(--jp-content-font-color1, var(--vscode-foreground, %))",
};
const DARK_PAGES = 'body[data-jp-theme-light="false"], body.vscode-dark';
const CONTRAST_PAGES = 'body[data-jp-theme-name*="High Contrast"], body.vscode-high-contrast:not(.vscode-high-contrast-light)';

/** The colours as variables of CSS: --nv-bg … --nv-nt-7. */
export function variables(palette: Palette): Record<string, string> {
  const { nt, ...named } = palette;
  const all = [...Object.entries(named), ...nt.map((colour, k) => [`nt-${k}`, colour] as const)];
  return Object.fromEntries(all.map(([name, colour]) => [`--nv-${name}`, colour]));
}

const rule = (selector: string, palette: Palette, hosts: boolean): string => {
  const lines = Object.entries(variables(palette)).map(([name, colour]) => `${name}:${(hosts && HOSTS[name.slice(5)]?.replace("%", colour)) || colour}`);
  return `${selector}{${lines.join(";")}}`;
};

/** The style sheet that gives every page its palette. */
export const paletteCss = (): string =>
  [
    rule("body", LIGHT, true),
    rule(DARK_PAGES, DARK, true),
    rule(CONTRAST_PAGES, CONTRAST, true),
    `@media (prefers-contrast: more){${rule(DARK_PAGES, CONTRAST, true)}}`,
    `@media (prefers-color-scheme: dark){${rule("body.nv-page", DARK, false)}}`,
    `@media (prefers-color-scheme: dark) and (prefers-contrast: more){${rule("body.nv-page", CONTRAST, false)}}`,
  ].join("\n");
