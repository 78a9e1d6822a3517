import { expect, test } from "vitest";
import { currentMatch, searchWords, step } from "../../src/architecture/find";
import type { Position } from "../../src/core/selection";
import { TermIndex } from "../../src/core/term";
import type { Pointing } from "../../src/core/view";

// f(x, f(x, y)): nodes 0 f, 1 x, 2 f, 3 x, 4 y
const index = new TermIndex({ text: "f(x, f(x, y))", operators: ["f", "x", "f", "x", "y"], arity: [2, 0, 2, 0, 0], start: [], stop: [], labels: [[], [], [], [], []] });
const search = { text: "x", found: [1, 3] };

function pointing(selected: Position | null): Pointing {
  const state: Pointing = { selected, hovered: null, select: (position) => void (state.selected = position), hover: () => {} };
  return state;
}

test("steps go around, also from a place between", () => {
  const walk = (from: Position | null, ...steps: (1 | -1)[]) => {
    const at = pointing(from);
    return steps.map((by) => {
      step(search, index, at, by);
      return index.index(at.selected!);
    });
  };
  expect(walk(null, 1, 1, 1)).toEqual([1, 3, 1]);
  expect(walk([0], -1, -1)).toEqual([3, 1]);
  expect(walk([1], 1)).toEqual([3]);
  expect(walk([1], -1)).toEqual([1]);
  expect(walk([1, 1], 1)).toEqual([1]);
  expect(walk([], -1)).toEqual([3]);
  const still = pointing([0]);
  step({ text: "z", found: [] }, index, still, 1);
  expect(still.selected).toEqual([0]);
});

test("says where one is", () => {
  expect(searchWords(search, currentMatch(search, index, pointing([1, 0])))).toBe("2 of 2");
  expect(searchWords(search, currentMatch(search, index, pointing([1])))).toBe("2 found");
  expect(searchWords({ text: "z", found: [] }, -1)).toBe("not found");
  expect(searchWords({ text: " ", found: [] }, -1)).toContain("Enter: next");
});
