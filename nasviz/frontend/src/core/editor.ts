/** The grammar editor of the engine: CodeMirror 6, colours by nonterminal, diagnostics from Python. */
import { autocompletion, type Completion, type CompletionContext, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  tooltips,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { nonterminals, tokens } from "./tokens";

export interface EditorOptions {
  text: string;
  label: string;
  /** called for each change by the person */
  onChange?: (text: string) => void;
  /** operators to complete, as [name, one sentence] */
  operators?: () => [string, string][];
}

/** A finding as Python sends it: a range of characters (code points), words, and an edit that repairs it. */
export interface Finding {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  start: number;
  end: number;
  hint: string;
  fix: { start: number; end: number; text: string; label: string } | null;
}

export interface EditorHandle {
  text(): string;
  setText(text: string): void;
  diagnose(findings: Finding[]): void;
  reveal(start: number, end: number): void;
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
  for (const { from, to, kind, hue } of tokens(text)) {
    const hueClass = hue >= 0 ? ` nv-hue-${hue}` : "";
    builder.add(from, to, Decoration.mark({ class: `nv-tok-${kind}${hueClass}` }));
  }
  return builder.finish();
}

function completer(operators: () => [string, string][]) {
  return (context: CompletionContext) => {
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit) return null;
    const names: Completion[] = nonterminals(context.state.doc.toString()).map((label) => ({ label, type: "class" }));
    const known: Completion[] = operators().map(([label, info]) => ({ label, type: "function", ...(info ? { info } : {}) }));
    return { from: word?.from ?? context.pos, options: [...names, ...known] };
  };
}

/** Python counts code points, CodeMirror UTF-16 units: the unit at which code point `at` begins. */
export function unitAt(text: string, at: number): number {
  if (!/[\ud800-\udbff]/.test(text)) return Math.min(at, text.length);
  let units = 0;
  for (const point of text) {
    if (at-- <= 0) break;
    units += point.length;
  }
  return units;
}

function diagnostic(finding: Finding, text: string): Diagnostic {
  const from = unitAt(text, finding.start);
  const to = Math.max(unitAt(text, finding.end), from);
  const message = finding.hint ? `${finding.message}\n${finding.hint}` : finding.message;
  const { severity, fix } = finding;
  if (!fix) return { from, to, severity, message };
  const change = { from: unitAt(text, fix.start), to: unitAt(text, fix.end), insert: fix.text };
  const apply = (view: EditorView) => view.dispatch({ changes: change });
  return { from, to, severity, message, actions: [{ name: fix.label, apply }] };
}

export function createEditor(parent: HTMLElement, options: EditorOptions): EditorHandle {
  let quiet = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        autocompletion({ override: [completer(options.operators ?? (() => []))] }),
        lintGutter(),
        tooltips({ parent: document.body }),
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
  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      if (text === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
    diagnose(findings) {
      const text = view.state.doc.toString();
      view.dispatch(setDiagnostics(view.state, findings.map((finding) => diagnostic(finding, text))));
    },
    reveal(start, end) {
      const text = view.state.doc.toString();
      view.dispatch({ selection: { anchor: unitAt(text, start), head: unitAt(text, end) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
