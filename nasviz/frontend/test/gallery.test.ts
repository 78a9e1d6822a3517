import { expect, test } from "vitest";
import { type CardInfo, ordered, toggled } from "../src/gallery";

const cards: CardInfo[] = ["a", "b", "c"].map((key) => ({ key, term: key, dot: "", caption: "", reason: "", parameters: null, flops: null }));

test.each<[string[], string, string[]]>([
  [[], "b", ["b"]],
  [["b"], "b", []],
  [["c"], "a", ["a", "c"]],
  [["c", "a"], "b", ["a", "b", "c"]],
  [["gone"], "a", ["a"]],
])("%j after pressing %s is %j", (ticked, key, expected) => {
  expect(toggled(cards, ticked, key)).toEqual(expected);
});

test("cards in an order", () => {
  const some = [7, null, 3, 7].map((parameters, k) => ({ ...cards[0]!, key: String(k), term: "dbca"[k]!, parameters }));
  expect(ordered(some, "number", true)).toEqual([3, 2, 1, 0]);
  expect(ordered(some, "parameters", false)).toEqual([2, 0, 3, 1]);
  expect(ordered(some, "parameters", true)).toEqual([0, 3, 2, 1]);
  expect(ordered(some, "term", false)).toEqual([3, 1, 2, 0]);
});
