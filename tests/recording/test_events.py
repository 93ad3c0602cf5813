"""Values at synaptic events."""

from __future__ import annotations

import numpy as np
import pytest

from bouton.errors import SimulationError
from bouton.recording import EventRecording
from bouton.units import nS


def events(elements: list[int] | None = None) -> EventRecording:
    recording = EventRecording("w", nS, 1e-4, 3, elements, object_name="a->b")
    recording.append(np.array([3, 3]), np.array([2, 0]), np.array([1e-9, 2e-9]))
    recording.append(np.array([20]), np.array([2]), np.array([1.5e-9]))
    return recording


def test_events_with_times_and_units() -> None:
    recording = events()
    assert len(recording) == 3
    assert recording.times.magnitude.tolist() == [0.3, 0.3, 2.0]
    assert recording.synapses.tolist() == [2, 0, 2]
    assert recording.values.units == nS
    assert recording.values.magnitude == pytest.approx([1.0, 2.0, 1.5])


def test_the_events_of_one_synapse() -> None:
    times, values = events().of(2)
    assert times.magnitude.tolist() == [0.3, 2.0]
    assert values.to("pS").magnitude == pytest.approx([1000.0, 1500.0])
    assert [len(part) for part in events().of(1)] == [0, 0], "a synapse may be recorded and never used"
    with pytest.raises(SimulationError, match=r"E603: element 3 is not recorded(.|\n)*w of a->b at events"):
        events().of(3)


def test_a_subset_drops_the_rest() -> None:
    recording = events([0, 1])
    assert recording.synapses.tolist() == [0]
    assert recording.values.magnitude == pytest.approx([2.0])
    with pytest.raises(SimulationError, match="one of 0, 1"):
        recording.of(2)


def test_episodes() -> None:
    recording = events()
    recording.begin_episode()
    recording.append(np.array([0]), np.array([1]), np.array([7e-9]))
    assert [len(episode) for episode in recording.episodes] == [3, 1]
    assert recording.of(1)[1].magnitude == pytest.approx([7.0])


def test_exports() -> None:
    data, frame = events().to_xarray(), events().to_pandas()
    assert set(data.variables) == {"time_ms", "synapse", "w"}
    assert data["w"].attrs["units"] == frame.attrs["units"] == "nS"
    assert frame.columns.tolist() == ["time_ms", "synapse", "w"]
    assert frame["w"].tolist() == data["w"].values.tolist() == pytest.approx([1.0, 2.0, 1.5])
