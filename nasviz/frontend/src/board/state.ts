/** What Python publishes of a search (nasviz/widgets/board.py). */
import type { ArchitectureBody } from "../architecture/body";
import type { Figure } from "../core/plot";

export type Phase = "empty" | "running" | "paused" | "stopping" | "stopped" | "done" | "failed";

/** What is stored of the selected trial. */
export interface Chosen {
  trial: number;
  state: string;
  value: string;
  /** what was believed when it was proposed, or "" */
  believed: string;
  proposed_by: string;
  /** its name where it is a known architecture to compare with, or "" */
  baseline: string;
  metrics: [name: string, value: string][];
  seconds: string;
  device: string;
  term: string;
  reason: string;
}

/** The architecture that is shown: a trial, a candidate of the map, or an edited one. */
export interface Detail {
  body: ArchitectureBody;
  /** null: no surrogate yet */
  numbers: { mean_sd: string; gain: string } | null;
  in_space: boolean;
}

export interface Drawn {
  figure: Figure | null;
  /** one line about it */
  note: string;
  /** why there is no figure, or "" */
  trouble: string;
}

export type TabInfo = [name: string, title: string, tip: string];

export interface BoardState {
  name: string;
  phase: Phase;
  sentence: string;
  note: string;
  /** why the search cannot be run from here, or "" */
  cannot: string;
  done: number;
  total: number;
  failed: number;
  waiting: number;
  /** how long it has run; the page counts on while `ticking` */
  seconds: number;
  ticking: boolean;
  rest: string;
  best: string;
  /** trials that no other beats, of several objectives */
  front: number | null;
  best_trial: number | null;
  value_name: string;
  reason: string;
  traceback: string;
  tabs: { progress: TabInfo[]; surrogate: TabInfo[]; colour: [name: string, title: string][] };
  open: { progress: string; surrogate: string; colour: string };
  /** the objective that all panes show, and all that there are to choose from; of one objective "" and none */
  objective: string;
  objectives: string[];
  /** figures of the tabs that are open, by name; what is not drawn yet is missing */
  figures: Record<string, Drawn>;
  /** why architectures cannot be shown, or "" */
  blind: string;
  chosen: Chosen | null;
  detail: Detail | null;
}

/** What a point of a figure stands for: a trial by its number, a candidate by its term. */
export type Point = number | string;

export const isPoint = (value: unknown): value is Point => typeof value === "number" || (typeof value === "string" && value !== "");

/** The point that is selected in all figures. */
export const selectedPoint = (state: BoardState): Point | null => state.chosen?.trial ?? state.detail?.body.term?.text ?? null;

export type Send = (name: string, body?: Record<string, unknown>) => void;
