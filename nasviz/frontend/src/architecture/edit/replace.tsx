/** What may stand at the selected subterm: a list to search, and a line in which a subterm can be typed. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { hueClass } from "../../core/hue";
import { Button } from "../../core/parts";
import { positionText } from "../../core/term";
import type { PartProps } from "../body";
import { type Fault, FaultWords, type Offer, Offers, type Preview, type Range, stepKey, useCosts, usePieces } from "./offers";

const TYPING_MS = 120;

export type Name = [name: string, hue: number];

interface Answer {
  offers: Offer[];
  ranges: Range[];
  nonterminal: Name | null;
  nonterminals: Name[];
  expected: string;
  reason: string;
  nearest: number[];
  count: string;
  exact: string;
  shared: number;
  typed: Offer | null;
  fault: Fault | null;
}

export interface PanelProps extends PartProps {
  show: (preview: Preview | null) => void;
  close: () => void;
}

/** What a typed text is taken for first: a term when it is one, or when nothing that is offered contains it. */
export const asTerm = (answer: { offers: unknown[]; typed: unknown; fault: unknown }, query: string): boolean =>
  query.trim() !== "" && (answer.typed !== null || answer.offers.length === 0 || /[(,)]/.test(query));

export function Replace({ context, index, pointing, show, close }: PanelProps) {
  const position = pointing.selected ?? [];
  const [query, setQuery] = useState("");
  const [wanted, setWanted] = useState<string | null>(null);
  const [seed, setSeed] = useState(0);
  const [active, setActive] = useState(0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const where = position.join();
  useLayoutEffect(() => input.current?.focus(), []);
  useEffect(() => setWanted(null), [where]);
  useEffect(() => {
    let live = true;
    const timer = setTimeout(() => {
      const body = { position: [...position], query, seed, ...(wanted ? { nonterminal: wanted } : {}) };
      context.channel.request("replacements", body).then(
        (found) => {
          if (!live) return;
          setAnswer(found as unknown as Answer);
          setActive(0);
        },
        () => live && close(),
      );
    }, query ? TYPING_MS : 0);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [index, where, query, wanted, seed]);
  const offers = answer ? [...(answer.typed ? [answer.typed] : []), ...answer.offers.filter(({ key }) => key !== answer.typed?.key)] : [];
  const costs = useCosts(context.channel, offers.map(({ key }) => key));
  const now = offers[active] ?? null;
  const pieces = usePieces(context.channel, now);
  useEffect(() => show(answer && pieces ? { ranges: answer.ranges, pieces } : null), [pieces, answer]);
  const take = (offer: Offer) => {
    context.channel.command("apply", { key: offer.key });
    close();
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && now && !waiting(query, answer)) take(now);
    else if (!stepKey(event, offers.length, active, setActive)) return;
    event.preventDefault();
  };
  const i = Math.max(0, index.index(position));
  const list = `${context.id}-offers`;
  return (
    <section class="nv-panel nv-replace" aria-label="Replace" onKeyDown={press}>
      <div class="nv-panel-title">
        <b>Replace</b> <span class="nv-code">{index.info.operators[i]}</span> <span class="nv-soft">at {positionText(position)}</span>
        {answer && <Names answer={answer} wanted={wanted} choose={setWanted} />}
        <span class="nv-space" />
        <span class="nv-soft" role="status" data-tip={answer?.exact || undefined} tabIndex={answer?.exact ? 0 : -1}>
          {answer ? counted(answer, offers, costs.size) : "looking…"}
        </span>
        <Button tip="Draw other ones" onClick={() => setSeed(seed + 1)}>
          Draw others
        </Button>
        <Button icon label="Close" onClick={close}>
          ✕
        </Button>
      </div>
      <input
        ref={input}
        type="text"
        class="nv-code"
        role="combobox"
        aria-expanded={offers.length > 0}
        aria-controls={list}
        aria-label="Search the replacements, or type a term"
        {...(now ? { "aria-activedescendant": `${list}-${active}` } : {})}
        aria-invalid={answer?.fault != null && asTerm(answer, query)}
        placeholder="search, or type a term"
        spellcheck={false}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      {answer && answer.shared > 0 && (
        <div class="nv-soft">This subterm is shared: it changes at all {answer.shared} places where it stands.</div>
      )}
      {answer?.reason && query === "" && (
        <div class="nv-reason">
          {answer.reason}
          {answer.nearest.join() !== where && (
            <>
              {" "}
              <Button onClick={() => pointing.select(answer.nearest)}>Go to {positionText(answer.nearest)}</Button>
            </>
          )}
        </div>
      )}
      {answer?.fault && asTerm(answer, query) && <FaultWords fault={answer.fault} />}
      <Offers id={list} label="Replacements" offers={offers} costs={costs} active={active} setActive={setActive} take={take} />
      <div class="nv-soft nv-hint">↑ ↓ look, Enter takes it, Esc leaves. Everything in the list is in the space; ⚠ marks what cannot be built.</div>
    </section>
  );
}

/** Whether the answer is not yet that to what was typed: then Enter would take another one. */
const waiting = (query: string, answer: Answer | null): boolean =>
  answer === null || (asTerm(answer, query) && answer.typed === null);

function counted(answer: Answer, offers: readonly Offer[], measured: number): string {
  const open = offers.length - measured;
  return open > 0 ? `${answer.count} · ${measured} of ${offers.length} measured` : answer.count;
}

const Names = ({ answer, wanted, choose }: { answer: Answer; wanted: string | null; choose: (name: string) => void }) =>
  answer.nonterminal === null ? null : (
    <span class="nv-legend" role="group" aria-label="Derives from">
      <span class="nv-soft">from</span>
      {answer.nonterminals.length > 1 ? (
        answer.nonterminals.map(([name, hue]) => (
          <button
            key={name}
            type="button"
            class={`nv-nonterminal ${hueClass(hue)}`}
            aria-pressed={name === (wanted ?? answer.nonterminal![0])}
            data-tip={`What ${name} derives`}
            onClick={() => choose(name)}
          >
            {name}
          </button>
        ))
      ) : (
        <b class={`nv-mark ${hueClass(answer.nonterminal[1])}`}>{answer.nonterminal[0]}</b>
      )}
      <span class="nv-soft nv-code nv-expected" data-tip={answer.expected}>
        {answer.expected.slice(answer.nonterminal[0].length)}
      </span>
    </span>
  );
