/** How large the space is: exact counts, what an edit has changed, and a bar for each nonterminal. */
import { clip } from "../core/format";
import { hueClass as classOf, HUES } from "../core/hue";
import type { CountInfo, Rule, SpaceInfo } from "./body";

const NAME = 40;
const DIGITS = 460;

export function Space({ space, old }: { space: SpaceInfo; old: boolean }) {
  return (
    <div class={old ? "nv-old" : ""}>
      <div role="status">
        <Count count={space.terms} noun="architectures" change={space.change} large />
        <Count count={space.derivations} noun="derivations" change={space.change_derivations} />
      </div>
      <ul class="nv-edits" aria-label="What changed since Accept">
        {space.edits.map((edit) => (
          <li key={edit} class={edit.startsWith("+") ? "nv-good" : edit.startsWith("−") ? "nv-bad" : "nv-soft"}>
            {edit}
          </li>
        ))}
      </ul>
      <ul class="nv-bars" aria-label="Terms by nonterminal, on a logarithmic scale">
        {space.rules.map((rule, k) => (
          <RuleBar key={k} rule={rule} />
        ))}
      </ul>
    </div>
  );
}

/** "∞ · 126 up to height 6" reads as "∞ architectures · 126 up to height 6". */
function Count({ count, noun, change, large }: { count: CountInfo; noun: string; change: string; large?: boolean }) {
  const [amount, rest] = count.text.split(" · ");
  return (
    <div class={large ? "nv-terms" : ""} data-tip={tipOf(count)} tabIndex={0}>
      <span class={large ? "nv-count" : ""}>{amount}</span> <span class="nv-soft">{noun}</span>
      {rest && <span> · {rest}</span>}
      {change && <span class="nv-change" data-tip="Against the version that was accepted last"> Δ {short(change, noun)}</span>}
    </div>
  );
}

/** "+5 architectures" beside the word "architectures" is "+5". */
const short = (change: string, noun: string): string => change.replace(` ${noun}`, "").replace("same number of " + noun, "same number");

const tipOf = (count: CountInfo): string => (count.exact.length > 15 ? `${count.why}\n${clip(count.exact, DIGITS)}` : count.why);

/** The classes that show which nonterminal something belongs to: a hue, and a pattern when the hues are used up. */
export const hueClass = ({ hue, turn }: { hue: number; turn: number }): string => classOf(hue + HUES * turn);

export function barTip(rule: Rule): string {
  const scale = rule.log10 === null ? "" : ` (10^${rule.log10.toFixed(2)})`;
  const was = rule.before === null ? "" : " The line marks the accepted version.";
  return `${clip(rule.name, NAME)} derives ${rule.text === "∞" ? "endlessly many" : rule.text} terms${scale}. Bars are logarithmic.${was}`;
}

const percent = (length: number): string => `${Math.round(100 * length)}%`;

const RuleBar = ({ rule }: { rule: Rule }) => (
  <li class={hueClass(rule)} data-tip={barTip(rule)}>
    <b>{clip(rule.name, NAME)}</b>
    <span class="nv-track">
      <span class={`nv-fill${rule.endless ? " nv-endless" : ""}`} style={{ width: percent(rule.length) }} />
      {rule.before !== null && <span class="nv-before" style={{ left: percent(rule.before) }} />}
    </span>
    <span class="nv-amount">{rule.text}</span>
  </li>
);
