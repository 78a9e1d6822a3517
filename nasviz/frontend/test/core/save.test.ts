import { expect, test } from "vitest";
import { noteOf } from "../../src/core/save";

test("what a PDF could not draw is said, shortly", () => {
  expect(noteOf([])).toBe("");
  expect(noteOf(["日"])).toBe("The PDF draws 日 as boxes: its standard fonts are Latin. Copied from it the text is whole; the SVG shows it.");
  expect(noteOf(Array.from({ length: 20 }, (_, k) => String.fromCharCode(0x4e00 + k)))).toContain(" …  as".replace("  ", " "));
});
