// @vitest-environment happy-dom
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { afterEach, describe, expect, test, vi } from "vitest";
import { positionsOf, readSvg } from "../../src/core/svg";
import { hurried, LayoutQueue, LayoutTimeout } from "../../src/core/layout";

class FakeWorker {
  static all: FakeWorker[] = [];
  sent: { id: number; dot: string }[] = [];
  ended = false;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  constructor() {
    FakeWorker.all.push(this);
  }
  postMessage(data: { id: number; dot: string }) {
    this.sent.push(data);
  }
  terminate() {
    this.ended = true;
  }
  answer(data: object) {
    this.onmessage?.({ data: { id: this.sent.at(-1)!.id, ...data } } as MessageEvent);
  }
}

const inPage = async (dot: string) => `page:${dot}`;
const queue = () => new LayoutQueue(() => new FakeWorker(), inPage);
const newest = () => FakeWorker.all.at(-1)!;

afterEach(() => {
  vi.useRealTimers();
  FakeWorker.all = [];
});

describe("LayoutQueue", () => {
  test("one at a time, in order, and once for equal pictures", async () => {
    const q = queue();
    const a = q.layout("a");
    const b = q.layout("b");
    expect(newest().sent.map((job) => job.dot)).toEqual(["a"]);
    newest().answer({ svg: "A" });
    newest().answer({ svg: "B" });
    expect([await a, await b, await q.layout("a")]).toEqual(["A", "B", "A"]);
    expect(newest().sent).toHaveLength(2);
  });
  test("ends a worker that takes too long, tries once more in haste, and goes on", async () => {
    vi.useFakeTimers();
    const q = queue();
    const first = q.layout("ok");
    newest().answer({ svg: "OK" });
    await first;
    const slow = q.layout("digraph {\n}", { limit: 1000 }).catch((reason: unknown) => reason);
    const next = q.layout("next");
    vi.advanceTimersByTime(1001);
    expect(newest().sent[0]!.dot).toContain('splines="line"');
    vi.advanceTimersByTime(20_001); // a worker that starts anew has time to load
    expect(await slow).toBeInstanceOf(LayoutTimeout);
    expect(String(await slow)).toContain("longer than 1 s, also with straight arrows");
    expect(FakeWorker.all.map((worker) => worker.ended)).toEqual([true, true, false]);
    newest().answer({ svg: "NEXT" });
    expect(await next).toBe("NEXT");
  });
  test("a picture that was drawn in haste is kept", async () => {
    vi.useFakeTimers();
    const q = queue();
    const slow = q.layout("digraph {\n}", { limit: 1000 });
    vi.advanceTimersByTime(20_001);
    newest().answer({ svg: "STRAIGHT" });
    expect(await slow).toBe("STRAIGHT");
    expect(await q.layout("digraph {\n}")).toBe("STRAIGHT");
  });
  test("gives what Graphviz says", async () => {
    const q = queue();
    const wrong = q.layout("x").catch((reason: Error) => reason.message);
    newest().answer({ error: "syntax error in line 1" });
    expect(await wrong).toBe("syntax error in line 1");
  });
  test("lays out in the page where workers are forbidden", async () => {
    const q = new LayoutQueue(() => {
      throw new Error("no worker here");
    }, inPage);
    expect(await q.layout("a")).toBe("page:a");
    const broken = queue();
    const answer = broken.layout("b");
    newest().onerror?.({} as ErrorEvent);
    expect(await answer).toBe("page:b");
  });
  test("closing rejects what waits", async () => {
    const q = queue();
    const waiting = q.layout("a").catch((reason: Error) => reason.message);
    q.close();
    expect(await waiting).toBe("the engine was closed");
    expect(newest().ended).toBe(true);
  });
});

test("what Graphviz draws is found again by position", async () => {
  const dot = 'digraph { a [id="p-0-2", class="nv-op", label="x<y", tooltip="x at (0, 2)"]; }';
  const svg = readSvg((await Graphviz.load()).layout(dot, "svg", "dot"));
  const node = svg.querySelector<SVGGElement>("[data-position]")!;
  expect(positionsOf(node)).toEqual([[0, 2]]);
  expect(node.classList.contains("nv-op")).toBe(true);
  expect(node.querySelector(":scope > text")?.textContent).toBe("x<y");
  expect(node.dataset.tip).toBe("x at (0, 2)");
});

test("haste draws the same nodes", async () => {
  const dot = 'digraph "a" {\n  graph [rankdir="LR"];\n  "in" -> "p" -> "out";\n}';
  const graphviz = await Graphviz.load();
  const titles = (text: string) => [...readSvg(graphviz.layout(text, "svg", "dot")).querySelectorAll(".node title")].map((title) => title.textContent);
  expect(titles(hurried(dot))).toEqual(titles(dot));
});
