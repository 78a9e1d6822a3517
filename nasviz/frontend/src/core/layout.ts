/** Layout in a worker, one picture after another, each with a time limit. */

export interface LayoutOptions {
  /** milliseconds, then the worker is ended and a new one takes the next picture */
  limit?: number;
}

export class LayoutTimeout extends Error {
  constructor(limit: number) {
    super(`The layout took longer than ${Math.round(limit / 1000)} s, also with straight arrows.`);
    this.name = "LayoutTimeout";
  }
}

/** The same picture with straight arrows and less search for a good place of each node. */
export const hurried = (dot: string): string => dot.replace(/\n/, '\n  graph [splines="line", mclimit="0.1", nslimit="1", nslimit1="1"];\n');

interface Job {
  id: number;
  /** as it was asked for */
  dot: string;
  /** the second try, in haste */
  again: boolean;
  limit: number;
  resolve(svg: string): void;
  reject(reason: Error): void;
}

interface WorkerLike {
  postMessage(data: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

const KEPT = 60;
const START_LIMIT_MS = 20_000;

export class LayoutQueue {
  #worker: WorkerLike | null = null;
  #warm = false;
  #waiting: Job[] = [];
  #current: Job | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;
  #done = new Map<string, string>();

  constructor(
    private readonly start: () => WorkerLike,
    private readonly inPage: (dot: string) => Promise<string>,
  ) {}

  layout(dot: string, options: LayoutOptions = {}): Promise<string> {
    const known = this.#done.get(dot);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id: this.#next++, dot, again: false, limit: options.limit ?? 5000, resolve, reject });
      this.#pump();
    });
  }

  close(): void {
    this.#stopWorker();
    for (const job of [this.#current, ...this.#waiting]) job?.reject(new Error("the engine was closed"));
    this.#current = null;
    this.#waiting = [];
  }

  #pump(): void {
    if (this.#current !== null) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#current = job;
    try {
      this.#worker ??= this.#begin();
    } catch {
      this.#withoutWorker(job);
      return;
    }
    const limit = this.#warm ? job.limit : Math.max(job.limit, START_LIMIT_MS);
    this.#timer = setTimeout(() => {
      this.#stopWorker();
      this.#finish(() => {
        if (job.again) job.reject(new LayoutTimeout(job.limit));
        else this.#waiting.unshift({ ...job, id: this.#next++, again: true });
      });
    }, limit);
    this.#worker.postMessage({ id: job.id, dot: job.again ? hurried(job.dot) : job.dot });
  }

  #begin(): WorkerLike {
    const worker = this.start();
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = () => {
      const job = this.#current;
      clearTimeout(this.#timer);
      this.#stopWorker();
      if (job) this.#withoutWorker(job);
    };
    return worker;
  }

  #receive(data: { id: number; svg?: string; error?: string }): void {
    const job = this.#current;
    if (!job || data.id !== job.id) return;
    this.#warm = true;
    this.#finish(() => {
      if (data.svg === undefined) return job.reject(new Error(data.error ?? "Graphviz gave no picture"));
      this.#keep(job.dot, data.svg);
      job.resolve(data.svg);
    });
  }

  #withoutWorker(job: Job): void {
    this.inPage(job.dot).then(
      (svg) => this.#finish(() => job.resolve(svg)),
      (reason: unknown) => this.#finish(() => job.reject(reason instanceof Error ? reason : new Error(String(reason)))),
    );
  }

  #finish(tell: () => void): void {
    clearTimeout(this.#timer);
    this.#current = null;
    tell();
    this.#pump();
  }

  #keep(dot: string, svg: string): void {
    this.#done.set(dot, svg);
    if (this.#done.size > KEPT) this.#done.delete(this.#done.keys().next().value as string);
  }

  #stopWorker(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#warm = false;
  }
}

/** A queue whose worker runs `code`, the bundled text of layout_worker.ts. */
export function layoutQueue(code: string): LayoutQueue {
  let url: string | undefined;
  const address = () => (url ??= URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const inPage = async (dot: string): Promise<string> => {
    await import(/* @vite-ignore */ address());
    const layout = (globalThis as unknown as Record<symbol, (dot: string) => Promise<string>>)[Symbol.for("nasviz.layout")];
    if (!layout) throw new Error("this page allows no layout engine");
    return layout(dot);
  };
  return new LayoutQueue(() => new Worker(address()) as unknown as WorkerLike, inPage);
}
