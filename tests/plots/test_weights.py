"""Histograms, histories and matrices show the weights there are."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import bouton as bt
from bouton.errors import NetworkError
from bouton.plots.figures import weight_matrix
from bouton.units import ms, nS, second


def heights(axes: Any) -> Any:
    return np.array([bar.get_height() for bar in axes.patches])


def test_a_histogram_of_a_simulation(run: Any) -> None:
    axes = bt.plots.weight_histogram(run.simulation[run.synapses], bins=5, before=2500e-3 * nS)
    weights = run.simulation[run.synapses].w.magnitude
    counts, edges = np.histogram(weights, 5)
    assert_array_equal(heights(axes), counts)
    assert_allclose([bar.get_x() + bar.get_width() / 2 for bar in axes.patches], 0.5 * (edges[1:] + edges[:-1]))
    assert axes.get_xlabel() == "w (nS)"
    assert axes.get_ylabel() == "Synapses"
    assert_array_equal(axes.lines[0].get_xdata(), 2.5)
    assert_array_equal(heights(bt.plots.weight_histogram(run.simulation[run.synapses[:2]], bins=5)).sum(), 2)


def test_a_histogram_of_another_variable(run: Any) -> None:
    assert bt.plots.weight_histogram(run.simulation[run.synapses], variable="x").get_xlabel() == "x"
    with pytest.raises(bt.BoutonError, match="E206"):
        bt.plots.weight_histogram(run.simulation[run.synapses], variable="z")


def test_a_histogram_of_an_array() -> None:
    axes = bt.plots.weight_histogram([0.1, 0.1, 0.9] * nS, bins=2, limits=(0 * nS, 1000e-3 * nS), across=True)
    assert [bar.get_width() for bar in axes.patches] == [2, 1]
    assert axes.get_ylabel() == "Weight (nS)"
    assert axes.get_ylim() == (0, 1)


def test_histograms_over_time(run: Any) -> None:
    image, last = bt.plots.weight_histogram(run.w, bins=7)
    weights = run.w.values.magnitude
    edges = np.histogram_bin_edges(weights, 7)
    shown = image.collections[0].get_array()
    expected = np.array([np.histogram(row, edges)[0] for row in weights]).T
    assert_array_equal(np.ma.filled(shown, 0).reshape(expected.shape), expected)
    assert_array_equal([bar.get_width() for bar in last.patches], expected[:, -1])
    x = image.collections[0].get_coordinates()[0, :, 0]
    assert_allclose(0.5 * (x[1:] + x[:-1]), run.w.times.magnitude)
    assert image.get_xlabel() == "Time (ms)"
    assert image.get_ylabel() == "w (nS)"
    assert "Synapses" in {axes.get_xlabel() for axes in image.get_figure().axes}


def test_histograms_over_time_in_given_axes(run: Any, axes: Any) -> None:
    assert bt.plots.weight_histogram(run.w, axes=axes) is axes
    pair = bt.plots.style.figure().subplots(1, 2)
    assert bt.plots.weight_histogram(run.w, axes=pair) == tuple(pair)


def test_synapses_that_are_gone_do_not_count() -> None:
    weights = np.array([[1.0, 2.0], [1.0, np.nan]])
    _, last = bt.plots.weight_histogram(([0, 1] * ms, weights), bins=2)
    assert [bar.get_width() for bar in last.patches] == [1, 0]
    with pytest.raises(NetworkError, match="at least one weight"):
        bt.plots.weight_histogram(([0, 1] * ms, weights * np.nan))


def test_a_history_has_a_line_for_each_synapse(run: Any) -> None:
    axes = bt.plots.weight_history(run.w, highlighted=(4, 1))
    weights = run.w.values.magnitude
    assert len(axes.lines) == 6 + 2
    for line, column in zip(axes.lines, (*range(6), 4, 1), strict=True):
        assert_array_equal(line.get_ydata(), weights[:, column])
    assert axes.lines[6].get_color() == bt.plots.style.COLOURS["vermilion"]
    assert axes.get_ylabel() == "w (nS)"
    assert bt.plots.weight_history(([0, 60] * second, np.ones((2, 3)))).get_ylabel() == "Weight"


def field(axes: Any) -> Any:
    """The matrix [row, column] that is shown, NaN where it is empty."""
    mesh = axes.collections[0]
    corners = mesh.get_coordinates()
    return np.ma.filled(mesh.get_array().astype(float), np.nan).reshape(corners.shape[0] - 1, corners.shape[1] - 1)


def test_a_matrix_has_postsynaptic_rows(run: Any) -> None:
    axes = bt.plots.weight_matrix(run.simulation, run.synapses)
    handle = run.simulation[run.synapses]
    expected = np.full((3, 2), np.nan)
    expected[handle.targets, handle.sources] = handle.w.magnitude
    assert_array_equal(field(axes), expected)
    assert axes.get_xlabel() == "Presynaptic neuron (source)"
    assert axes.get_ylabel() == "Postsynaptic neuron (cells)"
    assert axes.yaxis_inverted()
    bar = axes.get_figure().axes[1]
    assert bar.get_ylabel() == "w (nS)"


def wired(pre: int, post: int, pairs: list[tuple[int, int]], w: Any, *, view: slice = slice(None)) -> tuple[Any, Any]:
    network = bt.Network()
    cell = bt.NeuronModel("g : 1", name="cell")
    sides = [network.add(bt.Population(size, cell), name=name) for size, name in ((pre, "a"), (post, "b"))]
    rule = bt.SynapseModel("w : 1", on_pre="target += w", name="static")
    sources, targets = zip(*pairs, strict=True)
    pattern = bt.Pairs(sources, targets)
    projection = network.connect(sides[0][view], sides[1], rule, target="g", pattern=pattern, w=w)
    return bt.Simulation(network, dt=1 * ms, backend="reference"), projection


def test_several_synapses_of_a_pair_add_up_and_others_are_empty() -> None:
    simulation, projection = wired(3, 2, [(0, 1), (0, 1), (2, 0)], [0.5, 0.25, -1.0])
    axes = bt.plots.weight_matrix(simulation, projection)
    assert_array_equal(field(axes), [[np.nan, np.nan, -1.0], [0.75, np.nan, np.nan]])
    assert axes.collections[0].get_clim() == (-1.0, 1.0)  # both signs: 0 in the middle


def test_a_view_shows_its_own_neurons() -> None:
    simulation, projection = wired(10, 2, [(0, 1), (2, 0)], [0.5, 1.0], view=slice(4, 7))
    axes = bt.plots.weight_matrix(simulation, projection)
    assert_array_equal(field(axes), [[np.nan, np.nan, 1.0], [0.5, np.nan, np.nan]])
    assert axes.get_xlim() == (3.5, 6.5)


def test_of_many_neurons_neighbours_share_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_matrix, "LARGEST", 2)
    simulation, projection = wired(5, 2, [(0, 0), (1, 0), (1, 0), (4, 1)], [1.0, 2.0, 4.0, 5.0])
    axes = bt.plots.weight_matrix(simulation, projection)
    assert_array_equal(field(axes), [[3.5, np.nan], [np.nan, 5.0]])  # the mean of 1 and of 2 + 4
    assert_array_equal(axes.collections[0].get_coordinates()[0, :, 0], [-0.5, 2.5, 4.5])


def test_a_projection_of_another_simulation_is_refused(run: Any) -> None:
    simulation, _ = wired(2, 2, [(0, 1)], 1.0)
    with pytest.raises(NetworkError, match="E409"):
        bt.plots.weight_matrix(simulation, run.synapses)


def test_synapses_that_are_not_stored() -> None:
    network = bt.Network()
    cells = network.add(bt.Population(4, bt.NeuronModel("g : 1", name="cell"), name="cells"))
    rule = bt.SynapseModel("w : 1 (constant)", on_pre="target += w", name="static")
    projection = network.connect(cells, cells, rule, target="g", pattern=bt.Bernoulli(0.5), w=0.25, stored=False)
    simulation = bt.Simulation(network, dt=1 * ms, backend="reference")
    shown = field(bt.plots.weight_matrix(simulation, projection))
    handle = simulation[projection]
    assert np.isfinite(shown).sum() == len(handle.sources)
    assert (shown[handle.targets, handle.sources] == 0.25).all()
    assert heights(bt.plots.weight_histogram(handle)).sum() == len(handle.sources)
