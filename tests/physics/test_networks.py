"""Whole networks, those of `benchmarks/workloads`, as other simulators and papers find them: rates, and the fate of weights."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import bouton as bt
from bouton.units import second

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NAMES = ("brunel_stdp", "song", "coba", "vogels", "stp")

BRIAN2_SONG = {"near 0": (0.283, 0.005), "near g_max": (0.244, 0.011), "mean": (0.4698, 0.0027), "rate": (20.26, 0.36)}
"""Means and standard deviations over seeds 1 to 4 of Brian2 2.9 (the network of `benchmarks/peers/brian2_song.py`, 2000 s): the
shares of weights below 0.1 and above 0.9 of the upper bound at the end, their mean in parts of it, and the rate (Hz) in the
last 1000 s."""


@pytest.fixture
def workloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return {name: importlib.import_module(f"workloads.{name}") for name in NAMES}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_rates_are_those_that_other_simulators_find(workloads: dict[str, ModuleType], name: str) -> None:
    workload = workloads[name]
    found: dict[str, list[float]] = {group: [] for group in workload.RATES}
    for seed in (1, 2):
        simulation, groups = workload.build(seed=seed)
        spikes = {group: simulation.record_spikes(neurons) for group, neurons in groups.items()}
        seconds = workload.SECONDS + (0.0 if workload.FROM_THE_START else 0.1)
        simulation.run(seconds * second)
        for group, recording in spikes.items():
            found[group].append(len(recording.steps) / (len(groups[group]) * seconds))
    for group, (low, high) in workload.RATES.items():
        assert low <= np.mean(found[group]) <= high, (group, found[group])


@pytest.fixture(scope="module")
def song_of_four_seeds() -> dict[str, list[float]]:
    """What becomes of weights and rate in `song` after 2000 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        song = importlib.import_module("workloads.song")
    found: dict[str, list[float]] = {name: [] for name in BRIAN2_SONG}
    for seed in (1, 2, 3, 4):
        simulation, groups = song.build(seed=seed)
        spikes = simulation.record_spikes(groups["cell"])
        simulation.run(2000 * second)
        weights = weights_of(simulation) / 0.01
        found["near 0"].append(float(np.mean(weights < 0.1)))
        found["near g_max"].append(float(np.mean(weights > 0.9)))
        found["mean"].append(float(np.mean(weights)))
        found["rate"].append(float(np.sum(np.asarray(spikes.steps) * simulation.dt > 1000) / 1000))
    return found


def weights_of(simulation: bt.Simulation) -> np.ndarray:
    (projection,) = (facts.projection for facts in simulation.facts.projections)
    return np.array(simulation[projection].w.magnitude)


@pytest.mark.slow
@pytest.mark.parametrize("what", BRIAN2_SONG)
def test_competing_weights_end_as_in_brian2(song_of_four_seeds: dict[str, list[float]], what: str) -> None:
    ours, (mean, deviation) = song_of_four_seeds[what], BRIAN2_SONG[what]
    error = np.hypot(np.std(ours, ddof=1), deviation) / np.sqrt(4)
    assert abs(np.mean(ours) - mean) < 4 * error


@pytest.mark.slow
def test_competing_weights_gather_at_the_bounds(song_of_four_seeds: dict[str, list[float]]) -> None:
    """As Song, Miller and Abbott (2000) found: both tenths at the bounds hold more than twice an even share."""
    for end in ("near 0", "near g_max"):
        assert min(song_of_four_seeds[end]) > 0.2
