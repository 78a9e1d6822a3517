import { expect, test } from "vitest";
import { lineBreaks, prettyText } from "../../src/core/pretty";
import { type TermInfo, termTokens } from "../../src/core/term";

/** The arrays of a term, from its text. */
function read(text: string): TermInfo {
  const info: TermInfo = { text, operators: [], arity: [], start: [], stop: [], labels: [] };
  const open: number[] = [];
  for (const match of text.matchAll(/(\w+)|[(),]/g)) {
    const at = match.index;
    if (match[1]) {
      if (open.length) info.arity[open.at(-1)!]! += 1;
      info.operators.push(match[1]);
      info.arity.push(0);
      info.start.push(at);
      info.stop.push(at + match[1].length);
      info.labels.push([]);
      if (text[at + match[1].length] === "(") open.push(info.arity.length - 1);
    } else if (match[0] === ")") info.stop[open.pop()!] = at + 1;
  }
  return info;
}

const pretty = (text: string, width: number) => prettyText(read(text), termTokens(read(text)), width);

test("what fits stays on one line", () => expect(pretty("L(a, b)", 20)).toBe("L(a, b)"));

test("operands that fit share a line, a broken one stands alone", () => {
  expect(pretty("Linear(aaa, bbb, Res(cc, dd), Res(eeeee, fffff, ggggg), hh)", 20)).toBe(
    ["Linear(", "  aaa, bbb,", "  Res(cc, dd),", "  Res(", "    eeeee, fffff,", "    ggggg),", "  hh)"].join("\n"),
  );
});

test("only white space is added", () => {
  const text = "Linear(Res(conv, id, Linear(conv, relu)), Res(conv, id, conv), fc)";
  for (const width of [1, 10, 30, 60]) expect(pretty(text, width).replace(/\n */g, "").replace(/,(?=\S)/g, ", ")).toBe(text);
  expect([...lineBreaks(read(text), termTokens(read(text)), 100)].every((k) => k < 0)).toBe(true);
});
