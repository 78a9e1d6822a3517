import { expect, test } from "vitest";
import { byIteration, type FeatureCard, heading, placesText } from "../src/features";

const card = (iteration: number, positions: number[][], count = positions.length): FeatureCard => ({ iteration, count, words: "relu", positions, dot: "digraph {}" });

test("what is shown, in words", () => {
  const body = { key: "k", term: "relu", level: null, h: 1, total: 1, more: 0, cards: [] };
  expect(heading(body)).toBe("1 feature of the full graph, up to 1 step wide");
  expect(heading({ ...body, level: 2, h: 0, total: 20 })).toBe("20 features of the graph of level 2, operations alone");
});

test("where a feature occurs, in words", () => {
  expect(placesText(card(0, [[0]]))).toBe("once, at (0,)");
  expect(placesText(card(0, [[]]))).toBe("once, at the root");
  expect(placesText(card(0, [[0], [2, 1]], 3))).toBe("3 times, at (0,) (2, 1)");
  expect(placesText(card(0, [0, 1, 2, 3, 4, 5, 6].map((k) => [k])))).toMatch(/^7 times, at \(0,\) \(1,\) \(2,\) …$/);
});

test("cards by iteration", () => {
  const cards = [card(1, [[0]]), card(0, [[1]]), card(1, [[2]])];
  expect(byIteration(cards).map(([iteration, group]) => [iteration, group.map((one) => one.positions[0])])).toEqual([
    [0, [[1]]],
    [1, [[0], [2]]],
  ]);
});
