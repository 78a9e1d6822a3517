/** Colours as a browser computes them: rgb(), rgba(), color(srgb …), #rrggbb, none. */

export interface Colour {
  /** #rrggbb */
  hex: string;
  /** 0…1 */
  alpha: number;
}

const hexOf = (channels: number[]): string => `#${channels.map((c) => Math.round(Math.min(255, Math.max(0, c))).toString(16).padStart(2, "0")).join("")}`;

/** The colour in a text; null where nothing is painted. */
export function readColour(text: string): Colour | null {
  const name = text.trim().toLowerCase();
  if (name === "" || name === "none" || name === "transparent") return null;
  if (/^#[0-9a-f]{6}$/.test(name)) return { hex: name, alpha: 1 };
  const numbers = [...name.matchAll(/-?[\d.]+(?:e-?\d+)?%?/g)].map(([n]) => (n.endsWith("%") ? Number(n.slice(0, -1)) / 100 : Number(n)));
  const [r, g, b, alpha = 1] = numbers;
  if (r === undefined || g === undefined || b === undefined) throw new Error(`the colour ${text} is not understood`);
  if (name.startsWith("color(srgb")) return alpha > 0 ? { hex: hexOf([r * 255, g * 255, b * 255]), alpha } : null;
  if (name.startsWith("rgb")) return alpha > 0 ? { hex: hexOf([r, g, b]), alpha } : null;
  throw new Error(`the colour ${text} is not understood`);
}

/** "0.1 0.2 0.3" of "#1a334d". */
export const shares = (hex: string): string =>
  [1, 3, 5].map((i) => Number((Number.parseInt(hex.slice(i, i + 2), 16) / 255).toFixed(3))).join(" ");
