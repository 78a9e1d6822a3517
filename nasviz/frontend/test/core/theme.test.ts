import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../../src/core/theme.css"), "utf8");
const [light, dark] = css.split('body[data-jp-theme-light="false"]') as [string, string];
const colours = (text: string) =>
  [...text.split("}")[0]!.matchAll(/(--nv-(?:nt-\d|soft|accent|error|good)): (#\w{6})/g)].map((found) => [found[1]!, found[2]!] as const);

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x! + 0.05) / (y! + 0.05);
};

describe("colours of text have a contrast of at least 4.5 : 1", () => {
  test.each(colours(light))("light %s %s", (_, colour) => expect(contrast(colour, "#ffffff")).toBeGreaterThanOrEqual(4.5));
  test.each(colours(dark))("dark %s %s", (_, colour) => expect(contrast(colour, "#212121")).toBeGreaterThanOrEqual(4.5));
  test("all twelve are there", () => expect([colours(light).length, colours(dark).length]).toEqual([12, 12]));
});
