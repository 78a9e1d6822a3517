/** The engine: Graphviz, CodeMirror and the selection bus, once per kernel, shared by all its views. */
import { createEditor } from "./core/editor";
import type { Engine } from "./core/engine";
import { layoutQueue } from "./core/layout";
import { createPicture } from "./core/picture";
import { SelectionBus } from "./core/selection";
import layoutCode from "worker:./core/layout_worker.ts";

function initialize({ signal }: { signal: AbortSignal }): Engine {
  const queue = layoutQueue(layoutCode);
  signal.addEventListener("abort", () => queue.close());
  const layout: Engine["layout"] = (dot, options) => queue.layout(dot, options);
  return {
    layout,
    createEditor,
    createPicture: (parent, options) => createPicture(layout, parent, options),
    bus: new SelectionBus(),
  };
}

export default { initialize };
