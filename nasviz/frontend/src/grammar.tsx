/** The grammar editor: text, what is wrong with it, and how large the space is that it defines. */
import { useEffect, useRef, useState } from "preact/hooks";
import { PATIENCE_MS } from "./core/channel";
import type { EditorHandle, Finding } from "./core/editor";
import { Button, copyText, Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import { defineView, useBody, type ViewContext } from "./core/view";
import type { WidgetModel } from "./core/widget";
import css from "./grammar.css";

interface CountInfo {
  text: string;
  exact: string;
  why: string;
}

interface Rule {
  name: string;
  hue: number;
  text: string;
  length: number;
  endless: boolean;
}

interface Sample {
  term: string;
  dot: string;
}

export interface GrammarBody {
  version: number;
  findings: Finding[];
  /** of the last text without errors; null before the first */
  space: { terms: CountInfo; derivations: CountInfo; rules: Rule[]; change: string } | null;
  operators: [string, string][];
  samples: Sample[];
  python: string;
}

const DEBOUNCE_MS = 60;

/** Whether findings belong to the text that is shown now. */
export const isCurrent = (version: number, revision: unknown): boolean => version === revision;

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

function useEditor(context: ViewContext, body: GrammarBody | null) {
  const { engine, channel } = context;
  const { model } = channel;
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | null>(null);
  const operators = useRef<[string, string][]>([]);
  operators.current = body?.operators ?? [];
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => channel.set({});
    const handle = engine.createEditor(parent.current!, {
      text: String(model.get("value") ?? ""),
      label: "Grammar",
      operators: () => operators.current,
      onChange: (text) => {
        model.set("value", text);
        model.set("revision", Number(model.get("revision") ?? 0) + 1);
        clearTimeout(timer);
        timer = setTimeout(save, DEBOUNCE_MS);
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
  return { parent, editor };
}

function GrammarView(context: ViewContext) {
  const body = useBody<GrammarBody>(context.channel);
  const { parent, editor } = useEditor(context, body);
  const [copied, setCopied] = useState<"" | "copied" | "by hand">("");
  const errors = body?.findings.filter((finding) => finding.severity === "error") ?? [];
  const broken = errors.length > 0;
  const overdue = useOverdue(context.channel.model, body?.version);
  const copy = async () => setCopied((await copyText(body?.python ?? "")) ? "copied" : "by hand");
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">Grammar</span>
        <span role="status" class={broken && !overdue ? "nv-bad" : "nv-soft"}>
          {overdue ? "waiting for the kernel" : statusText(errors.length, body)}
        </span>
        <span class="nv-space" />
        <Button
          disabled={broken || !body?.space?.change}
          tip="Compare the size of the space with this version from now on"
          onClick={() => context.channel.command("accept")}
        >
          Accept
        </Button>
        <Button disabled={!body?.space} tip="Draw five architectures of the last version without errors" onClick={() => context.channel.command("sample")}>
          Sample
        </Button>
        <Button primary disabled={broken || !body?.python} tip="Code that makes this space again, to paste into a cell" onClick={() => void copy()}>
          Copy as Python
        </Button>
      </div>
      <div class="nv-columns">
        <div class="nv-text" ref={parent} />
        <div class="nv-space-pane">{body?.space ? <Space space={body.space} old={broken} /> : body ? <Unknown /> : <Skeleton />}</div>
      </div>
      {body && body.findings.length > 0 && <Findings findings={body.findings} onPick={(f) => editor.current?.reveal(f.start, f.end)} />}
      {copied && body && <CopyArea text={body.python} copied={copied === "copied"} onClose={() => setCopied("")} />}
      {body && body.samples.length > 0 && <Samples samples={body.samples} context={context} />}
    </>
  );
}

function statusText(errors: number, body: GrammarBody | null): string {
  if (!body) return "";
  if (errors === 0) return "no errors";
  const found = errors === 1 ? "1 error" : `${errors} errors`;
  return body.space ? `${found}; sizes are those of the last good version` : found;
}

const Unknown = () => <div class="nv-soft">The size of the space appears here as soon as the grammar has no errors.</div>;

function Space({ space, old }: { space: NonNullable<GrammarBody["space"]>; old: boolean }) {
  return (
    <div class={old ? "nv-old" : ""}>
      <Count count={space.terms} noun="architectures" large />
      <Count count={space.derivations} noun="derivations" />
      <div class="nv-change" role="status">
        {space.change && (
          <>
            <span class="nv-soft">since Accept:</span> {space.change}
          </>
        )}
      </div>
      <ul class="nv-bars" aria-label="Terms by nonterminal, on a logarithmic scale">
        {space.rules.map((rule) => (
          <RuleBar key={rule.name} rule={rule} />
        ))}
      </ul>
    </div>
  );
}

/** "∞ · 126 up to height 6" reads as "∞ architectures · 126 up to height 6". */
function Count({ count, noun, large }: { count: CountInfo; noun: string; large?: boolean }) {
  const [amount, rest] = count.text.split(" · ");
  return (
    <div data-tip={tipOf(count)} tabIndex={0}>
      <span class={large ? "nv-count" : ""}>{amount}</span> <span class="nv-soft">{noun}</span>
      {rest && <span> · {rest}</span>}
    </div>
  );
}

const tipOf = (count: CountInfo): string => (count.exact.length > 15 ? `${count.why}\n${clip(count.exact, 460)}` : count.why);
const clip = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

const RuleBar = ({ rule }: { rule: Rule }) => (
  <li class={`nv-hue-${rule.hue}`} data-tip={`${rule.name} derives ${rule.text} terms. The bar is on a logarithmic scale.`}>
    <b>{rule.name}</b>
    <span class="nv-track">
      <span class={rule.endless ? "nv-endless" : ""} style={{ width: `${Math.round(100 * rule.length)}%` }} />
    </span>
    <span class="nv-amount">{rule.text}</span>
  </li>
);

function Findings({ findings, onPick }: { findings: Finding[]; onPick: (finding: Finding) => void }) {
  return (
    <div class="nv-findings" aria-label="Findings">
      {findings.map((finding, k) => (
        <button type="button" class="nv-finding" key={k} onClick={() => onPick(finding)}>
          <span class={finding.severity === "error" ? "nv-bad" : "nv-soft"}>{finding.severity}</span> {finding.message}
          {finding.hint && <span class="nv-soft"> · {finding.hint}</span>}
        </button>
      ))}
    </div>
  );
}

function CopyArea({ text, copied, onClose }: { text: string; copied: boolean; onClose: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.select(), []);
  return (
    <div class="nv-copy-area">
      <div class="nv-copy-line">
        <span class="nv-soft">{copied ? "Copied. Paste it into a cell to keep this space." : "Copy this into a cell to keep this space."}</span>
        <Button onClick={onClose}>Close</Button>
      </div>
      <textarea ref={area} readOnly rows={Math.min(14, text.trimEnd().split("\n").length)} aria-label="Python code of this space" value={text} />
    </div>
  );
}

const Samples = ({ samples, context }: { samples: Sample[]; context: ViewContext }) => (
  <ul class="nv-samples" aria-label="Sampled architectures">
    {samples.map((sample, k) => (
      <li key={k}>
        <span class="nv-code">{sample.term}</span>
        {sample.dot && <Picture bare engine={context.engine} dot={sample.dot} label={`Graph of ${sample.term}`} maxHeight={96} />}
      </li>
    ))}
  </ul>
);

export default defineView({ name: "grammar", label: "Grammar editor", css, component: GrammarView });
