/** The bar of the workbench: which panes are open, their sizes, and the whole as a page. */
import { useEffect, useRef, useState } from "preact/hooks";
import { forgetSizes, pageOf, recall, remember } from "./core/memory";
import { Button, Skeleton } from "./core/parts";
import { download } from "./core/save";
import { defineView, useBody, type ViewContext } from "./core/view";

interface Pane {
  name: string;
  title: string;
  tip: string;
}

export interface BenchBody {
  title: string;
  panes: Pane[];
  open: string[];
  /** the cell says which panes are open: then what was remembered does not count */
  asked: boolean;
}

/** Which panes are open after one was pressed, in the order of all. */
export const pressed = (body: BenchBody, name: string): string[] =>
  body.panes.map((pane) => pane.name).filter((other) => (other === name ? !body.open.includes(name) : body.open.includes(other)));

/** The panes that a person had open the last time, null when nothing is remembered that fits. */
export function remembered(text: string | null, body: BenchBody): string[] | null {
  if (text === null || body.asked) return null;
  const names = text.split(",");
  const open = body.panes.map((pane) => pane.name).filter((name) => names.includes(name));
  return open.join() === body.open.join() ? null : open;
}

function Bench(context: ViewContext) {
  const body = useBody<BenchBody>(context.channel);
  return body ? <Bar context={context} body={body} /> : <Skeleton />;
}

function Bar({ context, body }: { context: ViewContext; body: BenchBody }) {
  const { channel } = context;
  const bar = useRef<HTMLDivElement>(null);
  const [saving, setSaving] = useState(false);
  const name = () => `panes:${pageOf(bar.current!)}:${body.title}`;
  const arrange = (open: string[]) => channel.command("arrange", { panes: open });
  useEffect(() => {
    const open = remembered(recall(name()), body);
    if (open) arrange(open);
  }, []);
  const press = (pane: string) => {
    const open = pressed(body, pane);
    remember(name(), open.join());
    arrange(open);
  };
  const save = () => {
    setSaving(true);
    channel
      .request("page")
      .then((answer) => download(String(answer.name), new Blob([String(answer.text)], { type: "text/html" })), () => {})
      .finally(() => setSaving(false));
  };
  return (
    <div class="nv-bar" ref={bar} role="toolbar" aria-label="Panes of the workbench">
      <span class="nv-title">{body.title}</span>
      {body.panes.map((pane) => (
        <Button key={pane.name} pressed={body.open.includes(pane.name)} tip={pane.tip} onClick={() => press(pane.name)}>
          {pane.title}
        </Button>
      ))}
      <span class="nv-space" />
      <Button tip="Give all panes their own size again" onClick={() => forgetSizes(pageOf(bar.current!))}>
        Reset sizes
      </Button>
      <Button disabled={saving} tip="All that is open as one HTML file, which works without Jupyter and without a network" onClick={save}>
        {saving ? "Saving…" : "Save as page"}
      </Button>
    </div>
  );
}

export default defineView({ name: "workbench", label: "Workbench", component: Bench });
