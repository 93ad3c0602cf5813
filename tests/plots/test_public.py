"""What all figures have in common: they return axes, draw in those that are given, are saved, and refuse what is not theirs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from matplotlib.axes import Axes

import bouton as bt
from bouton.errors import NetworkError
from bouton.units import Hz, ms, mV

WINDOW = (np.array([-10.0, 5.0]) * ms, [-0.5, 1.0])
FREQUENCY = xarray.Dataset(
    {"change": (("lag", "rate"), [[0.1, 0.4], [-0.2, 0.3]])}, coords={"lag": [10.0, -10.0], "rate": [10.0, 50.0]}
)
PLANE = bt.NeuronModel("dx/dt = (y - x)/tau : mV\ndy/dt = (-x - y)/tau : mV", parameters={"tau": 5 * ms}, name="spiral")
RANGES = ([-2, 2] * mV, [-1, 1] * mV)
CALLS: dict[str, Callable[..., Any]] = {
    "bars": lambda run, **options: bt.plots.bars(FREQUENCY, **options),
    "frequency": lambda run, **options: bt.plots.frequency(FREQUENCY, **options),
    "network": lambda run, **options: bt.plots.network(run.network, **options),
    "phase_plane": lambda run, **options: bt.plots.phase_plane(PLANE, "x", "y", RANGES, **options),
    "raster": lambda run, **options: bt.plots.raster(run.spikes, rates=False, **options),
    "stacked": lambda run, **options: bt.plots.stacked(run.v, scale=5 * mV, **options),
    "traces": lambda run, **options: bt.plots.traces(run.v, run.spikes, threshold=-50 * mV, **options),
    "weight_histogram": lambda run, **options: bt.plots.weight_histogram(run.simulation[run.synapses], **options),
    "weight_history": lambda run, **options: bt.plots.weight_history(run.w, highlighted=[1], **options),
    "weight_matrix": lambda run, **options: bt.plots.weight_matrix(run.simulation, run.synapses, **options),
    "window": lambda run, **options: bt.plots.window(WINDOW, **options),
}


def test_every_figure_is_tested_here() -> None:
    assert tuple(CALLS) == bt.plots.FIGURES
    assert {*CALLS, "save", "style"} == set(dir(bt.plots))
    folder = Path(bt.plots.__file__).parent / "figures"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_it_returns_axes_of_a_column_in_which_everything_has_room(run: Any, name: str, tmp_path: Path) -> None:
    axes = CALLS[name](run)
    assert isinstance(axes, Axes)
    figure = axes.get_figure()
    assert figure.get_figwidth() * 25.4 == pytest.approx(85)
    bt.plots.save(axes, tmp_path / "figure.png", dpi=50)
    assert (tmp_path / "figure.png").stat().st_size > 1000
    with bt.plots.style.use():
        box = figure.get_tightbbox()
    slack = 0.03  # inches: what a line or letter reaches over its box
    assert min(box.x0, box.y0) > -slack
    assert box.x1 < figure.get_figwidth() + slack
    assert box.y1 < figure.get_figheight() + slack


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["pdf", "svg"])
@pytest.mark.parametrize("name", CALLS)
def test_it_is_written_with_its_text(run: Any, name: str, suffix: str, tmp_path: Path) -> None:
    axes = CALLS[name](run)
    bt.plots.save(axes, path := tmp_path / f"figure.{suffix}")
    text = path.read_bytes()
    labels = [*(label.get_text() for label in axes.texts), axes.get_xlabel(), axes.get_ylabel()]
    plain = [line for label in labels for line in label.splitlines() if "$" not in line]
    assert b"/FontFile2" in text if suffix == "pdf" else all(f">{line}<".encode() in text for line in plain)


@pytest.mark.parametrize("name", CALLS)
def test_it_draws_in_given_axes(run: Any, name: str, axes: Any) -> None:
    assert CALLS[name](run, axes=axes) is axes
    assert axes.has_data()


@pytest.mark.parametrize(
    "draw, message",
    [
        (
            lambda run: bt.plots.raster(run.v),
            "TraceRecording.*\n.*raster\n  expected: a SpikeRecording.*\n  try: .*record_spikes",
        ),
        (lambda run: bt.plots.raster(([1, 2] * ms, [0])), "an index for each of the 2 times"),
        (lambda run: bt.plots.raster((np.array([1.0]), [0])), r"times with a unit and indices\n  try: \(times\*ms, indices\)"),
        (lambda run: bt.plots.traces(run.spikes), "SpikeRecording.*\n.*traces\n  expected: a TraceRecording"),
        (lambda run: bt.plots.traces(run.v, [3] * ms), "a SpikeRecording of the 3 elements, or elements= one"),
        (lambda run: bt.plots.traces(([1, 2] * ms, np.zeros((3, 2)))), "as many values as the 2 times"),
        (lambda run: bt.plots.stacked(None), "None cannot be drawn"),
        (lambda run: bt.plots.weight_history(run.simulation), "expected: a TraceRecording"),
        (lambda run: bt.plots.weight_histogram("w"), r"expected: sim\[projection\]"),
        (lambda run: bt.plots.weight_matrix(run.synapses, run.simulation), "expected: a Simulation, and one of its projections"),
        (lambda run: bt.plots.weight_matrix(run.simulation, run.cells), "expected: a projection, made by Network.connect"),
        (lambda run: bt.plots.window(FREQUENCY), "expected: the dataset of bt.protocols.window, or lags"),
        (lambda run: bt.plots.window((WINDOW[0], [1.0])), "a change for each of the 2 lags"),
        (lambda run: bt.plots.frequency(WINDOW), "expected: the dataset of bt.protocols.frequency"),
        (lambda run: bt.plots.bars(run.w), "expected: the dataset of a protocol"),
        (lambda run: bt.plots.phase_plane(bt.neurons.LIF, "v", "w", RANGES), r"try: bt\.neurons\.LIF\(\)"),
        (lambda run: bt.plots.network(run.cells), "expected: a Network, or a Simulation"),
    ],
)
def test_what_is_not_theirs_is_refused(run: Any, draw: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        draw(run)


@pytest.mark.parametrize("wrong", [3, [None], "axes", [[1, 2]]])
def test_what_are_no_axes_is_refused(wrong: Any) -> None:
    with pytest.raises(NetworkError, match=r"axes is.*\n.*\n  expected: matplotlib's axes"):
        bt.plots.window(WINDOW, axes=wrong)


def test_another_dimension_is_refused(run: Any) -> None:
    with pytest.raises(bt.BoutonError, match="E301"):
        bt.plots.window(([1, 2] * mV, [1.0, 2.0]))
    with pytest.raises(bt.BoutonError, match="E301"):
        bt.plots.traces(run.v, threshold=3 * Hz)
