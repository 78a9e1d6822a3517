/** What a mutation would give: some draws, at the selected subterm or anywhere. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../core/parts";
import { positionText } from "../../core/term";
import { type Offer, Offers, type Range, stepKey, useCosts, usePieces } from "./offers";
import type { PanelProps } from "./replace";

interface Answer {
  offers: Offer[];
  ranges: Range[];
  note: string;
  nearest: number[];
}

export function Mutations({ context, index, pointing, show, close }: PanelProps) {
  const [seed, setSeed] = useState(0);
  const [active, setActive] = useState(0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const box = useRef<HTMLElement>(null);
  const where = pointing.selected?.join() ?? "";
  useLayoutEffect(() => box.current?.focus(), []);
  useEffect(() => {
    let live = true;
    context.channel.request("mutations", { position: pointing.selected ? [...pointing.selected] : null, seed }).then(
      (found) => {
        if (!live) return;
        setAnswer(found as unknown as Answer);
        setActive(0);
      },
      () => live && close(),
    );
    return () => {
      live = false;
    };
  }, [index, where, pointing.selected === null, seed]);
  const offers = answer?.offers ?? [];
  const costs = useCosts(context.channel, offers.map(({ key }) => key));
  const now = offers[active] ?? null;
  const pieces = usePieces(context.channel, now);
  useEffect(() => show(answer && pieces ? { ranges: answer.ranges, pieces } : null), [pieces, answer]);
  const take = (offer: Offer) => {
    context.channel.command("apply", { key: offer.key });
    close();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Tab") event.stopPropagation();
    if ((event.target as Element).closest("button")) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && now) take(now);
    else if (event.key === "M" || event.key === "m") setSeed(seed + 1);
    else if (!stepKey(event, offers.length, active, setActive)) return;
    event.preventDefault();
  };
  const list = `${context.id}-draws`;
  const active_ = now ? { "aria-activedescendant": `${list}-${active}` } : {};
  return (
    <section class="nv-panel nv-mutations" role="group" aria-label="Mutations" tabIndex={0} ref={box} onKeyDown={press} {...active_}>
      <div class="nv-panel-title">
        <b>What would a mutation give here?</b>
        <span class="nv-soft" role="status">
          {answer?.note ?? "drawing…"}
        </span>
        {answer && offers.length === 0 && answer.nearest.join() !== where && (
          <Button onClick={() => pointing.select(answer.nearest)}>Go to {positionText(answer.nearest)}</Button>
        )}
        <span class="nv-space" />
        {pointing.selected && (
          <Button tip="Mutate anywhere, not only at the selection" onClick={() => pointing.select(null)}>
            Anywhere
          </Button>
        )}
        <Button tip="Draw other ones (M)" onClick={() => setSeed(seed + 1)}>
          Draw again
        </Button>
        <Button icon label="Close" onClick={close}>
          ✕
        </Button>
      </div>
      <Offers id={list} label="Mutations" offers={offers} costs={costs} active={active} setActive={setActive} take={take} />
      <div class="nv-soft nv-hint">↑ ↓ look, Enter takes it, Esc leaves.</div>
    </section>
  );
}
