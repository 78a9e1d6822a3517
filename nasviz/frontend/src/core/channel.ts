/** Messages between a view and its Python half. */
import { type Body, checkMessage, type Kind, type Message, VERSION } from "./message";
import { isSelection, type Selection } from "./selection";
import type { WidgetModel } from "./widget";

/** After this time without an answer a view says that it waits for the kernel. */
export const PATIENCE_MS = 1000;

export class Channel {
  #seq = 0;
  #waiting = new Map<number, { resolve(body: Body): void; reject(reason: Error): void; timer: number }>();
  #handlers = new Map<Kind, Set<(body: Body) => void>>();
  #last: Message | null = null;
  /** Called with true when an answer is overdue, with false when it came. */
  onWaiting: (waiting: boolean) => void = () => {};
  /** Called when nothing can be sent any more: the kernel was restarted or shut down. */
  onLost: () => void = () => {};
  /** Called when a message is not understood. */
  onRefused: (sentence: string) => void = () => {};

  constructor(
    readonly model: WidgetModel,
    readonly view: string,
    signal: AbortSignal,
  ) {
    const custom = (content: unknown) => this.receive(content);
    const snapshot = () => this.receive(this.model.get("snapshot"));
    const gone = () => this.onLost();
    model.on("msg:custom", custom);
    model.on("comm_live_update", gone);
    model.on("change:snapshot", snapshot);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", custom);
      model.off("comm_live_update", gone);
      model.off("change:snapshot", snapshot);
      for (const { timer, reject } of this.#waiting.values()) {
        clearTimeout(timer);
        reject(new Error("the view was closed"));
      }
      this.#waiting.clear();
      this.#handlers.clear();
    });
  }

  /** Hear every message of a kind; a state that is already there is given at once. */
  on(kind: Kind, handler: (body: Body) => void): () => void {
    const set = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, set);
    set.add(handler);
    if (kind === "state") {
      const now = this.state();
      if (now) handler(now);
    }
    return () => set.delete(handler);
  }

  /** The body of the last state, or null before the first. */
  state(): Body | null {
    if (this.#last === null) {
      const first = checkMessage(this.model.get("snapshot"));
      if (typeof first !== "string") this.#last = first;
    }
    return this.#last?.body ?? null;
  }

  send(kind: Kind, body: Body = {}): number {
    const message: Message = { v: VERSION, view: this.view, seq: this.#seq++, kind, body };
    this.#attempt(() => this.model.send(message));
    return message.seq;
  }

  /** Tell the kernel what the person did; a failure is shown by the frame of the view. */
  command(name: string, body: Body = {}): void {
    this.request(name, body).catch(() => {});
  }

  /** Ask the kernel; the promise holds the body of the answer. */
  request(name: string, body: Body = {}): Promise<Body> {
    const seq = this.send("command", { ...body, name });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.onWaiting(true), PATIENCE_MS) as unknown as number;
      this.#waiting.set(seq, { resolve, reject, timer });
    });
  }

  receive(raw: unknown): void {
    const message = checkMessage(raw);
    if (typeof message === "string") {
      if (raw !== null && typeof raw === "object" && Object.keys(raw).length > 0) this.onRefused(message);
      return;
    }
    if (message.view !== this.view) return;
    if (message.kind === "state") this.#last = message;
    if (typeof message.body.re === "number") this.#answer(message.body.re, message);
    for (const handler of [...(this.#handlers.get(message.kind) ?? [])]) handler(message.body);
  }

  #answer(re: number, message: Message): void {
    const asked = this.#waiting.get(re);
    if (!asked) return;
    this.#waiting.delete(re);
    clearTimeout(asked.timer);
    if (this.#waiting.size === 0) this.onWaiting(false);
    if (message.kind === "error") asked.reject(new Error(String(message.body.message ?? "the request failed")));
    else asked.resolve(message.body);
  }

  /** The selection that Python knows; null when nothing is selected. */
  get selected(): Selection | null {
    const value = this.model.get("selected");
    return isSelection(value) ? value : null;
  }

  set selected(value: Selection | null) {
    if (JSON.stringify(value) === JSON.stringify(this.selected)) return;
    this.set({ selected: value });
  }

  /** Change traits that Python shares. */
  set(values: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.#attempt(() => this.model.save_changes());
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch {
      this.onLost();
    }
  }
}
