"""Progress: on a terminal once a second has passed, with the time that is left; elsewhere nothing."""

from __future__ import annotations

import io
import re
import sys
import time
from typing import Any

import pytest
from rich.console import Console

import bouton as bt
from bouton.cli import progress
from bouton.errors import SimulationError
from bouton.units import ms


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal, and bars that appear at once."""
    written = io.StringIO()
    monkeypatch.setattr(progress, "wanted", lambda: True)
    monkeypatch.setattr(progress, "DELAY", 0.02)
    monkeypatch.setattr(progress, "INTERVAL", 0.01)
    monkeypatch.setattr(progress.console, "make", lambda *, stderr: Console(file=written, force_terminal=True, width=100))
    return written


def plain(text: io.StringIO) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.getvalue())


def wait_for(text: io.StringIO, pattern: str) -> None:
    """Until it is drawn; the machine may have other things to do."""
    end = time.monotonic() + 20
    while not re.search(pattern, plain(text)):
        assert time.monotonic() < end, plain(text)
        time.sleep(0.01)


def simulation() -> bt.Simulation:
    network = bt.Network()
    network.add(bt.Population(1, bt.NeuronModel("dv/dt = -v/(10*ms) : 1", name="decay")))
    return bt.Simulation(network, dt=1 * ms, backend="reference")


def test_how_many_are_done_and_what_is_left(terminal: io.StringIO) -> None:
    with progress.shown(4) as bar:
        bar.begin("first")
        wait_for(terminal, r"first .*0/4 +0:00:\d\d *[\r\n]")
        bar.end()
        bar.begin("second")
        wait_for(terminal, r"second .*1/4 +0:00:\d\d, 0:00:\d\d left")


def test_the_simulation_that_runs_is_followed(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    running = simulation()
    original = running.structure.change

    def change() -> None:  # between two stretches; the first waits until something is drawn
        if running.step > 1000:
            wait_for(terminal, r"/4 s simulated")
        original()

    monkeypatch.setattr(running.structure, "change", change)
    with progress.shown(what="rates"):
        running.run(4000 * ms)
    found = re.findall(r"([\d.]+)/4 s simulated 0:00:\d\d, 0:00:\d\d left", plain(terminal))
    assert 0 < float(found[0]) < 4
    assert sorted(map(float, found)) == [*map(float, found)]
    assert re.search(r"rates .*0:00:\d\d", plain(terminal))


def test_runs_are_as_before_afterwards(terminal: io.StringIO) -> None:
    original = bt.Simulation.run
    with pytest.raises(SimulationError, match="E601"), progress.shown():  # noqa: PT012  what is nested is what is tested
        assert bt.Simulation.run is not original
        simulation().run(0.5 * ms)
    assert bt.Simulation.run is original


def test_what_is_short_shows_nothing(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 5.0)
    begin = time.perf_counter()
    with progress.shown(2) as bar:
        bar.begin("quick")
    assert terminal.getvalue() == ""
    assert time.perf_counter() - begin < 2, "it does not wait for the bar"


@pytest.mark.parametrize(
    "terminal_there, variables, expected",
    [(True, {}, True), (False, {}, False), (True, {"CI": "true"}, False), (True, {"TERM": "dumb"}, False)],
)
def test_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, terminal_there: bool, variables: dict[str, str], expected: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", type("Stream", (), {"isatty": lambda self: terminal_there})())
    assert progress.wanted() is expected


def test_nothing_is_written_in_a_pipe(bouton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 0.0)
    assert bouton("run", "--all").stderr == ""


def test_time_left() -> None:
    began = time.perf_counter() - 3725
    assert progress._times(began, 0.5) == "1:02:05, 1:02:05 left"
    assert progress._times(began, None) == progress._times(began, 0.0) == "1:02:05"
