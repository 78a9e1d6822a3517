/** The term so far; its open places are buttons in the colour of their nonterminal. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { hueClass } from "../core/hue";
import type { Position } from "../core/selection";
import { samePosition } from "../core/selection";
import { positionText, type TermIndex, termTokens } from "../core/term";
import { act, type PartProps, stretch } from "./body";

const MOST = 1500;

export function PartialText({ context, body, index }: PartProps & { index: TermIndex }) {
  const box = useRef<HTMLDivElement>(null);
  const chosen = body.place ? index.index(body.place) : -1;
  const all = useMemo(() => termTokens(index.info), [index]);
  const [tokens, before, after] = stretch(all, chosen, MOST);
  const open = useMemo(() => new Map(body.places.map((place) => [index.index(place.position), place])), [body.places, index]);
  useLayoutEffect(() => {
    const mark = box.current?.querySelector<HTMLElement>(".nv-open-place.nv-selected");
    if (mark && box.current) box.current.scrollTop = Math.max(0, mark.offsetTop - box.current.clientHeight / 2);
  }, [body.place, index]);
  return (
    <div class="nv-term nv-partial" ref={box} aria-label="Term so far" role="group">
      {before && "… "}
      {tokens.map((token, k) => {
        const place = token.name ? open.get(token.node) : undefined;
        if (!place) return <span key={k}>{token.text}</span>;
        const here: Position | null = body.place;
        return (
          <button
            key={k}
            type="button"
            tabIndex={-1}
            class={`nv-open-place nv-mark ${hueClass(place.hue)}${samePosition(here, place.position) ? " nv-selected" : ""}`}
            aria-pressed={samePosition(here, place.position)}
            data-p={place.position.join("-")}
            data-tip={`${place.name} at ${positionText(place.position)}${place.forced ? ": one production" : ""}`}
            onClick={() => act(context, "choose", { position: place.position })}
          >
            {token.text}
          </button>
        );
      })}
      {after && " …"}
    </div>
  );
}

/** The choices so far, the last ones. */
export const WayTable = ({ body }: PartProps) => (
  <div class="nv-scroll nv-way-table" tabIndex={0}>
    <table class="nv-table" aria-label="Choices so far">
      <thead>
        <tr>
          {["step", "at", "nonterminal", "production"].map((name) => (
            <th key={name}>{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.way.map(([place, name, production], k) => (
          <tr key={k}>
            <td class="nv-number">{body.steps - body.way.length + k + 1}</td>
            <td>{place}</td>
            <td class="nv-code">{name}</td>
            <td class="nv-code nv-wrap">{production}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {body.way.length === 0 && <div class="nv-empty">Nothing is chosen yet.</div>}
  </div>
);
