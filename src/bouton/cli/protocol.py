"""``bouton protocol``: a rule driven by spikes, from files or as in the laboratory."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bouton.cli import console
from bouton.errors import Code, NameError_, NetworkError, nearest, one_of

if TYPE_CHECKING:
    from bouton.library.rule import Rule

app = typer.Typer(no_args_is_help=True, help="Drive a rule of 'bouton rules' with spikes.")
RULE = typer.Argument(help="A rule of 'bouton rules'.", show_default=False)
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="A parameter or an option of the rule; may be repeated.")
CHOSEN = typer.Option(None, "--parameters", metavar="NAME", help="A named set of parameters.", show_default=False)
OUT = typer.Option(None, "--out", metavar="FILE", help="Write here; .png, .pdf, .svg: a figure.", show_default=False)
PRE = typer.Option(..., "--pre", metavar="FILE", help="Presynaptic spikes: a time in ms a line, # begins a comment.")
POST = typer.Option(..., "--post", metavar="FILE", help="Postsynaptic spikes.")
WEIGHT = typer.Option(0.5, "--w", help="The weight at the beginning.")
START = typer.Option(0.0, "--w", help="The weight at the beginning.")
STEP = typer.Option(0.1, "--dt", help="The time step in ms.")
PAIRINGS = typer.Option(1, "--pairings", min=1, help="How often each lag is paired.")
JSON = typer.Option(False, "--json", help="Print JSON.")


def rules(as_json: bool = JSON) -> None:
    """List the rules of the library."""
    from bouton.library import rules as library

    found = [library.find(file) for file in library.files()]
    if as_json:
        console.show_json([{"name": r.name, "title": r.title, "papers": r.papers, "parameters": sorted(r.sets)} for r in found])
        return
    for each in found:
        console.show(f"{each.name:24}{each.title}")


@app.command("play")
def play(
    rule: str = RULE,
    pre: Path = PRE,
    post: Path = POST,
    given: list[str] = SET,
    chosen: str | None = CHOSEN,
    w: float = WEIGHT,
    dt: float = STEP,
    out: Path | None = OUT,
) -> None:
    """Print, or write as CSV, the weight and all variables of a synapse after each of its events."""
    from bouton import protocols
    from bouton.units import ms

    model = _model(rule, given, chosen)
    variables = [
        e.name for e in model.equations if e.kind != "expression" and "summed" not in e.flags and "linked" not in e.flags
    ]
    trains = [_read_train(path) * ms for path in (pre, post)]
    start: dict[str, Any] = {"w": w} if "w" in variables else {}  # what only modulates release has no weight
    played = protocols.play(model, *trains, dt=dt * ms, events=variables, **start)
    times = played.events[variables[0]].times.to(ms).magnitude
    _show({"time_ms": times} | {name: played.events[name].values.magnitude for name in variables}, out)


@app.command("window")
def window(
    rule: str = RULE,
    given: list[str] = SET,
    chosen: str | None = CHOSEN,
    pairings: int = PAIRINGS,
    w: float = WEIGHT,
    out: Path | None = OUT,
) -> None:
    """Pair two spikes at lags from -100 to 100 ms; print, write as CSV, or draw the change of the weight."""
    from bouton import protocols
    from bouton.protocols.window import draw

    found = protocols.window(_model(rule, given, chosen), pairings=pairings, w=w)
    _show({"lag_ms": found["lag"].to_numpy(), "change": found["change"].to_numpy()}, out, lambda: draw(found))


@app.command("frequency")
def frequency(
    rule: str = RULE, given: list[str] = SET, chosen: str | None = CHOSEN, w: float = START, out: Path | None = OUT
) -> None:
    """60 pairings at 0.1 to 50 Hz, beside what Sjöström et al. (2001) measured; the last line says how near that is."""
    from bouton import protocols
    from bouton.protocols.frequency import draw

    found = protocols.frequency(_model(rule, given, chosen), w=w)
    flat = found.stack(pairing=("lag", "rate"))
    columns = {"lag_ms": flat["lag"].to_numpy(), "rate_Hz": flat["rate"].to_numpy()}
    _show(columns | {name: flat[name].to_numpy() for name in ("change", "measured", "error")}, out, lambda: draw(found))
    console.warn(f"mean squared error in units of the standard error: {found.attrs['score']:.3g}")


@app.command("triplets")
def triplets(
    rule: str = RULE, given: list[str] = SET, chosen: str | None = CHOSEN, w: float = START, out: Path | None = OUT
) -> None:
    """Pairs, triplets and quadruplets, 60 times at 1 Hz, beside what Wang et al. (2005) measured."""
    from bouton import protocols
    from bouton.protocols.triplets import draw

    found = protocols.triplets(_model(rule, given, chosen), w=w)
    columns = {name: found[name].to_numpy() for name in ("group", "change", "measured")}
    _show(columns, out, lambda: draw(found))
    console.warn(f"root of the mean squared difference: {found.attrs['score']:.3g}")


def _show(columns: Mapping[str, Any], out: Path | None, draw: Callable[[], Any] | None = None) -> None:
    """Columns on the screen or in a file, or the figure that ``draw`` makes."""
    if out is None:
        _write(sys.stdout, columns)
    elif draw is not None and out.suffix in {".png", ".pdf", ".svg"}:
        os.environ.setdefault("MPLBACKEND", "agg")
        draw().savefig(out, dpi=200)
    else:
        with out.open("w", newline="", encoding="utf-8") as file:
            _write(file, columns)


def _model(name: str, given: Iterable[str], chosen: str | None) -> Any:
    """The model of a rule with what the command line says."""
    from bouton.library import rules as library

    known = {rule.name: rule for rule in map(library.find, library.files())}
    if name not in known:
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"{name!r} is not a rule",
            where="bouton protocol",
            expected=one_of(known),
            hint=nearest(name, known),
        )
    return known[name](chosen, **_settings(given, known[name]))


def _settings(given: Iterable[str], rule: Rule) -> Mapping[str, Any]:
    """Options as words, parameters as numbers with units."""
    from bouton.cli.settings import read_value, split_settings

    return {
        key: read_value(value, rule.parameters[key].value, f"--set {key}") if key in rule.parameters else value
        for key, value in split_settings(given).items()
    }


def _read_train(path: Path) -> Any:
    """The times in a file, in ms."""
    import numpy as np

    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkError(Code.BAD_SPIKE_TIMES, f"{path} cannot be read ({error})", where="bouton protocol play") from None
    times = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        try:
            times += [float(text)] if text else []
        except ValueError:
            raise NetworkError(
                Code.BAD_SPIKE_TIMES, f"line {number} is {line!r:.60}", where=str(path), expected="one time in ms a line"
            ) from None
    return np.array(times)


def _write(file: Any, columns: Mapping[str, Any]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.17g}"
