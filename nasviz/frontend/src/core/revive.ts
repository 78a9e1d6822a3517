/** Lets a model hear the kernel again that anywidget has given up. */
import type { WidgetModel } from "./widget";

type Hear = (message: unknown) => Promise<unknown>;

/** What is used of a model of ipywidgets. */
interface Hearing {
  _handle_comm_msg: Hear;
  comm?: { on_msg(hear: Hear): void; send(data: unknown, callbacks: object): void };
}

/** A message that no model knows: it is passed over. */
const NOTHING = { content: { data: { method: "nothing" } }, buffers: [] };

/** How ipywidgets itself hears, below what other classes put before it. */
function plainly(model: Hearing): Hear {
  let found = model._handle_comm_msg;
  for (let at: object | null = model; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, "_handle_comm_msg")) found = (at as Hearing)._handle_comm_msg;
  }
  return (message) => found.call(model, message);
}

/**
 * anywidget waits two seconds for the code of a model. Where the page is so busy that it takes longer, the code runs all the
 * same, but from then on every message to the model is refused, and Jupyter does not say so: a view would wait for its first
 * state for ever. Such a model hears without anywidget from here on, and asks for what it missed. Call it when the code runs.
 */
export async function revive(model: WidgetModel): Promise<void> {
  const address = model.get("_address");
  if (!model.widget_manager || typeof address !== "string") return;
  let heard: Hearing;
  try {
    heard = (await model.widget_manager.get_model(address)) as Hearing;
  } catch {
    return; // a page without this model's kernel: nothing is to be heard
  }
  try {
    await heard._handle_comm_msg(NOTHING);
  } catch {
    heard.comm?.on_msg(plainly(heard));
    heard.comm?.send({ method: "request_state" }, {});
  }
}
