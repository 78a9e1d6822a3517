import { expect, test } from "vitest";
import { readColour, shares } from "../../src/core/colour";

test.each([
  ["rgb(1, 2, 255)", { hex: "#0102ff", alpha: 1 }],
  ["rgba(255, 0, 0, 0.25)", { hex: "#ff0000", alpha: 0.25 }],
  ["rgb(255 0 0 / 50%)", { hex: "#ff0000", alpha: 0.5 }],
  ["color(srgb 1 0.5 0)", { hex: "#ff8000", alpha: 1 }],
  ["color(srgb 0 0.2 1e-3 / 0.05)", { hex: "#003300", alpha: 0.05 }],
  ["#A0b0c0", { hex: "#a0b0c0", alpha: 1 }],
  ["none", null],
  ["transparent", null],
  ["rgba(0, 0, 0, 0)", null],
])("%s", (text, colour) => expect(readColour(text)).toEqual(colour));

test("other notations are refused", () => expect(() => readColour("oklch(0.5 0.1 20)")).toThrow("is not understood"));
test("shares for PDF", () => expect(shares("#ff8000")).toBe("1 0.502 0"));
