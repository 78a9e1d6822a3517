/** A selection is (architecture key, position); views in one page share it without the kernel. */

export type Position = readonly number[];

/** The twin of nasviz.records.Selection. */
export interface Selection {
  v: number;
  architecture: string;
  position: Position;
}

export const positionId = (position: Position): string => ["p", ...position].join("-");

/** The position in "p-0-2", or null when the text is no position. */
export function parsePositionId(id: string): Position | null {
  if (!/^p(-\d+)*$/.test(id)) return null;
  return id.split("-").slice(1).map(Number);
}

export const samePosition = (a: Position | null, b: Position | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((k, i) => k === b[i]));

/** Whether `inner` is `outer` or lies inside it. */
export const isWithin = (inner: Position, outer: Position): boolean =>
  inner.length >= outer.length && outer.every((k, i) => k === inner[i]);

export function isSelection(x: unknown): x is Selection {
  if (typeof x !== "object" || x === null) return false;
  const { v, architecture, position } = x as Record<string, unknown>;
  const whole = (k: unknown) => typeof k === "number" && Number.isSafeInteger(k) && k >= 0;
  return v === 1 && typeof architecture === "string" && Array.isArray(position) && position.every(whole);
}

export type Channel = "select" | "hover";
export type Listener = (position: Position | null, channel: Channel) => void;

/** Selections and hovers of all views of a page, by architecture. */
export class SelectionBus {
  #listeners = new Map<string, Set<Listener>>();
  #now = new Map<string, Position | null>();

  /** Listen to one architecture; returns the function that ends it. */
  subscribe(architecture: string, listener: Listener): () => void {
    const set = this.#listeners.get(architecture) ?? new Set();
    this.#listeners.set(architecture, set);
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size > 0 || this.#listeners.get(architecture) !== set) return;
      this.#listeners.delete(architecture);
      this.#now.delete(architecture);
    };
  }

  selected(architecture: string): Position | null {
    return this.#now.get(architecture) ?? null;
  }

  select(architecture: string, position: Position | null): void {
    if (samePosition(this.selected(architecture), position)) return;
    this.#now.set(architecture, position);
    this.#tell(architecture, position, "select");
  }

  hover(architecture: string, position: Position | null): void {
    this.#tell(architecture, position, "hover");
  }

  get size(): number {
    return this.#listeners.size;
  }

  #tell(architecture: string, position: Position | null, channel: Channel): void {
    for (const listener of [...(this.#listeners.get(architecture) ?? [])]) listener(position, channel);
  }
}
