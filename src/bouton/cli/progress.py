"""How far a command is and how long it will take: on stderr, on a terminal only, and once a second has passed."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from bouton.cli import console
from bouton.errors import BoutonError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from bouton.runtime.simulation import Simulation

DELAY, INTERVAL = 1.0, 0.1
"""Seconds until a bar appears, and between its changes."""


class Bar:
    """What is being done, of how many; this one is never seen."""

    def begin(self, what: str) -> None:
        """Say what comes next."""

    def end(self) -> None:
        """One more is done."""


def wanted() -> bool:
    """True on a terminal that can move its cursor, outside of CI."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@contextmanager
def shown(total: int | None = None, what: str = "") -> Iterator[Bar]:
    """A bar over ``total`` things, or over an unknown number; below it another for the simulation that runs, in its seconds."""
    if not wanted():
        yield Bar()
        return
    bar = _Shown(None if total == 1 else total, what)
    with _simulations(bar.running):
        bar.thread.start()
        try:
            yield bar
        finally:
            bar.ended.set()
            bar.thread.join()


class _Running(NamedTuple):
    """A simulation that runs: its first step, how many there will be, and when it began."""

    simulation: Simulation
    first: int
    steps: float
    began: float


class _Shown(Bar):
    """A bar that a thread of its own draws, from what is noted here."""

    def __init__(self, total: int | None, what: str) -> None:
        self.total, self.what, self.done, self.began = total, what, 0, time.perf_counter()
        self.running: list[_Running] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._draw, daemon=True)

    def begin(self, what: str) -> None:
        self.what = what

    def end(self) -> None:
        self.done += 1

    def _draw(self) -> None:
        if self.ended.wait(DELAY):
            return
        with _progress() as progress:
            outer, inner = (progress.add_task("", total=None, amount="", times="") for _ in range(2))
            while True:
                times = _times(self.began, None if self.total is None else self.done / self.total)
                amount = "" if self.total is None else f"{self.done}/{self.total}"
                progress.update(outer, description=self.what, completed=self.done, total=self.total, amount=amount, times=times)
                self._draw_simulation(progress, inner)
                progress.refresh()
                if self.ended.wait(INTERVAL):
                    return

    def _draw_simulation(self, progress: Progress, task: TaskID) -> None:
        """The innermost simulation, if it takes long."""
        run = next(iter(self.running[-1:]), None)
        if run is None or run.steps <= 0 or time.perf_counter() - run.began < DELAY:
            progress.update(task, visible=False)
            return
        done, dt = run.simulation.step - run.first, run.simulation.dt
        amount = f"{done * dt:.3g}/{run.steps * dt:.3g} s simulated"
        times = _times(run.began, done / run.steps)
        progress.update(task, completed=done, total=run.steps, amount=amount, times=times, visible=True)


def _times(began: float, share: float | None) -> str:
    """The time that has passed, and that which is left if the rest goes on at the same rate."""
    passed = time.perf_counter() - began
    return f"{_clock(passed)}, {_clock(passed / share - passed)} left" if share else _clock(passed)


def _clock(seconds: float) -> str:
    minutes, hours = int(seconds) // 60, int(seconds) // 3600
    return f"{hours}:{minutes % 60:02}:{int(seconds) % 60:02}"


def _progress() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn

    texts = [TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[amount]}", "{task.fields[times]}")]
    columns = (texts[0], BarColumn(bar_width=24), *texts[1:])
    return Progress(*columns, console=console.make(stderr=True), auto_refresh=False, transient=True)


@contextmanager
def _simulations(running: list[_Running]) -> Iterator[None]:
    """Note which simulations run, wherever in an experiment they were made."""
    from bouton.runtime.simulation import Simulation
    from bouton.units import in_seconds

    original = Simulation.run

    def run(self: Simulation, duration: Any, **options: Any) -> None:
        try:
            steps = in_seconds(duration, where="") / self.dt
        except BoutonError:  # which the run itself will say better
            steps = 0.0
        running.append(_Running(self, self.step, steps, time.perf_counter()))
        try:
            original(self, duration, **options)
        finally:
            running.pop()

    Simulation.run = run  # type: ignore[method-assign]  # a run tells nobody else how far it is
    try:
        yield
    finally:
        Simulation.run = original  # type: ignore[method-assign]
