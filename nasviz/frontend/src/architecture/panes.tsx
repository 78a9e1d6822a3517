/** The pictures beside each other: derivation and graph, with what their colours say. */
import { useMemo, useState } from "preact/hooks";
import { prefixed } from "../core/format";
import type { Load } from "../core/paint";
import { Empty } from "../core/parts";
import { Picture } from "../core/picture_part";
import type { Position } from "../core/selection";
import type { TermIndex } from "../core/term";
import { isUnder, type ArchitectureBody, type CostRow, type Credits, type PartProps } from "./body";
import { CodeTable, CostTable } from "./cost";
import { creditLoad, CreditPane, CreditScale } from "./credit";
import { Pane } from "./pane";

/** up to so many nodes two pictures beside each other can be read */
const SIDE_BY_SIDE = 40;

export type Colour = "nonterminal" | "level" | "parameters" | "flops" | "credit";

export const COLOURS: [Colour, string][] = [
  ["nonterminal", "nonterminal"],
  ["level", "level of nesting"],
  ["parameters", "parameters"],
  ["flops", "FLOPs"],
  ["credit", "credit"],
];

export function loadOf(colour: Colour, rows: readonly CostRow[], credits: Credits | null = null, index: TermIndex | null = null): Load | null {
  if (colour === "nonterminal") return null;
  if (colour === "credit") return credits && index && creditLoad(credits, index);
  if (colour === "level") {
    return { value: (positions) => positions[0]?.length ?? 0, words: (value) => `level ${value}` };
  }
  const inside = rows.filter((row) => row.part === "body");
  const cost = (position: Position) => inside.reduce((sum, row) => sum + (isUnder(row.position, position) ? row[colour] : 0), 0);
  const noun = colour === "flops" ? "FLOPs" : "parameters";
  return {
    value: (positions) => positions.reduce((sum, position) => sum + cost(position), 0),
    words: (value) => `${prefixed(value)} ${noun}`,
  };
}

/** What the shades of a picture mean: the scale with its numbers. */
const Scale = ({ load, most }: { load: Load; most: number }) => load.verdict ? <CreditScale /> : (
  <span class="nv-scale" role="img" aria-label={`Shade and bar: 0 to ${load.words(most)}`}>
    0 <i /> {load.words(most)}
  </span>
);

export function Panes({ context, body, index, pointing, found = [], colour, setColour }: PartProps & { colour: Colour; setColour: (colour: Colour) => void }) {
  const credits = body.credit?.credits ?? null;
  const load = useMemo(() => loadOf(colour, body.rows, credits, index), [colour, body.rows, credits, index]);
  const stacked = (body.term?.arity.length ?? 0) > SIDE_BY_SIDE && !body.parts.includes("cost");
  const part = (name: string) => body.parts.includes(name);
  const props = { context, body, index, pointing };
  const places = useMemo(() => found.map((node) => index.position(node)), [found, index]);
  if (!["tree", "graph", "cost", "code"].some(part) && !body.credit) return null;
  const picture = (name: "tree" | "graph", title: string) => (
    <Drawn {...props} places={places} name={name} title={title} load={load} colour={colour} setColour={setColour} chooser={name === "graph" || !part("graph")} />
  );
  return (
    <div class={`nv-panes${stacked ? " nv-stacked" : ""}`}>
      {part("tree") && picture("tree", body.legend.length ? "Derivation" : "Term as a tree")}
      {part("graph") && picture("graph", "Computational graph")}
      {body.credit && (
        <Pane name="credit" title="What the surrogate believes" note="">
          <CreditPane {...props} />
        </Pane>
      )}
      {part("cost") && (
        <Pane name="cost" title="Cost" note="">
          <CostTable {...props} />
        </Pane>
      )}
      {part("code") && (
        <Pane name="code" title="Forward code" note="">
          <CodeTable {...props} />
        </Pane>
      )}
    </div>
  );
}

interface DrawnProps extends PartProps {
  /** where the matches of a search are */
  places: Position[];
  name: "tree" | "graph";
  title: string;
  load: Load | null;
  colour: Colour;
  setColour: (colour: Colour) => void;
  chooser: boolean;
}

function Drawn({ context, body, pointing, places, name, title, load, colour, setColour, chooser }: DrawnProps) {
  const [most, setMost] = useState(0);
  const drawing = body[name];
  const open = (position: Position, chain: boolean) =>
    context.channel.command(chain ? "unroll" : "fold", { position: [...position] });
  return (
    <Pane name={name} title={title} note={drawing?.note ?? ""} extra={chooser && drawing && <Chooser body={body} colour={colour} setColour={setColour} />}>
      {drawing ? (
        <Picture
          engine={context.engine}
          dot={drawing.dot}
          label={title}
          selected={pointing.selected}
          hovered={pointing.hovered}
          found={places}
          onSelect={pointing.select}
          onHover={pointing.hover}
          onOpen={open}
          map
          load={load}
          onLoaded={setMost}
          fileName={`${name}-${body.key ?? ""}`}
        />
      ) : (
        <Empty>There is no graph to draw: see above.</Empty>
      )}
      {load && drawing && <Scale load={load} most={most} />}
    </Pane>
  );
}

const Chooser = ({ body, colour, setColour }: { body: ArchitectureBody; colour: Colour; setColour: (colour: Colour) => void }) => (
  <label class="nv-colour">
    colour{" "}
    <select value={colour} onChange={(event) => setColour(event.currentTarget.value as Colour)} onKeyDown={(event) => event.stopPropagation()}>
      {COLOURS.filter(([value]) => value !== "credit" || body.credit?.credits).map(([value, words]) => (
        <option key={value} value={value} disabled={body.rows.length === 0 && (value === "parameters" || value === "flops")}>
          {words}
        </option>
      ))}
    </select>
  </label>
);
