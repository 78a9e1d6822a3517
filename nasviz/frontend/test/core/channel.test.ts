import { afterEach, describe, expect, test, vi } from "vitest";
import { Channel, PATIENCE_MS } from "../../src/core/channel";
import type { Message } from "../../src/core/message";
import { advance } from "../../src/core/state";

class FakeModel {
  values: Record<string, unknown> = {};
  sent: Message[] = [];
  handlers = new Map<string, Set<(...args: never[]) => void>>();
  saved = 0;
  get = (key: string) => this.values[key];
  set = (key: string, value: unknown) => void (this.values[key] = value);
  save_changes = () => void this.saved++;
  send = (message: unknown) => void this.sent.push(message as Message);
  on = (event: string, handler: (...args: never[]) => void) => {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  };
  off = (event?: string | null, handler?: ((...args: never[]) => void) | null) => void this.handlers.get(event!)?.delete(handler!);
  fire(event: string, ...args: unknown[]) {
    for (const handler of this.handlers.get(event) ?? []) (handler as (...a: unknown[]) => void)(...args);
  }
}

function made() {
  const model = new FakeModel();
  const end = new AbortController();
  return { model, end, channel: new Channel(model, "grammar", end.signal) };
}
const message = (kind: string, body: object, seq = 0) => ({ v: 1, view: "grammar", seq, kind, body });

afterEach(() => vi.useRealTimers());

describe("Channel", () => {
  test("gives the state that is there, and later ones", () => {
    const { model, channel } = made();
    model.values.snapshot = message("state", { a: 1 });
    const heard: object[] = [];
    channel.on("state", (body) => heard.push(body));
    model.values.snapshot = message("state", { a: 2 }, 1);
    model.fire("change:snapshot");
    model.fire("msg:custom", message("state", { a: 3 }, 2));
    expect(heard).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(channel.state()).toEqual({ a: 3 });
  });
  test("answers come back to who asked", async () => {
    const { model, channel } = made();
    const one = channel.request("count", { text: "S" });
    const two = channel.request("count").catch((reason: Error) => reason.message);
    expect(model.sent.map(({ kind, seq, body }) => [kind, seq, body])).toEqual([
      ["command", 0, { text: "S", name: "count" }],
      ["command", 1, { name: "count" }],
    ]);
    model.fire("msg:custom", message("error", { re: 1, message: "no" }));
    model.fire("msg:custom", message("update", { re: 0, n: 4 }, 1));
    expect((await one).n).toBe(4);
    expect(await two).toBe("no");
  });
  test("says when an answer is overdue, and when it came", () => {
    vi.useFakeTimers();
    const { model, channel } = made();
    const seen: boolean[] = [];
    channel.onWaiting = (waiting) => seen.push(waiting);
    channel.command("sample");
    vi.advanceTimersByTime(PATIENCE_MS + 1);
    model.fire("msg:custom", message("update", { re: 0 }));
    expect(seen).toEqual([true, false]);
  });
  test("refuses what it does not understand, ignores what is for others", () => {
    const { model, channel } = made();
    const refused: string[] = [];
    channel.onRefused = (sentence) => refused.push(sentence);
    const heard = vi.fn();
    channel.on("update", heard);
    model.fire("msg:custom", { ...message("update", {}), v: 9 });
    model.fire("msg:custom", { ...message("update", {}), view: "board" });
    expect(refused).toEqual(["message of version 9, expected 1"]);
    expect(heard).not.toHaveBeenCalled();
  });
  test("saves a selection once", () => {
    const { model, channel } = made();
    channel.selected = { v: 1, architecture: "a", position: [0] };
    channel.selected = { v: 1, architecture: "a", position: [0] };
    expect(model.saved).toBe(1);
    model.values.selected = { v: 1, architecture: "a", position: ["x"] };
    expect(channel.selected).toBeNull();
  });
  test("says that the kernel is gone instead of failing", () => {
    const { model, channel } = made();
    const lost = vi.fn();
    channel.onLost = lost;
    model.send = model.save_changes = () => {
      throw new Error("Cannot send");
    };
    channel.command("sample");
    channel.selected = { v: 1, architecture: "a", position: [] };
    expect(lost).toHaveBeenCalledTimes(2);
  });
  test("ends with its view", async () => {
    const { model, end, channel } = made();
    const open = channel.request("count").catch((reason: Error) => reason.message);
    end.abort();
    expect(await open).toBe("the view was closed");
    expect([...model.handlers.values()].every((set) => set.size === 0)).toBe(true);
  });
});

describe("advance", () => {
  const state = { rev: 3, x: [1] };
  const update = (rev: number) => ({ rev, changes: [[["x"], "extend", [2]]] });
  test("takes the next, ignores older ones, notices a gap", () => {
    expect(advance(state, update(4))).toEqual({ rev: 4, x: [1, 2] });
    expect(advance(state, update(3))).toBe(state);
    expect(advance(state, update(5))).toBeNull();
    expect(advance(null, update(4))).toBeNull();
    expect(advance(state, { rev: 4, changes: [[["y", "z"], "set", 1]] })).toBeNull();
  });
});
