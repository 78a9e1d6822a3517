/** Architectures side by side: a picture, the term and the size of each, with a box to tick. */
import { useEffect, useState } from "preact/hooks";
import type { Channel } from "./core/channel";
import type { Engine } from "./core/engine";
import { grouped } from "./core/format";
import { Button, Empty, Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import { type Piece, Pieces } from "./core/pieces";
import { Thumbnail } from "./core/thumbnail";
import { defineView, useBody, type ViewContext } from "./core/view";
import css from "./gallery.css";

export interface CardInfo {
  key: string;
  term: string;
  dot: string;
  caption: string;
  reason: string;
  parameters: number | null;
  flops: number | null;
}

export type Order = "number" | "parameters" | "flops" | "term";

const ORDERS: [Order, string][] = [
  ["number", "number"],
  ["parameters", "parameters"],
  ["flops", "FLOPs"],
  ["term", "term"],
];

/** Indices of the cards in an order; what is unknown stands last, what is equal keeps its order. */
export function ordered(cards: readonly CardInfo[], order: Order, down: boolean): number[] {
  const all = cards.map((_, k) => k);
  if (order === "number") return down ? all.reverse() : all;
  const value = (k: number) => cards[k]![order];
  return all.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0) || a - b;
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || a - b;
  });
}

interface Column {
  key: string;
  dot: string;
  pieces: Piece[];
  summary: string[];
}

const COMPARED = 4;

export interface GalleryState {
  cards: CardInfo[];
}

/** The ticked keys after one was pressed, in the order of the cards. */
export function toggled(cards: readonly CardInfo[], ticked: readonly string[], key: string): string[] {
  return cards.map((card) => card.key).filter((k) => (k === key ? !ticked.includes(k) : ticked.includes(k)));
}

function useTicked(channel: Channel): [string[], (keys: string[]) => void] {
  const read = () => (channel.model.get("ticked_keys") as string[] | undefined) ?? [];
  const [ticked, setTicked] = useState(read);
  useEffect(() => {
    const hear = () => setTicked(read());
    hear();
    channel.model.on("change:ticked_keys", hear);
    return () => channel.model.off("change:ticked_keys", hear);
  }, [channel]);
  const set = (keys: string[]) => {
    setTicked(keys);
    channel.model.set("ticked_keys", keys);
    channel.model.save_changes();
  };
  return [ticked, set];
}

/** The selected card; the whole architecture is selected with it. */
function useSelected(channel: Channel): [string | null, (key: string | null) => void] {
  const read = () => channel.selected?.architecture ?? null;
  const [selected, setSelected] = useState(read);
  useEffect(() => {
    const hear = () => setSelected(read());
    hear();
    channel.model.on("change:selected", hear);
    return () => channel.model.off("change:selected", hear);
  }, [channel]);
  const select = (key: string | null) => {
    setSelected(key);
    channel.selected = key === null ? null : { v: 1, architecture: key, position: [] };
  };
  return [selected, select];
}

interface CardProps {
  card: CardInfo;
  number: number;
  engine: Engine;
  ticked: boolean;
  selected: boolean;
  tick: () => void;
  select: () => void;
}

function Card({ card, number, engine, ticked, selected, tick, select }: CardProps) {
  const marks = `${ticked ? " nv-card-ticked" : ""}${selected ? " nv-card-selected" : ""}${card.reason ? " nv-card-failed" : ""}`;
  return (
    <div class={`nv-card${marks}`}>
      <label class="nv-card-head">
        <input
          type="checkbox"
          checked={ticked}
          disabled={card.reason !== ""}
          aria-label={`Tick architecture ${number}: ${card.term.slice(0, 120)}`}
          onChange={tick}
        />
        <span class="nv-soft">{number}</span>
        <span class="nv-space" />
        <span class={card.reason ? "nv-bad" : ""}>{card.caption}</span>
      </label>
      <div class="nv-card-body nv-over">
        {card.dot ? <Thumbnail engine={engine} dot={card.dot} label={`Graph of ${card.term}`} /> : <div class="nv-thumbnail" />}
        {card.reason && <div class="nv-bad">{card.reason}</div>}
        <button
          type="button"
          class="nv-card-term nv-code"
          aria-pressed={selected}
          aria-label={`Select architecture ${number}: ${card.term}`}
          title={card.term}
          onClick={select}
        >
          {card.term}
        </button>
      </div>
    </div>
  );
}

interface ComparedProps {
  columns: Column[];
  cards: CardInfo[];
  engine: Engine;
  close: () => void;
}

function Compared({ columns, cards, engine, close }: ComparedProps) {
  return (
    <section class="nv-compared" aria-label="Comparison">
      <div class="nv-compared-columns">
        {columns.map((column, k) => {
          const number = cards.findIndex((card) => card.key === column.key) + 1;
          return (
            <div key={column.key} class="nv-compared-column">
              <div>
                <b>{number}</b> <span class="nv-soft">{cards[number - 1]?.caption}</span>
              </div>
              {column.dot ? <Picture engine={engine} dot={column.dot} label={`Graph of architecture ${number}`} maxHeight={180} bare /> : <Empty>No graph.</Empty>}
              <div class="nv-compared-term nv-code" tabIndex={0}>
                <Pieces pieces={column.pieces} />
              </div>
              <div class="nv-soft">{k === 0 ? "the others are compared with this one" : column.summary.join(" · ")}</div>
            </div>
          );
        })}
      </div>
      <Button onClick={close}>Close comparison</Button>
    </section>
  );
}

interface TableProps {
  cards: CardInfo[];
  order: number[];
  selected: string | null;
  select: (key: string | null) => void;
}

function Table({ cards, order, selected, select }: TableProps) {
  return (
    <div class="nv-scroll" tabIndex={0} role="group" aria-label="The architectures as a table">
      <table class="nv-table">
        <thead>
          <tr>
            <th scope="col" class="nv-number">number</th>
            <th scope="col">term</th>
            <th scope="col" class="nv-number">parameters</th>
            <th scope="col" class="nv-number">FLOPs</th>
          </tr>
        </thead>
        <tbody>
          {order.map((k) => (
            <tr key={cards[k]!.key} class={cards[k]!.key === selected ? "nv-selected" : ""}>
              <td class="nv-number">
                <button
                  type="button"
                  class="nv-link"
                  aria-label={`Select architecture ${k + 1}`}
                  aria-pressed={cards[k]!.key === selected}
                  onClick={() => select(cards[k]!.key === selected ? null : cards[k]!.key)}
                >
                  {k + 1}
                </button>
              </td>
              <td class="nv-code nv-row-term">{cards[k]!.reason || cards[k]!.term}</td>
              <td class="nv-number">{cards[k]!.parameters === null ? "–" : grouped(cards[k]!.parameters!)}</td>
              <td class="nv-number">{cards[k]!.flops === null ? "–" : grouped(cards[k]!.flops!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Gallery({ channel, engine }: ViewContext) {
  const state = useBody<GalleryState>(channel);
  const [ticked, setTicked] = useTicked(channel);
  const [selected, select] = useSelected(channel);
  const [order, setOrder] = useState<Order>("number");
  const [down, setDown] = useState(false);
  const [columns, setColumns] = useState<Column[]>([]);
  const [table, setTable] = useState(false);
  if (!state) return <Skeleton />;
  const { cards } = state;
  const compare = () => {
    channel.request("compare", { keys: ticked }).then(
      (answer) => setColumns(answer.columns as Column[]),
      () => {},
    );
  };
  const whole = cards.filter((card) => !card.reason).map((card) => card.key);
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">{cards.length === 1 ? "1 architecture" : `${cards.length} architectures`}</span>
        <span class="nv-soft nv-ticked" role="status">{ticked.length} ticked</span>
        <span class="nv-space" />
        <label class="nv-order">
          order{" "}
          <select value={order} onChange={(event) => setOrder(event.currentTarget.value as Order)}>
            {ORDERS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Button icon label={down ? "Largest first" : "Smallest first"} tip="Turn the order around" onClick={() => setDown(!down)}>
          {down ? "▾" : "▴"}
        </Button>
        <Button
          disabled={ticked.length < 2 || ticked.length > COMPARED}
          tip={`Two to ${COMPARED} ticked architectures beside each other, with what differs from the first`}
          onClick={compare}
        >
          Compare
        </Button>
        <Button pressed={table} tip="Terms and sizes as a table" onClick={() => setTable(!table)}>As table</Button>
        <Button onClick={() => setTicked(whole)} disabled={ticked.length === whole.length}>Tick all</Button>
        <Button onClick={() => setTicked([])} disabled={ticked.length === 0}>Untick all</Button>
      </div>
      {columns.length > 0 && <Compared columns={columns} cards={cards} engine={engine} close={() => setColumns([])} />}
      {cards.length === 0 && <Empty>No architectures to show.</Empty>}
      {table && <Table cards={cards} order={ordered(cards, order, down)} selected={selected} select={select} />}
      <ul class="nv-cards" aria-label="Architectures">
        {ordered(cards, order, down).map((k) => [cards[k]!, k] as const).map(([card, k]) => (
          <li key={card.key}>
            <Card
              card={card}
              number={k + 1}
              engine={engine}
              ticked={ticked.includes(card.key)}
              selected={selected === card.key}
              tick={() => setTicked(toggled(cards, ticked, card.key))}
              select={() => select(selected === card.key ? null : card.key)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

export default defineView({ name: "gallery", label: "Gallery of architectures", css, component: Gallery });
