/** What Python publishes for the grammar editor. */
import type { Finding } from "../core/editor_findings";
import type { OperatorEntry } from "../core/editor_names";

export interface CountInfo {
  text: string;
  exact: string;
  why: string;
}

export interface Rule {
  name: string;
  hue: number;
  turn: number;
  text: string;
  derivations: string;
  log10: number | null;
  length: number;
  before: number | null;
  endless: boolean;
  sort: string;
  rule: string;
  users: string[];
}

export interface SpaceInfo {
  terms: CountInfo;
  derivations: CountInfo;
  rules: Rule[];
  change: string;
  change_derivations: string;
  edits: string[];
}

export interface Sample {
  key: string;
  term: string;
  dot: string;
  /** why there is no picture, or "" */
  problem: string;
  size: string;
}

export interface Verdict {
  term: string;
  must: boolean;
  state: "kept" | "broken" | "unread" | "open";
  why: string;
}

export interface FileInfo {
  name: string;
  path: string;
  draft: string;
  state: "saved" | "edited" | "new" | "conflict";
  note: string;
}

export interface GrammarBody {
  /** revision of the text that the findings are about */
  version: number;
  /** revision of the text that was counted last */
  counted: number;
  findings: Finding[];
  /** of the last text without errors; null before the first */
  space: SpaceInfo | null;
  operators: OperatorEntry[];
  attributes: string[];
  examples: Verdict[];
  samples: Sample[];
  /** why nothing could be drawn, or "" */
  problem: string;
  file: FileInfo | null;
  python: string;
}

/** Whether findings belong to the text that is shown now. */
export const isCurrent = (version: number, revision: unknown): boolean => version === revision;

const CUT = 119;

/** The rule of a nonterminal; Python cuts long names and ends them with …. */
export function ruleOf(space: SpaceInfo | null, name: string): Rule | undefined {
  return space?.rules.find((rule) => rule.name === name || (rule.name.endsWith("…") && name.startsWith(rule.name.slice(0, CUT))));
}

/** What the editor says of a nonterminal. */
export function nonterminalLines(space: SpaceInfo | null, name: string): string[] {
  const rule = ruleOf(space, name);
  if (!rule) return ["Its size is known as soon as the grammar has no errors."];
  const [amount, derivations] = [rule.text, rule.derivations].map((text) => (text === "∞" ? "endlessly many" : text));
  const what = rule.sort === "map" ? "terms" : `terms of sort ${rule.sort}`;
  const used = rule.users.length ? `Used by ${rule.users.join(", ")}.` : "Not used by another rule.";
  return [rule.rule, `Derives ${amount} ${what}, in ${derivations} derivations.`, used];
}
