/** What is wrong or remarkable, as a list: each line leads to its place; a button repairs it. */
import { clip } from "../core/format";
import type { EditorHandle } from "../core/editor";
import type { Finding } from "../core/editor_findings";
import { Button } from "../core/parts";

const SHOWN = 300;
const SIGN = { error: "✗", warning: "▲", info: "•" } as const;

export function Findings({ findings, editor }: { findings: Finding[]; editor: () => EditorHandle | null }) {
  return (
    <ul class="nv-findings" aria-label="Findings">
      {findings.map((finding, k) => (
        <li key={k}>
          <button type="button" class="nv-finding" onClick={() => editor()?.reveal(finding)}>
            <span class={finding.severity === "error" ? "nv-bad" : "nv-soft"}>
              <span aria-hidden="true">{SIGN[finding.severity]}</span> {finding.severity}
            </span>{" "}
            {clip(finding.message, SHOWN)}
            {finding.hint && <span class="nv-soft"> · {clip(finding.hint, SHOWN)}</span>}
          </button>
          {finding.fix && (
            <Button tip="Make this edit; undo takes it back (Ctrl-. in the text)" onClick={() => editor()?.repair(finding)}>
              {clip(finding.fix.label, 60)}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
