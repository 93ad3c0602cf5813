"""``bouton validate``: a rule, or all of them, held to protocols, other simulators and the battery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bouton.cli import console, files, options, progress
from bouton.cli.chosen_rule import find_rule
from bouton.cli.options import ANY_RULE, JSON

if TYPE_CHECKING:
    from rich.table import Table

    from bouton.library.rule import Rule
    from bouton.validation.validate import Verdict

ALL = typer.Option(False, "--all", help="Every rule of the library.")
OUT = options.out("DIR", "DIR/RULE-PROTOCOL.png for each protocol")
WORDS = {True: ("pass", "green"), False: ("FAIL", "bold red"), None: ("–", "")}


def validate(rule: str | None = ANY_RULE, every: bool = ALL, out: Path | None = OUT, as_json: bool = JSON) -> None:
    """Hold a rule to every protocol that applies, to other simulators' numbers, and to the battery.

    Prints a table: deviation (a protocol's score against what was measured, or the largest difference to another simulator),
    the limit where one is claimed, and whether it passes. Exits with 1 if anything fails.
    """
    if every == (rule is not None):
        raise typer.BadParameter("name one rule, or all of them with --all", param_hint="RULE")
    chosen = list(_all()) if rule is None else [find_rule(rule)]
    if out is not None:
        files.check_folder(out)
    found: list[Verdict] = []
    stopped = None
    begun: list[str] = []
    try:
        with progress.shown(sum(map(_expected, chosen))) as bar:
            for each in chosen:
                begun.append(each.name)
                bar.begin(each.name)
                for verdict in _validated(each, out):
                    found.append(verdict)
                    bar.end()
    except KeyboardInterrupt as interrupt:
        stopped = KeyboardInterrupt(*interrupt.args, f"{len(found)} checks of {len(begun)} of {len(chosen)} rules done")
    if as_json:
        console.show_json([_data(verdict) for verdict in found])
    else:
        console.show(_table(found))
        for verdict in found:
            if verdict.passed is False and verdict.note:
                console.warn(f"{verdict.rule}, {verdict.against}: {verdict.note}")
        failed = sum(verdict.passed is False for verdict in found)
        console.show(f"\n{len(begun)} rules: {sum(v.passed is True for v in found)} passed, {failed} failed")
    if stopped is not None:
        raise stopped
    raise typer.Exit(int(any(verdict.passed is False for verdict in found)))


def _all() -> Iterator[Rule]:
    from bouton.library import rules

    yield from map(rules.find, rules.files())


def _expected(rule: Rule) -> int:
    """How many verdicts there will be."""
    from bouton import protocols
    from bouton.validation import battery
    from bouton.validation.recorded import recorded

    claimed = [claim.protocol for claim in rule.claims]
    return sum(max(1, claimed.count(name)) for name in protocols.names()) + len(recorded(rule.name)) + len(battery.CHECKS)


def _validated(rule: Rule, out: Path | None) -> Iterator[Verdict]:
    from bouton.validation.validate import validate as hold

    for verdict in hold(rule):
        if out is not None and verdict.dataset is not None:
            _draw(verdict, out)
        yield verdict


def _draw(verdict: Verdict, out: Path) -> None:
    import os

    os.environ.setdefault("MPLBACKEND", "agg")
    from matplotlib import pyplot

    from bouton import protocols

    out.mkdir(parents=True, exist_ok=True)
    name = "-".join(filter(None, (verdict.rule, verdict.against, verdict.chosen)))
    figure = protocols.find(verdict.against).draw(verdict.dataset)  # type: ignore[arg-type]  # a protocol's has one
    figure.savefig(out / f"{name}.png", dpi=200)
    pyplot.close(figure)


def _table(found: list[Verdict]) -> Table:
    """A row for each protocol and simulator, and one for the battery of each rule."""
    from rich.text import Text

    made = console.table("rule", "against", "with", "deviation", "limit", "", right=("deviation", "limit"))
    rows = [v for v in found if v.kind != "battery" and (v.deviation is not None or v.dataset is not None or v.passed is False)]
    for name in dict.fromkeys(v.rule for v in found):
        for v in (v for v in rows if v.rule == name):
            word, style = WORDS[v.passed]
            made.add_row(name, v.against, v.chosen, _number(v.deviation), _number(v.limit), Text(word, style=style))
        checks = [v for v in found if v.rule == name and v.kind == "battery"]
        if not checks:  # interrupted before them
            continue
        passed = not any(v.passed is False for v in checks)
        applied = sum(v.passed is not None for v in checks)
        word, style = WORDS[passed]
        made.add_row(name, "battery", f"{applied} of {len(checks)} checks apply", "", "", Text(word, style=style))
    return made


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _data(verdict: Verdict) -> dict[str, Any]:
    kept = ("rule", "kind", "against", "chosen", "deviation", "limit", "note", "passed")
    return {name: getattr(verdict, name) for name in kept}
