import { expect, test } from "vitest";
import { nearest } from "../../src/core/picture";

test("what a folded picture marks for a position", () => {
  const drawn = [[0], [1], [1, 2]];
  expect(nearest(drawn, [1])).toEqual([1]);
  expect(nearest(drawn, [])).toEqual([]);
  expect(nearest(drawn, [1, 2, 0])).toEqual([1, 2]);
  expect(nearest(drawn, [0, 5])).toEqual([0]);
  expect(nearest([], [3])).toEqual([3]);
});
