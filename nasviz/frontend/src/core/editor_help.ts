/** Help in the editor: completion, documentation on hover and by key, definition, renaming. All text is put in as text. */
import { type Completion, type CompletionContext, type CompletionResult, snippet } from "@codemirror/autocomplete";
import { activateHover, type EditorView, hoverTooltip, showDialog } from "@codemirror/view";
import { definition, type Known, occurrences, type OperatorEntry, renameProblem, template, wanted, wordAt } from "./editor_names";
import { clip } from "./format";
import { nonterminals } from "./tokens";

const KEYWORDS: Record<string, string> = {
  shared: "shared NAME ::= …: drawn once for each architecture and used everywhere",
  start: "start NAME: where derivations begin; else the first rule",
  require: "require …: what every architecture must fulfil",
};

const CLIPPED = 60;

function element(kind: string, className: string, text: string): HTMLElement {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

function documentation(title: string, detail: string, lines: readonly string[], source: string): HTMLElement {
  const box = element("div", "nv-doc", "");
  const head = element("div", "nv-doc-head", "");
  head.append(element("b", "", clip(title, CLIPPED)), element("span", "nv-doc-detail", detail));
  box.append(head, ...lines.map((line) => element("div", "", line)));
  if (source) box.append(element("div", "nv-doc-source", source));
  return box;
}

const ofOperator = (op: OperatorEntry): HTMLElement =>
  documentation(op.name, op.signature, [op.doc || "An operator of your own; nobody has said what it does."], op.source);

const ofNonterminal = (name: string, known: Known): HTMLElement => documentation(name, "nonterminal", known.nonterminal(name), "");

/** The documentation of a name, or null where there is nothing to say. */
export function describe(text: string, name: string, known: Known): HTMLElement | null {
  if (nonterminals(text).includes(name)) return ofNonterminal(name, known);
  const op = known.operators.find((entry) => entry.name === name);
  return op ? ofOperator(op) : null;
}

export function completer(known: () => Known) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[A-Za-z_]\w*/);
    if (!word && !context.explicit) return null;
    const text = context.state.doc.toString();
    const line = context.state.doc.lineAt(context.pos);
    const kinds = wanted(line.text.slice(0, context.pos - line.from));
    const options = kinds.flatMap((kind): Completion[] => {
      if (kind === "keyword") return Object.entries(KEYWORDS).map(([label, info]) => ({ label, type: "keyword", info, boost: -1 }));
      if (kind === "attribute") return known().attributes.map((label) => ({ label, type: "property", detail: "attribute" }));
      if (kind === "operator") return known().operators.map(operatorOption);
      return nonterminals(text).map((label) => ({
        label,
        displayLabel: clip(label, CLIPPED),
        type: "class",
        detail: "nonterminal",
        boost: 2,
        info: () => ofNonterminal(label, known()),
      }));
    });
    return options.length ? { from: word?.from ?? context.pos, options, validFor: /^\w*$/ } : null;
  };
}

function operatorOption(op: OperatorEntry): Completion {
  const insert = (view: EditorView, completion: Completion, from: number, to: number) => {
    const open = view.state.sliceDoc(to, to + 1) === "(";
    snippet(open ? op.name : template(op))(view, completion, from, to);
  };
  return { label: op.name, type: "function", detail: op.signature, info: () => ofOperator(op), apply: insert };
}

/** Documentation under the pointer; `showHelp` opens the same by key. */
export function helpOnHover(known: () => Known) {
  const hover = hoverTooltip(
    (view, at) => {
      const text = view.state.doc.toString();
      const word = wordAt(text, at);
      const dom = word && describe(text, word.name, known());
      return dom ? { pos: word.from, end: word.to, above: true, create: () => ({ dom }) } : null;
    },
    { hideOnChange: true },
  );
  const show = (view: EditorView): boolean => {
    const at = view.state.selection.main.head;
    const word = wordAt(view.state.doc.toString(), at);
    if (!word) return false;
    activateHover(view, Math.min(Math.max(at, word.from), word.to - 1), 1, { tooltip: hover, until: (tr) => tr.docChanged || !!tr.selection });
    return true;
  };
  return { hover, show };
}

/** Select the definition of the name at a place. Returns a sentence when there is none, "" when it was found. */
export function goToDefinition(view: EditorView, at: number, known: Known): string {
  const text = view.state.doc.toString();
  const word = wordAt(text, at);
  if (!word) return "No name here.";
  const found = definition(text, word.name);
  if (found) {
    view.dispatch({ selection: { anchor: found.from, head: found.to }, scrollIntoView: true, userEvent: "select.definition" });
    return "";
  }
  if (known.operators.some((op) => op.name === word.name)) return `${word.name} is an operator; F1 says what it does.`;
  return `No rule defines ${clip(word.name, CLIPPED)}.`;
}

/** Ask for a new name of the nonterminal at the cursor and write it everywhere, as one step of undo. */
export function rename(view: EditorView, known: () => Known, note: (sentence: string) => void): void {
  const text = view.state.doc.toString();
  const word = wordAt(text, view.state.selection.main.head);
  if (!word || !nonterminals(text).includes(word.name)) {
    note(word && known().operators.some((op) => op.name === word.name) ? `${word.name} is an operator; only nonterminals are renamed.` : "No nonterminal here.");
    return;
  }
  const many = occurrences(text, word.name).length;
  const label = `Rename ${clip(word.name, CLIPPED)}, ${many === 1 ? "1 place" : `${many} places`}: `;
  const input = { name: "name", type: "text", value: word.name, "aria-label": label, spellcheck: "false", autocomplete: "off" };
  const { close, result } = showDialog(view, { label, input, focus: true, submitLabel: "Rename", class: "nv-rename" });
  result
    .then((form) => {
      if (!form) return;
      const next = (form.elements.namedItem("name") as HTMLInputElement).value.trim();
      const now = view.state.doc.toString();
      const problem = renameProblem(now, word.name, next, known());
      if (problem) note(problem);
      else {
        const places = occurrences(now, word.name);
        const changes = places.map(({ from, to }) => ({ from, to, insert: next }));
        view.dispatch({ changes, effects: close, userEvent: "input.rename" });
        note(`Renamed in ${places.length === 1 ? "1 place" : `${places.length} places`}.`);
      }
      view.focus();
    })
    .catch(() => note("Nothing was renamed."));
}
