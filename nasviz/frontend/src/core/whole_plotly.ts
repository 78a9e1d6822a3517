/** plotly.js with all its traces: the kernel has it from the Python package and sends it when a figure needs it. */
import type { PlotLibrary, WholeLibrary } from "./plot";
import { revive } from "./revive";
import type { WidgetModel } from "./widget";

/** After this time the kernel is thought not to answer. */
const PATIENCE_MS = 60_000;

interface Answer {
  kind: string;
  error?: string;
}

/** The packed code from the kernel. */
function asked(model: WidgetModel): Promise<ArrayBuffer | ArrayBufferView> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
    };
    const hear = (answer: Answer, buffers: (ArrayBuffer | ArrayBufferView)[]) => {
      if (answer?.kind !== "plotly") return;
      end();
      if (buffers?.[0]) resolve(buffers[0]);
      else reject(new Error(answer.error ?? "the kernel sent nothing"));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("the kernel does not answer"));
    }, PATIENCE_MS);
    model.on("msg:custom", hear);
    model.send({ kind: "plotly" });
  });
}

/** The code as a module of its own: what the page or other widgets know as "Plotly" or "define" stays as it is. */
export const asModule = (code: string): string =>
  `const module = { exports: {} }, exports = module.exports, define = undefined;\n${code}\nexport default module.exports;`;

async function load(model: WidgetModel): Promise<PlotLibrary> {
  if (model.get("whole") !== true) throw new Error("a saved page has no kernel to get plotly from");
  await revive(model);
  const packed = new Blob([(await asked(model)) as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
  const url = URL.createObjectURL(new Blob([asModule(await new Response(packed).text())], { type: "text/javascript" }));
  try {
    return ((await import(/* @vite-ignore */ url)) as { default: PlotLibrary }).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Loads once; after a failure it can be tried again. */
export function wholeLibrary(model: WidgetModel): WholeLibrary {
  let found: Promise<PlotLibrary> | null = null;
  return () =>
    (found ??= load(model).catch((reason: unknown) => {
      found = null;
      throw reason;
    }));
}
