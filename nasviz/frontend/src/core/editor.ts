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
  /** called for each change by the person, with a version that grows */
  onChange?: (text: string, version: number) => void;
  /** operators to complete, as [name, one sentence] */
  operators?: () => [string, string][];
}

/** A diagnostic as Python sends it: a range of characters, words, and a replacement or "". */
export interface Finding {
  from: number;
  to: number;
  severity: "error" | "warning" | "info";
  message: string;
  replacement: string;
}

export interface EditorHandle {
  readonly version: number;
  text(): string;
  setText(text: string): void;
  /** Show diagnostics; those of an older version are dropped. */
  diagnose(version: number, findings: Finding[]): void;
  reveal(from: number, to: number): void;
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

function diagnostic(finding: Finding, length: number): Diagnostic {
  const from = Math.min(finding.from, length);
  const to = Math.min(Math.max(finding.to, from), length);
  const { severity, message, replacement } = finding;
  const fix = { name: `Replace by ${replacement}`, apply: (view: EditorView, a: number, b: number) => view.dispatch({ changes: { from: a, to: b, insert: replacement } }) };
  return { from, to, severity, message, ...(replacement ? { actions: [fix] } : {}) };
}

export function createEditor(parent: HTMLElement, options: EditorOptions): EditorHandle {
  let version = 0;
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
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false" }),
        colours,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          version += 1;
          if (!quiet) options.onChange?.(update.state.doc.toString(), version);
        }),
      ],
    }),
  });
  view.dom.classList.add("nv-editor");
  return {
    get version() {
      return version;
    },
    text: () => view.state.doc.toString(),
    setText(text) {
      if (text === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
    diagnose(of, findings) {
      if (of !== version) return;
      view.dispatch(setDiagnostics(view.state, findings.map((finding) => diagnostic(finding, view.state.doc.length))));
    },
    reveal(from, to) {
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
