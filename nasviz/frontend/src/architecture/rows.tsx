/** The architecture as a table: all subterms with their place, shapes and cost. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { prefixed, shape } from "../core/format";
import { positionText, type TermIndex } from "../core/term";
import type { CostRow, PartProps } from "./body";

const MOST = 1000;

export function Rows({ body, index, pointing }: Omit<PartProps, "context">) {
  const shown = Math.min(index.length, MOST);
  const table = useRef<HTMLTableSectionElement>(null);
  const rows = useMemo(() => {
    const cost = new Map(body.rows.filter((r) => r.part === "body").map((r) => [r.position.join(), r]));
    return Array.from({ length: shown }, (_, i) => <Row key={i} i={i} index={index} row={cost.get(index.position(i).join())} />);
  }, [body.rows, index]);
  const chosen = pointing.selected ? index.index(pointing.selected) : -1;
  useEffect(() => {
    const row = table.current?.children[chosen];
    row?.classList.add("nv-selected");
    row?.setAttribute("aria-selected", "true");
    return () => {
      row?.classList.remove("nv-selected");
      row?.setAttribute("aria-selected", "false");
    };
  }, [chosen, rows]);
  const at = (event: Event) => Number((event.target as Element).closest<HTMLElement>("tr[data-row]")?.dataset.row ?? -1);
  return (
    <div class="nv-rows nv-scroll" tabIndex={0}>
      <table class="nv-table" role="treegrid" aria-label="The architecture as a table">
        <thead>
          <tr>
            {["position", "operator", "from", "input", "output"].map((name) => (
              <th key={name}>{name}</th>
            ))}
            <th class="nv-number">parameters</th>
            <th class="nv-number" data-tip="Floating-point operations for one input; a multiply-add counts as 2.">
              FLOPs
            </th>
          </tr>
        </thead>
        <tbody
          ref={table}
          onClick={(event) => at(event) >= 0 && pointing.select(index.position(at(event)))}
          onPointerOver={(event) => pointing.hover(at(event) >= 0 ? index.position(at(event)) : null)}
          onPointerLeave={() => pointing.hover(null)}
        >
          {rows}
        </tbody>
      </table>
      {index.length > shown && <div class="nv-soft nv-empty">{index.length - shown} more rows are left out.</div>}
    </div>
  );
}

const Row = ({ i, index, row }: { i: number; index: TermIndex; row: CostRow | undefined }) => (
  <tr data-row={i} aria-level={index.depth[i]! + 1} aria-selected={false}>
    <td>{positionText(index.position(i))}</td>
    <td style={{ paddingLeft: `${10 + 14 * Math.min(index.depth[i]!, 12)}px` }}>{index.info.operators[i]}</td>
    <td>{index.info.labels[i]?.map(([name]) => name).join(" › ")}</td>
    <td>{row ? shape(row.shape_in) : ""}</td>
    <td>{row ? shape(row.shape_out) : ""}</td>
    <td class="nv-number">{row ? prefixed(row.parameters) : ""}</td>
    <td class="nv-number">{row ? prefixed(row.flops) : ""}</td>
  </tr>
);
