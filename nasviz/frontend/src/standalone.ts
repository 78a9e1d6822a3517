/** Shows saved views in a page of their own: no kernel, no Jupyter, no network. */
import type { Host, RenderProps, WidgetModel } from "./core/widget";

interface Saved {
  /** code by name */
  code: Record<string, string>;
  views: { stem: string; state: Record<string, unknown> }[];
}

interface Module {
  default: {
    initialize?: (props: { model: WidgetModel; signal: AbortSignal }) => unknown;
    render?: (props: RenderProps) => unknown;
  };
}

type Handler = (...args: never[]) => void;

/** A model that remembers what is set, tells its views, and says that there is no kernel. */
export class SavedModel implements WidgetModel {
  #handlers = new Map<string, Set<Handler>>();

  constructor(private readonly state: Record<string, unknown>) {}

  get(key: string): unknown {
    return this.state[key];
  }

  set(key: string, value: unknown): void {
    this.state[key] = value;
    this.#fire(`change:${key}`);
  }

  save_changes(): void {}

  send(content: unknown): void {
    const { view, seq, kind } = content as { view: string; seq: number; kind: string };
    if (kind !== "command") return;
    const message = "This is a saved page without a kernel: open the notebook to draw, change or train.";
    this.#fire("msg:custom", { v: 1, view, seq, kind: "error", body: { re: seq, message, traceback: "" } });
  }

  on(event: string, handler: Handler): void {
    this.#handlers.set(event, (this.#handlers.get(event) ?? new Set()).add(handler));
  }

  off(event?: string | null, handler?: Handler | null): void {
    if (event && handler) this.#handlers.get(event)?.delete(handler);
  }

  #fire(event: string, ...args: unknown[]): void {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) (handler as (...a: unknown[]) => void)(...args);
  }
}

async function load(code: string): Promise<Module> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)) as Module;
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function start(): Promise<void> {
  const saved = JSON.parse(document.getElementById("nasviz-saved")?.textContent ?? "null") as Saved;
  const { signal } = new AbortController();
  const engines = new Map<unknown, Promise<{ exports: unknown }>>();
  const host: Host = {
    getWidget(name) {
      const found = engines.get(name) ?? load(saved.code[String(name)] ?? "").then(async (module) => {
        return { exports: await module.default.initialize?.({ model: new SavedModel({}), signal }) };
      });
      engines.set(name, found);
      return found;
    },
  };
  for (const { stem, state } of saved.views) {
    const el = document.createElement("section");
    document.body.append(el);
    const module = await load(saved.code[stem] ?? "");
    await module.default.render?.({ model: new SavedModel(state), el, host, signal });
  }
}

if (typeof document !== "undefined" && document.getElementById("nasviz-saved")) void start();
