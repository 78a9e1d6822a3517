/** What Python publishes of a derivation that is under way (nasviz/widgets/stepper_body.py), and small readings of it. */
import type { Position } from "../core/selection";
import { samePosition } from "../core/selection";
import type { TermInfo, TermToken } from "../core/term";
import type { ViewContext } from "../core/view";

export interface Place {
  position: number[];
  name: string;
  hue: number;
  /** there is only one production */
  forced: boolean;
}

export interface Card {
  number: number;
  /** the production in pieces: text, and the number of a nonterminal's colour or -1 */
  pieces: [text: string, hue: number][];
  remaining: string;
  exact: string;
  possible: boolean;
  share: number | null;
  share_text: string;
  probability: number | null;
  probability_text: string;
  /** operators of the smallest and the largest, or a cost of the person's own */
  size: string;
}

export interface Costs {
  note: string;
  tip?: string;
  whole: string;
  cards: Record<string, string>;
}

export interface StepperBody {
  /** of the architecture, when the derivation is complete */
  key: string | null;
  title: string;
  term: TermInfo;
  tree: { dot: string; note: string };
  /** the first open places */
  places: Place[];
  /** how many there are */
  open: number;
  place: number[] | null;
  cards: Card[];
  note: string;
  done: boolean;
  summary: string;
  exact: string;
  steps: number;
  /** the last choices: where, nonterminal, production */
  way: [place: string, name: string, production: string][];
  python: string;
  /** "parameters", "flops", "operators" or "cost" */
  cost: string;
  /** null while it is worked out */
  costs: Costs | null;
  law: string;
  forced: boolean;
  undo: boolean;
  redo: boolean;
}

export interface PartProps {
  context: ViewContext;
  body: StepperBody;
  /** the card that Enter applies */
  at: number;
  setAt: (at: number) => void;
}

export const act = (context: ViewContext, name: string, more: object = {}): void => context.channel.command(name, { ...more });

export const apply = ({ context, body }: PartProps, card: Card | undefined): void => {
  if (card?.possible && body.place) act(context, "apply", { position: body.place, production: card.number });
};

/** The open place that is `by` further in reading order; the ends meet. */
export function neighbour(places: readonly Place[], place: Position | null, by: number): number[] | null {
  if (places.length === 0) return null;
  const now = place ? places.findIndex(({ position }) => samePosition(position, place)) : -1;
  const next = now < 0 ? 0 : (now + by + places.length) % places.length;
  return places[next]!.position;
}

/** The next card that is possible; stays where there is none. */
export function following(cards: readonly Card[], at: number, by: number): number {
  for (let k = at + by; k >= 0 && k < cards.length; k += by) if (cards[k]!.possible) return k;
  return at;
}

export const firstPossible = (cards: readonly Card[]): number => Math.max(0, cards.findIndex(({ possible }) => possible));

/** A stretch of the tokens of a long term around one of its nodes. */
export function stretch(tokens: readonly TermToken[], node: number, most: number): [tokens: TermToken[], before: boolean, after: boolean] {
  if (tokens.length <= most) return [[...tokens], false, false];
  const at = Math.max(0, tokens.findIndex((token) => token.node === node));
  const from = Math.min(Math.max(0, at - Math.floor(most / 2)), tokens.length - most);
  return [tokens.slice(from, from + most), from > 0, from + most < tokens.length];
}

/** What a screen reader is told after a choice. */
export function told(body: StepperBody): string {
  if (body.done) return `Derivation complete: ${body.summary}.`;
  const place = body.places.find(({ position }) => body.place && samePosition(position, body.place));
  const open = `${body.open} open place${body.open === 1 ? "" : "s"}`;
  const now = place ? ` At ${place.name}: ${body.cards.length} production${body.cards.length === 1 ? "" : "s"}.` : "";
  return `${body.summary ? `${body.summary}; ` : ""}${open}.${now}`;
}

/** One card in words. */
export function cardWords(card: Card, body: StepperBody): string {
  const text = card.pieces.map(([piece]) => piece).join("");
  if (!card.possible) return `${text}: no architecture remains`;
  const facts = [
    card.remaining && `${card.remaining} remain`,
    card.share_text && `share ${card.share_text}`,
    card.probability_text && `probability ${card.probability_text}`,
    costOf(card, body),
  ];
  return [text, ...facts.filter(Boolean)].join(", ");
}

/** Smallest and largest of what a card leaves, in words; "" while it is worked out. */
export function costOf(card: Card, body: StepperBody): string {
  if (body.cost === "parameters" || body.cost === "flops") return body.costs?.cards[String(card.number)] ?? "";
  return card.size && `${card.size} ${body.cost === "cost" ? "cost" : card.size === "1" ? "operator" : "operators"}`;
}
