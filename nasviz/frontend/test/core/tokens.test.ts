import { expect, test } from "vitest";
import { unitAt } from "../../src/core/editor_findings";
import { nonterminals, tokens } from "../../src/core/tokens";

const text = "# C ::= no\nstart S\nS ::= Linear(B, 4) [0.5] | B\nshared B ::= conv | start\nrequire connected";
const seen = (kind: string) => tokens(text).filter((token) => token.kind === kind).map(({ from, to }) => text.slice(from, to));

test("nonterminals in the order of definition", () => expect(nonterminals(text)).toEqual(["S", "B"]));
test("kinds of tokens", () => {
  expect(seen("comment")).toEqual(["# C ::= no"]);
  expect(seen("keyword")).toEqual(["start", "shared", "require"]);
  expect(seen("nonterminal")).toEqual(["S", "S", "B", "B", "B"]);
  expect(seen("operator")).toEqual(["Linear", "conv", "start", "connected"]);
  expect(seen("number")).toEqual(["4"]);
  expect(seen("weight")).toEqual(["[0.5]"]);
});
test("hues repeat after eight", () => {
  const many = Array.from({ length: 9 }, (_, k) => `N${k} ::= x`).join("\n");
  expect(tokens(many).filter((token) => token.kind === "nonterminal").map((token) => token.hue)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
  expect(tokens(many).at(-3)?.turn).toBe(1);
});
test("tokens do not overlap", () => {
  let last = 0;
  for (const { from, to } of tokens("A ::= f(x, [y] | 1.5e3 §# ] [0.2]\n::= |")) {
    expect(from).toBeGreaterThanOrEqual(last);
    last = to;
  }
});
test("code points become UTF-16 units", () => {
  expect(unitAt("a😀b", 2)).toBe(3);
  expect(unitAt("abc", 2)).toBe(2);
  expect(unitAt("abc", 9)).toBe(3);
});
