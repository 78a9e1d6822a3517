/** An architecture three times, with one selection: its term, how the grammar derives it, and what it computes. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { prefixed, shape } from "./core/format";
import { Button, CopyButton, Empty, Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import type { Position } from "./core/selection";
import { positionText, type TermInfo, TermIndex, type TermToken, termTokens } from "./core/term";
import { defineView, type Pointing, usePointing, useBody, type ViewContext } from "./core/view";
import css from "./architecture.css";

interface Drawing {
  dot: string;
  note: string;
}

interface CostRow {
  position: number[];
  operator: string;
  shape_in: number[];
  shape_out: number[];
  parameters: number;
  flops: number;
  part: string;
}

export interface ArchitectureBody {
  parts: string[];
  /** null: nothing to show yet */
  key: string | null;
  title: string;
  term: TermInfo | null;
  tree: Drawing | null;
  graph: Drawing | null;
  problem: { message: string; position: number[] } | null;
  /** one line: input and output shape, parameters, FLOPs; "" while unknown */
  summary: string;
  tip: string;
  rows: CostRow[];
  legend: [string, number][];
  drawable: boolean;
  past: boolean;
}

const LONGEST = 8000;
/** up to so many nodes two pictures beside each other can be read */
const SIDE_BY_SIDE = 40;

function ArchitectureView(context: ViewContext) {
  const body = useBody<ArchitectureBody>(context.channel);
  const pointing = usePointing(context, body?.key ?? null);
  const index = useMemo(() => (body?.term ? new TermIndex(body.term) : null), [body?.term]);
  const [table, setTable] = useState(false);
  const [keys, setKeys] = useState(false);
  const stage = useRef<HTMLDivElement>(null);
  if (!body) return <Skeleton />;
  const act = (name: string) => context.channel.command(name);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest("button, input, textarea") && !["s", "m"].includes(event.key)) return;
    if (onKey(event.key, body, index, pointing, act, () => setKeys(!keys), stage.current)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div onKeyDown={press}>
      <Header body={body} act={act} table={table} setTable={setTable} />
      {body.problem && <Problem problem={body.problem} pointing={pointing} />}
      {!body.term || !index ? (
        <div class="nv-stage" ref={stage} tabIndex={0}>
          <Empty>{body.drawable ? "Draw an architecture: press s, or the button Sample." : "No architecture to show."}</Empty>
        </div>
      ) : (
        <div class="nv-stage" ref={stage} tabIndex={0} role="group" aria-label="Architecture: arrow keys move" {...activeItem(context, index, pointing)}>
          <Unseen context={context} index={index} pointing={pointing} />
          {body.parts.includes("term") && <TermText index={index} pointing={pointing} />}
          <Panes context={context} body={body} pointing={pointing} />
          <Place body={body} index={index} pointing={pointing} />
        </div>
      )}
      {table && index && <Rows body={body} index={index} pointing={pointing} />}
      {keys && <Keys />}
    </div>
  );
}

function onKey(
  key: string,
  body: ArchitectureBody,
  index: TermIndex | null,
  pointing: Pointing,
  act: (name: string) => void,
  help: () => void,
  stage: HTMLElement | null,
): boolean {
  if (key === "?") help();
  else if (key === "s" && body.drawable) act("sample");
  else if (key === "m" && body.drawable && body.key) act("mutate");
  else if (key === "Backspace" && body.past) act("back");
  else if (key === "Escape") pointing.select(null);
  else if (["+", "=", "-", "0"].includes(key)) {
    const label = key === "0" ? "Fit to width" : key === "-" ? "Zoom out" : "Zoom in";
    for (const button of stage?.querySelectorAll<HTMLElement>(`[aria-label="${label}"]`) ?? []) button.click();
  } else if (key.startsWith("Arrow") && index) {
    const from = pointing.selected ? index.index(pointing.selected) : -1;
    pointing.select(from < 0 ? [] : index.position(index.move(from, key)));
  } else return false;
  return true;
}

interface HeaderProps {
  body: ArchitectureBody;
  act: (name: string) => void;
  table: boolean;
  setTable: (on: boolean) => void;
}

const Header = ({ body, act, table, setTable }: HeaderProps) => (
  <div class="nv-bar">
    <span class="nv-title">{body.title}</span>
    <span class="nv-soft" data-tip={body.tip} tabIndex={body.tip ? 0 : -1}>
      {body.summary}
    </span>
    <span class="nv-space" />
    {body.past && (
      <Button tip="The architecture shown before (Backspace)" onClick={() => act("back")}>
        Back
      </Button>
    )}
    {body.drawable && (
      <Button tip="Draw another architecture from the grammar (s)" onClick={() => act("sample")}>
        Sample
      </Button>
    )}
    {body.drawable && body.key && (
      <Button tip="Redraw one random subterm from its nonterminal (m)" onClick={() => act("mutate")}>
        Mutate
      </Button>
    )}
    {body.term && (
      <Button pressed={table} tip="The same as a table: position, operator, shapes, parameters" onClick={() => setTable(!table)}>
        As table
      </Button>
    )}
    {body.term && (
      <CopyButton text={() => body.term?.text ?? ""} tip="Copy the term, to paste it into nv.parse or space.parse">
        Copy term
      </CopyButton>
    )}
  </div>
);

const Problem = ({ problem, pointing }: { problem: NonNullable<ArchitectureBody["problem"]>; pointing: Pointing }) => (
  <div class="nv-note nv-failed nv-problem" role="alert">
    <span>
      <b>Cannot be built:</b> {problem.message}
    </span>
    <Button onClick={() => pointing.select(problem.position)}>Show the place</Button>
  </div>
);

function TermText({ index, pointing }: { index: TermIndex; pointing: Pointing }) {
  const tokens = useMemo(() => termTokens(index.info), [index]);
  const chosen = pointing.selected ? index.index(pointing.selected) : -1;
  const over = pointing.hovered ? index.index(pointing.hovered) : -1;
  const inside = (node: number, root: number) => root >= 0 && node >= root && node < index.end[root]!;
  const at = (event: Event) => Number((event.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = box.current?.querySelector<HTMLElement>(".nv-in");
    if (mark && box.current) box.current.scrollTop += scrollStep(box.current, mark);
  }, [chosen]);
  if (tokens.length > LONGEST) return <div class="nv-term">{index.info.text.slice(0, 20000)}…</div>;
  return (
    <div
      class="nv-term"
      ref={box}
      onClick={(event) => at(event) >= 0 && pointing.select(index.position(at(event)))}
      onPointerOver={(event) => pointing.hover(at(event) >= 0 ? index.position(at(event)) : null)}
      onPointerLeave={() => pointing.hover(null)}
    >
      {tokens.map((token, k) => (
        <span key={k} data-index={token.node} class={tokenClass(token, index, inside(token.node, chosen), inside(token.node, over))}>
          {token.text}
        </span>
      ))}
    </div>
  );
}

function scrollStep(box: HTMLElement, mark: HTMLElement): number {
  const outer = box.getBoundingClientRect();
  const inner = mark.getBoundingClientRect();
  if (inner.top < outer.top) return inner.top - outer.top - 8;
  return inner.bottom > outer.bottom ? inner.bottom - outer.bottom + 8 : 0;
}

function tokenClass(token: TermToken, index: TermIndex, chosen: boolean, over: boolean): string {
  const label = token.name ? index.info.labels[token.node]?.at(-1) : undefined;
  const names = [token.name ? "nv-name" : "", label ? `nv-nt-name nv-hue-${label[1]}` : "", chosen ? "nv-in" : over ? "nv-over" : ""];
  return names.filter(Boolean).join(" ");
}

function Panes({ context, body, pointing }: { context: ViewContext; body: ArchitectureBody; pointing: Pointing }) {
  const common = {
    engine: context.engine,
    selected: pointing.selected,
    hovered: pointing.hovered,
    onSelect: pointing.select,
    onHover: pointing.hover,
  };
  const pane = (name: string, title: string, drawing: Drawing | null) =>
    body.parts.includes(name) && (
      <div class={`nv-pane nv-pane-${name}`}>
        <div class="nv-pane-title">
          <span>{title}</span>
          {drawing?.note && <span>{drawing.note}</span>}
        </div>
        <div class="nv-pane-body">
          {drawing ? <Picture {...common} dot={drawing.dot} label={title} /> : <Empty>There is no graph to draw: see above.</Empty>}
        </div>
      </div>
    );
  if (!body.parts.includes("tree") && !body.parts.includes("graph")) return null;
  return (
    <div class={`nv-panes${(body.term?.arity.length ?? 0) > SIDE_BY_SIDE ? " nv-stacked" : ""}`}>
      {pane("tree", body.legend.length ? "Derivation" : "Term as a tree", body.tree)}
      {pane("graph", "Computational graph", body.graph)}
    </div>
  );
}

interface PlaceProps {
  body: ArchitectureBody;
  index: TermIndex;
  pointing: Pointing;
}

/** What is selected, in words; while nothing is, what the colours mean. */
function Place({ body, index, pointing }: PlaceProps) {
  const i = pointing.selected ? index.index(pointing.selected) : -1;
  if (i < 0) {
    return (
      <div class="nv-place nv-soft">
        <span>Click a subterm, or move with the arrow keys. Keys: ?</span>
        <span class="nv-space" />
        <Legend legend={body.legend} />
      </div>
    );
  }
  const inside = body.rows.filter((row) => row.part === "body" && isUnder(row.position, pointing.selected!));
  const parameters = inside.reduce((sum, row) => sum + row.parameters, 0);
  const own = inside.length === 1 && index.end[i] === i + 1 ? inside[0] : undefined;
  const labels = index.info.labels[i] ?? [];
  return (
    <div class="nv-place" aria-live="polite">
      <b class="nv-code">{index.info.operators[i]}</b>
      <span class="nv-soft">at {positionText(pointing.selected!)}</span>
      {labels.length > 0 && (
        <span class="nv-legend">
          from{" "}
          {labels.map(([name, hue]) => (
            <b key={name} class={`nv-hue-${hue}`}>
              {name}
            </b>
          ))}
        </span>
      )}
      {own && (
        <span>
          {shape(own.shape_in)} → {shape(own.shape_out)}
        </span>
      )}
      {inside.length > 0 && <span>{prefixed(parameters)} parameters</span>}
    </div>
  );
}

const isUnder = (inner: readonly number[], outer: Position): boolean => outer.every((k, i) => inner[i] === k);

const Legend = ({ legend }: { legend: [string, number][] }) => (
  <span class="nv-legend" aria-label="Nonterminals">
    {legend.map(([name, hue]) => (
      <b key={name} class={`nv-hue-${hue}`}>
        {name}
      </b>
    ))}
  </span>
);

function Rows({ body, index, pointing }: PlaceProps) {
  const cost = useMemo(() => new Map(body.rows.filter((r) => r.part === "body").map((r) => [r.position.join(), r])), [body.rows]);
  const chosen = pointing.selected ? index.index(pointing.selected) : -1;
  const shown = Math.min(index.length, 1000);
  return (
    <div class="nv-rows nv-scroll">
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
        <tbody>
          {Array.from({ length: shown }, (_, i) => (
            <Row key={i} i={i} index={index} chosen={i === chosen} row={cost.get(index.position(i).join())} pointing={pointing} />
          ))}
        </tbody>
      </table>
      {index.length > shown && <div class="nv-soft nv-empty">{index.length - shown} more rows are left out.</div>}
    </div>
  );
}

function Row({ i, index, chosen, row, pointing }: { i: number; index: TermIndex; chosen: boolean; row: CostRow | undefined; pointing: Pointing }) {
  const position = index.position(i);
  return (
    <tr
      class={chosen ? "nv-selected" : ""}
      aria-level={index.depth[i]! + 1}
      aria-selected={chosen}
      onClick={() => pointing.select(position)}
      onPointerEnter={() => pointing.hover(position)}
      onPointerLeave={() => pointing.hover(null)}
    >
      <td>{positionText(position)}</td>
      <td style={{ paddingLeft: `${10 + 14 * Math.min(index.depth[i]!, 12)}px` }}>{index.info.operators[i]}</td>
      <td>{index.info.labels[i]?.map(([name]) => name).join(" › ")}</td>
      <td>{row ? shape(row.shape_in) : ""}</td>
      <td>{row ? shape(row.shape_out) : ""}</td>
      <td class="nv-number">{row ? prefixed(row.parameters) : ""}</td>
      <td class="nv-number">{row ? prefixed(row.flops) : ""}</td>
    </tr>
  );
}

const itemId = (context: ViewContext, i: number) => `nv-item-${context.id}-${i}`;

const activeItem = (context: ViewContext, index: TermIndex, { selected }: Pointing) =>
  selected && index.index(selected) >= 0 ? { "aria-activedescendant": itemId(context, index.index(selected)) } : {};

/** What a screen reader is told: the way to the selection, its siblings and its operands, as items of a tree. */
function Unseen({ context, index, pointing }: { context: ViewContext; index: TermIndex; pointing: Pointing }) {
  const i = pointing.selected ? Math.max(0, index.index(pointing.selected)) : 0;
  const shown = new Set<number>([0, ...index.children(i).slice(0, 50)]);
  for (let k = i; k > 0; k = index.parent[k]!) shown.add(k);
  if (i > 0) for (const k of index.children(index.parent[i]!).slice(0, 50)) shown.add(k);
  return (
    <div class="nv-unseen" role="tree" aria-label="Term">
      {[...shown]
        .sort((a, b) => a - b)
        .map((k) => (
          <div
            key={k}
            id={itemId(context, k)}
            role="treeitem"
            aria-level={index.depth[k]! + 1}
            aria-posinset={index.rank[k]! + 1}
            aria-setsize={k > 0 ? index.info.arity[index.parent[k]!] : 1}
            aria-selected={pointing.selected !== null && k === i}
            {...(index.info.arity[k]! > 0 ? { "aria-expanded": true } : {})}
          >
            {index.info.operators[k]} at {positionText(index.position(k))}
          </div>
        ))}
    </div>
  );
}

const KEYS: [string, string][] = [
  ["← → ↑ ↓", "parent, first operand, siblings"],
  ["Esc", "clear the selection"],
  ["s", "sample another architecture"],
  ["m", "mutate this one"],
  ["Backspace", "the one before"],
  ["+ − 0", "zoom in, zoom out, fit to width"],
];

const Keys = () => (
  <ul class="nv-keys" aria-label="Keys">
    {KEYS.map(([key, words]) => (
      <li key={key}>
        <kbd>{key}</kbd>
        <span>{words}</span>
      </li>
    ))}
  </ul>
);

export default defineView({ name: "architecture", label: "Architecture", css, component: ArchitectureView });
