/** What Python publishes of an architecture (nasviz/widgets/architecture_body.py), and small readings of it. */
import type { Position } from "../core/selection";
import type { TermIndex, TermInfo } from "../core/term";
import type { Pointing, ViewContext } from "../core/view";

export interface Drawing {
  dot: string;
  note: string;
}

export interface CostRow {
  position: number[];
  operator: string;
  shape_in: number[];
  shape_out: number[];
  parameters: number;
  flops: number;
  /** "stem", "body" or "head" */
  part: string;
}

export interface Problem {
  message: string;
  position: number[];
  /** a line for each way that meets there */
  ways: string[];
}

/** Credits of the nodes of the term (nasviz/view/credit.py), one entry for each in preorder. */
export interface Credits {
  /** positive where the subterm helps; null: nothing is counted there */
  value: (number | null)[];
  verdict: ("helps" | "hurts" | "unsure" | "none")[];
  words: string[];
  amount: string[];
  gradient: string[];
  trials: number[];
  note: string;
  measures: { credit: string; gradient: string; trials: string };
}

/** What a surrogate believes (nasviz/widgets/credit.py). */
export interface Believed {
  waiting: boolean;
  trouble: string;
  /** which of several objectives, else "" */
  about?: string;
  belief?: string;
  gain?: string;
  gain_before?: string;
  moved?: string;
  learned?: number;
  credits?: Credits | null;
  note?: string;
  sentences?: string[];
  /** `trial`: its number, where the view can select trials */
  nearest?: { name: string; similarity: string; value: string; term: string; shared: number[][]; places: string; trial?: number | null }[];
}

export interface ArchitectureBody {
  parts: string[];
  /** null: nothing to show yet */
  key: string | null;
  title: string;
  term: TermInfo | null;
  tree: Drawing | null;
  graph: Drawing | null;
  problem: Problem | null;
  /** one line: input and output shape, parameters, FLOPs; "" while unknown */
  summary: string;
  tip: string;
  rows: CostRow[];
  /** null: no surrogate was given */
  credit: Believed | null;
  /** lines of code with the place they belong to: a position, "stem", "head" or null */
  code: [string, number[] | string | null][];
  /** nodes (preorder) that a picture draws as one */
  folded: number[];
  legend: [string, number][];
  drawable: boolean;
  past: boolean;
  future: boolean;
  /** the last edits: steps from the shown one, what was done, and "past", "now" or "future" */
  history: [by: number, words: string, when: string][];
  /** what the last edit did; "" before the first */
  said: string;
  pinned: { key: string; text: string } | null;
  /** code that makes this architecture */
  python: string;
}

/** What the parts of the view are given. */
export interface PartProps {
  context: ViewContext;
  body: ArchitectureBody;
  index: TermIndex;
  pointing: Pointing;
  /** nodes that match what is looked for, in preorder */
  found?: readonly number[];
}

export const isUnder = (inner: readonly number[], outer: Position): boolean => outer.every((k, i) => inner[i] === k);

/** The name of the module of a row inside the network: net.stem, net._0._2. */
export const moduleName = (row: { position: readonly number[]; part: string }): string =>
  row.part === "body" ? ["net", ...row.position.map((k) => `_${k}`)].join(".") : `net.${row.part}`;

/** Nodes whose operator or nonterminals contain a text, in preorder. */
export function matches(info: TermInfo, text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const has = (name: string) => name.toLowerCase().includes(wanted);
  return info.operators.flatMap((name, i) => (has(name) || info.labels[i]!.some(([label]) => has(label)) ? [i] : []));
}

export type SortKey = "order" | "name" | "operator" | "input" | "output" | "parameters" | "flops";

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const VALUES: Record<SortKey, (row: CostRow, k: number) => number | string> = {
  order: (_, k) => k,
  name: (_, k) => k,
  operator: (row) => row.operator,
  input: (row) => product(row.shape_in),
  output: (row) => product(row.shape_out),
  parameters: (row) => row.parameters,
  flops: (row) => row.flops,
};

/** The rows in the order of a column; rows that are equal there keep the order of the forward pass. */
export function sorted(rows: readonly CostRow[], key: SortKey, down: boolean): CostRow[] {
  const value = rows.map((row, k) => [VALUES[key](row, k), k] as const);
  const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
  return value.sort(([a, i], [b, j]) => (down ? compare(b, a) : compare(a, b)) || i - j).map(([, k]) => rows[k]!);
}
