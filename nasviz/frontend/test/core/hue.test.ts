import { expect, test } from "vitest";
import { hueClass } from "../../src/core/hue";

test("eight hues, then the same with a pattern", () => {
  expect([0, 7, 8, 11, 16, 24, 32].map(hueClass)).toEqual([
    "nv-hue-0", "nv-hue-7", "nv-hue-0 nv-turn-1", "nv-hue-3 nv-turn-1", "nv-hue-0 nv-turn-2", "nv-hue-0 nv-turn-3", "nv-hue-0 nv-turn-1",
  ]);
  expect(new Set(Array.from({ length: 32 }, (_, k) => hueClass(k))).size).toBe(32);
});
