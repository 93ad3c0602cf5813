"""Answers, the program that gives the same ones, and what is refused."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import SimulationError
from bouton.explore.bench import Bench
from bouton.explore.choice import Choice, Own, invite
from bouton.explore.limits import Stopped, bounded, cancellable, check_work, explained
from bouton.explore.script import script
from bouton.explore.view import PANELS, View
from bouton.library.own import of_model
from bouton.units import ms

CHOICE = Choice("PairSTDP", "bi_poo2001", (), (("A_plus", 0.0125), ("tau_plus", 12.5)))


def run(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that a copied program leaves behind."""
    monkeypatch.chdir(folder)
    found: dict[str, Any] = {}
    exec(compile(text, "copied.py", "exec"), found)
    return found


def test_parameters_are_set_without_compiling_anew() -> None:
    bench, view = Bench(), View()
    first = bench.answer("window", view, CHOICE)
    count = len(bench)
    for tau in (5.0, 40.0):
        found = bench.answer("window", view, CHOICE.with_parameters({"tau_plus": tau}))
        meant = 0.0125 * np.exp(-50 / tau) / 0.5
        assert found.columns["change"][list(found.columns["lag"]).index(50.0)] == pytest.approx(meant, rel=1e-9)
    again = bench.answer("window", view, CHOICE)
    np.testing.assert_array_equal(again.columns["change"], first.columns["change"])
    assert len(bench) == count == 1


def test_a_delay_is_another_simulation() -> None:
    bench, view = Bench(), replace(View(), pre=(20.0,), post=(30.0,))
    one, two = (
        bench.answer("traces", view, Choice("GraupnerBrunel", parameters=(("D", delay),))).columns["c"] for delay in (10.0, 15.0)
    )
    assert len(bench) == 2
    assert not np.array_equal(one, two)


@pytest.mark.slow
def test_copied_programs_give_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = bt.SynapseModel(
        "w : 1\ndx/dt = -x/tau : 1",
        on_pre={"trace": "x += 1", "main": "transmit = w"},
        on_post="w += a*x",
        every=(5 * ms, "w *= 0.999"),
        parameters={"tau": 15 * ms, "a": 0.1},
        name="guest_to_copy",
    )
    second = Choice(invite(of_model(guest, "a guest")), parameters=(("a", 0.2),))
    for view in (
        View(CHOICE, Choice(own=Own(), parameters=(("w_max", 2.0),)), panels=tuple(PANELS), w=0.4),
        View(Choice("TsodyksMarkram", "tsodyks1998_facilitating"), panels=("short_term", "traces")),
        View(Choice("IzhikevichDopamine"), Choice("Florian"), panels=("window",), third=(250.0,), level=0.7),
        View(Choice("WeightNormalisation"), second, panels=("traces", "window")),
    ):
        found = run(script(view), tmp_path, monkeypatch)
        for side in ("a", "b"):
            choice = view.choice(side)
            if choice is None:
                continue
            for panel in view.panels:
                result = found[panel if view.b is None else f"{panel}_{side}"]
                columns = Bench().answer(panel, view, choice).columns
                if panel == "traces":
                    for name, values in columns.items():
                        if name != "time":
                            np.testing.assert_array_equal(result.grid[name].values.magnitude[:, 0], values)
                else:
                    name = {"frequency": "plus", "short_term": "relative"}.get(panel, "change")
                    inside = result[{"window": "relative", "short_term": "relative"}.get(panel, "change")].to_numpy()
                    np.testing.assert_array_equal(inside[0] if panel == "frequency" else inside, columns[name])
    assert (tmp_path / "window_a.png").stat().st_size > 1000


def test_a_copied_program_is_short_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = View(CHOICE, panels=("window",))
    text = script(view)
    assert "rule = bt.rules.PairSTDP('bi_poo2001', A_plus=0.0125, tau_plus=12.5 * ms)" in text
    found = run(text, tmp_path, monkeypatch)
    np.testing.assert_array_equal(found["window"]["relative"], Bench().answer("window", view, CHOICE).columns["change"])


def test_texts_of_ones_own_cannot_leave_their_quotes() -> None:
    own = Own(equations='w : 1 # """); import os; os.system("x") #\nx : 1', on_pre="w += 1 # '", on_post="", parameters="")
    text = script(View(Choice(own=own), panels=("traces",)))
    tree = compile(text, "copied.py", "exec", 0x400)  # the tree only
    assert [type(node).__name__ for node in tree.body].count("Import") == 1  # type: ignore[attr-defined]
    assert "import os" not in [line.strip() for line in text.splitlines()]


def test_runs_that_are_too_long_are_refused() -> None:
    with pytest.raises(SimulationError, match="too many for this page"):
        check_work(1e9, 10, "test")
    endless = Own(equations="w : 1\ndx/dt = -x/tau : 1", on_pre="x += 1", on_post="w += x", parameters="tau = 20 ms")
    long = replace(View(), pre=(10.0, 10_000.0), dt=0.1)
    assert len(Bench().answer("traces", long, Choice(own=endless)).columns["time"]) <= 1001  # much, but not too much


def test_a_run_ends_when_its_time_is_over_or_it_is_cancelled() -> None:
    def simulate() -> None:
        network = bt.Network()
        network.add(bt.Poisson(10, 20 / bt.units.second))
        bt.Simulation(network, dt=0.1 * ms, backend="reference").run(1000 * bt.units.second)

    begin = time.perf_counter()
    with pytest.raises(SimulationError, match=r"took more than 0\.2 s"), bounded(0.2):
        simulate()
    told: list[tuple[float, float]] = []
    with pytest.raises(Stopped), cancellable(lambda *so_far: told.append(so_far), lambda: len(told) > 2):
        simulate()
    assert time.perf_counter() - begin < 20
    assert told[0][0] < told[1][0] < told[1][1] == pytest.approx(1000)


def test_a_stopped_run_can_go_on() -> None:
    network = bt.Network()
    source = network.add(bt.SpikeTimes(1, [1.0, 2.0, 90.0] * ms))
    sim = bt.Simulation(network, dt=0.1 * ms, backend="reference")
    spikes = sim.record_spikes(source)
    with pytest.raises(Stopped), cancellable(lambda *_: None, lambda: sim.step > 100):
        sim.run(100 * ms)
    assert 100 < sim.step < 1000
    sim.run((1000 - sim.step) * 0.1 * ms)
    np.testing.assert_allclose(spikes.times.magnitude, [1.0, 2.0, 90.0])


def test_numbers_that_are_not_finite_are_explained() -> None:
    huge = Own(equations="w : 1", on_pre="w += a**b", on_post="w += 1", parameters="a = 9e9\nb = 9e9")
    with pytest.raises(SimulationError, match="became NaN or infinite"):
        Bench().answer("window", View(), Choice(own=huge))


def test_faults_that_nobody_foresaw_tell_no_files() -> None:
    assert "/etc" not in explained(FileNotFoundError("/etc/passwd"))


@pytest.mark.slow
def test_rules_of_the_voltage_have_a_neuron(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = View(Choice("Clopath"), panels=("window", "traces"))
    found = run(script(view), tmp_path, monkeypatch)
    shown = Bench().answer("window", view, view.a).columns["change"]
    np.testing.assert_array_equal(found["window"]["relative"], shown)
    assert shown[:40].max() < 0  # a postsynaptic spike that comes first depresses
