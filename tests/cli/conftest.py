"""A small experiment in the place of the published ones, so that these tests are fast and say what comes out."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import bouton as bt
from bouton import experiments
from bouton.experiments import Check, Experiment, Result
from bouton.units import ms, mV

CELL = bt.NeuronModel(
    """
    dv/dt = -v/tau : mV (unless refractory, max=top)
    top = 50*mV    : mV
    s              : 1
    """,
    threshold="v > 10*mV",
    reset="v = 0*mV",
    refractory=2 * ms,
    every=(bt.dt, "s = v(t - 3*ms)/mV"),
    parameters={"tau": 20 * ms},
    name="cell",
)
RULE = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x/tau_x : 1 (event-driven)
    """,
    on_pre={"trace": "x += 1", "main": "target += w*mV"},
    on_post="w = clip(w + x, 0, 5)",
    parameters={"tau_x": 10 * ms},
    name="rule",
)


def simulation(settings: Mapping[str, Any], seed: int) -> bt.Simulation:
    network = bt.Network()
    source = network.add(bt.Poisson(3, "rate*(1 + sin(t/ms))", parameters={"rate": 5 / ms / 100}), name="source")
    cells = network.add(bt.Population(settings["cells"], CELL, tau=settings["tau"]), name="cells")
    network.connect(source, cells, RULE, target="v", w=settings["w"], name="synapses")
    return bt.Simulation(network, dt=settings["dt"], seed=seed, backend="reference")


def run_with(settings: Mapping[str, Any], seed: int) -> Result:
    made = simulation(settings, seed)
    recording = made.record(made.facts.populations[1].population, "v")
    made.run(5 * ms)
    checks = (Check("small", 1e-14, 1e-12), Check("near", float(settings["deviation"]), 0.5))
    return Result({"settings": settings, "seed": seed}, checks, made.timings, lambda: bt.to_dataset({"v": recording}))


def figure(result: Result) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(1, 1))


TOY = Experiment(
    name="toy",
    title="A toy",
    source="nobody",
    settings={
        "tau": 20 * ms,
        "dt": 1 * ms,
        "cells": 2,
        "w": 1.5,
        "deviation": 0.25,
        "many": np.array([1.0, 2.0]) * mV,
        "word": "text",
    },
    simulation=simulation,
    run_with=run_with,
    figure=figure,
)


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> dict[str, Experiment]:
    """The experiments that the command line finds; tests may change them."""
    found = {"toy": TOY, "twin": replace(TOY, name="twin")}
    original = experiments.find
    monkeypatch.setattr(experiments, "names", lambda: tuple(sorted(found)))
    monkeypatch.setattr(experiments, "find", lambda name: found[name] if name in found else original(name))
    return found


@pytest.fixture
def bouton(toys: dict[str, Experiment]) -> Any:
    """Call the command line: ``bouton("run", "toy")`` returns exit code, stdout and stderr."""
    from bouton.cli import app

    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def modules_loaded_by() -> Callable[[str], set[str]]:
    """Run a program in a fresh interpreter, where ``conftest`` can be imported, and return the modules loaded by it."""

    def run(program: str) -> set[str]:
        text = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{textwrap.dedent(program)}"
        text += "\nprint('\\n', *sys.modules)"
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        return set(done.stdout.splitlines()[-1].split())

    return run
