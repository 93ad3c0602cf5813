"""Windows, frequency curves and bars show the numbers of a protocol's dataset."""

from typing import Any

import numpy as np
import pytest
import xarray
from numpy.testing import assert_allclose, assert_array_equal

import bouton as bt
from bouton.protocols.laboratory.frequency import PROTOCOL as FREQUENCY
from bouton.units import ms, pA

REFERENCE = {"options": {"backend": "reference"}, "dt": 1 * ms}
BITES = bt.SynapseModel(
    "w : 1\nx : 1", on_pre="w -= 0.125*x; x = 0", on_post="w += 0.25; x += 1", name="bites"
)  # no times in it: what is drawn can be counted


def window(**changes: Any) -> xarray.Dataset:
    data = {name: ("lag", np.array(values), {"units": "1"}) for name, values in changes.items()}
    return xarray.Dataset(data, coords={"lag": ("lag", [-10.0, -5.0, 0.0, 5.0], {"units": "ms"})})


def test_a_window_has_a_point_for_each_lag() -> None:
    axes = bt.plots.window(window(change=[-0.1, -0.2, 0.3, 0.0], relative=[-0.2, -0.4, 0.6, 0.0]))
    points = {line.get_label(): (line.get_xdata(), line.get_ydata()) for line in axes.lines if line.get_label()[0] != "_"}
    assert_array_equal(points["potentiation"], [[0, 5], [0.6, 0.0]])
    assert_array_equal(points["depression"], [[-10, -5], [-0.2, -0.4]])
    assert axes.get_xlabel() == r"Spike lag $t_\mathrm{post} - t_\mathrm{pre}$ (ms)"
    assert axes.get_ylabel() == r"Weight change $\Delta w / w$"
    assert axes.get_ylim()[0] == -axes.get_ylim()[1]


def test_weights_that_begin_at_nothing_change_in_their_unit() -> None:
    found = window(change=[-0.1, -0.2, 0.3, 0.0], relative=[np.nan] * 4)
    found["change"].attrs["units"] = "nS"
    axes = bt.plots.window(found)
    assert axes.get_ylabel() == r"Weight change $\Delta w$ (nS)"
    assert_array_equal(axes.lines[2].get_ydata(), [0.3, 0.0])
    assert bt.plots.window(([-5, 5] * ms, [1.0, 2.0] * pA)).get_ylabel() == r"Weight change $\Delta w$ (pA)"


def test_what_a_protocol_gives_is_what_is_drawn() -> None:
    found = bt.protocols.window(BITES, [-10.0, 10.0] * ms, **REFERENCE)
    axes = bt.protocols.window.draw(found).axes[0]
    assert_array_equal(axes.lines[2].get_xydata(), [[-10.0, 0.25], [10.0, 0.5]])  # 0.5 → 0.75 → 0.625, and 0.5 → 0.75
    assert not axes.lines[3].get_xydata().size


def frequency() -> xarray.Dataset:
    dims = ("lag", "rate")
    data = {"change": [[0.1, 0.4], [-0.2, 0.3]], "measured": [[0.2, 0.5], [-0.4, 0.6]], "error": [[0.01, 0.02], [0.03, 0.04]]}
    coords = {"lag": ("lag", [10.0, -10.0], {"units": "ms"}), "rate": ("rate", [10.0, 50.0], {"units": "Hz"})}
    return xarray.Dataset({name: (dims, values) for name, values in data.items()}, coords=coords)


def test_a_frequency_curve_and_what_was_measured() -> None:
    found = frequency()
    axes = bt.plots.frequency(found)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["+10 ms", "−10 ms"]
    named = {line.get_label(): line for line in axes.lines}
    for row, label in enumerate(("+10 ms", "−10 ms")):
        assert_array_equal(named[label].get_xdata(), [10, 50])
        assert_array_equal(named[label].get_ydata(), found["change"][row])
        points, _, (bar,) = axes.containers[row]
        assert_array_equal(points.get_ydata(), found["measured"][row])
        ends = np.array(bar.get_segments())[:, :, 1]
        assert_allclose(
            ends, np.array([found["measured"][row] - found["error"][row], found["measured"][row] + found["error"][row]]).T
        )
    assert axes.get_xlabel() == "Frequency of pairings (Hz)"
    assert FREQUENCY.draw(found).axes[0].get_ylabel() == axes.get_ylabel() == r"Weight change $\Delta w / w$"


def test_a_frequency_curve_without_an_experiment() -> None:
    axes = bt.plots.frequency(frequency()[["change"]])
    assert not axes.containers
    assert len([line for line in axes.lines if "ms" in line.get_label()]) == 2


def test_bars_of_groups_beside_what_was_measured() -> None:
    groups = ["pair", "triplet", "quadruplet"]
    found = xarray.Dataset(
        {"change": ("group", [0.1, -0.2, 0.3]), "measured": ("group", [0.2, -0.1, 0.5])}, coords={"group": groups}
    )
    axes = bt.plots.bars(found)
    assert [bar.get_width() for bar in axes.patches] == [0.1, -0.2, 0.3]
    assert_allclose([bar.get_y() + bar.get_height() / 2 for bar in axes.patches], [0, 1, 2])
    assert [text.get_text() for text in axes.get_yticklabels()] == groups
    points, _, bars = axes.containers[1]
    assert_array_equal(points.get_xydata(), [[0.2, 0], [-0.1, 1], [0.5, 2]])
    assert not bars
    assert axes.yaxis_inverted()
    assert axes.get_xlabel() == r"Weight change $\Delta w / w$"


def test_bars_with_errors_over_several_dimensions_are_named_by_their_coordinates() -> None:
    found = frequency()
    axes = bt.plots.bars(found)
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "10 ms, 10 Hz",
        "10 ms, 50 Hz",
        "-10 ms, 10 Hz",
        "-10 ms, 50 Hz",
    ]
    assert [bar.get_width() for bar in axes.patches] == [0.1, 0.4, -0.2, 0.3]
    points, _, (bar,) = axes.containers[1]
    assert_array_equal(points.get_xdata(), found["measured"].to_numpy().ravel())
    assert_allclose(np.diff(np.array(bar.get_segments())[:, :, 0]).ravel(), 2 * found["error"].to_numpy().ravel())


def test_coordinates_without_a_unit_have_their_name_and_variables_their_unit() -> None:
    found = xarray.Dataset({"drift": ("c", [1.0, 2.0], {"units": "nS/s"})}, coords={"spikes": ("c", [1, 3])})
    axes = bt.plots.bars(found, variable="drift")
    assert [text.get_text() for text in axes.get_yticklabels()] == ["spikes 1", "spikes 3"]
    assert axes.get_xlabel() == "drift (nS/s)"
    assert len(axes.containers) == 1


def test_a_figure_grows_with_its_bars() -> None:
    few, many = (bt.plots.bars(xarray.Dataset({"change": ("n", np.zeros(n))})).get_figure().get_figheight() for n in (3, 13))
    assert many - few == pytest.approx(2.0)


def test_triplets_are_drawn_as_bars() -> None:
    found = bt.protocols.triplets(BITES, repetitions=2, **REFERENCE)
    (axes,) = bt.protocols.triplets.draw(found).axes
    assert_array_equal([bar.get_width() for bar in axes.patches], found["change"])
    assert_array_equal(axes.containers[1][0].get_xdata(), found["measured"])
