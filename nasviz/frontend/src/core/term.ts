/** A term as the kernel sends it: arrays in preorder. All navigation is loops over them. */
import type { Position } from "./selection";

export interface TermInfo {
  text: string;
  /** one entry per node, preorder */
  operators: string[];
  arity: number[];
  start: number[];
  stop: number[];
  /** for each node the nonterminals that start there, as [name, number of its colour] */
  labels: [string, number][][];
}

export class TermIndex {
  readonly parent: Int32Array;
  readonly rank: Int32Array;
  readonly depth: Int32Array;
  readonly end: Int32Array;

  constructor(readonly info: TermInfo) {
    const n = info.arity.length;
    this.parent = new Int32Array(n).fill(-1);
    this.rank = new Int32Array(n);
    this.depth = new Int32Array(n);
    this.end = new Int32Array(n);
    const open: number[] = [];
    const left: number[] = [];
    for (let i = 0; i < n; i++) {
      const p = open.at(-1);
      if (p !== undefined) {
        this.parent[i] = p;
        this.depth[i] = this.depth[p]! + 1;
        this.rank[i] = info.arity[p]! - left.at(-1)!;
        left[left.length - 1]! -= 1;
      }
      open.push(i);
      left.push(info.arity[i]!);
      while (open.length && left.at(-1) === 0) {
        this.end[open.pop()!] = i + 1;
        left.pop();
      }
    }
  }

  get length(): number {
    return this.info.arity.length;
  }

  position(i: number): Position {
    const path: number[] = [];
    for (let k = i; k > 0; k = this.parent[k]!) path.push(this.rank[k]!);
    return path.reverse();
  }

  children(i: number): number[] {
    const found: number[] = [];
    for (let k = i + 1; k < this.end[i]!; k = this.end[k]!) found.push(k);
    return found;
  }

  /** The node at a position, or -1. */
  index(position: Position): number {
    let i = 0;
    for (const k of position) {
      if (k >= (this.info.arity[i] ?? 0)) return -1;
      i = this.children(i)[k]!;
    }
    return i;
  }

  /** The deepest node whose text contains character `at`; -1 outside. */
  at(at: number): number {
    let found = -1;
    for (let i = 0; i < this.length && this.info.start[i]! <= at; i++) if (at < this.info.stop[i]!) found = i;
    return found;
  }

  /** Where an arrow key leads from node i. */
  move(i: number, key: string): number {
    if (key === "ArrowLeft") return Math.max(this.parent[i]!, 0);
    if (key === "ArrowRight") return this.info.arity[i]! > 0 ? i + 1 : i;
    const p = this.parent[i]!;
    if (p < 0 || (key !== "ArrowUp" && key !== "ArrowDown")) return i;
    const row = this.children(p);
    return row[this.rank[i]! + (key === "ArrowDown" ? 1 : -1)] ?? i;
  }
}

export interface TermToken {
  text: string;
  /** the node whose operator or bracket this is */
  node: number;
  /** true for the name of an operator */
  name: boolean;
}

/** The text of a term as tokens that know their node; brackets and commas belong to the node around them. */
export function termTokens(info: TermInfo): TermToken[] {
  const found: TermToken[] = [];
  const open: [node: number, left: number][] = [];
  info.arity.forEach((arity, node) => {
    found.push({ text: info.operators[node]!, node, name: true });
    if (arity > 0) {
      found.push({ text: "(", node, name: false });
      open.push([node, arity]);
      return;
    }
    for (let top = open.at(-1); top; top = open.at(-1)) {
      top[1] -= 1;
      found.push({ text: top[1] > 0 ? ", " : ")", node: top[0], name: false });
      if (top[1] > 0) return;
      open.pop();
    }
  });
  return found;
}

/** A position as people read it: "(0, 2)", "the root". */
export const positionText = (position: Position): string =>
  position.length === 0 ? "the root" : `(${position.join(", ")}${position.length === 1 ? "," : ""})`;
