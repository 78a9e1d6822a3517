/** Edits that the kernel offers: a list to go through with the arrow keys, with what each changes and costs. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Channel } from "../../core/channel";
import type { Piece } from "../../core/pieces";

export interface Offer {
  key: string;
  /** "exchange", "listed", "drawn", "typed", "first" or "second" */
  how: string;
  text: string;
  /** null: long, and asked for when it is looked at */
  pieces: Piece[] | null;
}

export interface Cost {
  words: string;
  fault: string;
  parameters: number | null;
  flops: number | null;
}

/** What the term would become: characters of subterms, and what they turn into. */
export interface Preview {
  ranges: [number, number][];
  pieces: Piece[];
}

export type Range = [start: number, stop: number];

export interface Fault {
  message: string;
  excerpt: string;
  hint: string;
}

const BATCH = 12;

/** The next keys to ask the cost of. */
export const unmeasured = (keys: readonly string[], costs: ReadonlyMap<string, Cost | null>): string[] =>
  keys.filter((key) => !costs.has(key)).slice(0, BATCH);

/** What the edits cost, told one batch after the other, so that other requests come between. */
export function useCosts(channel: Channel, keys: readonly string[]): ReadonlyMap<string, Cost | null> {
  const [costs, setCosts] = useState<ReadonlyMap<string, Cost | null>>(new Map());
  const all = keys.join("\n");
  useEffect(() => {
    let live = true;
    const known = new Map<string, Cost | null>();
    setCosts(known);
    const go = async () => {
      for (let next = unmeasured(keys, known); live && next.length > 0; next = unmeasured(keys, known)) {
        const answer = (await channel.request("measure", { keys: next })) as unknown as { costs: Record<string, Cost | null> };
        const found = Object.entries(answer.costs);
        if (found.length === 0) return;
        for (const [key, cost] of found) known.set(key, cost);
        if (live) setCosts(new Map(known));
      }
    };
    go().catch(() => {});
    return () => {
      live = false;
    };
  }, [channel, all]);
  return costs;
}

/** What goes and comes in an edit; long ones are asked for when they are looked at. */
export function usePieces(channel: Channel, offer: Offer | null): Piece[] | null {
  const [asked, setAsked] = useState<{ key: string; pieces: Piece[] } | null>(null);
  useEffect(() => {
    if (!offer || offer.pieces || asked?.key === offer.key) return;
    let live = true;
    const { key } = offer;
    const timer = setTimeout(() => {
      channel.request("preview", { key }).then(
        (answer) => live && setAsked({ key, pieces: (answer as unknown as { pieces: Piece[] }).pieces }),
        () => {},
      );
    }, 60);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [channel, offer?.key]);
  return offer?.pieces ?? (offer && asked?.key === offer.key ? asked.pieces : null);
}

const HOW: Record<string, [words: string, tip: string]> = {
  exchange: ["exchange", "Another operator or production; operands that fit are kept"],
  listed: ["small", "Among the smallest subterms that may stand here"],
  drawn: ["drawn", "Drawn by the probabilities of the productions"],
  typed: ["typed", "The term that was typed"],
};

export interface OffersProps {
  id: string;
  label: string;
  offers: readonly Offer[];
  costs: ReadonlyMap<string, Cost | null>;
  active: number;
  setActive: (k: number) => void;
  take: (offer: Offer) => void;
  /** what stands before the text of an offer */
  lead?: (k: number) => ComponentChildren;
}

export function Offers({ id, label, offers, costs, active, setActive, take, lead }: OffersProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const row = box.current?.children[active] as HTMLElement | undefined;
    if (!row || !box.current) return;
    if (row.offsetTop < box.current.scrollTop) box.current.scrollTop = row.offsetTop;
    else if (row.offsetTop + row.offsetHeight > box.current.scrollTop + box.current.clientHeight) {
      box.current.scrollTop = row.offsetTop + row.offsetHeight - box.current.clientHeight;
    }
  }, [active, offers]);
  const at = (event: Event) => Number((event.target as Element).closest<HTMLElement>("[data-offer]")?.dataset.offer ?? -1);
  return (
    <div
      class="nv-offers"
      id={id}
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      onPointerMove={(event) => at(event) >= 0 && at(event) !== active && setActive(at(event))}
      onClick={(event) => {
        const offer = offers[at(event)];
        if (offer) take(offer);
      }}
    >
      {offers.map((offer, k) => (
        <OfferRow key={offer.key} id={`${id}-${k}`} k={k} offer={offer} cost={costs.get(offer.key)} active={k === active} lead={lead?.(k)} />
      ))}
    </div>
  );
}

interface RowProps {
  id: string;
  k: number;
  offer: Offer;
  cost: Cost | null | undefined;
  active: boolean;
  lead?: ComponentChildren;
}

function OfferRow({ id, k, offer, cost, active, lead }: RowProps) {
  const how = HOW[offer.how];
  return (
    <div class={`nv-offer${active ? " nv-active" : ""}`} id={id} role="option" aria-selected={active} data-offer={k}>
      <span class="nv-offer-text nv-code">{lead ?? offer.text}</span>
      {how && (
        <span class="nv-soft nv-offer-how" data-tip={how[1]}>
          {how[0]}
        </span>
      )}
      {cost?.fault ? (
        <span class="nv-bad nv-offer-cost" data-tip={cost.fault}>
          ⚠ {cost.words}: {cost.fault}
        </span>
      ) : (
        <span class="nv-offer-cost nv-number">{cost === undefined ? "…" : (cost?.words ?? "")}</span>
      )}
    </div>
  );
}

/** Arrow keys, Enter and Esc in a list of offers; true when the key was one of them. */
export function stepKey(event: KeyboardEvent, count: number, active: number, setActive: (k: number) => void): boolean {
  const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }[event.key];
  if (to === undefined || count === 0) return false;
  setActive(Math.min(count - 1, Math.max(0, to)));
  return true;
}

export const FaultWords = ({ fault }: { fault: Fault }) => (
  <div class="nv-edit-fault" role="status">
    <div class="nv-bad">{fault.message}</div>
    {fault.excerpt && <pre>{fault.excerpt}</pre>}
    {fault.hint.split("\n").map((line) => (
      <div key={line}>{line}</div>
    ))}
  </div>
);
