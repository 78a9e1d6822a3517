/** Findings from Python in the editor: marked in their place, repaired by click or key, kept in step with the text. */
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { type ChangeDesc, type EditorState, StateEffect, StateField } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

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

/** A finding at its place in the text as it is now, in UTF-16 units; its fix is gone once somebody wrote there. */
export interface Placed {
  finding: Finding;
  from: number;
  to: number;
  fix: { from: number; to: number; insert: string } | null;
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

export function place(finding: Finding, text: string): Placed {
  const from = unitAt(text, finding.start);
  const { fix } = finding;
  const edit = fix && { from: unitAt(text, fix.start), to: unitAt(text, fix.end), insert: fix.text };
  return { finding, from, to: Math.max(unitAt(text, finding.end), from), fix: edit };
}

export function moved(placed: Placed, changes: ChangeDesc): Placed {
  const { fix } = placed;
  const touched = fix !== null && changes.touchesRange(fix.from, fix.to);
  return {
    ...placed,
    from: changes.mapPos(placed.from, 1),
    to: Math.max(changes.mapPos(placed.to, -1), changes.mapPos(placed.from, 1)),
    fix: fix && !touched ? { ...fix, from: changes.mapPos(fix.from), to: changes.mapPos(fix.to) } : null,
  };
}

const setPlaced = StateEffect.define<Placed[]>();

export const findingsField = StateField.define<Placed[]>({
  create: () => [],
  update(list, transaction) {
    for (const effect of transaction.effects) if (effect.is(setPlaced)) return effect.value;
    return transaction.docChanged ? list.map((placed) => moved(placed, transaction.changes)) : list;
  },
});

/** The finding that the quick-fix key means: one around the cursor, else on its line, else the next one below, else the first. */
export function repairable(list: readonly Placed[], at: number, line: { from: number; to: number }): Placed | null {
  const able = list.filter((placed) => placed.fix);
  return (
    able.find((placed) => placed.from <= at && at <= placed.to) ??
    able.find((placed) => placed.from <= line.to && placed.to >= line.from) ??
    able.find((placed) => placed.from >= at) ??
    able[0] ??
    null
  );
}

/** Make the edit that repairs a finding; returns what was done, or null when the text has changed there. */
export function repair(view: EditorView, finding: Finding): string | null {
  const fix = view.state.field(findingsField).find((placed) => placed.finding === finding)?.fix;
  if (!fix) return null;
  view.dispatch({ changes: fix, selection: { anchor: fix.from + fix.insert.length }, scrollIntoView: true, userEvent: "input.fix" });
  view.focus();
  return finding.fix!.label;
}

export function repairHere(view: EditorView): string | null {
  const at = view.state.selection.main.head;
  const found = repairable(view.state.field(findingsField), at, view.state.doc.lineAt(at));
  return found && repair(view, found.finding);
}

export function showFindings(view: EditorView, findings: readonly Finding[]): void {
  const text = view.state.doc.toString();
  const list = findings.map((finding) => place(finding, text));
  const effects = setDiagnostics(view.state, list.map(diagnostic)).effects;
  view.dispatch({ effects: [setPlaced.of(list), ...(Array.isArray(effects) ? effects : effects ? [effects] : [])] });
}

function diagnostic({ finding, from, to }: Placed): Diagnostic {
  const { severity, hint, fix } = finding;
  const message = hint ? `${finding.message}\n${hint}` : finding.message;
  if (!fix) return { from, to, severity, message };
  return { from, to, severity, message, actions: [{ name: fix.label, apply: (view: EditorView) => void repair(view, finding) }] };
}

export const placeOf = (state: EditorState, finding: Finding): Placed | undefined =>
  state.field(findingsField).find((placed) => placed.finding === finding);
