"""Recordings side by side in a dataset, and in files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from bouton.errors import SimulationError
from bouton.recording import EventRecording, RateRecording, Recording, SpikeRecording, TraceRecording, save, to_dataset
from bouton.units import mV, nS


@pytest.fixture
def recordings() -> dict[str, Recording]:
    v = TraceRecording("v", mV, 1e-4, [4, 5], object_name="cell")
    v.append(np.arange(3), np.array([[0.001, 0.002], [0.003, 0.004], [0.005, 0.006]]))
    u = TraceRecording("u", mV, 1e-4, [0], offset=0, object_name="cell")
    u.append(np.arange(2), np.array([[0.1], [0.2]]))
    spikes = SpikeRecording(1e-4, 6, object_name="cell")
    spikes.append(np.array([1, 2]), np.array([5, 4]))
    spikes.advance(3)
    silent = SpikeRecording(1e-4, 6, object_name="other")
    rate = RateRecording(1e-4, 6, object_name="cell")
    rate.append(0, np.array([0, 1, 1]))
    w = EventRecording("w", nS, 1e-4, 9, object_name="syn")
    w.append(np.array([2]), np.array([8]), np.array([3e-9]))
    return {"v": v, "u": u, "spikes": spikes, "silent": silent, "rate": rate, "w": w}


def test_each_recording_has_its_own_dimensions(recordings: dict[str, Recording]) -> None:
    data = to_dataset(recordings)
    sizes = {"v_time": 3, "v_element": 2, "u_time": 2, "u_element": 1, "spikes_event": 2, "silent_event": 0}
    assert data.sizes == sizes | {"rate_time": 3, "w_event": 1}
    assert data["v"].sel(v_time=0.2, v_element=5).item() == pytest.approx(4.0)
    assert data["u"].sel(u_time=0.1).item() == pytest.approx(200.0)
    assert data["spikes_element"].values.tolist() == [5, 4]
    assert data["w_w"].attrs["units"] == "nS"
    assert data["v_time"].attrs["units"] == "ms"
    assert data.attrs["spikes_stop_ms"] == pytest.approx(0.3)


def test_a_name_that_is_taken_is_refused(recordings: dict[str, Recording]) -> None:
    with pytest.raises(SimulationError, match=r"E603: 'v_time' is already in the dataset(.|\n)*recording 'v_time'"):
        to_dataset({"v": recordings["v"], "v_time": recordings["rate"]})


def test_netcdf_gives_back_values_labels_and_attributes(recordings: dict[str, Recording], tmp_path: Path) -> None:
    data = to_dataset(recordings)
    save(data, tmp_path / "run.nc")
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as back:
        xr.testing.assert_identical(back.load(), data)
        assert back["v_time"].dtype == np.float64, "labels are numbers of ms, not decoded as dates"


def test_npz_gives_back_values_and_units(recordings: dict[str, Recording], tmp_path: Path) -> None:
    data = to_dataset(recordings)
    save(data, str(tmp_path / "run.npz"))
    with np.load(tmp_path / "run.npz") as back:
        assert all(np.array_equal(back[str(name)], data[name]) for name in data.variables)
        assert (str(back["v:units"]), str(back["v_time:units"]), str(back["rate:units"])) == ("mV", "ms", "Hz")


@pytest.mark.parametrize("name", ["run.csv", "run"])
def test_other_files_are_refused_and_not_made(name: str, tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"E603(.|\n)*\.nc \(NetCDF\) or \.npz"):
        save(xr.Dataset(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import sys, bouton.recording; print([m for m in ('xarray', 'pandas', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
