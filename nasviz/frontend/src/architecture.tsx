/** An architecture several times, with one selection: its term, how the grammar derives it, what it computes and costs. */
import { useMemo, useRef, useState } from "preact/hooks";
import { type ArchitectureBody, type Problem } from "./architecture/body";
import { Find, step, useSearch } from "./architecture/find";
import { EDIT_KEYS, editKey, EditPanels, useEdits } from "./architecture/edit/panels";
import { type Colour, Panes } from "./architecture/panes";
import { activeItem, Keys, Place, Unseen } from "./architecture/place";
import { Rows } from "./architecture/rows";
import { useCreditColour } from "./architecture/credit";
import { TermText } from "./architecture/term_text";
import { Button, CopyButton, Empty, Skeleton } from "./core/parts";
import { TermIndex } from "./core/term";
import { defineView, type Pointing, useBody, usePointing, type ViewContext } from "./core/view";
import css from "./architecture.css";
import creditCss from "./credit.css";
import differenceCss from "./difference.css";

export type { ArchitectureBody } from "./architecture/body";

interface Shown {
  table: boolean;
  keys: boolean;
  find: boolean;
  edit: boolean;
}

type Toggle = (what: keyof Shown, on?: boolean) => void;

function ArchitectureView(context: ViewContext) {
  const body = useBody<ArchitectureBody>(context.channel);
  const pointing = usePointing(context, body?.key ?? null);
  const index = useMemo(() => (body?.term ? new TermIndex(body.term) : null), [body?.term]);
  const [shown, setShown] = useState<Shown>({ table: false, keys: false, find: false, edit: false });
  const [colour, setColour] = useState<Colour>("nonterminal");
  const [wanted, setWanted] = useState("");
  const search = useSearch(index, shown.find ? wanted : null);
  const stage = useRef<HTMLDivElement>(null);
  useCreditColour(body, setColour);
  const edits = useEdits(context, body, pointing, stage);
  if (!body) return <Skeleton />;
  const toggle: Toggle = (what, on) => setShown((now) => ({ ...now, [what]: on ?? !now[what] }));
  const act = (name: string, more = {}) => context.channel.command(name, more);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target as Element;
    if (at.closest("input, textarea, select") || (at.closest("button") && !LETTERS.includes(event.key))) return;
    if (index && shown.find && (event.key === "n" || event.key === "N")) step(search, index, pointing, event.key === "n" ? 1 : -1);
    else if (!editKey(event, body, edits) && !onKey(event.key, body, index, pointing, act, toggle, stage.current)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const props = index && { context, body, index, pointing, found: search.found };
  return (
    <div onKeyDown={press}>
      <Header body={body} act={act} shown={shown} toggle={toggle} />
      {body.problem && <ProblemNote problem={body.problem} pointing={pointing} />}
      {!body.term || !props ? (
        <div class="nv-stage" ref={stage} tabIndex={0}>
          <Empty>{body.drawable ? "Draw an architecture: press s, or the button Sample." : "No architecture to show."}</Empty>
        </div>
      ) : (
        <div class="nv-stage" ref={stage} tabIndex={0} role="group" aria-label="Architecture: arrow keys move" {...activeItem(context, props.index, pointing)}>
          <Unseen {...props} />
          {shown.find && <Find {...props} search={{ ...search, text: wanted }} look={setWanted} close={() => { toggle("find", false); stage.current?.focus(); }} />}
          {body.parts.includes("term") && (
            <TermText {...props} credits={colour === "credit" ? (body.credit?.credits ?? null) : null} preview={edits.preview} editing={shown.edit} close={() => { toggle("edit", false); stage.current?.focus(); }} />
          )}
          <EditPanels {...props} edits={edits} />
          <Panes {...props} colour={colour} setColour={setColour} />
          <Place {...props} />
        </div>
      )}
      {shown.table && props && <Rows {...props} />}
      {shown.keys && <Keys />}
    </div>
  );
}

/** Letters that also count while a button has the focus. */
const LETTERS = ["s", "m", "f", "e", "n", "N", "?", ...EDIT_KEYS];

const ZOOMS: Record<string, string> = { "+": "Zoom in", "=": "Zoom in", "-": "Zoom out", "0": "Fit to width", z: "Zoom to selection" };

function onKey(
  key: string,
  body: ArchitectureBody,
  index: TermIndex | null,
  pointing: Pointing,
  act: (name: string, more?: object) => void,
  toggle: Toggle,
  stage: HTMLElement | null,
): boolean {
  const zoom = ZOOMS[key];
  if (key === "?") toggle("keys");
  else if (key === "s" && body.drawable) act("sample");
  else if (key === "m" && body.drawable && body.key) act("mutate");
  else if (key === "f" && index) toggle("find", true);
  else if (key === "e" && index && body.parts.includes("term")) toggle("edit", true);
  else if (key === "Enter" && pointing.selected && (body.tree || body.graph)) act("fold", { position: [...pointing.selected] });
  else if (key === "Escape") pointing.select(null);
  else if (zoom) for (const button of stage?.querySelectorAll<HTMLElement>(`[aria-label="${zoom}"]`) ?? []) button.click();
  else if (key.startsWith("Arrow") && index) {
    const from = pointing.selected ? index.index(pointing.selected) : -1;
    pointing.select(from < 0 ? [] : index.position(index.move(from, key)));
  } else return false;
  return true;
}

interface HeaderProps {
  body: ArchitectureBody;
  act: (name: string) => void;
  shown: Shown;
  toggle: Toggle;
}

const Header = ({ body, act, shown, toggle }: HeaderProps) => (
  <div class="nv-bar">
    <span class="nv-title">{body.title}</span>
    <span class="nv-soft" data-tip={body.tip} tabIndex={body.tip ? 0 : -1}>
      {body.summary}
    </span>
    <span class="nv-space" />
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
      <>
        {body.parts.includes("term") && (
          <Button pressed={shown.edit} tip="Change the term as text (e)" onClick={() => toggle("edit")}>
            Edit
          </Button>
        )}
        <Button pressed={shown.find} tip="Find an operator or a nonterminal (f)" onClick={() => toggle("find")}>
          Find
        </Button>
        <Button pressed={shown.table} tip="The same as a table: position, operator, shapes, parameters" onClick={() => toggle("table")}>
          As table
        </Button>
        <CopyButton text={() => body.term?.text ?? ""} tip="Copy the term, to paste it into nv.parse or space.parse">
          Copy term
        </CopyButton>
        <CopyButton text={() => body.python} tip="Copy the line of Python that makes this architecture">
          Copy as Python
        </CopyButton>
      </>
    )}
  </div>
);

const ProblemNote = ({ problem, pointing }: { problem: Problem; pointing: Pointing }) => (
  <div class="nv-note nv-failed nv-problem" role="alert">
    <span>
      <b>Cannot be built:</b> {problem.message}
      {problem.ways.map((line) => (
        <span key={line} class="nv-way">
          {line}
        </span>
      ))}
    </span>
    <Button onClick={() => pointing.select(problem.position)}>Show the place</Button>
  </div>
);

export default defineView({ name: "architecture", label: "Architecture", css: css + differenceCss + creditCss, component: ArchitectureView });
