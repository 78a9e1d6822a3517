"""The report of a search: everything needed to judge, repeat and cite it, as text and as one page that loads nothing."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nasviz import numbers
from nasviz.algebra.arguments import file_path
from nasviz.errors import NasvizError
from nasviz.records import Curve, Trial
from nasviz.records.report import StudyReport
from nasviz.view import theme
from nasviz.view.chart import Series, chart
from nasviz.view.history import Direction, history_info

BEST = 10
"""Rows of the table of the best."""

_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;max-width:760px;
margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin:1.8rem 0 .4rem}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;
border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}td{overflow-wrap:anywhere}
th[scope=row]{width:9rem;font-weight:600}.n{text-align:right;white-space:nowrap}code,pre{font:12.5px/1.45 ui-monospace,Menlo,
Consolas,monospace}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.6rem .8rem;border-radius:6px;
background:color-mix(in srgb,currentColor 7%,transparent)}svg{max-width:100%;height:auto}.note{opacity:.75;font-size:13px}
"""


@dataclass(frozen=True, repr=False)
class Report:
    """A report, ready to be read, saved or cited.

    Parameters
    ----------
    data
        What it is written from; ``data.to_json()`` is all of it as JSON data.
    """

    data: StudyReport

    def rows(self) -> list[tuple[str, str]]:
        """Return how the search was done, as pairs of a name and a text."""
        study, protocol = self.data.study, self.data.study.protocol
        space = study.space
        task = f"input {'×'.join(map(str, space.get('input_shape', ())))}, {space.get('num_classes', '?')} classes"
        found = [
            ("looks for", f"the {'smallest' if study.direction == 'minimize' else 'largest'} {self.value_name}"),
            ("best", self._best_text()),
            ("space", f"{space.get('name') or 'without a name'}, {task}, fingerprint {str(space.get('fingerprint'))[:16]}"),
            ("space's source", str(space.get("source", ""))),
            ("objective", _settings(str(protocol.get("objective", "")), protocol.get("settings") or {})),
            ("data", str(protocol.get("data", ""))),
            ("strategy", str(protocol.get("strategy", ""))),
            ("seed", f"{protocol.get('seed')}; trial n draws all its randomness from (seed, n)"),
            ("evaluations", self._counts()),
            ("time", self._time()),
            ("device", ", ".join(dict.fromkeys(t.device for t in study.trials if t.device))),
            ("limits", ", ".join(f"{name} ≤ {_bound(bound)}" for name, bound in (protocol.get("limits") or {}).items())),
            ("time limit", f"{protocol['timeout']:g} s an evaluation" if protocol.get("timeout") else ""),
            ("pruning", self._pruning()),
            ("warm start", "; ".join(self.data.lessons)),
            ("begun", str(protocol.get("begun", ""))),
            ("computed with", _versions(protocol.get("versions") or {})),
            ("report", self._written()),
        ]
        return [(name, text) for name, text in found if text]

    @property
    def value_name(self) -> str:
        """What the objective measures, as far as it is known."""
        metric = self.data.study.protocol.get("metric")
        return f"validation {metric}" if metric else "value"

    @property
    def best(self) -> Trial | None:
        """The best trial of the search, baselines left out, or None."""
        return next(iter(self.table()), None)

    def table(self, most: int = BEST) -> list[Trial]:
        """Return the best trials of the search, best first."""
        sign = 1.0 if self.data.study.direction == "minimize" else -1.0
        usable = [t for t in self.data.study.trials if t.usable and not t.baseline]
        return sorted(usable, key=lambda t: (sign * float(t.value or 0.0), t.number))[:most]

    @property
    def text(self) -> str:
        """The report without figures, in lines."""
        rows = self.rows()
        width = max(len(name) for name, _ in rows)
        lines = [f"Search {self.data.study.name}", *(f"  {name.ljust(width)}  {text}" for name, text in rows)]
        lines += [
            "",
            "Best trials",
            *(f"  {t.number:>5}  {numbers.measure(t.value or 0.0):>10}  {t.term}" for t in self.table()),
        ]
        baselines = [t for t in self.data.study.trials if t.baseline]
        if baselines:
            lines += ["", "Baselines", *(f"  {t.number:>5}  {_value(t):>10}  {t.baseline}" for t in baselines)]
        lines += ["", "Confirmed", *(f"  {self._confirmed(row)}" for row in self.data.confirmations)]
        if not self.data.confirmations:
            lines.append("  not yet: the best value that a search has seen is better than the truth. Type study.confirm(…)")
        return "\n".join(lines)

    @property
    def bibtex(self) -> str:
        """An entry to cite this run by, and the one of its space."""
        study, protocol = self.data.study, self.data.study.protocol
        year = str(protocol.get("begun", ""))[:4] or "????"
        key = re.sub(r"[^A-Za-z0-9]+", "-", study.name).strip("-").lower()[:60] or "search"
        version = (protocol.get("versions") or {}).get("nasviz", "")
        note = (
            f"nasviz {version}, seed {protocol.get('seed')}, {len(study.trials)} trials, "
            f"grammar {str(study.space.get('fingerprint'))[:16]}"
        )
        own = f"@misc{{nasviz-{key}-{year},\n  title = {{Architecture search {_tex(study.name)}}},\n  year = {{{year}}},\n"
        cited = str(study.space.get("bibtex", "")).strip()
        return f"{own}  note = {{{_tex(note)}}}\n}}\n" + (f"\n{cited}\n" if cited else "")

    def to_json(self) -> dict[str, Any]:
        """Return all that the report is written from, as JSON data."""
        return self.data.to_json()

    def save(self, path: str | Path) -> Path:
        """Write the report as one HTML page, as text or as JSON, by the ending of `path`; return where.

        Raises
        ------
        NasvizError
            If `path` is no path, its ending is none of .html, .txt, .md and .json, or the file cannot be written.
        """
        import json

        target = file_path(path, "run.html")
        forms = {
            ".html": self.html,
            ".txt": lambda: self.text + "\n",
            ".md": self._repr_markdown_,
            ".json": lambda: json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n",
        }
        if target.suffix.lower() not in forms:
            raise NasvizError(
                f'a report is saved as .html, .txt, .md or .json, found {str(path)!r}. Type: study.report("run.html")'
            )
        try:
            target.write_text(forms[target.suffix.lower()](), encoding="utf-8")
        except OSError as error:
            raise NasvizError(f"the report cannot be written to {target}: {error.strerror or error}") from error
        return target

    def html(self) -> str:
        """Return the report as one page that loads nothing: facts, figures as SVG, tables, grammar and citation."""
        name = html.escape(self.data.study.name)
        facts = "".join(f"<tr><th scope=row>{_esc(n)}</th><td>{_esc(t)}</td></tr>" for n, t in self.rows())
        sections = [
            ("How it was done", f"<table>{facts}</table>"),
            ("Progress", self.history_svg()),
            ("The best", _trial_table(self.table(), self.value_name)),
            ("Confirmed", self._confirmations_html()),
            ("Baselines", _baseline_table([t for t in self.data.study.trials if t.baseline], self.value_name)),
            ("Learning curves", self.curves_svg()),
            ("Believed and found", self.beliefs_svg()),
            ("Grammar", f"<pre>{_esc(str(self.data.study.space.get('grammar') or 'every term of the operators'))}</pre>"),
            ("All trials", _all_table(self.data.study.trials)),
            ("To cite", f"<pre>{_esc(self.bibtex)}</pre>"),
        ]
        body = "".join(f"<section><h2>{title}</h2>{content}</section>" for title, content in sections if content)
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<style>{_STYLE}</style></head><body><main><h1>{name}</h1><p class=note>A search for architectures with nasviz</p>"
            f"{body}</main></body></html>\n"
        )

    def history_svg(self) -> str:
        """Return the value of every trial, the best so far, and baselines as level lines."""
        trials = self.data.study.trials
        info = history_info(trials, direction=_direction(self.data.study.direction), value_name=self.value_name)
        at = tuple(map(float, info.evaluations))
        worst = max(info.values, default=0.0) if info.direction == "minimize" else min(info.values, default=0.0)
        rules = [
            Series((0.0,), (known.value,), "rule", known.name, theme.CYCLE[2 + k % 6])
            for k, known in enumerate(info.references)
        ]
        failed = tuple(map(float, info.failed_at))
        return chart(
            [
                *rules,
                Series(at, info.values, "points", "trial", theme.OBSERVED),
                Series(at, info.incumbent, "steps", "best so far", theme.INCUMBENT),
                Series(failed, (worst,) * len(failed), "crosses", "failed", theme.FAILED),
            ],
            "finished trials",
            self.value_name,
            f"{self.value_name} of {len(info.values)} trials by number of evaluations, and the best so far",
            whole=True,
        )

    def curves_svg(self) -> str:
        """Return the learning curves, the best trial's in front; "" where none was reported."""
        trials = [t for t in self.data.study.trials if t.curve and not t.baseline]
        metric = _metric([row for t in trials for row in t.curve])
        if not metric:
            return ""
        best = self.best
        lines: list[Series] = []
        for trial in trials:
            points = [(row.epoch, row.metrics[metric]) for row in trial.curve if _finite(row.metrics.get(metric))]
            if not points:
                continue
            x, y = (tuple(float(p[k]) for p in points) for k in (0, 1))
            if best is not None and trial.number == best.number:
                lines.append(Series(x, y, "line", f"best, trial {best.number}", theme.INCUMBENT))
            else:
                pruned = trial.state == "pruned"
                lines.append(Series(x, y, "faint", "", theme.BASELINE if pruned else theme.OBSERVED))
                if pruned:
                    lines.append(Series(x[-1:], y[-1:], "rings", "", theme.BASELINE))
        lines.sort(key=lambda s: s.kind == "line")
        return chart(lines, "epoch", metric, f"{metric} by epoch of {len(trials)} trials; rings end the pruned ones")

    def beliefs_svg(self) -> str:
        """Return what was believed of each trial when it was proposed against what was found; "" where nothing was."""
        trials = [t for t in self.data.study.trials if t.usable and t.belief is not None]
        pairs = [(t.belief.mean, float(t.value), t.belief.sd) for t in trials if t.belief is not None and t.value is not None]
        if not pairs:
            return ""
        found, mean, sd = (tuple(p[k] for p in pairs) for k in (1, 0, 2))
        low, high = min(*found, *mean), max(*found, *mean)
        series = [
            Series((low, high), (low, high), "faint", "", theme.BASELINE),
            Series(found, mean, "points", "mean ± sd when proposed", theme.OBSERVED, sd),
        ]
        text = f"Believed {self.value_name} against the one found, {len(pairs)} trials; on the diagonal they agree"
        return chart(series, f"{self.value_name} found", "believed", text)

    def _written(self) -> str:
        same = self.data.versions == (self.data.study.protocol.get("versions") or {})
        return f"written {self.data.written}" + ("" if same else f" with {_versions(self.data.versions)}")

    def _best_text(self) -> str:
        best = self.best
        return (
            "no trial has a value yet"
            if best is None
            else f"{numbers.measure(best.value or 0.0)}, trial {best.number}: {best.term}"
        )

    def _counts(self) -> str:
        trials = self.data.study.trials
        counts = Counter(t.state for t in trials if not t.baseline)
        baselines = sum(1 for t in trials if t.baseline)
        parts = [f"{n} {state}" for state, n in counts.items()]
        if baselines:
            parts.append(f"{baselines} baseline{'s' if baselines > 1 else ''} beside them")
        return ", ".join(parts) or "none yet"

    def _time(self) -> str:
        trials = [t for t in self.data.study.trials if t.seconds > 0]
        if not trials:
            return ""
        ends = [t.began + t.seconds for t in trials if t.began is not None]
        begun = [t.began for t in trials if t.began is not None]
        wall = f"; {numbers.elapsed(max(ends) - min(begun))} from the first to the last" if begun else ""
        workers = len({t.worker for t in trials if t.worker})
        by = f", {workers} processes" if workers > 1 else ""
        return f"{numbers.elapsed(sum(t.seconds for t in trials))} of evaluation{wall}{by}"

    def _pruning(self) -> str:
        rule = str(self.data.study.protocol.get("pruning") or "")
        return f"{rule}; a pruned trial teaches the surrogate the value of its rank" if rule else ""

    def _confirmed(self, row: dict[str, Any]) -> str:
        values = [v for v in row.get("values", ()) if isinstance(v, int | float)]
        mean, sd = (float(row.get(key, "nan")) for key in ("mean", "sd"))
        reason = next(iter(row.get("reasons", ())), "no value")
        over = f" over {len(values)} seed{'s' if len(values) > 1 else ''}{' on ' * bool(row.get('data'))}{row.get('data', '')}"
        result = f"{numbers.spread(mean, sd)}{over}" if values else f"failed: {reason}"
        searched = numbers.measure(float(row.get("searched", "nan")))
        name = f", {row['baseline']}" if row.get("baseline") else ""
        return f"trial {row.get('number')}{name}: {result} (the search saw {searched})"

    def _confirmations_html(self) -> str:
        if not self.data.confirmations:
            return (
                "<p>Not yet. The best value that a search has seen is better than the truth: <code>study.confirm(…)</code></p>"
            )
        items = "".join(
            f"<li>{_esc(self._confirmed(row))}<br><code>{_esc(str(row.get('term')))}</code></li>"
            for row in self.data.confirmations
        )
        return f"<ul>{items}</ul>"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        facts = "\n".join(f"| {_cell(name)} | {_cell(text)} |" for name, text in self.rows())
        best = "\n".join(f"| {t.number} | {_value(t)} | {_cell(t.term)} |" for t in self.table())
        confirmed = "\n".join(f"- {_cell(self._confirmed(row))}" for row in self.data.confirmations)
        head = f"| trial | {_cell(self.value_name)} | term |\n|---|---|---|"
        title = f"### Search {_cell(self.data.study.name)}"
        seen = f"**Best trials**\n\n{head}\n{best}" if best else ""
        sure = f"**Confirmed**\n\n{confirmed}" if confirmed else ""
        return "\n\n".join(part for part in (title, f"| | |\n|---|---|\n{facts}", seen, sure) if part) + "\n"


def _finite(value: float | None) -> bool:
    return value is not None and abs(value) < float("inf")


def _metric(rows: Sequence[Curve]) -> str:
    """The metric of validation that most rows have, or the most frequent one."""
    counts = Counter(name for row in rows for name in row.metrics)
    chosen = [name for name in counts if name.startswith("val_")] or list(counts)
    order = ("val_error", "val_accuracy", "val_loss")
    return min(chosen, key=lambda name: (order.index(name) if name in order else 9, -counts[name], name), default="")


def _settings(objective: str, settings: dict[str, Any]) -> str:
    found = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items() if value is not None)
    return f"{objective}: {found}" if found else objective


def _bound(bound: float) -> str:
    return numbers.count(bound) if float(bound).is_integer() and bound >= 0 else numbers.measure(bound)


def _versions(versions: dict[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _direction(direction: str) -> Direction:
    return "maximize" if direction == "maximize" else "minimize"


def _value(trial: Trial) -> str:
    return trial.state if trial.value is None else numbers.measure(trial.value)


def _esc(text: str) -> str:
    return html.escape(text)


def _cell(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", " ".join(re.sub(r"[{}\\~^\x00-\x1f]", " ", text).split()))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML; numbers are set to the right by the class that `_n` gives them."""
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join(
        f"<tr>{''.join(cell if cell.startswith('<td') else f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _n(text: object) -> str:
    return f"<td class=n>{text}</td>"


def _code(term: str) -> str:
    return f"<code>{_esc(term)}</code>"


def _trial_table(trials: Sequence[Trial], value_name: str) -> str:
    if not trials:
        return "<p>No trial has a value yet.</p>"
    rows = [(_n(t.number), _n(_value(t)), _code(t.term), _esc(t.proposed_by)) for t in trials]
    return _table(("trial", _esc(value_name), "term", "proposed by"), rows)


def _baseline_table(trials: Sequence[Trial], value_name: str) -> str:
    rows = [(_esc(t.baseline), _n(_value(t)), _esc(t.reason)) for t in trials]
    return _table(("baseline", _esc(value_name), "remark"), rows) if rows else ""


def _all_table(trials: Sequence[Trial]) -> str:
    rows = [
        (_n(t.number), t.state, _n("" if t.value is None else _value(t)), _n(numbers.elapsed(t.seconds)), _told(t))
        for t in trials
    ]
    table = _table(("trial", "state", "value", "time", "term"), rows)
    return f"<details><summary>{len(trials)} trials</summary>{table}</details>" if rows else ""


def _told(trial: Trial) -> str:
    return _code(trial.term) + (f"<br>{_esc(trial.reason)}" if trial.reason else "")
