/** Line breaks for long terms: an application that does not fit on a line puts its operands on lines of their own. */
import type { TermInfo, TermToken } from "./term";

/** columns up to which a subterm stays on one line */
export const WIDTH = 100;
const STEP = 2;

/**
 * For each token the indentation of the line that begins before it, or -1 where none begins.
 * Operands that fit share a line; an operand that is broken itself begins one.
 */
export function lineBreaks(info: TermInfo, tokens: readonly TermToken[], width = WIDTH): Int32Array {
  const found = new Int32Array(tokens.length).fill(-1);
  const broken = new Uint8Array(info.arity.length);
  const level = new Int32Array(info.arity.length);
  const open: { node: number; left: number }[] = [];
  let column = 0;
  tokens.forEach((token, k) => {
    if (token.name) {
      const around = open.at(-1)?.node ?? -1;
      const size = info.stop[token.node]! - info.start[token.node]!;
      if (around >= 0 && broken[around]) {
        level[token.node] = level[around]! + STEP;
        const wide = info.arity[token.node]! > 0 && level[token.node]! + size > width;
        if (wide || tokens[k - 1]!.text === "(" || column + size > width || afterBroken(tokens, broken, k)) {
          found[k] = level[token.node]!;
          column = found[k]!;
        }
      }
      if ((around < 0 || broken[around]) && info.arity[token.node]! > 0 && level[token.node]! + size > width) broken[token.node] = 1;
    }
    if (token.text === "(" && !token.name) open.push({ node: token.node, left: info.arity[token.node]! });
    else if (token.text === ")" && !token.name) open.pop();
    column += token.text.length;
  });
  return found;
}

/** Whether the operand before token k was broken; then the next one begins a line too. */
function afterBroken(tokens: readonly TermToken[], broken: Uint8Array, k: number): boolean {
  const last = tokens[k - 2];
  return last !== undefined && last.text === ")" && !last.name && broken[last.node] === 1;
}

/** The text of a term with these line breaks. */
export function prettyText(info: TermInfo, tokens: readonly TermToken[], width = WIDTH): string {
  const breaks = lineBreaks(info, tokens, width);
  const parts = tokens.map(({ text }, k) => {
    const end = k + 1 < tokens.length && breaks[k + 1]! >= 0;
    return (breaks[k]! >= 0 ? `\n${" ".repeat(breaks[k]!)}` : "") + (end ? text.trimEnd() : text);
  });
  return parts.join("");
}
