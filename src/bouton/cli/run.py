"""``bouton run``: run experiments and hold them to what was published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bouton import experiments
from bouton.cli import completion, console, files, options, progress, report
from bouton.cli.options import JSON
from bouton.errors import BoutonError
from bouton.experiments import Experiment, Result

if TYPE_CHECKING:
    from bouton.backends.numba_cpu.kernel_file import Origin

NAME = typer.Argument(None, help="An experiment of 'bouton list'.", show_default=False, autocompletion=completion.experiments)
ALL = typer.Option(False, "--all", help="Run every experiment, which takes minutes.")
TAG = typer.Option(None, "--tag", metavar="TAG", help="Run those with this tag, as in --tag tour.", show_default=False)
SET = options.settings("A setting of the experiment", completion.experiment_settings)
OUT = options.out("DIR", "DIR/NAME.png and DIR/NAME.nc")
SEED = typer.Option(1, "--seed", help="All random numbers follow from it.")
NO_FIGURE = typer.Option(False, "--no-figure", help="Draw nothing.")
PROFILE = typer.Option(False, "--profile", help="List each kernel with the seconds that compiling it took.")


def run(
    name: str | None = NAME,
    every: bool = ALL,
    tag: str | None = TAG,
    given: list[str] = SET,
    out: Path | None = OUT,
    seed: int = SEED,
    no_figure: bool = NO_FIGURE,
    profile: bool = PROFILE,
    as_json: bool = JSON,
) -> None:
    """Run an experiment and print how far it is from the published numbers. Exits with 0 only if all pass."""
    if (name is not None) + every + (tag is not None) != 1:
        raise typer.BadParameter("name one experiment, all of them with --all, or some with --tag", param_hint="NAME")
    if name is None and given:
        raise typer.BadParameter("settings belong to one experiment, not to --all or --tag", param_hint="--set")
    chosen = [experiments.find(name)] if name is not None else _tagged(tag)
    settings = _read(given, chosen[0]) if given else {}
    if out is not None:
        files.check_folder(out)
    outcomes: list[report.Outcome] = []
    stopped = None
    try:
        with progress.shown(len(chosen)) as bar:
            for experiment in chosen:
                bar.begin(experiment.name)
                known = len(_origins())
                outcome = _outcome(experiment, settings, seed, out, figure=not no_figure, go_on=name is None)
                outcomes.append(replace(outcome, kernels=_origins()[known:]) if profile else outcome)
                bar.end()
    except KeyboardInterrupt as interrupt:
        done = (f"{len(outcomes)} of {len(chosen)} experiments done",) if name is None else ()
        stopped = KeyboardInterrupt(*interrupt.args, *done)
    if as_json:
        console.show_json([report.data(outcome, seed) for outcome in outcomes])
    elif outcomes:
        console.show(report.table(outcomes))
        for outcome in outcomes if profile else ():
            console.show(f"\n{outcome.name}: {report.compiled(outcome.kernels)}")
            console.show(report.kernels(outcome.kernels))
    for outcome in outcomes:
        if outcome.error is not None:
            console.refuse(outcome.error)
        if outcome.unwritten is not None:
            console.warn(outcome.unwritten)
    if stopped is not None:
        raise stopped
    raise typer.Exit(max(outcome.exit_code for outcome in outcomes))


def _tagged(tag: str | None) -> list[Experiment]:
    """The experiments with a tag, or all."""
    known = [experiments.find(name) for name in experiments.names()]
    chosen = [experiment for experiment in known if tag is None or tag in experiment.tags]
    if not chosen:
        tags = sorted({each for experiment in known for each in experiment.tags})
        raise typer.BadParameter(f"no experiment has the tag {tag!r}; there are {', '.join(tags) or 'none'}", param_hint="--tag")
    return chosen


def _origins() -> tuple[Origin, ...]:
    from bouton.backends.numba_cpu.kernel_file import origins

    return origins()


def _read(given: list[str], experiment: Experiment) -> dict[str, Any]:
    from bouton.cli.settings import read_settings

    return read_settings(given, experiment)


def _outcome(
    experiment: Experiment, settings: Mapping[str, Any], seed: int, out: Path | None, *, figure: bool, go_on: bool
) -> report.Outcome:
    try:
        result = experiment.run(settings, seed)
    except BoutonError as error:
        if not go_on:
            raise
        return report.Outcome(experiment.name, None, error)
    if out is None:
        return report.Outcome(experiment.name, result)
    try:
        return report.Outcome(experiment.name, result, files=_write(experiment, result, out, figure=figure))
    except OSError as error:
        why = f"{error.filename or out} cannot be written ({error.strerror or error})"
        return report.Outcome(experiment.name, result, unwritten=why)


def _write(experiment: Experiment, result: Result, folder: Path, *, figure: bool) -> tuple[Path, ...]:
    from bouton.plots.style import save as draw
    from bouton.recording.export import save

    data, picture = folder / f"{experiment.name}.nc", folder / f"{experiment.name}.png"
    save(result.dataset(), data)
    if not figure:
        return (data,)
    os.environ.setdefault("MPLBACKEND", "agg")
    draw(experiment.figure(result), picture, dpi=200)
    return data, picture
