/** The productions of the chosen open place, as a list of cards. */
import { useEffect, useRef } from "preact/hooks";
import { hueClass } from "../core/hue";
import { Button, CopyButton } from "../core/parts";
import { positionText } from "../core/term";
import { act, apply, type Card, cardWords, costOf, type PartProps, type StepperBody } from "./body";

const REMAIN = "Architectures that can still be reached after this choice; distinct ones, exact.";
const SHARE = "Of all that can be reached now. Shares add up to more than all where two productions lead to the same architectures.";
const CHANCE = "That the law of the productions' weights takes this one, given that the outcome fulfils the constraints.";

export const cardId = (props: PartProps, k: number) => `nv-card-${props.context.id}-${k}`;

export function Cards(props: PartProps) {
  const { body, at, setAt } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at, body.place]);
  if (body.done || !body.place) return <Complete {...props} />;
  const place = body.places.find(({ position }) => position.join() === body.place!.join());
  return (
    <>
      <div class="nv-choice">
        {place ? <b class={`nv-code nv-mark nv-nt-text ${hueClass(place.hue)}`}>{place.name}</b> : <b>The open place</b>}
        <span class="nv-soft">
          at {positionText(body.place)} · {body.cards.length} production{body.cards.length === 1 ? "" : "s"}
        </span>
      </div>
      {(body.note || body.costs?.note) && <div class="nv-why-not">{body.note || body.costs?.note}</div>}
      <div
        class="nv-choices"
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={`Productions of ${place?.name ?? "the open place"}`}
        aria-activedescendant={cardId(props, at)}
      >
        {body.cards.map((card, k) => (
          <div
            key={card.number}
            id={cardId(props, k)}
            class={`nv-step-card${k === at ? " nv-selected" : ""}`}
            role="option"
            aria-selected={k === at}
            aria-disabled={!card.possible}
            aria-label={cardWords(card, body)}
            onPointerMove={() => card.possible && k !== at && setAt(k)}
            onClick={() => {
              if (card.possible) setAt(k);
              apply(props, card);
            }}
          >
            <div class="nv-step-body nv-code">
              {card.pieces.map(([text, hue], i) =>
                hue < 0 ? <span key={i}>{text}</span> : <b key={i} class={`nv-mark nv-nt-text ${hueClass(hue)}`}>{text}</b>,
              )}
            </div>
            {card.possible ? <Facts card={card} body={body} /> : <div class="nv-soft">no architecture remains: a constraint forbids it</div>}
          </div>
        ))}
      </div>
      <div class="nv-soft nv-choice-foot">
        <span>Enter or a click applies. Keys: ?</span>
        {body.open > 1 && (
          <span>
            <Button icon label="Open place before" tip="The open place before (←)" onClick={() => move(props, -1)}>←</Button>{" "}
            <Button icon label="Next open place" tip="The next open place (→)" onClick={() => move(props, 1)}>→</Button>
          </span>
        )}
      </div>
    </>
  );
}

function move({ context, body }: PartProps, by: number): void {
  const k = body.places.findIndex(({ position }) => position.join() === body.place?.join());
  const next = body.places[(k + by + body.places.length) % body.places.length];
  if (next) act(context, "choose", { position: next.position });
}

function Facts({ card, body }: { card: Card; body: StepperBody }) {
  const cost = costOf(card, body);
  const priced = body.cost === "parameters" || body.cost === "flops";
  return (
    <div class="nv-step-facts">
      <Fact name="remain" tip={card.exact ? `${REMAIN}\n${card.exact}` : ""}>
        {card.remaining}
      </Fact>
      <Fact name="share" tip={SHARE}>
        {card.share_text && (
          <>
            <i class="nv-meter" aria-hidden="true">
              <i style={{ width: `${100 * (card.share ?? 0)}%` }} />
            </i>
            {card.share_text}
          </>
        )}
      </Fact>
      <Fact name="probability" tip={CHANCE}>
        {card.probability_text}
      </Fact>
      <Fact name="smallest … largest" tip={priced ? body.costs?.tip ?? "" : "Least and greatest sum over the operators of what remains, exact."}>
        {cost || (priced && !body.costs ? <span class="nv-soft">…</span> : "")}
      </Fact>
    </div>
  );
}

function Fact({ name, tip, children }: { name: string; tip: string; children: preact.ComponentChildren }) {
  if (!children) return null;
  return (
    <div data-tip={tip || undefined}>
      <small>{name}</small>
      <span>{children}</span>
    </div>
  );
}

function Complete({ context, body }: PartProps) {
  return (
    <div class="nv-complete">
      <div>
        <b>{body.done && body.key === null ? "No architecture" : "The derivation is complete."}</b>
      </div>
      <div class="nv-soft">
        {body.key === null
          ? "The term does not fulfil the constraints of the space: undo a step."
          : `${body.steps} step${body.steps === 1 ? "" : "s"}, ${body.term.arity.length} nodes${body.costs?.whole ? `, ${body.costs.whole}` : ""}. In Python: stepper.arch`}
      </div>
      <div class="nv-row">
        {body.undo && <Button tip="Take back the last step (Backspace)" onClick={() => act(context, "undo")}>Undo</Button>}
        <Button tip="Begin again with the start" onClick={() => act(context, "begin")}>Start over</Button>
        <CopyButton text={() => body.term.text} tip="Copy the term, to paste it into space.parse">Copy term</CopyButton>
      </div>
    </div>
  );
}
