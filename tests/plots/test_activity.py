"""Rasters and traces show the numbers that were recorded."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import bouton as bt
from bouton.errors import NetworkError, SimulationError
from bouton.recording import RateRecording, SpikeRecording
from bouton.units import ms, mV, second


def marks(axes: Any) -> tuple[Any, Any]:
    """Times and rows of the marks in a raster."""
    segments = np.array(axes.collections[0].get_segments())
    assert_array_equal(segments[:, 0, 0], segments[:, 1, 0])
    return segments[:, 0, 0], segments[:, :, 1].mean(axis=1)


def test_a_raster_has_a_mark_for_each_spike(run: Any) -> None:
    above, below = bt.plots.raster(run.spikes, bin=4 * ms)
    times, rows = marks(above)
    assert_array_equal(times, run.spikes.times.magnitude)
    assert_allclose(rows, run.spikes.indices)
    assert above.get_ylabel() == "Neuron"
    assert above.get_xlim() == (0, 20)
    assert below.get_xlabel() == "Time (ms)"
    assert below.get_ylabel() == "Rate (Hz)"
    (steps,) = below.patches
    rate, edges, _ = steps.get_data()
    assert_allclose(edges, [0, 4, 8, 12, 16, 20])
    assert_allclose(rate, np.array([2, 2, 0, 1, 0]) / 3 / 4e-3)
    starts, expected = run.rate.binned(4 * ms)
    assert_array_equal(edges[:-1], starts.magnitude)
    assert_array_equal(rate, expected.magnitude)


def test_a_spike_on_the_edge_of_a_bin_belongs_to_the_bin_that_begins() -> None:
    """3 * 0.1 is not 0.3: counted in steps."""
    spikes = SpikeRecording(1e-4, 1)
    spikes.append(np.array([3, 6, 7]), np.array([0, 0, 0]))
    spikes.advance(12)
    _, below = bt.plots.raster(spikes, bin=0.3 * ms)
    assert_allclose(below.patches[0].get_data().values, np.array([0, 1, 2, 0]) / 0.3e-3)


def test_bins_are_round_multiples_of_the_step_unless_given() -> None:
    spikes = SpikeRecording(3e-4, 2)
    spikes.advance(1000)
    _, below = bt.plots.raster(spikes)
    edges = below.patches[0].get_data().edges
    assert 30 <= len(edges) <= 120
    assert_allclose(np.diff(edges) / 0.3, np.round(np.diff(edges) / 0.3), atol=1e-9)
    with pytest.raises(SimulationError, match="a whole number of steps"):
        bt.plots.raster(spikes, bin=0.5 * ms)


def test_a_raster_of_some_elements_has_their_numbers() -> None:
    spikes = SpikeRecording(1e-3, 100, [40, 41, 43])
    spikes.append(np.array([1, 2, 2]), np.array([40, 43, 7]))
    spikes.advance(5)
    above, below = bt.plots.raster(spikes, bin=1 * ms)
    assert_allclose(marks(above)[1], [40, 43])
    assert above.get_ylim() == (39.4, 43.6)
    assert_allclose(below.patches[0].get_data().values.sum(), 2 / 3 / 1e-3)


def test_a_raster_of_arrays_and_of_a_saved_recording(run: Any) -> None:
    times, indices = run.spikes.times, run.spikes.indices
    drawn = [bt.plots.raster(given, rates=False) for given in ((times, indices), run.spikes.to_xarray())]
    for axes in drawn:
        assert_array_equal(marks(axes)[0], times.magnitude)
        assert_allclose(marks(axes)[1], indices)
    _, below = bt.plots.raster((times, indices), bin=4 * ms, size=5)
    assert_allclose(below.patches[0].get_data().values, np.array([2, 2, 1]) / 5 / 4e-3)  # the last spike ends the last bin


def test_long_runs_are_shown_in_seconds() -> None:
    above, below = bt.plots.raster(([0.5, 1.5, 30] * second, [0, 1, 0]))
    assert below.get_xlabel() == "Time (s)"
    assert_allclose(marks(above)[0], [0.5, 1.5, 30])
    axes = bt.plots.traces(([0, 10, 20] * second, [1.0, 2.0, 3.0] * mV))
    assert axes.get_xlabel() == "Time (s)"
    assert_allclose(axes.lines[0].get_xdata(), [0, 10, 20])


def test_many_spikes_become_an_image_in_vector_files() -> None:
    few, many = (bt.plots.raster((np.arange(n) * ms, np.zeros(n, dtype=int)), rates=False) for n in (2000, 2001))
    assert [bool(axes.collections[0].get_rasterized()) for axes in (few, many)] == [False, True]


def test_rates_have_a_panel_of_their_own(run: Any, axes: Any) -> None:
    assert bt.plots.raster(run.spikes, axes=axes) is axes
    with pytest.raises(NetworkError, match="expected: 2 of matplotlib's axes"):
        bt.plots.raster(run.spikes, rates=True, axes=axes)
    pair = bt.plots.style.figure().subplots(2, 1)
    assert bt.plots.raster(run.spikes, axes=pair) == tuple(pair)


def test_no_spikes_at_all() -> None:
    spikes = SpikeRecording(1e-3, 4)
    spikes.advance(100)
    above, below = bt.plots.raster(spikes)
    assert above.get_ylim() == (-0.6, 3.6)
    assert not below.patches[0].get_data().values.any()
    assert bt.plots.raster(([] * ms, np.zeros(0, dtype=int)), rates=False).has_data() is not None


def test_traces_have_a_line_for_each_element(run: Any) -> None:
    axes = bt.plots.traces(run.v)
    assert axes.get_xlabel() == "Time (ms)"
    assert axes.get_ylabel() == "v (mV)"
    for element, line in enumerate(axes.lines):
        assert_array_equal(line.get_xdata(), run.v.times.magnitude)
        assert_array_equal(line.get_ydata(), run.v.of(element).magnitude)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "2"]
    assert axes.get_legend().get_title().get_text() == "cells"
    assert axes.get_xlim() == (0, 20)


def test_traces_of_some_elements(run: Any) -> None:
    (line,) = bt.plots.traces(run.v, elements=[2]).lines
    assert_array_equal(line.get_ydata(), run.v.of(2).magnitude)
    with pytest.raises(SimulationError, match="element 7 is not recorded"):
        bt.plots.traces(run.v, elements=[7])


def test_spikes_stand_on_the_trace_they_belong_to(run: Any) -> None:
    axes = bt.plots.traces(run.v, run.spikes, elements=[0, 2], peak=20 * mV, threshold=-50 * mV)
    first, last = (np.array(collection.get_segments()) for collection in axes.collections)
    for element, segments in ((0, first), (2, last)):
        times = run.spikes.of(element).magnitude
        assert_array_equal(segments[:, 0, 0], times)
        assert_allclose(segments[:, 0, 1], np.interp(times, run.v.times.magnitude, run.v.of(element).magnitude))
        assert_array_equal(segments[:, 1, 1], 20)
    assert_array_equal(axes.lines[-1].get_ydata(), -50)
    one = bt.plots.traces(run.v, [3, 7] * ms, elements=0)
    assert_allclose(np.array(one.collections[0].get_segments())[:, 0, 0], [3, 7])
    values = run.v.of(0).magnitude
    assert_allclose(np.array(one.collections[0].get_segments())[:, 1, 1], values.max() + 0.5 * np.ptp(values))


def test_units_are_turned_into_those_of_the_recording(run: Any) -> None:
    axes = bt.plots.traces(run.v, threshold=-0.05 * second * 1000 * mV / second)
    assert_allclose(axes.lines[-1].get_ydata(), -50)


def test_a_labelled_array_is_drawn_as_the_recording(run: Any) -> None:
    axes = bt.plots.traces(run.v.to_xarray(), run.spikes, elements=[1])
    assert_array_equal(axes.lines[0].get_ydata(), run.v.of(1).magnitude)
    assert axes.get_ylabel() == "v (mV)"
    saved = bt.to_dataset({"v": run.v})["v"]
    assert_array_equal(bt.plots.traces(saved).lines[2].get_ydata(), run.v.of(2).magnitude)


def test_values_at_events_are_steps(run: Any) -> None:
    axes = bt.plots.traces(run.events, elements=[0, 3])
    for line, synapse in zip(axes.lines, (0, 3), strict=True):
        times, values = run.events.of(synapse)
        assert line.get_drawstyle() == "steps-post"
        assert_array_equal(line.get_xdata(), times.magnitude)
        assert_array_equal(line.get_ydata(), values.magnitude)
    assert axes.get_ylabel() == "w (nS)"


def test_a_rate_is_smoothed_when_asked_for(run: Any) -> None:
    plain, smooth = bt.plots.traces(run.rate), bt.plots.traces(run.rate, smooth=2 * ms)
    assert plain.get_ylabel() == "Rate (Hz)"
    assert_array_equal(plain.lines[0].get_ydata(), run.rate.rate().magnitude)
    assert_array_equal(smooth.lines[0].get_ydata(), run.rate.rate("gaussian", 2 * ms, ends="unknown").magnitude)


def test_a_steady_rate_is_drawn_steady_up_to_both_ends() -> None:
    steady = RateRecording(1e-3, 1)
    steady.append(0, np.full(50, 2))
    assert_allclose(bt.plots.traces(steady, smooth=5 * ms).lines[0].get_ydata(), 2000.0)


def test_labels_are_shown_in_a_legend(run: Any) -> None:
    def shown(axes: Any) -> list[str] | None:
        legend = axes.get_legend()
        return None if legend is None else [text.get_text() for text in legend.get_texts()]

    both = run.v.values[:, :2]
    assert shown(bt.plots.traces((run.v.times, both), labels=("one", "two"))) == ["one", "two"]
    assert shown(bt.plots.traces((run.v.times, both), labels=("one",))) == ["one"]
    assert shown(bt.plots.traces((run.v.times, both), labels=())) is None
    assert shown(bt.plots.traces(run.events, elements=[3], labels=("$w$",))) == ["$w$"]
    by_id = bt.plots.traces(run.v)
    assert shown(by_id) == ["0", "1", "2"]
    assert by_id.get_legend().get_title().get_text() == "cells"
    assert bt.plots.traces(run.v, labels=("a", "b", "c")).get_legend().get_title().get_text() == ""


def test_panels_that_share_time_have_its_label_once(run: Any) -> None:
    panels = bt.plots.style.figure("page", 4.0).subplots(3, 2, sharex=True)
    bt.plots.raster(run.spikes, rates=False, axes=panels[0, 0])
    bt.plots.traces(run.v, axes=panels[1, 0])
    bt.plots.traces(run.events, elements=[0], axes=panels[0, 1])
    bt.plots.stacked(run.v, axes=panels[1, 1])
    for column in (0, 1):
        assert [axes.get_xlabel() for axes in panels[:, column]] == ["", "", "Time (ms)"]
    panels[2, 0].set_xlabel("Time since (ms)")
    bt.plots.weight_history(run.w, axes=panels[0, 0])
    assert panels[2, 0].get_xlabel() == "Time since (ms)"
    apart = bt.plots.style.figure().subplots(2, 1)
    for axes in apart:
        assert bt.plots.raster(run.spikes, rates=False, axes=axes).get_xlabel() == "Time (ms)"


def test_stacked_traces_are_to_one_scale(run: Any) -> None:
    above = run.v.values - (-60 * mV)
    axes = bt.plots.stacked((run.v.times, above), names="abc", scale=2 * mV)
    bases = axes.get_yticks()
    assert [text.get_text() for text in axes.get_yticklabels()] == list("abc")
    assert (np.diff(bases) < 0).all()
    for number, base in enumerate(bases):
        assert_allclose(axes.lines[3 + number].get_ydata() - base, above[:, number].magnitude, atol=1e-12)
    assert_allclose(np.ptp(axes.lines[-1].get_ydata()), 2)
    assert axes.texts[-1].get_text() == "2 mV"
    assert bt.plots.stacked(run.v, elements=[2, 0]).get_ylabel() == "cells v"
