"""`bouton warmup` and `bouton run --profile`: what was compiled, and in how many seconds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bouton as bt
from bouton.backends.numba_cpu import kernel_file
from bouton.backends.numba_cpu.kernel_file import Origin
from bouton.experiments import Experiment, Result
from bouton.kernels import loop as bouton_loop
from bouton.units import ms


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process that has compiled nothing yet, and an empty cache."""
    monkeypatch.setattr(kernel_file, "_addresses", {})
    monkeypatch.setattr(kernel_file, "_origins", {})
    monkeypatch.setenv("BOUTON_CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def compiled(toys: dict[str, Experiment]) -> None:
    """The toys simulate neurons of one kernel, compiled."""

    def run_with(settings: Mapping[str, Any], seed: int) -> Result:
        network = bt.Network()
        network.add(bt.Population(1, bt.NeuronModel("dv/dt = -v/(10*ms) : 1", name="decay")))
        bt.Simulation(network, dt=1 * ms).run(1 * ms)
        return original(settings, seed)

    original = toys["toy"].run_with
    toys.update({name: replace(toy, run_with=run_with, tags=("tour",)) for name, toy in toys.items()})


@pytest.mark.usefixtures("cold", "compiled")
def test_a_profile_lists_each_kernel_once_with_its_seconds(bouton: Any) -> None:
    lines = bouton("run", "toy", "--profile").stdout.splitlines()
    assert re.fullmatch(r"toy: 2 kernels compiled in \d+\.\d\d s, 0 from the cache", lines[3])
    assert [re.sub(r"\d+\.\d\d", "0", line).split() for line in lines[4:]] == [
        ["kernel", "compile", "s"],
        ["integrate_decay", "0"],
        ["advance", "0"],
    ]


@pytest.mark.usefixtures("cold", "compiled")
def test_what_is_kept_is_said_to_be(bouton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = json.loads(bouton("run", "toy", "--profile", "--json").stdout)
    assert [kernel["name"] for kernel in first["kernels"]] == ["integrate_decay", "advance"]
    assert all(0 < kernel["compile_seconds"] < 600 for kernel in first["kernels"])
    monkeypatch.setattr(kernel_file, "_addresses", {})
    monkeypatch.setattr(kernel_file, "_origins", {})
    (second,) = json.loads(bouton("run", "toy", "--profile", "--json").stdout)
    assert [kernel["compile_seconds"] for kernel in second["kernels"]] == [None, None]
    text = bouton("run", "toy", "--profile").stdout  # in the same process there is nothing left to do
    assert "toy: 0 kernels compiled in 0.00 s, 0 from the cache" in text
    assert kernel_file.origins() == (Origin("integrate_decay", None), Origin("advance", None))


def test_without_the_option_no_kernels_are_listed(bouton: Any) -> None:
    assert "kernel" not in bouton("run", "toy").stdout
    assert "kernels" not in json.loads(bouton("run", "toy", "--json").stdout)[0]


@pytest.mark.usefixtures("compiled")
def test_warmup_leaves_out_what_is_not_of_the_tour(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["twin"] = replace(toys["twin"], tags=())
    words = [line.split()[0] for line in bouton("warmup").stdout.splitlines()]
    assert "toy:" in words
    assert "twin:" not in words


@pytest.mark.usefixtures("compiled")
def test_warmup_compiles_sources_loop_and_experiments(bouton: Any, cold: Path) -> None:
    result = bouton("warmup")
    assert result.exit_code == 0
    words = [line.split()[0] for line in result.stdout.splitlines()]
    loop = ["advance", "send", "look_out", "receive", "take_spikes", "take_samples", "wait"]
    assert {*loop} == {file.stem for file in Path(bouton_loop.__file__).parent.glob("[a-z]*.py")}
    sources = ["emit_poisson", "emit_regular", "emit_times", "emit_weighted_times"]
    assert words == ["what", "kernel", *loop, *sources, "toy:", "kernel", "integrate_decay", "twin:", "12"]
    assert str(cold) in result.stdout
    assert len(list((cold / "kernels").glob("*.py"))) == 12
