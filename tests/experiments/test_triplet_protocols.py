"""The triplet rule and Wang's protocols: sums over spikes, the paper's error and its rounding, faults that are seen."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments import find
from bouton.experiments import triplet_protocols as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest
from bouton.units import ms, second


@pytest.fixture(scope="module")
def result() -> Result:
    return find("triplet-protocols").run()


def spikes(group: str) -> tuple[list[float], list[float]]:
    """Presynaptic and postsynaptic spikes of one repetition in ms, from the paper's intervals: t_post - t_pre of neighbours."""
    kind, *intervals = group.split(" ")
    first, *rest = (float(each) for each in intervals)
    if kind == "pair":
        return [0.0], [first]
    if kind == "pre-post-pre":
        return [0.0, first - rest[0]], [first]
    if kind == "post-pre-post":
        return [0.0], [first, rest[0]]
    # two pairs of 5 ms whose middles are |T| apart; T < 0: pre-post before post-pre
    gap = abs(first)
    return ([0.0, gap + 5], [5.0, gap]) if first < 0 else ([5.0, gap], [0.0, gap + 5])


def by_hand(name: str, group: str) -> float:
    p: Any = bt.rules.TripletSTDP.sets[name]
    pre, post = (np.add.outer(np.arange(60) * 1000.0, each).ravel() for each in spikes(group))
    tau_x, tau_y = (p[each].to("ms").magnitude for each in ("tau_x", "tau_y"))

    def traces(at: NDArray[Any], other: NDArray[Any], tau: float) -> NDArray[Any]:
        ages = np.subtract.outer(at, other)
        kernel = np.where(ages > 0, np.exp(-np.maximum(ages, 0) / tau), 0.0)
        return np.asarray(kernel.sum(1) if p["pairing"] == "all_to_all" else kernel.max(1))

    up = traces(post, pre, 16.8) * (p["A2_plus"] + p["A3_plus"] * traces(post, post, tau_y))
    down = traces(pre, post, 33.7) * (p["A2_minus"] + p["A3_minus"] * traces(pre, pre, tau_x))
    return float(up.sum() - down.sum())


def test_every_check_passes(result: Result) -> None:
    assert len(result.checks) == 3
    assert result.passed, result.checks


@pytest.mark.parametrize("name", experiment.SETS)
def test_each_change_is_a_sum_over_spikes(name: str, result: Result) -> None:
    found = result.values["found"][name]
    meant = [by_hand(name, group) for group in found["group"].to_numpy()]
    np.testing.assert_allclose(found["change"], meant, rtol=1e-9)


@pytest.mark.parametrize("name", experiment.SETS)
def test_the_error_is_the_papers_as_far_as_digits_go(name: str, result: Result) -> None:
    """Measured values and standard errors are rounded to 0.01: E of the paper is among those that are possible."""
    found = result.values["found"][name]
    away, error = np.abs(found["change"] - found["measured"]).to_numpy(), found["error"].to_numpy()
    least = float(((np.maximum(away - 0.005, 0) / (error + 0.005)) ** 2).mean())
    most = float((((away + 0.005) / (error - 0.005)) ** 2).mean())
    assert 1.8 < least < experiment.ERROR < most < 4.2


def test_pairs_cannot_tell_the_two_kinds_of_triplets_apart(result: Result) -> None:
    """The same intervals, the same pairs; measured is a difference of more than 0.2, which the triplet rule has."""
    for name, least, most in (
        ("pair_all_to_all", 0, 1e-6),
        ("pair_nearest", 0, 1e-6),
        *((each, 0.15, 1) for each in experiment.SETS),
    ):
        change = result.values["found"][name].set_index(group="group")["change"]
        apart = abs(float(change.sel(group="post-pre-post -5 5") - change.sel(group="pre-post-pre 5 -5")))
        assert least <= apart <= most


@pytest.mark.parametrize("given", [{"tau_y": 60 * ms}, {"A3_minus": 0.0}, {"pairing": "nearest"}, {"A2_plus": 8e-3}])
def test_a_planted_fault_is_seen(given: dict[str, Any]) -> None:
    found = bt.protocols.triplets(bt.rules.TripletSTDP(experiment.SETS[0], **given))
    assert abs(found.attrs["score"] - experiment.ERROR) > 0.5


def test_the_reference_backend_computes_the_same() -> None:
    found = [experiment.run({"repetitions": 2, "dt": 1 * ms}, backend=backend) for backend in ("cpu", "reference")]
    assert found[0].checks == ()
    for name in experiment.SETS:
        compiled, interpreted = (each.values["found"][name]["change"] for each in found)
        assert largest(interpreted, compiled) <= 1e-12


def test_the_main_simulation_is_at_its_start() -> None:
    assert find("triplet-protocols").simulation(experiment.SETTINGS, 0).t == 0 * second


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("triplet-protocols").figure(result)
    (axes,) = figure.axes
    assert axes.get_xlabel() == "Intervals (ms)"
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert set(result.dataset().data_vars) == {"change", "measured", "error", "E"}
