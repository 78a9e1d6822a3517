import { expect, test } from "vitest";
import { marksOf, matchedNodes, nearest } from "../../src/core/marks";

const NONE = new Set<number>();

test("what a folded picture marks for a position", () => {
  const drawn = [[0], [1], [1, 2]];
  expect(nearest(drawn, [1])).toEqual([1]);
  expect(nearest(drawn, [])).toEqual([]);
  expect(nearest(drawn, [1, 2, 0])).toEqual([1, 2]);
  expect(nearest(drawn, [0, 5])).toEqual([0]);
  expect(nearest([], [3])).toEqual([3]);
});

test("selection, what is inside it, the way to it and the pointer", () => {
  const places = [[[]], [[0]], [[0, 1]], [[1]]];
  expect(marksOf(places, [0], [1], NONE)).toEqual([4, 1 + 2 + 4, 2, 8]);
  expect(marksOf(places, null, null, new Set([3]))).toEqual([0, 0, 0, 16]);
});

test("matches: at their place, inside it, or folded around it", () => {
  const places = [[[0]], [[1, 0], [1, 1], [1, 2]], [[2, 0]], [[2, 1]], [[2, 1]]];
  expect([...matchedNodes(places, [[0]])]).toEqual([0]);
  expect([...matchedNodes(places, [[1, 1]])]).toEqual([1]);
  expect([...matchedNodes(places, [[2]])]).toEqual([2, 3, 4]);
  expect([...matchedNodes(places, [[0, 3, 1]])]).toEqual([0]);
  expect([...matchedNodes(places, [[5]])]).toEqual([]);
  expect(matchedNodes(places, []).size).toBe(0);
});
