/** The grammar editor: text, what is wrong with it, and how large the space is that it defines. */
import { useEffect, useRef, useState } from "preact/hooks";
import { PATIENCE_MS } from "./core/channel";
import type { EditorHandle } from "./core/editor";
import { Handle } from "./core/handle";
import type { Known } from "./core/editor_names";
import { Button, copyText, Skeleton } from "./core/parts";
import { defineView, useBody, type ViewContext } from "./core/view";
import type { WidgetModel } from "./core/widget";
import { type GrammarBody, isCurrent, nonterminalLines } from "./grammar/body";
import { Examples } from "./grammar/examples";
import { FileName, FileNote, useLook } from "./grammar/file";
import { Findings } from "./grammar/findings";
import { Keys, MOD } from "./grammar/keys";
import { Samples } from "./grammar/samples";
import { Space } from "./grammar/space";
import css from "./grammar.css";

/** Least time between two texts that are sent; the first one goes at once. */
const SEND_MS = 100;
const NOTE_MS = 6000;

/** True while findings for the newest text are overdue: a cell is running, or the kernel is gone. */
function useOverdue(model: WidgetModel, version: number | undefined): boolean {
  const [overdue, setOverdue] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (version !== undefined && isCurrent(version, model.get("revision"))) setOverdue(false);
      else timer = setTimeout(() => setOverdue(true), PATIENCE_MS);
    };
    look();
    model.on("change:revision", look);
    return () => {
      clearTimeout(timer);
      model.off("change:revision", look);
    };
  }, [model, version]);
  return overdue;
}

/** A sentence that goes by itself. */
function useNote(): [string, (sentence: string) => void] {
  const [note, setNote] = useState("");
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(""), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return [note, setNote];
}

interface Actions {
  save(): void;
  format(): void;
}

function useEditor(context: ViewContext, body: GrammarBody | null, note: (sentence: string) => void) {
  const { engine, channel } = context;
  const { model } = channel;
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | null>(null);
  const now = useRef(body);
  now.current = body;
  const text = () => ({ text: editor.current?.text() ?? "", revision: Number(model.get("revision") ?? 0) });
  const actions: Actions = {
    save: () => channel.command(now.current?.file ? "save" : "accept", text()),
    format: () => {
      channel.request("format", text()).then(
        (answer) => {
          if (typeof answer.note === "string") note(answer.note);
          else if (typeof answer.text === "string" && isCurrent(Number(answer.revision), model.get("revision"))) {
            note(answer.text === editor.current?.text() ? "The text is formatted already." : "Formatted.");
            editor.current?.replace(answer.text);
          }
        },
        () => {},
      );
    },
  };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let sent = -SEND_MS;
    const send = () => {
      timer = undefined;
      sent = performance.now();
      channel.set({});
    };
    const known = (): Known => ({
      operators: now.current?.operators ?? [],
      attributes: now.current?.attributes ?? [],
      nonterminal: (name) => nonterminalLines(now.current?.space ?? null, name),
    });
    const handle = engine.createEditor(parent.current!, {
      text: String(model.get("value") ?? ""),
      label: "Grammar",
      readOnly: model.get("frozen") === true,
      known,
      keys: { "Mod-s": () => actions.save(), "Shift-Alt-f": () => actions.format() },
      onNote: note,
      onChange: (changed) => {
        model.set("value", changed);
        model.set("revision", Number(model.get("revision") ?? 0) + 1);
        timer ??= setTimeout(send, Math.max(0, sent + SEND_MS - performance.now()));
      },
    });
    const fromModel = () => handle.setText(String(model.get("value") ?? ""));
    model.on("change:value", fromModel);
    editor.current = handle;
    return () => {
      clearTimeout(timer);
      model.off("change:value", fromModel);
      handle.destroy();
    };
  }, [engine, channel, model]);
  useEffect(() => {
    if (body && isCurrent(body.version, model.get("revision"))) editor.current?.diagnose(body.findings);
  }, [body?.findings, body?.version]);
  return { parent, editor, actions };
}

function GrammarView(context: ViewContext) {
  const { channel } = context;
  const body = useBody<GrammarBody>(channel);
  const [note, setNote] = useNote();
  const { parent, editor, actions } = useEditor(context, body, setNote);
  const [copied, setCopied] = useState<"" | "copied" | "by hand">("");
  const [keys, setKeys] = useState(false);
  const overdue = useOverdue(channel.model, body?.version);
  useLook(channel, body?.file ?? null);
  const broken = body?.findings.some((finding) => finding.severity === "error") ?? false;
  const old = broken || overdue || (body !== null && body.counted !== body.version);
  const copy = async () => setCopied((await copyText(body?.python ?? "")) ? "copied" : "by hand");
  const words = overdue ? "waiting for the kernel" : note || statusText(body, broken);
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">Grammar</span>
        {body?.file && <FileName file={body.file} />}
        <span role="status" class={broken && !overdue && !note ? "nv-bad" : "nv-soft"}>
          {words}
        </span>
        <span class="nv-space" />
        <Button pressed={keys} tip="The keys of the editor" onClick={() => setKeys(!keys)}>
          Keys
        </Button>
        <Button disabled={!body} tip="One rule a line, definitions aligned (Shift-Alt-F)" onClick={actions.format}>
          Format
        </Button>
        <Accept body={body} broken={broken} onAccept={actions.save} />
        <Button primary disabled={broken || !body?.python} tip="Code that makes this space again, to paste into a cell" onClick={() => void copy()}>
          Copy as Python
        </Button>
      </div>
      {body?.file && <FileNote file={body.file} channel={channel} />}
      {keys && <Keys />}
      <div class="nv-columns">
        <div class="nv-text" ref={parent} />
        <div class="nv-space-pane">
          <Handle name="grammar-text" label="Width of the text" axis="x" pane={beside} told={around} />
          {body?.space ? <Space space={body.space} old={old} /> : body ? <Unknown /> : <Skeleton />}
        </div>
      </div>
      {body && body.findings.length > 0 && <Findings findings={body.findings} editor={() => editor.current} />}
      {copied && body && <CopyArea text={body.python} copied={copied === "copied"} onClose={() => setCopied("")} />}
      {body && <Below body={body} old={broken} context={context} />}
    </>
  );
}

const beside = (line: HTMLElement) => line.parentElement?.previousElementSibling as HTMLElement | null;
const around = (line: HTMLElement) => line.closest<HTMLElement>(".nv-columns");

function Accept({ body, broken, onAccept }: { body: GrammarBody | null; broken: boolean; onAccept: () => void }) {
  if (body?.file) {
    const tip = broken ? "Save the file as it is, errors too" : "Save the file, and compare the size of the space with it from now on";
    const done = body.file.state === "saved" && !body.space?.change && !body.space?.edits.length;
    return (
      <Button disabled={done} tip={`${tip} (${MOD}-S)`} onClick={onAccept}>
        {broken ? "Save" : "Accept"}
      </Button>
    );
  }
  const nothing = !body?.space?.change && !body?.space?.change_derivations && !body?.space?.edits.length;
  return (
    <Button disabled={broken || nothing} tip={`Compare the size of the space with this version from now on (${MOD}-S)`} onClick={onAccept}>
      Accept
    </Button>
  );
}

const Below = ({ body, old, context }: { body: GrammarBody; old: boolean; context: ViewContext }) => (
  <div class="nv-below">
    {body.space && <Samples samples={body.samples} problem={body.problem} old={old} context={context} />}
    <Examples
      examples={body.examples}
      old={old}
      onAdd={(term, must) => context.channel.command("add_example", { term, must })}
      onRemove={(term) => context.channel.command("remove_example", { term })}
    />
  </div>
);

export function statusText(body: GrammarBody | null, broken: boolean): string {
  if (!body) return "";
  const n = body.findings.filter((finding) => finding.severity === (broken ? "error" : "warning")).length;
  const what = broken ? "error" : "warning";
  const found = n === 1 ? `1 ${what}` : `${n} ${what}s`;
  if (broken) return body.space ? `${found}; sizes are those of the last good version` : found;
  return n > 0 ? `no errors, ${found}` : "no errors";
}

const Unknown = () => <div class="nv-soft">The size of the space appears here as soon as the grammar has no errors.</div>;

function CopyArea({ text, copied, onClose }: { text: string; copied: boolean; onClose: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.select(), []);
  return (
    <div class="nv-copy-area">
      <div class="nv-row">
        <span class="nv-soft">{copied ? "Copied. Paste it into a cell to keep this space." : "Copy this into a cell to keep this space."}</span>
        <Button onClick={onClose}>Close</Button>
      </div>
      <textarea ref={area} readOnly rows={Math.min(14, text.trimEnd().split("\n").length)} aria-label="Python code of this space" value={text} />
    </div>
  );
}

export default defineView({ name: "grammar", label: "Grammar editor", css, component: GrammarView });
