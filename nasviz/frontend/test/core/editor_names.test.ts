import { expect, test } from "vitest";
import { definition, type Known, occurrences, oneChange, renameProblem, template, wanted, wordAt } from "../../src/core/editor_names";

const text = "# B is B\nstart S\nS ::= Linear(B, BB) | B [0.5]\nshared B ::= id\nBB ::= B";
const operator = { name: "id", signature: "map", operands: 0, doc: "", source: "" };
const known: Known = { operators: [operator], attributes: ["size"], nonterminal: () => [] };

test("occurrences leave out comments and longer names", () => {
  expect(occurrences(text, "B").map(({ from }) => text.slice(from - 3, from + 1))).toEqual(["ar(B", " | B", "ed B", "::= B".slice(1)]);
});
test("a definition stands before ::=, shared or not", () => {
  expect(definition(text, "B")?.from).toBe(text.indexOf("B ::= id"));
  expect(definition(text, "S")?.from).toBe(text.indexOf("S ::="));
  expect(definition(text, "id")).toBeNull();
});
test("the word at a place, its end included", () => {
  const at = text.indexOf("Linear");
  for (const k of [0, 3, 6]) expect(wordAt(text, at + k)?.name).toBe("Linear");
  expect(wordAt(text, 3)).toBeNull();
});
test.each([
  ["Block", ""],
  ["B", ""],
  ["S", "There is a nonterminal S already."],
  ["id", "id is an operator."],
  ["start", "start is a word of the notation."],
  ["<b>", "A name is a letter or underscore, then letters, digits and underscores."],
  ["x".repeat(201), "A name has at most 200 characters."],
])("renaming B to %s: %s", (next, problem) => expect(renameProblem(text, "B", next, known)).toBe(problem));
test.each<[string, string[]]>([
  ["", ["keyword", "nonterminal", "operator"]],
  ["  sta", ["keyword", "nonterminal", "operator"]],
  ["start S", ["nonterminal"]],
  ["S ::= Lin", ["nonterminal", "operator"]],
  ["S ::= id [0.", []],
  ["S ::= id [0.5] | ", ["nonterminal", "operator"]],
  ["S ::= id # a", []],
  ["shared B", []],
  ["shared B ::= ", ["nonterminal", "operator"]],
  ["require si", ["attribute"]],
  ["require size < 4 and d", ["attribute"]],
  ["require size < 4 at Li", ["operator"]],
  ["require size < ", []],
])("after %j stands %j", (before, kinds) => expect(wanted(before)).toEqual(kinds));
test("templates have a field for each operand", () => {
  expect(template(operator)).toBe("id");
  expect(template({ ...operator, name: "R", operands: 2 })).toBe("R(${}, ${})");
});
test("one change leads from one text to another", () => {
  for (const [a, b] of [["", "x"], ["abc", "abXc"], ["aa", "a"], ["abc", "abc"], ["abab", "ab"]] as const) {
    const { from, to, insert } = oneChange(a, b);
    expect(a.slice(0, from) + insert + a.slice(to)).toBe(b);
  }
});
