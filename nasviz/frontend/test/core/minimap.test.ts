import { expect, test } from "vitest";
import { isLarge, mapScale } from "../../src/core/minimap";

test("a map fits into its corner", () => {
  expect(mapScale({ width: 1500, height: 100 })).toBe(0.1);
  expect(mapScale({ width: 100, height: 900 })).toBe(0.1);
});

test("a map is shown when much is out of sight", () => {
  const size = { width: 100, height: 100 };
  expect(isLarge(size, { x: 0, y: 0, width: 50, height: 200 })).toBe(true);
  expect(isLarge(size, { x: 0, y: 0, width: 90, height: 100 })).toBe(false);
});
