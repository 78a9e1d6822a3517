// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { defineView, useBody } from "../../src/core/view";
import type { WidgetModel } from "../../src/core/widget";

/** A view whose Python half answers its first message at once with `kind` and `body`. */
async function mounted(kind: string, body: object) {
  const handlers = new Map<string, (...args: never[]) => void>();
  const send = vi.fn(() => handlers.get("msg:custom")!({ v: 1, view: "probe", seq: 0, kind, body } as never));
  const model = { get: () => null, send, on: (event: string, hear: never) => handlers.set(event, hear), off: () => {} };
  const view = defineView({ name: "probe", label: "Probe", component: ({ channel }) => <b>{useBody<{ word: string }>(channel)?.word ?? "nothing"}</b> });
  const el = document.body.appendChild(document.createElement("div"));
  const host = { getWidget: async () => ({ exports: {} }) };
  await view.render({ model: model as unknown as WidgetModel, el, host, signal: new AbortController().signal });
  await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
  return el;
}

test("a state that comes with the first answer is shown", async () => {
  const el = await mounted("state", { rev: 0, word: "here" });
  await vi.waitFor(() => expect(el.querySelector("b")?.textContent).toBe("here"));
});

test("an error that comes with the first answer is shown: the frame listens before it speaks", async () => {
  const el = await mounted("error", { message: "no such study", traceback: "" });
  await vi.waitFor(() => expect(el.textContent).toContain("no such study"));
});

test("that the kernel is gone is shown though it is found with the first message", async () => {
  const model = { get: () => null, send: () => { throw new Error("Cannot send"); }, on: () => {}, off: () => {} };
  const view = defineView({ name: "probe", label: "Probe", component: () => <b /> });
  const el = document.body.appendChild(document.createElement("div"));
  await view.render({ model: model as unknown as WidgetModel, el, host: { getWidget: async () => ({ exports: {} }) }, signal: new AbortController().signal });
  await vi.waitFor(() => expect(el.querySelector("[role=alert], [role=status]")?.textContent).toMatch(/kernel/i));
});

test("a model that anywidget has given up is shown all the same", async () => {
  const handlers = new Map<string, (content: unknown) => void>();
  let hears = false;
  const heard = {
    _handle_comm_msg: () => Promise.reject(new Error("Failed to initialize model.")),
    comm: { on_msg: () => void (hears = true), send: () => {} },
  };
  const model = {
    get: (name: string) => (name === "_address" ? "a1" : null),
    send: () => hears && handlers.get("msg:custom")!({ v: 1, view: "probe", seq: 0, kind: "state", body: { rev: 0, word: "here" } }),
    on: (event: string, hear: never) => handlers.set(event, hear),
    off: () => {},
    widget_manager: { get_model: async () => heard },
  };
  const view = defineView({ name: "probe", label: "Probe", component: ({ channel }) => <b>{useBody<{ word: string }>(channel)?.word ?? "nothing"}</b> });
  const el = document.body.appendChild(document.createElement("div"));
  await view.render({ model: model as unknown as WidgetModel, el, host: { getWidget: async () => ({ exports: {} }) }, signal: new AbortController().signal });
  await vi.waitFor(() => expect(el.querySelector("b")?.textContent).toBe("here"));
});
