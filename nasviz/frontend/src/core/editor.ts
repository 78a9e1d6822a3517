/** The grammar editor of the engine: CodeMirror 6, colours by nonterminal, diagnostics from Python. */
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, RangeSetBuilder } from "@codemirror/state";
import {
  closeHoverTooltips,
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  hasHoverTooltips,
  highlightActiveLine,
  type KeyBinding,
  keymap,
  lineNumbers,
  tooltips,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { type Finding, findingsField, placeOf, repair, repairHere, showFindings } from "./editor_findings";
import { completer, goToDefinition, helpOnHover, rename } from "./editor_help";
import { type Known, oneChange } from "./editor_names";
import { hueClass, HUES } from "./hue";
import { tokens } from "./tokens";

export interface EditorOptions {
  text: string;
  label: string;
  /** called for each change by the person */
  onChange?: (text: string) => void;
  /** names to complete and to explain */
  known?: () => Known;
  /** the text can be read, searched and copied, and that is all */
  readOnly?: boolean;
  /** keys of the view around, e.g. {"Mod-s": save} */
  keys?: Record<string, () => void>;
  /** what a key did, or why not, in a sentence */
  onNote?: (sentence: string) => void;
}

export interface EditorHandle {
  text(): string;
  /** Show a text that comes from outside; it can be undone. */
  setText(text: string): void;
  /** Change the text as the person would; it can be undone. */
  replace(text: string): void;
  diagnose(findings: readonly Finding[]): void;
  /** Select the place of a finding, where it is by now. */
  reveal(finding: Finding): void;
  /** Make the edit that repairs a finding. */
  repair(finding: Finding): void;
  rename(): void;
  focus(): void;
  destroy(): void;
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorate(view.state.doc.toString());
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = decorate(update.state.doc.toString());
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorate(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, kind, hue, turn } of tokens(text)) {
    const own = hue >= 0 ? ` ${hueClass(hue + HUES * turn)}` : "";
    builder.add(from, to, Decoration.mark({ class: `nv-tok-${kind}${own}` }));
  }
  return builder.finish();
}

const NOTHING: Known = { operators: [], attributes: [], nonterminal: () => [] };

/** Keys of the editor: F1 help, F2 rename, F8 next finding, F12 definition, Mod-. repair; and those of the view around. */
function keys(options: EditorOptions, show: (view: EditorView) => boolean): KeyBinding[] {
  const known = options.known ?? (() => NOTHING);
  const note = options.onNote ?? (() => {});
  const say = (sentence: string): true => {
    if (sentence) note(sentence);
    return true;
  };
  const own = Object.entries(options.keys ?? {}).map(([key, run]) => ({ key, preventDefault: true, stopPropagation: true, run: () => (run(), true) }));
  return [
    ...own,
    { key: "F1", preventDefault: true, run: (view) => say(show(view) ? "" : "No name here.") },
    { key: "Escape", run: closeHelp },
    { key: "F2", preventDefault: true, run: (view) => (rename(view, known, note), true) },
    { key: "F8", preventDefault: true, run: (view) => say(nextDiagnostic(view) ? "" : "Nothing was found.") },
    { key: "Shift-F8", preventDefault: true, run: (view) => say(previousDiagnostic(view) ? "" : "Nothing was found.") },
    { key: "F12", preventDefault: true, run: (view) => say(goToDefinition(view, view.state.selection.main.head, known())) },
    { key: "Mod-.", preventDefault: true, run: (view) => say(repaired(repairHere(view))) },
  ];
}

function closeHelp(view: EditorView): boolean {
  if (!hasHoverTooltips(view.state)) return false;
  view.dispatch({ effects: closeHoverTooltips });
  return true;
}

const repaired = (done: string | null): string => (done === null ? "Nothing here can be repaired by itself." : `Done: ${done}.`);

/** Mod-click goes to the definition. */
const clicks = (options: EditorOptions) =>
  EditorView.domEventHandlers({
    mousedown(event, view) {
      if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (at === null) return false;
      const sentence = goToDefinition(view, at, (options.known ?? (() => NOTHING))());
      if (sentence) options.onNote?.(sentence);
      event.preventDefault();
      view.focus();
      return true;
    },
  });

const LONG = 200;

/** Browsers need many seconds to replace a long selection of coloured text by what is typed; the editor does it at once. */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to } = view.state.selection.main;
    if (event.inputType !== "insertText" || event.data === null || view.composing || to - from < LONG) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

export function createEditor(parent: HTMLElement, options: EditorOptions): EditorHandle {
  let quiet = false;
  const known = options.known ?? (() => NOTHING);
  const help = helpOnHover(known);
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        EditorState.readOnly.of(options.readOnly ?? false),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        autocompletion({ override: [completer(known)], tooltipClass: () => "nv-completion" }),
        lintGutter(),
        findingsField,
        help.hover,
        clicks(options),
        typeOver,
        tooltips({ parent: document.body }),
        Prec.high(keymap.of(keys(options, help.show))),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
        EditorView.lineWrapping,
        EditorView.editorAttributes.of({ class: "nv-editor" }),
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false" }),
        colours,
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) options.onChange?.(update.state.doc.toString());
        }),
      ],
    }),
  });
  const write = (text: string, userEvent: string) => {
    const now = view.state.doc.toString();
    if (text !== now) view.dispatch({ changes: oneChange(now, text), userEvent });
  };
  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      quiet = true;
      write(text, "input.outside");
      quiet = false;
    },
    replace: (text) => write(text, "input.format"),
    diagnose: (findings) => showFindings(view, findings),
    reveal(finding) {
      const at = placeOf(view.state, finding);
      if (at) view.dispatch({ selection: { anchor: at.from, head: at.to }, scrollIntoView: true });
      view.focus();
    },
    repair: (finding) => options.onNote?.(repaired(repair(view, finding))),
    rename: () => rename(view, known, options.onNote ?? (() => {})),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
