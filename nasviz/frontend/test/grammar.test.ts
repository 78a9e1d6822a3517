import { expect, test } from "vitest";
import { statusText } from "../src/grammar";
import { type GrammarBody, nonterminalLines, type Rule, ruleOf, type SpaceInfo } from "../src/grammar/body";
import { summary } from "../src/grammar/examples";
import { barTip, hueClass } from "../src/grammar/space";

const rule: Rule = {
  name: "B", hue: 1, turn: 0, text: "2", derivations: "3", log10: 0.3, length: 0.5, before: null, endless: false, sort: "map",
  rule: "id | relu", users: ["S"],
};
const space = { rules: [rule] } as unknown as SpaceInfo;
const body = (severities: string[], known = true) =>
  ({ findings: severities.map((severity) => ({ severity })), space: known ? space : null }) as unknown as GrammarBody;

test("the status counts errors, else warnings", () => {
  expect(statusText(null, false)).toBe("");
  expect(statusText(body(["info"]), false)).toBe("no errors");
  expect(statusText(body(["warning", "warning"]), false)).toBe("no errors, 2 warnings");
  expect(statusText(body(["error"]), true)).toBe("1 error; sizes are those of the last good version");
  expect(statusText(body(["error", "error"], false), true)).toBe("2 errors");
});
test("a nonterminal is explained", () => {
  expect(nonterminalLines(space, "B")).toEqual(["id | relu", "Derives 2 terms, in 3 derivations.", "Used by S."]);
  expect(nonterminalLines({ rules: [{ ...rule, text: "∞", derivations: "∞", sort: "int", users: [] }] } as unknown as SpaceInfo, "B")).toEqual([
    "id | relu", "Derives endlessly many terms of sort int, in endlessly many derivations.", "Not used by another rule.",
  ]);
  expect(nonterminalLines(null, "B")).toEqual(["Its size is known as soon as the grammar has no errors."]);
});
test("a name that was cut is found", () => {
  const cut = { ...rule, name: `${"x".repeat(119)}…` };
  expect(ruleOf({ rules: [cut] } as unknown as SpaceInfo, "x".repeat(150))).toBe(cut);
});
test("bars say their length in words", () => {
  expect(barTip(rule)).toBe("B derives 2 terms (10^0.30). Bars are logarithmic.");
  expect(barTip({ ...rule, log10: null, text: "∞", before: 0.2 })).toBe(
    "B derives endlessly many terms. Bars are logarithmic. The line marks the accepted version.",
  );
});
test("hues that come again have a pattern", () => {
  expect([0, 1, 3, 4].map((turn) => hueClass({ hue: 2, turn }))).toEqual([
    "nv-hue-2", "nv-hue-2 nv-turn-1", "nv-hue-2 nv-turn-3", "nv-hue-2 nv-turn-1",
  ]);
});
test("examples are summed up", () => {
  const verdict = (state: "kept" | "broken") => ({ term: "id", must: true, state, why: "" });
  expect(summary([])).toBe("");
  expect(summary([verdict("kept"), verdict("broken")])).toBe("1 of 2 hold");
});
