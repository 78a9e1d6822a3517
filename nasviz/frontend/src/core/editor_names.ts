/** Names in a grammar text: which stands where, what may stand here, how one is renamed. Pure; the editor is in editor.ts. */
import { nonterminals, tokens } from "./tokens";

/** An operator as Python describes it; an alias is one too. */
export interface OperatorEntry {
  name: string;
  /** sorts: "(map, map, map) → map" */
  signature: string;
  /** operands to write */
  operands: number;
  doc: string;
  source: string;
}

/** What the editor knows beside the text. */
export interface Known {
  operators: readonly OperatorEntry[];
  /** what `require` may speak of */
  attributes: readonly string[];
  /** lines about a nonterminal: what it derives */
  nonterminal(name: string): string[];
}

export interface Word {
  name: string;
  from: number;
  to: number;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED = ["start", "shared", "require", "and", "at"];
const LONGEST = 200;

/** The name under or beside a place; null in comments and elsewhere. */
export function wordAt(text: string, at: number): Word | null {
  const token = tokens(text).find((t) => t.from <= at && at <= t.to && (t.kind === "nonterminal" || t.kind === "operator"));
  return token ? { name: text.slice(token.from, token.to), from: token.from, to: token.to } : null;
}

/** Every place where a nonterminal stands, comments left out. */
export function occurrences(text: string, name: string): Word[] {
  return tokens(text)
    .filter((t) => t.kind === "nonterminal" && t.to - t.from === name.length && text.startsWith(name, t.from))
    .map(({ from, to }) => ({ name, from, to }));
}

/** Where a nonterminal is defined; null when no rule defines the name. */
export function definition(text: string, name: string): Word | null {
  const found = occurrences(text, name);
  return found.find(({ from, to }) => /^\s*::=/.test(text.slice(to)) && /^[ \t]*(?:shared[ \t]+)?$/.test(lineBefore(text, from))) ?? null;
}

const lineBefore = (text: string, at: number): string => text.slice(text.lastIndexOf("\n", at - 1) + 1, at);

/** Why a nonterminal cannot have a new name; "" when it can. */
export function renameProblem(text: string, old: string, next: string, known: Known): string {
  if (!NAME.test(next)) return "A name is a letter or underscore, then letters, digits and underscores.";
  if (next.length > LONGEST) return `A name has at most ${LONGEST} characters.`;
  if (next !== old && RESERVED.includes(next)) return `${next} is a word of the notation.`;
  if (next !== old && nonterminals(text).includes(next)) return `There is a nonterminal ${next} already.`;
  if (next !== old && known.operators.some((op) => op.name === next)) return `${next} is an operator.`;
  return "";
}

export type Wanted = "keyword" | "nonterminal" | "operator" | "attribute";

/** What may be written at the end of `before`, the line up to the cursor; nothing in comments and probabilities. */
export function wanted(before: string): Wanted[] {
  if (before.includes("#") || /\[[^\]]*$/.test(before)) return [];
  if (/^\s*start\s+\w*$/.test(before)) return ["nonterminal"];
  if (/^\s*require\b.*\bat\s+\w*$/.test(before)) return ["operator"];
  if (/^\s*require\s+(.*\band\s+)?\w*$/.test(before)) return ["attribute"];
  if (/^\s*(require|shared)\b(?!.*::=)/.test(before)) return [];
  if (/^\s*\w*$/.test(before)) return ["keyword", "nonterminal", "operator"];
  return ["nonterminal", "operator"];
}

/** The text that completes an operator, with empty fields for its operands. */
export const template = ({ name, operands }: OperatorEntry): string =>
  operands === 0 ? name : `${name}(${Array.from({ length: operands }, () => "${}").join(", ")})`;

/** From one text to another: the one range that differs. */
export function oneChange(old: string, next: string): { from: number; to: number; insert: string } {
  const most = Math.min(old.length, next.length);
  let from = 0;
  while (from < most && old[from] === next[from]) from++;
  let end = 0;
  while (end < most - from && old[old.length - 1 - end] === next[next.length - 1 - end]) end++;
  return { from, to: old.length - end, insert: next.slice(from, next.length - end) };
}
