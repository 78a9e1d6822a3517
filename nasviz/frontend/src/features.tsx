/** The features of an architecture as cards: the picture of each, its words, how often and where it occurs. */
import { Skeleton } from "./core/parts";
import { type Position, samePosition } from "./core/selection";
import { positionText } from "./core/term";
import { Thumbnail } from "./core/thumbnail";
import { defineView, useBody, usePointing, type ViewContext } from "./core/view";
import css from "./features.css";

export interface FeatureCard {
  iteration: number;
  count: number;
  words: string;
  /** where it occurs, each place once; the root stands for input and output */
  positions: number[][];
  dot: string;
}

export interface FeaturesBody {
  key: string;
  term: string;
  /** fold level, null for the full graph */
  level: number | null;
  h: number;
  total: number;
  more: number;
  cards: FeatureCard[];
}

/** places that a card names */
const NAMED = 3;

/** "8 features of the full graph, up to 1 step wide". */
export function heading({ total, level, h }: FeaturesBody): string {
  const graph = level === null ? "the full graph" : `the graph of level ${level}`;
  return `${total} feature${total === 1 ? "" : "s"} of ${graph}, ${h === 0 ? "operations alone" : `up to ${h} step${h === 1 ? "" : "s"} wide`}`;
}

/** "2 times, at (0,) and (2,)"; what is centred on the input or the output stands at the root. */
export function placesText({ count, positions }: FeatureCard): string {
  const shown = positions.slice(0, NAMED).map((position) => positionText(position));
  if (positions.length > NAMED) shown.push("…");
  return `${count === 1 ? "once" : `${count} times`}, at ${shown.join(" ")}`;
}

/** The cards of each iteration, in order. */
export function byIteration(cards: readonly FeatureCard[]): [number, FeatureCard[]][] {
  const groups = new Map<number, FeatureCard[]>();
  for (const card of cards) groups.set(card.iteration, [...(groups.get(card.iteration) ?? []), card]);
  return [...groups].sort(([a], [b]) => a - b);
}

const TIP = "A Weisfeiler-Lehman feature: an operation and all that lies within so many steps of it. The kernel compares architectures by how often each occurs.";

function Features(context: ViewContext) {
  const body = useBody<FeaturesBody>(context.channel);
  const { selected, select } = usePointing(context, body?.key ?? null);
  if (!body) return <Skeleton />;
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title" data-tip={TIP} tabIndex={0}>
          Features
        </span>
        <span class="nv-soft">{heading(body)}</span>
        <span class="nv-space" />
        <span class="nv-soft">outlined: the centre</span>
      </div>
      <div class="nv-code nv-feature-term">{body.term}</div>
      <div class="nv-scroll nv-feature-groups" tabIndex={0} aria-label="Features by iteration">
        {byIteration(body.cards).map(([iteration, cards]) => (
          <section key={iteration} aria-label={`Iteration ${iteration}`}>
            <h4>
              Iteration {iteration} <span class="nv-soft">{iteration === 0 ? "the operation alone" : `what lies within ${iteration} step${iteration === 1 ? "" : "s"}`}</span>
            </h4>
            <ul class="nv-feature-cards">
              {cards.map((card, k) => (
                <Card key={k} card={card} context={context} selected={selected} select={select} />
              ))}
            </ul>
          </section>
        ))}
        {body.more > 0 && <div class="nv-soft nv-empty">{body.more} more features are left out; nv.features(…).table has all.</div>}
      </div>
    </>
  );
}

interface CardProps {
  card: FeatureCard;
  context: ViewContext;
  selected: Position | null;
  select: (position: Position | null) => void;
}

function Card({ card, context, selected, select }: CardProps) {
  const here = selected !== null && card.positions.some((position) => position.length > 0 && samePosition(position, selected));
  const next = () => {
    const at = card.positions.findIndex((position) => samePosition(position, selected));
    select(card.positions[(at + 1) % card.positions.length] ?? null);
  };
  return (
    <li>
      <button type="button" class={`nv-feature-card${here ? " nv-selected" : ""}`} aria-pressed={here} onClick={next} data-tip="Select where it occurs">
        <Thumbnail engine={context.engine} dot={card.dot} label={card.words} />
        <span class="nv-feature-words">{card.words}</span>
        <span class="nv-soft">{placesText(card)}</span>
      </button>
    </li>
  );
}

export default defineView({ name: "features", label: "Features of an architecture", css, component: Features });
