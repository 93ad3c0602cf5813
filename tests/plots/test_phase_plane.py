"""Nullclines and vector fields are those of the equations, trajectories those of the simulation."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import bouton as bt
from bouton.errors import ModelError, NameError_, NetworkError, UnitError
from bouton.units import Hz, ms, mV, nA, pA, second

FITZHUGH = bt.NeuronModel(
    """
    dv/dt = (v - v**3/3 - w + I + 3*xi*second**0.5)/tau : 1
    dw/dt = slow*target_w/tau : 1
    target_w = v + 0.7 - 0.8*w : 1
    I : 1
    """,
    parameters={"tau": 1 * ms, "slow": 0.08},
    method="euler_maruyama",
    name="fitzhugh",
)
RANGES = ([-2.5, 2.5], [-1.5, 2.0])


def nullclines(axes: Any) -> dict[str, Any]:
    """The points of the curves on which nothing moves, by their label."""
    labels = [text.get_text() for text in axes.get_legend().get_texts() if "= 0" in text.get_text()]
    curves = [c for c in axes.collections if hasattr(c, "levels")]
    assert len(labels) == len(curves)
    return {label: np.concatenate([path.vertices for path in c.get_paths()]) for label, c in zip(labels, curves, strict=True)}


def arrows(axes: Any) -> Any:
    return next(c for c in axes.collections if hasattr(c, "U"))


def test_nullclines_are_where_nothing_moves() -> None:
    found = nullclines(bt.plots.phase_plane(FITZHUGH, "v", "w", RANGES, {"I": 0.5}))
    v, w = found[r"$\mathrm{d}v/\mathrm{d}t = 0$"].T
    assert_allclose(w, v - v**3 / 3 + 0.5, atol=1e-4)  # lines between points 0.0125 apart
    assert len(v) > 300
    v, w = found[r"$\mathrm{d}w/\mathrm{d}t = 0$"].T
    assert_allclose(w, (v + 0.7) / 0.8, atol=1e-9)


def test_arrows_have_the_direction_of_the_movement() -> None:
    axes = bt.plots.phase_plane(FITZHUGH, "v", "w", RANGES, {"slow": 0.5}, arrows=9)
    field = arrows(axes)
    v, w = field.X, field.Y
    assert len(v) == 81
    dv, dw = v - v**3 / 3 - w, 0.5 * (v + 0.7 - 0.8 * w)
    assert_allclose(np.hypot(dv, dw) * np.hypot(field.U, field.V), dv * field.U + dw * field.V, rtol=1e-12)  # parallel, onward
    share = np.hypot(field.U / 5, field.V / 3.5) * 9
    assert share.max() == pytest.approx(0.9)  # no arrow reaches into the next tile
    assert (share > 0.2).all()


def test_units_of_the_axes_are_those_of_the_model() -> None:
    model = bt.neurons.AdEx(I_ext=500 * pA)
    axes = bt.plots.phase_plane(model, "v", "w", ([-80, -40] * mV, [-0.1, 0.4] * nA))
    assert axes.get_xlabel() == "v (mV)"
    assert axes.get_ylabel() == "w (pA)"
    assert axes.get_xlim() == pytest.approx((-80, -40))
    assert axes.get_ylim() == pytest.approx((-100, 400))
    v, w = nullclines(axes)[r"$\mathrm{d}w/\mathrm{d}t = 0$"].T
    assert_allclose(w, 4 * (v + 70.6), atol=1e-6)  # a = 4 nS
    v, w = nullclines(axes)[r"$\mathrm{d}v/\mathrm{d}t = 0$"].T
    exact = 30 * (-70.6 - v) + 60 * np.exp((v + 50.4) / 2) + 500
    assert_allclose(w, exact, atol=0.5)  # pA; of a curve that is steep between points 0.1 mV apart


def test_a_trajectory_is_that_of_the_simulation_and_is_broken_at_spikes() -> None:
    network = bt.Network()
    model = bt.NeuronModel(
        "dv/dt = (20*mV - v)/tau : mV\ndu/dt = -u/tau : mV",
        threshold="v > 10*mV",
        reset="v = 0*mV; u += 1*mV",
        parameters={"tau": 10 * ms},
        name="leaky",
    )
    cells = network.add(bt.Population(2, model, v=[0, 5] * mV))
    simulation = bt.Simulation(network, dt=0.5 * ms, backend="reference")
    v, u, spikes = simulation.record(cells, "v"), simulation.record(cells, "u"), simulation.record_spikes(cells)
    simulation.run(20 * ms)
    ranges = ([-1, 12] * mV, [-1, 3] * mV)
    axes = bt.plots.phase_plane(model, "v", "u", ranges, trajectory=(v, u), element=1)
    line = next(line for line in axes.lines if line.get_label() == "trajectory")
    assert_array_equal(line.get_xdata(), v.of(1).magnitude)
    assert_array_equal(line.get_ydata(), u.of(1).magnitude)
    axes = bt.plots.phase_plane(model, "v", "u", ranges, trajectory=(v, u), spikes=spikes, element=1)
    broken = next(line for line in axes.lines if line.get_label() == "trajectory").get_xdata()
    parts = np.split(broken[~np.isnan(broken)], np.flatnonzero(np.isnan(broken)) - np.arange(np.isnan(broken).sum()))
    assert len(parts) == len(spikes.of(1)) + 1 > 2
    assert all(part[0] == 0 for part in parts[1:])  # each begins at the reset
    assert all((np.diff(part) > 0).all() for part in parts)
    with pytest.raises(NetworkError, match="element= one of the 2 recorded"):
        bt.plots.phase_plane(model, "v", "u", ranges, trajectory=(v, u))


def test_other_variables_are_held() -> None:
    cell = bt.neurons.HodgkinHuxley()
    names = {e.name for e in cell.equations if e.kind == "ode"}
    assert {"v", "m", "h", "n"} <= names
    with pytest.raises(NetworkError, match=r"E408: .*m.* moves too, and a plane shows two variables") as refused:
        bt.plots.phase_plane(cell, "v", "n", ([-80, 40] * mV, [0, 1]))
    assert "parameters={'" in str(refused.value)
    model = bt.NeuronModel(
        "dx/dt = (y + z - x)/tau : 1\ndy/dt = -y/tau : 1\ndz/dt = (x - z)/tau : 1", parameters={"tau": 5 * ms}, name="three"
    )
    for z in (0.0, 0.25):
        x, y = nullclines(bt.plots.phase_plane(model, "x", "y", ([-1, 1], [-1, 1]), {"z": z}))[r"$\mathrm{d}x/\mathrm{d}t = 0$"].T
        assert_allclose(y, x - z, atol=1e-12)


@pytest.mark.parametrize(
    "model, change, error, message",
    [
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1\nz : 1", {"x": "z"}, NameError_, "E206: 'z' is not a variable with"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1", {"y": "yy"}, NameError_, "try: .*y"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y(t-dt)/tau : 1", {}, ModelError, r"E506: an equation reads y\(t - …\)"),
        ("dx/dt = -x/tau : 1\ndy/dt = sin(t*Hz)/tau : 1", {}, ModelError, "E506: an equation reads t,"),
        ("dx/dt = -x/tau : mV\ndy/dt = -y/tau : 1", {}, UnitError, "E301"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1", {"ranges": ([1, -1], [0, 1])}, NetworkError, "the range of 'x'"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1", {"parameters": {"tau": 3 * mV}}, UnitError, "tau"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1", {"parameters": {"tua": 3 * ms}}, NameError_, "try: .*tau"),
        ("dx/dt = -x/tau : 1\ndy/dt = -y/tau : 1", {"parameters": {"tau": bt.Uniform(1 * ms, 2 * ms)}}, ModelError, "reads tau"),
    ],
)
def test_what_is_no_plane_is_refused(model: str, change: dict[str, Any], error: type[Exception], message: str) -> None:
    given: dict[str, Any] = {"x": "x", "y": "y", "ranges": ([-1, 1], [-1, 1]), "parameters": {}, **change}
    neuron = bt.NeuronModel(model, parameters={"tau": 5 * ms}, method="rk4", name="cell")
    with pytest.raises(error, match=message):
        bt.plots.phase_plane(neuron, given["x"], given["y"], given["ranges"], given["parameters"])


def test_a_nullcline_outside_the_plane_is_left_out() -> None:
    model = bt.NeuronModel("dx/dt = (1 - x)/tau : 1\ndy/dt = -y/tau : 1", parameters={"tau": 1 * second}, name="sink")
    axes = bt.plots.phase_plane(model, "x", "y", ([5, 6], [-1, 1]), {"tau": 1 / (5 * Hz)})
    assert list(nullclines(axes)) == [r"$\mathrm{d}y/\mathrm{d}t = 0$"]
