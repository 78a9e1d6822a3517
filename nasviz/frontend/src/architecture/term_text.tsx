/** The term as text: broken into lines by nesting, linked to the selection, and to be edited. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../core/parts";
import { hueClass } from "../core/hue";
import { lineBreaks, prettyText } from "../core/pretty";
import { type TermIndex, type TermToken, termTokens } from "../core/term";
import { Pieces } from "../core/pieces";
import type { Credits, PartProps } from "./body";
import { markCredits } from "./credit";
import type { Preview, Range as Characters } from "./edit/offers";

const LONGEST = 8000;
const CHECK_MS = 150;

interface TermTextProps extends PartProps {
  editing: boolean;
  close: () => void;
  /** an edit that is looked at */
  preview: Preview | null;
  /** credits that the text is to show, or null */
  credits?: Credits | null;
}

export function TermText({ context, index, pointing, found = [], editing, close, preview, credits = null }: TermTextProps) {
  const tokens = useMemo(() => termTokens(index.info), [index]);
  const fresh = useFresh(tokens);
  if (editing) return <TermEditor context={context} text={prettyText(index.info, tokens)} close={close} />;
  if (tokens.length > LONGEST) return <div class="nv-term" role="group" aria-label="Term" tabIndex={0}>{index.info.text.slice(0, 20000)}…</div>;
  if (preview) return <Previewed index={index} tokens={tokens} preview={preview} />;
  return <Spans index={index} tokens={tokens} pointing={pointing} found={found} fresh={fresh} credits={credits} />;
}

/** The tokens that the term before did not have: what stands between the equal beginning and the equal end. */
export function changed(old: readonly TermToken[], now: readonly TermToken[]): [first: number, end: number] {
  const most = Math.min(old.length, now.length);
  let first = 0;
  while (first < most && old[first]!.text === now[first]!.text) first++;
  let tail = 0;
  while (tail < most - first && old[old.length - 1 - tail]!.text === now[now.length - 1 - tail]!.text) tail++;
  return [first, now.length - tail];
}

/** The tokens that are new, and 0 or 1 by turns: a class of another name begins the animation again. */
type Fresh = [first: number, end: number, turn: number];

function useFresh(tokens: TermToken[]): Fresh {
  const last = useRef<{ tokens: TermToken[]; fresh: Fresh }>({ tokens, fresh: [0, 0, 0] });
  if (last.current.tokens !== tokens) {
    last.current = { tokens, fresh: [...changed(last.current.tokens, tokens), 1 - last.current.fresh[2]] };
  }
  return last.current.fresh;
}

/** The term with an edit in it, as marked text; lines outside of it break as before. */
function Previewed({ index, tokens, preview }: { index: TermIndex; tokens: TermToken[]; preview: Preview }) {
  const box = useRef<HTMLDivElement>(null);
  const breaks = useMemo(() => lineBreaks(index.info, tokens), [tokens]);
  const ends = useMemo(() => edited(index, rangesOf(index, tokens), preview.ranges), [tokens, preview.ranges]);
  useLayoutEffect(() => {
    const mark = box.current!.querySelector<HTMLElement>("del, ins");
    if (mark) box.current!.scrollTop += scrollStep(box.current!, mark);
  }, [preview]);
  const shown = [];
  for (let k = 0; k < tokens.length; ) {
    if (breaks[k]! >= 0) shown.push(<br key={`b${k}`} />, <i key={`i${k}`} style={{ paddingLeft: `${breaks[k]}ch` }} />);
    const end = ends.get(k);
    shown.push(end === undefined ? <span key={k}>{tokens[k]!.text}</span> : <Pieces key={k} pieces={preview.pieces} />);
    k = end ?? k + 1;
  }
  return (
    <div class="nv-term nv-preview" ref={box} role="group" tabIndex={0} aria-label="The term with this edit">
      {shown}
    </div>
  );
}

/** For the first token of each edited subterm the one after its last. */
function edited(index: TermIndex, range: (node: number) => Range, characters: readonly Characters[]): Map<number, number> {
  const wanted = new Map(characters);
  const found = new Map<number, number>();
  index.info.start.forEach((start, node) => {
    if (wanted.get(start) === index.info.stop[node]) found.set(...range(node)!);
  });
  return found;
}

type Range = [first: number, end: number] | null;

interface SpansProps extends Pick<PartProps, "index" | "pointing"> {
  tokens: TermToken[];
  found: readonly number[];
  /** tokens that are new since the term before */
  fresh: Fresh;
  credits: Credits | null;
}

/** The text is drawn once for a term; a selection changes only the classes of the spans it enters and leaves. */
function Spans({ index, tokens, pointing, found, fresh, credits }: SpansProps) {
  const box = useRef<HTMLDivElement>(null);
  const spans = useMemo(() => drawn(index, tokens, fresh), [tokens]);
  const places = useRef<HTMLElement[]>([]);
  const ranges = useMemo(() => rangesOf(index, tokens), [tokens]);
  useLayoutEffect(() => {
    places.current = [...box.current!.querySelectorAll<HTMLElement>("[data-index]")];
  }, [tokens]);
  const chosen = pointing.selected ? index.index(pointing.selected) : -1;
  const over = pointing.hovered ? index.index(pointing.hovered) : -1;
  useMark(places, tokens, ranges(chosen), "nv-in");
  useMark(places, tokens, ranges(over), "nv-over");
  useLayoutEffect(() => {
    const names = found.map((node) => places.current[ranges(node)![0]]);
    for (const name of names) name?.classList.add("nv-match");
    return () => names.forEach((name) => name?.classList.remove("nv-match"));
  }, [tokens, found]);
  useEffect(() => {
    const mark = chosen < 0 ? undefined : places.current[ranges(chosen)![0]];
    if (mark && box.current) box.current.scrollTop += scrollStep(box.current, mark);
  }, [chosen, tokens]);
  useLayoutEffect(() => markCredits(credits, index, (node) => places.current[ranges(node)![0]]), [tokens, credits]);
  const at = (event: Event) => Number((event.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
  return (
    <div
      class="nv-term"
      ref={box}
      role="group"
      aria-label="Term"
      tabIndex={0}
      onClick={(event) => at(event) >= 0 && pointing.select(index.position(at(event)))}
      onPointerOver={(event) => pointing.hover(at(event) >= 0 ? index.position(at(event)) : null)}
      onPointerLeave={() => pointing.hover(null)}
    >
      {spans}
    </div>
  );
}

function drawn(index: TermIndex, tokens: TermToken[], [first, end, turn]: Fresh) {
  const breaks = lineBreaks(index.info, tokens);
  return tokens.flatMap((token, k) => {
    const span = (
      <span key={k} data-index={token.node} class={`${tokenClass(token, index)}${k >= first && k < end ? ` nv-fresh-${turn}` : ""}`}>
        {token.text}
      </span>
    );
    if (breaks[k]! < 0) return [span];
    return [<br key={`b${k}`} />, <i key={`i${k}`} style={{ paddingLeft: `${breaks[k]}ch` }} />, span];
  });
}

function tokenClass(token: TermToken, index: TermIndex): string {
  const label = token.name ? index.info.labels[token.node]?.at(-1) : undefined;
  return `${token.name ? "nv-name" : ""}${label ? ` nv-nt-name ${hueClass(label[1])}` : ""}`;
}

/** The tokens of a subterm: they stand together. */
function rangesOf(index: TermIndex, tokens: readonly TermToken[]): (node: number) => Range {
  const names = new Int32Array(index.length);
  const last = new Int32Array(index.length);
  tokens.forEach((token, k) => {
    if (token.name) names[token.node] = k;
    last[token.node] = k;
  });
  return (node) => (node < 0 ? null : [names[node]!, last[node]! + 1]);
}

function useMark(places: { current: HTMLElement[] }, tokens: TermToken[], range: Range, name: string): void {
  const marked = useRef<{ range: Range; places: HTMLElement[] }>({ range: null, places: [] });
  useLayoutEffect(() => {
    const old = marked.current;
    if (old.range) for (let k = old.range[0]; k < old.range[1]; k++) old.places[k]?.classList.remove(name);
    if (range) for (let k = range[0]; k < range[1]; k++) places.current[k]?.classList.add(name);
    marked.current = { range, places: places.current };
  }, [tokens, range?.[0], range?.[1]]);
}

function scrollStep(box: HTMLElement, mark: HTMLElement): number {
  const outer = box.getBoundingClientRect();
  const inner = mark.getBoundingClientRect();
  if (inner.top < outer.top) return inner.top - outer.top - 8;
  return inner.bottom > outer.bottom ? inner.bottom - outer.bottom + 8 : 0;
}

interface Fault {
  message: string;
  excerpt: string;
  hint: string;
  at: number;
}

function TermEditor({ context, text, close }: { context: PartProps["context"]; text: string; close: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLayoutEffect(() => {
    area.current!.value = text;
    area.current!.setSelectionRange(0, 0);
    area.current!.focus();
    area.current!.scrollTop = 0;
    return () => clearTimeout(timer.current);
  }, []);
  const ask = async (name: string) => {
    try {
      const { fault } = (await context.channel.request(name, { text: area.current?.value ?? "" })) as unknown as { fault: Fault | null };
      setFault(fault);
      return fault === null;
    } catch {
      return false;
    }
  };
  const check = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void ask("check"), CHECK_MS);
  };
  const apply = async () => {
    clearTimeout(timer.current);
    if (await ask("edit")) close();
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void apply();
  };
  return (
    <div class="nv-edit" onKeyDown={press}>
      <textarea
        ref={area}
        class="nv-code"
        aria-label="Term"
        aria-invalid={fault !== null}
        aria-describedby={`${context.id}-fault`}
        spellcheck={false}
        rows={Math.min(16, text.split("\n").length + 1)}
        onInput={check}
      />
      <div id={`${context.id}-fault`} class="nv-edit-fault" role="status">
        {fault && (
          <>
            <div class="nv-bad">{fault.message}</div>
            {fault.excerpt && <pre>{fault.excerpt}</pre>}
            {fault.hint && <div>{fault.hint}</div>}
          </>
        )}
      </div>
      <div class="nv-edit-buttons">
        <Button primary disabled={fault !== null} tip="Show this term (Ctrl and Enter)" onClick={() => void apply()}>
          Apply
        </Button>
        <Button tip="Leave the term as it was (Esc)" onClick={close}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
