"""Traces: labels, units, elements, episodes, exports."""

from __future__ import annotations

import numpy as np
import pytest

from bouton.errors import SimulationError
from bouton.recording import TraceRecording
from bouton.units import mV, parse_unit, registry


def trace(offset: int = 1) -> TraceRecording:
    recording = TraceRecording("v", mV, 1e-4, [7, 2], offset=offset, object_name="cell")
    recording.append(np.array([0, 1]), np.array([[-0.065, -0.070], [-0.064, -0.069]]))
    recording.append(np.array([2]), np.array([[-0.063, -0.068]]))
    return recording


@pytest.mark.parametrize("offset, labels", [(1, [0.1, 0.2, 0.3]), (0, [0.0, 0.1, 0.2])])
def test_times_are_whole_steps_labelled_by_the_slot(offset: int, labels: list[float]) -> None:
    recording = trace(offset)
    assert recording.steps.tolist() == [offset, offset + 1, offset + 2]
    assert recording.times.units == registry.Unit("ms")
    assert recording.times.magnitude.tolist() == labels
    assert len(recording) == 3


def test_values_come_out_in_the_declared_unit() -> None:
    recording = trace()
    assert recording.values.units == mV
    assert recording.values.magnitude.tolist() == [[-65.0, -70.0], [-64.0, -69.0], [-63.0, -68.0]]
    assert np.asarray(recording).tolist() == recording.values.magnitude.tolist()
    assert np.asarray(recording, dtype=np.float32).dtype == np.float32


def test_one_element_by_its_id() -> None:
    recording = trace()
    assert recording.elements.tolist() == [7, 2]
    assert recording.of(2).to("V").magnitude == pytest.approx([-0.070, -0.069, -0.068])
    with pytest.raises(SimulationError, match=r"E603: element 0 is not recorded(.|\n)*v of cell(.|\n)*one of 7, 2"):
        recording.of(0)


def test_nothing_recorded_yet() -> None:
    recording = TraceRecording("w", parse_unit("1"), 1e-3, [0, 1, 2])
    assert len(recording) == 0
    assert recording.values.magnitude.shape == (0, 3)
    assert recording.to_xarray().shape == (0, 3)
    assert recording.to_pandas().shape == (0, 3)


def test_episodes_keep_everything_and_the_latest_shows() -> None:
    recording = trace()
    recording.begin_episode()
    assert len(recording) == 0
    under_way = recording.episodes[-1]
    recording.append(np.array([0]), np.array([[0.001, 0.002]]))
    assert recording.values.magnitude.tolist() == [[1.0, 2.0]]
    first, second = recording.episodes
    assert first.of(7).magnitude.tolist() == [-65.0, -64.0, -63.0]
    assert first.to_xarray().sizes == {"time": 3, "element": 2}
    assert second.times.magnitude.tolist() == under_way.times.magnitude.tolist() == [0.1]
    recording.begin_episode()
    assert [len(episode) for episode in recording.episodes] == [3, 1, 0]
    assert len(under_way) == 1, "an episode once handed out stays what it is"


def test_xarray_is_found_by_label_and_says_its_unit() -> None:
    array = trace().to_xarray()
    assert array.dims == ("time", "element")
    assert array.sel(time=0.3, element=7).item() == -63.0
    assert array.name == "v"
    assert array.attrs == {"units": "mV", "long_name": "v", "object": "cell"}
    assert array["time"].attrs["units"] == "ms"


def test_pandas_has_a_column_for_each_element() -> None:
    frame = trace().to_pandas()
    assert frame.index.name == "time_ms"
    assert frame.loc[0.2, 2] == -69.0
    assert frame.attrs["units"] == "mV"


def test_exports_belong_to_the_user() -> None:
    recording = TraceRecording("w", parse_unit("1"), 1e-3, [0])  # no scaling, so nothing but a copy could protect it
    recording.append(np.array([0]), np.array([[0.5]]))
    array, frame = recording.to_xarray(), recording.to_pandas()
    array[0, 0] = 9.0
    frame.iloc[0, 0] = 9.0
    assert recording.values.magnitude.tolist() == [[0.5]]
    assert array.attrs["units"] == "1"
