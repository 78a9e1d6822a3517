/** The header of the stepper: what remains, and what can be done. */
import { useState } from "preact/hooks";
import { KeyList, type KeyRow } from "../core/keys";
import { Button, CopyButton } from "../core/parts";
import { download } from "../core/save";
import type { ViewContext } from "../core/view";
import { act, type StepperBody } from "./body";

export interface Playing {
  on: boolean;
  speed: number;
  set: (on: boolean, speed?: number) => void;
}

export interface Shown {
  table: boolean;
  keys: boolean;
  pin: boolean;
}

interface BarProps {
  context: ViewContext;
  body: StepperBody;
  playing: Playing;
  shown: Shown;
  toggle: (what: keyof Shown) => void;
}

const SPEEDS: [number, string][] = [
  [0.5, "½ ×"],
  [1, "1 ×"],
  [2, "2 ×"],
  [4, "4 ×"],
];

const LAWS: [string, string][] = [
  ["productions", "by weights"],
  ["terms", "uniform"],
  ["size", "uniform in size"],
  ["height", "uniform in height"],
];

const COSTS: [string, string][] = [
  ["parameters", "parameters"],
  ["flops", "FLOPs"],
  ["operators", "operators"],
];

export function Bar(props: BarProps) {
  const { context, body, shown, toggle } = props;
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">{body.title}</span>
        <span class="nv-remaining" data-tip={body.exact ? `Distinct architectures, exact: ${body.exact}` : undefined} tabIndex={body.exact ? 0 : -1}>
          {body.summary}
        </span>
        {body.costs?.whole && (
          <span class="nv-soft" data-tip={body.costs.tip} tabIndex={0}>
            {body.costs.whole}
          </span>
        )}
        <span class="nv-space" />
        <Button pressed={shown.pin} disabled={body.summary === ""} tip="Restrict the rest of a search to what can still be reached" onClick={() => toggle("pin")}>
          Pin
        </Button>
        <SaveFilm context={context} />
        <Button pressed={shown.table} tip="The choices as a table: place, nonterminal, production" onClick={() => toggle("table")}>
          As table
        </Button>
        <CopyButton text={() => body.python} tip="Copy the lines of Python that make this partial derivation in space">
          Copy as Python
        </CopyButton>
      </div>
      <Controls {...props} />
    </>
  );
}

function Controls({ context, body, playing }: BarProps) {
  return (
    <div class="nv-bar nv-controls">
      <Button disabled={!body.undo} tip="Take back the last step (Backspace)" onClick={() => act(context, "undo")}>Undo</Button>
      <Button disabled={!body.redo} tip="Take back the last undo (Shift and Backspace)" onClick={() => act(context, "redo")}>Redo</Button>
      <Button disabled={body.open === 1 && body.term.arity.length === 1} tip="Begin again with the start" onClick={() => act(context, "begin")}>Start over</Button>
      <span class="nv-group" role="group" aria-label="Draw by the law">
        <Button disabled={body.done} tip="Draw one choice by the law (s)" onClick={() => act(context, "step")}>Step</Button>
        <Button disabled={body.done} pressed={playing.on} tip="Draw one choice after another (Space)" onClick={() => playing.set(!playing.on)}>
          {playing.on ? "Pause" : "Play"}
        </Button>
        <Choice label="speed" value={String(playing.speed)} options={SPEEDS.map(([x, words]) => [String(x), words])} choose={(x) => playing.set(playing.on, Number(x))} />
        <Button disabled={body.done} tip="Draw all open choices by the law (c)" onClick={() => act(context, "complete")}>Complete</Button>
        <Choice label="law" value={body.law} options={LAWS} choose={(law) => act(context, "law", { law })} />
      </span>
      <label class="nv-forced" data-tip="A place with one possible production is expanded without asking">
        <input type="checkbox" checked={body.forced} onChange={(event) => act(context, "forced", { on: event.currentTarget.checked })} /> take forced steps
      </label>
      <span class="nv-space" />
      {body.cost !== "cost" && <Choice label="smallest and largest" value={body.cost} options={COSTS} choose={(cost) => act(context, "cost", { cost })} />}
    </div>
  );
}

const Choice = ({ label, value, options, choose }: { label: string; value: string; options: [string, string][]; choose: (value: string) => void }) => (
  <label class="nv-colour">
    {label}{" "}
    <select value={value} onChange={(event) => choose(event.currentTarget.value)} onKeyDown={(event) => event.stopPropagation()}>
      {!options.some(([name]) => name === value) && <option value={value}>{value}</option>}
      {options.map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </select>
  </label>
);

const TYPES: Record<string, string> = { svg: "image/svg+xml", html: "text/html" };

/** One button that opens into the two formats of the film. */
function SaveFilm({ context }: { context: ViewContext }) {
  const [open, setOpen] = useState(false);
  const save = (format: string) =>
    context.channel.request("export", { format }).then(
      ({ name, text }) => download(String(name), new Blob([String(text)], { type: TYPES[format]! })),
      () => {},
    );
  return (
    <span class="nv-group" role="group" aria-label="Save the derivation">
      {open && (
        <>
          <Button tip="Animated drawing in a loop, for slides and pages" onClick={() => void save("svg")}>SVG</Button>
          <Button tip="Page with step controls that opens from disk" onClick={() => void save("html")}>HTML</Button>
        </>
      )}
      <Button pressed={open} tip="Save the derivation as an animation" onClick={() => setOpen(!open)}>Save animation</Button>
    </span>
  );
}

/** What to type so that a search goes on only below this partial derivation. */
export function PinPanel({ body }: { body: StepperBody }) {
  const line = "study = nv.Study(stepper.space, objective)";
  const alone = () => `${body.python.split("\narch = ")[0]}\nstudy = nv.Study(space.restrict(partial), objective)`;
  return (
    <div class="nv-note nv-pin">
      <div>
        <code class="nv-code">stepper.space</code> is the space of what can still be reached ({body.summary}). A search in it draws nothing else; its trials
        are trials of the whole space.
      </div>
      <pre class="nv-code" tabIndex={0}>{line}</pre>
      <div class="nv-row">
        <CopyButton text={() => line} tip="Copy the line; stepper is the name of this view in your notebook">Copy line</CopyButton>
        <CopyButton text={alone} tip="Copy the choices, the restriction and the study: they need no view">Copy without this view</CopyButton>
      </div>
    </div>
  );
}

const KEYS: KeyRow[] = [
  ["↑ ↓", "production before, next production"],
  ["← →", "open place before, next open place"],
  ["Enter", "apply the production"],
  ["Backspace", "undo; with Shift, redo"],
  ["s", "draw one choice by the law"],
  ["Space", "play, pause"],
  ["c", "complete by the law"],
  ["p", "pin the rest of a search"],
  ["+ − 0", "zoom in, zoom out, fit to width"],
  ["z", "zoom to the place"],
];

export const Keys = () => <KeyList keys={KEYS} />;
