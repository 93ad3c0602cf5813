"""Spikes: trains, rates, intervals, windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bouton.errors import SimulationError, UnitError
from bouton.recording import SpikeRecording
from bouton.units import Hz, ms, mV, registry, second


def spikes(elements: list[int] | None = None) -> SpikeRecording:
    """Element 0 fires at 0, 10, 30 ms, element 2 at 0.1 and 30 ms, element 3 at 99.9 ms, element 1 never; 100 ms."""
    recording = SpikeRecording(1e-4, 4, elements, object_name="cells")
    recording.append(np.array([0, 1, 100]), np.array([0, 2, 0]))
    recording.advance(200)
    recording.append(np.array([300, 300, 999]), np.array([0, 2, 3]))
    recording.advance(800)
    return recording


def test_events_in_order_of_time() -> None:
    recording = spikes()
    assert recording.steps.tolist() == [0, 1, 100, 300, 300, 999]
    assert recording.indices.tolist() == [0, 2, 0, 0, 2, 3]
    assert recording.times.units == registry.Unit("ms")
    assert recording.times.magnitude.tolist() == [0.0, 0.1, 10.0, 30.0, 30.0, 99.9]
    assert len(recording) == 6


def test_counts_and_trains_of_each_element() -> None:
    recording = spikes()
    assert recording.counts().tolist() == [3, 0, 2, 1]
    assert [train.magnitude.tolist() for train in recording.trains()] == [[0.0, 10.0, 30.0], [], [0.1, 30.0], [99.9]]
    assert recording.of(2).magnitude.tolist() == [0.1, 30.0]
    with pytest.raises(SimulationError, match="E603: element 4 is not recorded"):
        recording.of(4)


def test_a_subset_keeps_its_order_and_drops_the_rest() -> None:
    recording = spikes([3, 0])
    assert recording.elements.tolist() == [3, 0]
    assert recording.indices.tolist() == [0, 0, 0, 3]
    assert recording.counts().tolist() == [1, 3]
    assert [train.magnitude.tolist() for train in recording.trains()] == [[99.9], [0.0, 10.0, 30.0]]
    assert recording.rate().magnitude == pytest.approx([10.0, 30.0])
    with pytest.raises(SimulationError, match="element 2 is not recorded"):
        recording.of(2)
    with pytest.raises(SimulationError, match="there is no element 4"):
        SpikeRecording(1e-4, 4, [4])


def test_rate_over_the_whole_run_and_over_windows() -> None:
    recording = spikes()
    assert recording.rate().units == Hz
    assert recording.rate().magnitude == pytest.approx([30.0, 0.0, 20.0, 10.0])
    assert recording.rate(stop=30 * ms).magnitude == pytest.approx([2 / 0.03, 0, 1 / 0.03, 0]), "a spike at stop is outside"
    assert recording.rate(start=0.03 * second).magnitude == pytest.approx(np.array([1, 0, 1, 1]) / 0.07)
    assert recording.counts(10 * ms, 20 * ms).tolist() == [1, 0, 0, 0], "a spike at start is inside"


def test_splits_of_the_run_do_not_matter() -> None:
    whole = SpikeRecording(1e-4, 4)
    whole.append(spikes().steps, spikes().indices)
    whole.advance(1000)
    assert np.array_equal(whole.rate().magnitude, spikes().rate().magnitude)
    assert np.array_equal(whole.cv(), spikes().cv(), equal_nan=True)


@pytest.mark.parametrize(
    "start, stop, fault",
    [
        (50 * ms, 50 * ms, "holds no time step"),
        (60 * ms, 50 * ms, "holds no time step"),
        (0 * ms, 100.1 * ms, "reaches beyond what was recorded"),
        (-1 * ms, 50 * ms, "reaches beyond what was recorded"),
        (float("nan") * ms, 50 * ms, "not finite"),
    ],
)
def test_windows_that_cannot_be_are_refused(start: Any, stop: Any, fault: str) -> None:
    with pytest.raises(SimulationError, match=f"E603: .*{fault}"):
        spikes().rate(start, stop)


def test_a_window_needs_times() -> None:
    with pytest.raises(UnitError, match="E301"):
        spikes().rate(stop=5 * mV)


def test_without_a_run_there_is_no_rate() -> None:
    with pytest.raises(SimulationError, match="run the simulation first"):
        SpikeRecording(1e-4, 2).rate()


def test_a_recorder_attached_late_counts_from_there() -> None:
    recording = SpikeRecording(1e-3, 1, first_step=1000)
    recording.append(np.array([1000, 1400]), np.array([0, 0]))
    recording.advance(500)
    assert recording.rate().magnitude.tolist() == [4.0]
    assert recording.to_xarray().attrs["start_ms"] == 1000.0
    with pytest.raises(SimulationError, match="both from 1000 ms to 1500 ms"):
        recording.rate(start=0 * ms)


def test_intervals_and_their_variation() -> None:
    recording = spikes()
    assert [gaps.magnitude.tolist() for gaps in recording.isi()] == [[10.0, 20.0], [], [29.9], []]
    variation = recording.cv()
    assert variation[0] == pytest.approx(5 / 15)
    assert np.isnan(variation[1:]).all(), "fewer than two intervals"
    burst = SpikeRecording(1e-3, 1)
    burst.append(np.array([5, 5, 5]), np.array([0, 0, 0]))  # a source may fire more than once in a step
    assert np.isnan(burst.cv()).all(), "no mean to divide by"


def test_variation_of_a_poisson_train_is_one_and_of_a_clock_zero() -> None:
    rng = np.random.default_rng(1)
    poisson, clock = np.cumsum(rng.geometric(0.01, 20_000)), np.arange(0, 2_000_000, 100)
    steps, indices = np.concatenate([poisson, clock]), np.repeat([1, 0], [len(poisson), len(clock)])
    order = np.argsort(steps, kind="stable")
    recording = SpikeRecording(1e-4, 2)
    recording.append(steps[order], indices[order])
    assert recording.cv() == pytest.approx([0.0, 1.0], abs=0.03)


def test_episodes() -> None:
    recording = spikes()
    recording.begin_episode()
    recording.append(np.array([5]), np.array([1]))
    recording.advance(100)
    assert recording.rate().magnitude.tolist() == [0.0, 100.0, 0.0, 0.0]
    assert [episode.counts().tolist() for episode in recording.episodes] == [[3, 0, 2, 1], [0, 1, 0, 0]]
    assert recording.episodes[0].rate().magnitude == pytest.approx([30.0, 0.0, 20.0, 10.0])


def test_exports() -> None:
    data, frame = spikes().to_xarray(), spikes().to_pandas()
    assert data.sizes == {"event": 6}
    assert data["time_ms"].values.tolist() == frame["time_ms"].tolist() == [0.0, 0.1, 10.0, 30.0, 30.0, 99.9]
    assert data["element"].values.tolist() == frame["element"].tolist() == [0, 2, 0, 0, 2, 3]
    assert data.attrs == {"object": "cells", "start_ms": 0.0, "stop_ms": 100.0}
    assert frame.groupby("element").size().to_dict() == {0: 3, 2: 2, 3: 1}
