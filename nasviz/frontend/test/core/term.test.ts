import { describe, expect, test } from "vitest";
import { positionText, type TermInfo, TermIndex, termTokens } from "../../src/core/term";

// Linear(Res(a, id, b), fc)
const info: TermInfo = {
  text: "Linear(Res(a, id, b), fc)",
  operators: ["Linear", "Res", "a", "id", "b", "fc"],
  arity: [2, 3, 0, 0, 0, 0],
  start: [0, 7, 11, 14, 18, 22],
  stop: [25, 20, 12, 16, 19, 24],
  labels: [[], [], [], [], [], []],
};
const index = new TermIndex(info);

describe("TermIndex", () => {
  test("knows its tree", () => {
    expect([...index.parent]).toEqual([-1, 0, 1, 1, 1, 0]);
    expect([...index.end]).toEqual([6, 5, 3, 4, 5, 6]);
    expect([...index.depth]).toEqual([0, 1, 2, 2, 2, 1]);
    expect(index.children(1)).toEqual([2, 3, 4]);
  });
  test("positions and nodes are each other's inverse", () => {
    for (let i = 0; i < index.length; i++) expect(index.index(index.position(i))).toBe(i);
    expect(index.position(3)).toEqual([0, 1]);
    expect(index.index([2])).toBe(-1);
    expect(index.index([1, 0])).toBe(-1);
  });
  test("finds the deepest node at a character", () => {
    expect([0, 7, 11, 13, 24, 30].map((at) => index.at(at))).toEqual([0, 1, 2, 1, 0, -1]);
  });
  test.each([
    [0, "ArrowRight", 1],
    [1, "ArrowLeft", 0],
    [2, "ArrowDown", 3],
    [2, "ArrowUp", 2],
    [4, "ArrowDown", 4],
    [5, "ArrowUp", 1],
    [2, "ArrowRight", 2],
    [0, "ArrowLeft", 0],
    [0, "ArrowDown", 0],
  ])("from %i with %s to %i", (from, key, to) => expect(index.move(from, key)).toBe(to));
});

test("tokens spell the text", () => {
  const tokens = termTokens(info);
  expect(tokens.map((token) => token.text).join("")).toBe(info.text);
  let at = 0;
  for (const token of tokens) {
    if (token.name) expect(at).toBe(info.start[token.node]);
    else expect(index.at(at)).toBe(token.node);
    at += token.text.length;
  }
});

test("positionText", () => expect([[], [0], [0, 2]].map(positionText)).toEqual(["the root", "(0,)", "(0, 2)"]));
