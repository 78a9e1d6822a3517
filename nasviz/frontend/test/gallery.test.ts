import { expect, test } from "vitest";
import { type CardInfo, toggled } from "../src/gallery";

const cards: CardInfo[] = ["a", "b", "c"].map((key) => ({ key, term: key, dot: "", caption: "", reason: "" }));

test.each<[string[], string, string[]]>([
  [[], "b", ["b"]],
  [["b"], "b", []],
  [["c"], "a", ["a", "c"]],
  [["c", "a"], "b", ["a", "b", "c"]],
  [["gone"], "a", ["a"]],
])("%j after pressing %s is %j", (ticked, key, expected) => {
  expect(toggled(cards, ticked, key)).toEqual(expected);
});
