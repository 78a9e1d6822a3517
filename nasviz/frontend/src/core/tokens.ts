/** Tokens of the grammar notation, for colours only; what is right and wrong is said by Python. */
import { HUES } from "./hue";

export type TokenKind = "comment" | "keyword" | "nonterminal" | "operator" | "number" | "weight" | "mark";

export interface Token {
  from: number;
  to: number;
  kind: TokenKind;
  /** hue 0…7 of a nonterminal, else -1 */
  hue: number;
  /** how often the colours were used up before: 0 plain, from 1 on with a pattern */
  turn: number;
}

const RULE = /^[ \t]*(?:shared[ \t]+)?([A-Za-z_]\w*)[ \t]*::=/gm;
const TOKEN = /(#[^\n]*)|(\[[^\]\n]*\])|([A-Za-z_]\w*)|(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(::=|[|,()])/g;
const KEYWORD_LINE = /^[ \t]*(start|require|shared)\b/;

/** The nonterminals that a text defines, in order of definition. */
export function nonterminals(text: string): string[] {
  return [...new Set([...text.replace(/#[^\n]*/g, "").matchAll(RULE)].map((found) => found[1]!))];
}

export function tokens(text: string): Token[] {
  const order = new Map(nonterminals(text).map((name, k) => [name, k]));
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const from = match.index;
    const to = from + match[0].length;
    const [, comment, weight, name, number] = match;
    const kind: TokenKind = comment ? "comment" : weight ? "weight" : number ? "number" : name ? nameKind(text, from, name, order) : "mark";
    const k = kind === "nonterminal" ? (order.get(name!) ?? 0) : -1;
    found.push({ from, to, kind, hue: k < 0 ? -1 : k % HUES, turn: k < 0 ? 0 : Math.floor(k / HUES) });
  }
  return found;
}

function nameKind(text: string, from: number, name: string, order: Map<string, number>): TokenKind {
  const before = text.slice(text.lastIndexOf("\n", from - 1) + 1, from);
  const line = text.slice(from - before.length, from + name.length);
  if (before.trim() === "" && KEYWORD_LINE.test(line) && !/^\s*::=/.test(text.slice(from + name.length))) return "keyword";
  return order.has(name) ? "nonterminal" : "operator";
}
