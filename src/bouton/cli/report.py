"""Outcomes of runs, as a table and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bouton.cli import console

if TYPE_CHECKING:
    from rich.table import Table

    from bouton.backends.numba_cpu.kernel_file import Origin
    from bouton.errors import BoutonError
    from bouton.experiments import Check, Result

RIGHT = ("compile s", "run s", "deviation", "limit")


@dataclass(frozen=True)
class Outcome:
    """What came of one experiment: a result or a refusal, the files written, what hindered writing, and kernels if asked for."""

    name: str
    result: Result | None
    error: BoutonError | None = None
    files: tuple[Path, ...] = ()
    unwritten: str | None = None
    kernels: tuple[Origin, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 2 refused or not written."""
        if self.result is None or self.unwritten is not None:
            return 2
        return int(not self.result.passed)


def worst(checks: tuple[Check, ...]) -> Check | None:
    """The check that is furthest beyond its limit, or else nearest to it."""

    def ratio(check: Check) -> float:
        if math.isnan(check.deviation):
            return math.inf
        if check.limit > 0:
            return check.deviation / check.limit
        return 0.0 if check.passed else math.inf

    return max(checks, key=ratio, default=None)


def seconds(result: Result) -> tuple[float, float]:
    """Seconds of compilation, and of building and running."""
    return result.timings["compile"], result.timings["build"] + result.timings["run"]


def table(outcomes: list[Outcome]) -> Table:
    """A row for each experiment: times, and the check that decides."""
    from rich.text import Text

    titles = ("experiment", "compile s", "run s", "nearest to its limit", "deviation", "limit", "")
    made = console.table(*titles, right=RIGHT)
    for name, result in ((o.name, o.result) for o in outcomes):
        if result is None:
            made.add_row(name, "–", "–", "–", "–", "–", Text("refused", style="bold red"))
            continue
        compiling, running = (f"{value:.2f}" for value in seconds(result))
        check = worst(result.checks)
        if check is None:
            made.add_row(name, compiling, running, "nothing was published for these settings", "–", "–", "–")
            continue
        word = Text("pass", style="green") if result.passed else Text("FAIL", style="bold red")
        made.add_row(name, compiling, running, check.what, f"{check.deviation:.3g}", f"{check.limit:.3g}", word)
    return made


def kernels(origins: tuple[Origin, ...]) -> Table:
    """A row for each kernel: the seconds that compiling took, or where it came from."""
    made = console.table("kernel", "compile s", right=RIGHT)
    for origin in origins:
        made.add_row(origin.function, "from the cache" if origin.seconds is None else f"{origin.seconds:.2f}")
    return made


def compiled(origins: tuple[Origin, ...]) -> str:
    """How many kernels were compiled, in how many seconds, and how many were not."""
    took = [origin.seconds for origin in origins if origin.seconds is not None]
    return f"{len(took)} kernels compiled in {sum(took):.2f} s, {len(origins) - len(took)} from the cache"


def data(outcome: Outcome, seed: int) -> dict[str, Any]:
    """Everything about an outcome, for JSON."""
    result = outcome.result
    found: dict[str, Any] = {"name": outcome.name, "seed": seed, "passed": result is not None and result.passed}
    if outcome.error is not None:
        found["error"] = {"code": outcome.error.code.value, "message": outcome.error.render()}
    if result is not None:
        found["compile_seconds"], found["run_seconds"] = seconds(result)
        found["timings"] = dict(result.timings)
        found["checks"] = [
            {"what": c.what, "deviation": float(c.deviation), "limit": float(c.limit), "passed": bool(c.passed)}
            for c in result.checks
        ]
        found["files"] = [str(path) for path in outcome.files]
    if outcome.unwritten is not None:
        found["unwritten"] = outcome.unwritten
    if outcome.kernels:
        found |= kernel_data(outcome.kernels)
    return found


def kernel_data(origins: tuple[Origin, ...]) -> dict[str, Any]:
    """Each kernel with the seconds that compiling it took, None for one from the cache."""
    return {"kernels": [{"name": k.function, "compile_seconds": k.seconds} for k in origins]}
