import { expect, test, vi } from "vitest";
import { revive } from "../../src/core/revive";
import type { WidgetModel } from "../../src/core/widget";

/** ipywidgets' part of a model: takes what it knows. */
class Base {
  heard: unknown[] = [];
  comm = { hear: (_: unknown): unknown => null, on_msg: vi.fn((hear: (message: unknown) => unknown) => void (this.comm.hear = hear)), send: vi.fn() };
  async _handle_comm_msg(message: { content: { data: { method: string; content?: unknown } } }) {
    if (message.content.data.method === "custom") this.heard.push(message.content.data.content);
  }
}

/** anywidget's part: waits for the code first, and refuses for good when that took too long. */
class Waits extends Base {
  constructor(private readonly ready: Promise<void>) {
    super();
    this.comm.hear = this._handle_comm_msg.bind(this) as (message: unknown) => unknown;
  }
  override async _handle_comm_msg(message: never) {
    await this.ready;
    return super._handle_comm_msg(message);
  }
}

const proxy = (model: unknown, address: unknown = "a1") =>
  ({ get: (name: string) => (name === "_address" ? address : null), widget_manager: { get_model: async (id: string) => (id === "a1" ? model : Promise.reject(new Error(id))) } }) as unknown as WidgetModel;
const custom = (content: unknown) => ({ content: { data: { method: "custom", content } } });
function late() {
  const ready = Promise.reject(new Error("Failed to initialize model."));
  ready.catch(() => {});
  return new Waits(ready);
}

test("a model that was given up hears again, and asks for what it missed", async () => {
  const model = late();
  await expect(model.comm.hear(custom(1))).rejects.toThrow("Failed to initialize model.");
  await revive(proxy(model));
  await model.comm.hear(custom(2));
  expect(model.heard).toEqual([2]);
  expect(model.comm.send.mock.calls).toEqual([[{ method: "request_state" }, {}]]);
  await revive(proxy(model));
  await model.comm.hear(custom(3));
  expect(model.heard).toEqual([2, 3]);
});

test("a model that hears is left as it is", async () => {
  const model = new Waits(Promise.resolve());
  await revive(proxy(model));
  expect([model.comm.on_msg.mock.calls, model.comm.send.mock.calls, model.heard]).toEqual([[], [], []]);
  await model.comm.hear(custom(1));
  expect(model.heard).toEqual([1]);
});

test("where there is no such model, nothing happens", async () => {
  const model = late();
  await revive({ get: () => "a1" } as unknown as WidgetModel);
  await revive(proxy(model, null));
  await revive(proxy(model, "gone"));
  expect(model.comm.on_msg).not.toHaveBeenCalled();
});
