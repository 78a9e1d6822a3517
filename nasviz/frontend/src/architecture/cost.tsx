/** What each operation costs, and the code that runs it; both linked to the selection. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { grouped, prefixed, shape } from "../core/format";
import { CopyButton, Empty } from "../core/parts";
import type { Position } from "../core/selection";
import { samePosition } from "../core/selection";
import { type CostRow, isUnder, moduleName, type PartProps, sorted, type SortKey } from "./body";

const COLUMNS: { key: SortKey; title: string; number?: boolean; tip?: string }[] = [
  { key: "name", title: "name", tip: "Module of the operation; sorts by the order of the forward pass." },
  { key: "operator", title: "operator" },
  { key: "input", title: "input", tip: "Channels × height × width, without the batch." },
  { key: "output", title: "output", tip: "Channels × height × width, without the batch." },
  { key: "parameters", title: "parameters", number: true, tip: "Trainable numbers." },
  { key: "flops", title: "FLOPs", number: true, tip: "Floating-point operations for one input; a multiply-add counts as 2." },
];

const MOST = 1000;

/** Mark the rows of a selection by their classes, without drawing the table again. */
function useMarkedRows(body: { current: HTMLElement | null }, places: (Position | null)[], selected: Position | null): void {
  useLayoutEffect(() => {
    const rows = [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    rows.forEach((row, k) => {
      const at = places[k] ?? null;
      const chosen = selected !== null && at !== null && samePosition(at, selected);
      row.classList.toggle("nv-selected", chosen);
      row.classList.toggle("nv-inside", selected !== null && at !== null && isUnder(at, selected));
      if (row.hasAttribute("aria-selected")) row.setAttribute("aria-selected", String(chosen));
      if (chosen && body.current) keepInSight(body.current.closest<HTMLElement>(".nv-scroll"), row);
    });
  }, [places, selected]);
}

function keepInSight(box: HTMLElement | null, row: HTMLElement): void {
  if (!box) return;
  const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top + 26) box.scrollTop += inner.top - outer.top - 26;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}

export function CostTable({ body, pointing }: PartProps) {
  const [order, setOrder] = useState<{ key: SortKey; down: boolean }>({ key: "name", down: false });
  const rows = useMemo(() => sorted(body.rows, order.key, order.down).slice(0, MOST), [body.rows, order]);
  const places = useMemo(() => rows.map((row) => (row.part === "body" ? row.position : null)), [rows]);
  const table = useRef<HTMLTableSectionElement>(null);
  useMarkedRows(table, places, pointing.selected);
  const total = body.rows.reduce((sum, row) => sum + row.parameters, 0);
  const drawn = useMemo(() => rows.map((row, k) => <Row key={moduleName(row)} k={k} row={row} total={total} />), [rows, total]);
  if (body.rows.length === 0) return <Empty>{body.problem ? "Nothing to count: see above." : "Counting…"}</Empty>;
  const at = (event: Event) => places[Number((event.target as Element).closest<HTMLElement>("[data-row]")?.dataset.row ?? -1)] ?? null;
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    const now = pointing.selected ? places.findIndex((place) => place !== null && samePosition(place, pointing.selected)) : -1;
    const by = event.key === "ArrowDown" ? 1 : -1;
    for (let k = now < 0 && by < 0 ? places.length - 1 : now + by; k >= 0 && k < places.length; k += by) {
      const place = places[k];
      if (place) return pointing.select(place);
    }
  };
  return (
    <div class="nv-scroll nv-cost" tabIndex={0} role="group" aria-label="Cost of each operation: arrow keys move" onKeyDown={step}>
      <table class="nv-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column.key} column={column} order={order} setOrder={setOrder} />
            ))}
            <th class="nv-number" data-tip="Share of all parameters, stem and head included.">share</th>
          </tr>
        </thead>
        <tbody
          ref={table}
          onClick={(event) => at(event) && pointing.select(at(event))}
          onPointerOver={(event) => pointing.hover(at(event))}
          onPointerLeave={() => pointing.hover(null)}
        >
          {drawn}
        </tbody>
        <Sums rows={body.rows} selected={pointing.selected} total={total} />
      </table>
      {body.rows.length > MOST && <div class="nv-soft nv-empty">{body.rows.length - MOST} more rows are left out.</div>}
    </div>
  );
}

interface HeadProps {
  column: (typeof COLUMNS)[number];
  order: { key: SortKey; down: boolean };
  setOrder: (order: { key: SortKey; down: boolean }) => void;
}

function Head({ column, order, setOrder }: HeadProps) {
  const here = order.key === column.key;
  const press = () => setOrder({ key: column.key, down: here ? !order.down : column.number === true });
  return (
    <th class={column.number ? "nv-number" : ""} aria-sort={here ? (order.down ? "descending" : "ascending") : "none"}>
      <button type="button" class="nv-sort" data-tip={column.tip} onClick={press}>
        {column.title}
        <span aria-hidden="true">{here ? (order.down ? " ▾" : " ▴") : ""}</span>
      </button>
    </th>
  );
}

function Row({ k, row, total }: { k: number; row: CostRow; total: number }) {
  const share = total ? row.parameters / total : 0;
  return (
    <tr data-row={k} aria-selected={false} class={row.part === "body" ? "" : "nv-fixed"}>
      <td class="nv-code">{moduleName(row)}</td>
      <td>{row.operator}</td>
      <td>{shape(row.shape_in)}</td>
      <td>{shape(row.shape_out)}</td>
      <td class="nv-number" data-tip={row.parameters > 999 ? grouped(row.parameters) : undefined}>{prefixed(row.parameters)}</td>
      <td class="nv-number" data-tip={row.flops > 999 ? grouped(row.flops) : undefined}>{prefixed(row.flops)}</td>
      <td class="nv-number nv-share" style={{ "--nv-share": `${(share * 100).toFixed(1)}%` }}>{percent(share)}</td>
    </tr>
  );
}

const percent = (share: number): string => (share === 0 ? "0 %" : share < 0.001 ? "< 0.1 %" : `${(share * 100).toFixed(1)} %`);

const CONVENTION = "Sums over stem, body and head. Parameters are trainable numbers; FLOPs are those of convolutions and matrix products for one input, 2 for a multiply-add.";

function Sums({ rows, selected, total }: { rows: CostRow[]; selected: Position | null; total: number }) {
  const inside = selected?.length ? rows.filter((row) => row.part === "body" && isUnder(row.position, selected)) : [];
  const line = (name: string, of: CostRow[], tip: string) => {
    const parameters = of.reduce((sum, row) => sum + row.parameters, 0);
    const flops = of.reduce((sum, row) => sum + row.flops, 0);
    return (
      <tr data-tip={`${tip}\n${grouped(parameters)} parameters, ${grouped(flops)} FLOPs.`}>
        <th scope="row" colSpan={4}>{name}</th>
        <td class="nv-number">{prefixed(parameters)}</td>
        <td class="nv-number">{prefixed(flops)}</td>
        <td class="nv-number">{percent(total ? parameters / total : 0)}</td>
      </tr>
    );
  };
  return (
    <tfoot>
      {inside.length > 1 && line(`Σ selected (${inside.length} operations)`, inside, "Sums over the selected subterm.")}
      {line("Σ", rows, CONVENTION)}
    </tfoot>
  );
}

/** The forward code that torch.fx generates; the lines of the selection are marked. */
export function CodeTable({ body, pointing }: PartProps) {
  const place = useRef<HTMLPreElement>(null);
  const places = useMemo(() => body.code.map(([, where]) => (Array.isArray(where) ? where : null)), [body.code]);
  useMarkedRows(place, places, pointing.selected);
  const lines = useMemo(
    () => body.code.map(([text, where], k) => <div key={k} data-row={k} class={`nv-line${Array.isArray(where) ? " nv-linked" : ""}`}>{text}</div>),
    [body.code],
  );
  if (body.code.length === 0) return <Empty>{body.problem ? "No code: see above." : "Generating the code…"}</Empty>;
  const at = (event: Event) => places[Number((event.target as Element).closest<HTMLElement>("[data-row]")?.dataset.row ?? -1)] ?? null;
  return (
    <div class="nv-listing">
      <CopyButton text={() => body.code.map(([text]) => text).join("\n")} tip="Copy the code; assignments that only release memory are left out">Copy code</CopyButton>
      <pre
        class="nv-scroll nv-code"
        tabIndex={0}
        ref={place}
        onClick={(event) => at(event) && pointing.select(at(event))}
        onPointerOver={(event) => pointing.hover(at(event))}
        onPointerLeave={() => pointing.hover(null)}
      >
        {lines}
      </pre>
    </div>
  );
}
