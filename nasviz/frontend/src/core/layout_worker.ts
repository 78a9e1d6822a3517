/** Graphviz as WebAssembly. Runs in a worker made from a Blob; where workers are forbidden, in the page. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";

const loading = Graphviz.load();

async function layout(dot: string): Promise<string> {
  const graphviz = await loading;
  return graphviz.layout(dot, "svg", "dot");
}

const scope = globalThis as unknown as Record<symbol, unknown> & {
  document?: Document;
  postMessage(data: unknown): void;
  onmessage: ((event: MessageEvent<{ id: number; dot: string }>) => void) | null;
};

if (scope.document === undefined) {
  scope.onmessage = ({ data: { id, dot } }) => {
    layout(dot).then(
      (svg) => scope.postMessage({ id, svg }),
      (reason: unknown) => scope.postMessage({ id, error: String(reason) }),
    );
  };
} else {
  scope[Symbol.for("nasviz.layout")] = layout;
}
