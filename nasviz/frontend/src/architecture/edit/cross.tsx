/** Crossover with another architecture: where equal nonterminals meet, and both children of an exchange. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clip } from "../../core/format";
import { hueClass } from "../../core/hue";
import { Button } from "../../core/parts";
import { Pieces } from "../../core/pieces";
import { positionText } from "../../core/term";
import { type Fault, FaultWords, type Offer, Offers, type Range, stepKey, useCosts, usePieces } from "./offers";
import type { Name, PanelProps } from "./replace";

interface Partner {
  key: string;
  text: string;
  from: string;
}

interface Pair {
  first: Offer;
  second: Offer;
  nonterminal: Name;
  here: number[];
  there: number[];
  old: string;
  new: string;
  ranges: Range[];
  others: Range[];
}

interface Answer {
  fault: Fault | null;
  text: string;
  meetings: [Name, Range[], Range[]][];
  pairs: Pair[];
  count: string;
  reason: string;
}

const TYPING_MS = 250;

export function Cross({ context, index, pointing, show, close }: PanelProps) {
  const { channel } = context;
  const [partners, setPartners] = useState<Partner[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [seed, setSeed] = useState(0);
  const [everywhere, setEverywhere] = useState(false);
  const [active, setActive] = useState(0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  useEffect(() => {
    channel.request("partners").then((found) => {
      const all = (found as unknown as { partners: Partner[] }).partners;
      setPartners(all);
      setChosen(all[0]?.key ?? null);
    }, close);
  }, [index]);
  const position = everywhere ? null : pointing.selected;
  const where = position?.join() ?? "";
  useEffect(() => {
    if (text.trim() === "" && chosen === null) return setAnswer(null);
    let live = true;
    const other = text.trim() === "" ? { key: chosen } : { text };
    const timer = setTimeout(() => {
      channel.request("crossings", { ...other, position: position ? [...position] : null, seed }).then(
        (found) => {
          if (!live) return;
          setAnswer(found as unknown as Answer);
          setActive(0);
        },
        () => live && setAnswer(null),
      );
    }, text ? TYPING_MS : 0);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [index, chosen, text, where, position === null, seed]);
  const pairs = answer && !answer.fault ? answer.pairs : [];
  const pair = pairs[active] ?? null;
  const costs = useCosts(channel, pairs.map(({ first }) => first.key));
  const pieces = usePieces(channel, pair?.first ?? null);
  const others = usePieces(channel, pair?.second ?? null);
  useEffect(() => show(pair && pieces ? { ranges: pair.ranges, pieces } : null), [pair, pieces]);
  const take = (offer: Offer) => {
    channel.command("apply", { key: offer.key });
    close();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Tab") event.stopPropagation();
    if (event.key === "Escape") close();
    else if ((event.target as Element).closest("button, select, input") && event.key !== "Enter" && !event.key.startsWith("Arrow")) return;
    else if ((event.target as Element).closest("button, select")) return;
    else if (event.key === "Enter" && pair) take(event.shiftKey ? pair.second : pair.first);
    else if (!stepKey(event, pairs.length, active, setActive)) return;
    event.preventDefault();
  };
  const list = `${context.id}-pairs`;
  const lead = (k: number) => <Swap pair={pairs[k]!} />;
  return (
    <section class="nv-panel nv-cross" role="group" aria-label="Crossover" tabIndex={0} ref={box} onKeyDown={press} {...(pair ? { "aria-activedescendant": `${list}-${active}` } : {})}>
      <div class="nv-panel-title">
        <b>Cross over</b>
        <span class="nv-soft">{position ? `at ${positionText(position)}` : "anywhere"}</span>
        {pointing.selected && (
          <Button pressed={everywhere} tip="Not only at the selected subterm" onClick={() => setEverywhere(!everywhere)}>
            Anywhere
          </Button>
        )}
        <span class="nv-space" />
        <span class="nv-soft" role="status">
          {answer && !answer.fault ? answer.count : ""}
        </span>
        <Button tip="Draw other pairs of places" onClick={() => setSeed(seed + 1)}>
          Draw others
        </Button>
        <Button icon label="Close" onClick={close}>
          ✕
        </Button>
      </div>
      <Partners partners={partners} chosen={chosen} choose={setChosen} text={text} type={setText} />
      {answer?.fault && <FaultWords fault={answer.fault} />}
      {answer?.reason && <div class="nv-reason">{answer.reason}</div>}
      {answer && !answer.fault && <Meetings answer={answer} />}
      {answer && !answer.fault && (
        <div class="nv-other" role="group" aria-label="The other architecture" tabIndex={0}>
          <Marked text={answer.text} ranges={pair?.others ?? []} pieces={others} places={answer.meetings.flatMap(([, , there]) => there)} />
        </div>
      )}
      <Offers id={list} label="Exchanges" offers={pairs.map(({ first }) => first)} costs={costs} active={active} setActive={setActive} take={take} lead={lead} />
      <div class="nv-hint">
        <span class="nv-soft">↑ ↓ look, Enter takes the child above, Shift and Enter the other one, Esc leaves.</span>
        {pair && (
          <Button tip="Show the other architecture with the subterm from here" onClick={() => take(pair.second)}>
            Take the other child
          </Button>
        )}
      </div>
    </section>
  );
}

const Swap = ({ pair }: { pair: Pair }) => (
  <>
    <b class={`nv-mark nv-swap-name ${hueClass(pair.nonterminal[1])}`}>{pair.nonterminal[0]}</b> {clip(pair.old, 60)}{" "}
    <span class="nv-soft">at {positionText(pair.here)}</span> ⇄ {clip(pair.new, 60)} <span class="nv-soft">at {positionText(pair.there)}</span>
  </>
);

interface PartnersProps {
  partners: Partner[] | null;
  chosen: string | null;
  choose: (key: string) => void;
  text: string;
  type: (text: string) => void;
}

const Partners = ({ partners, chosen, choose, text, type }: PartnersProps) => (
  <div class="nv-partners">
    {partners && partners.length > 0 && (
      <label>
        with{" "}
        <select value={chosen ?? ""} disabled={text.trim() !== ""} onChange={(event) => choose(event.currentTarget.value)}>
          {partners.map((partner) => (
            <option key={partner.key} value={partner.key}>
              {partner.from}: {clip(partner.text, 90)}
            </option>
          ))}
        </select>
      </label>
    )}
    <input
      type="text"
      class="nv-code"
      aria-label="Term of another architecture"
      placeholder={partners?.length === 0 ? "paste a term, pin an architecture (p), or give partners=" : "or paste a term"}
      spellcheck={false}
      onInput={(event) => type(event.currentTarget.value)}
    />
  </div>
);

const Meetings = ({ answer }: { answer: Answer }) => (
  <div class="nv-legend nv-meetings">
    <span class="nv-soft">equal nonterminals, here × there:</span>
    {answer.meetings.map(([[name, hue], here, there]) => (
      <span key={name}>
        <b class={`nv-mark ${hueClass(hue)}`}>{name}</b> {here.length} × {there.length}
      </span>
    ))}
  </div>
);

/** A text in which subterms are replaced by pieces; the beginnings of other places are underlined. */
export function Marked({ text, ranges, pieces, places }: { text: string; ranges: Range[]; pieces: [string, string][] | null; places: Range[] }) {
  return (
    <>
      {cutAt(text, pieces ? ranges : [], places).map(([part, kind], k) =>
        kind === "edit" ? <Pieces key={k} pieces={pieces ?? []} /> : kind === "place" ? <u key={k}>{part}</u> : <span key={k}>{part}</span>,
      )}
    </>
  );
}

/** The text in parts: what is edited, the name at the beginning of each place, and what is between. */
export function cutAt(text: string, edits: readonly Range[], places: readonly Range[]): [part: string, kind: "edit" | "place" | "plain"][] {
  const names = places.map(([start]): [number, number, "place"] => [start, start + (/^[\w.]+/.exec(text.slice(start, start + 200))?.[0].length ?? 1), "place"]);
  const cuts = [...edits.map(([a, b]): [number, number, "edit"] => [a, b, "edit"]), ...names];
  cuts.sort((a, b) => a[0] - b[0] || (a[2] === "edit" ? -1 : 1));
  const found: [string, "edit" | "place" | "plain"][] = [];
  let at = 0;
  for (const [start, stop, kind] of cuts) {
    if (start < at) continue;
    if (start > at) found.push([text.slice(at, start), "plain"]);
    found.push([text.slice(start, stop), kind]);
    at = stop;
  }
  if (at < text.length) found.push([text.slice(at), "plain"]);
  return found;
}
