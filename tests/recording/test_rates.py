"""Population rates: smoothing against Brian2 and against sums written out, bins."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bouton.errors import SimulationError, UnitError
from bouton.recording import RateRecording, rates
from bouton.units import Hz, ms, mV, second

REFERENCE = Path(__file__).parents[1] / "reference" / "homeostasis_rate.npz"
DT = 1e-4


def recorded(counts: NDArray[np.int64], size: int = 1, chunk: int = 0) -> RateRecording:
    recording = RateRecording(DT, size, object_name="cells")
    for start in range(0, len(counts), chunk or len(counts)):
        recording.append(start, counts[start : start + (chunk or len(counts))])
    return recording


def random_counts(n: int = 400) -> NDArray[np.int64]:
    return np.random.default_rng(3).poisson(0.3, n)


@pytest.mark.parametrize("case", ["with_h", "without_h"])
def test_gaussian_smoothing_and_bins_are_those_of_brian2(case: str) -> None:
    with np.load(REFERENCE) as data:
        steps, smooth, means = (data[f"{name}_{case}{end}"] for name, end in KEYS)
    recording = recorded(np.bincount(steps, minlength=400_000), chunk=50_000)
    rate = recording.rate("gaussian", 100 * ms)
    assert rate.units == Hz
    assert np.abs(rate.magnitude[::100] - smooth).max() < 1e-9  # of values up to 80; from an FFT
    assert rate.magnitude.min() >= 0.0
    starts, binned = recording.binned(10 * second)
    assert starts.to("s").magnitude.tolist() == [0.0, 10.0, 20.0, 30.0]
    assert binned.magnitude == pytest.approx(means, rel=1e-12)


KEYS = (("out", "_step"), ("smooth_rate_10ms", ""), ("mean_rate_per_10s", ""))


def test_rate_is_per_element_and_second() -> None:
    recording = recorded(np.array([0, 3, 1]), size=5)
    assert recording.rate().units == Hz
    assert recording.rate().magnitude == pytest.approx([0.0, 6000.0, 2000.0])
    assert recording.times.magnitude.tolist() == [0.0, 0.1, 0.2]
    assert recording.counts.tolist() == [0, 3, 1]


@pytest.mark.parametrize("width, n", [(0.1, 1), (0.19, 1), (0.3, 3), (0.39, 3), (0.4, 5), (0.5, 5), (0.6, 7), (10.0, 101)])
def test_running_mean_over_an_odd_number_of_steps(width: float, n: int) -> None:
    counts = random_counts()
    padded = np.concatenate([np.zeros(n // 2), counts, np.zeros(n // 2)])
    written_out = [padded[k : k + n].sum() / (n * DT) for k in range(len(counts))]
    assert recorded(counts).rate("window", width * ms).magnitude == pytest.approx(written_out)


@pytest.mark.parametrize("width", [0.04, 0.25, 1.0, 3.33, 30.0])  # the last reaches beyond both ends at once
def test_gaussian_is_the_weighted_sum_written_out(width: float) -> None:
    counts, n = random_counts(), len(random_counts())
    sd, cut = width / 0.1, round(2 * width / 0.1)
    weights = {d: np.exp(-(d**2) / (2 * sd**2)) for d in range(-cut, cut + 1)}
    total = sum(weights.values())
    written_out = [sum(w * counts[k + d] for d, w in weights.items() if 0 <= k + d < n) / (total * DT) for k in range(n)]
    smooth = recorded(counts).rate("gaussian", width * ms).magnitude
    assert len(smooth) == n
    assert smooth == pytest.approx(written_out)


@pytest.mark.parametrize("smooth", ["window", "gaussian"])
@pytest.mark.parametrize("width", [0.04, 1.0, 30.0])
def test_where_the_ends_are_unknown_the_mean_is_over_what_was_recorded(
    smooth: Literal["window", "gaussian"], width: float
) -> None:
    counts = random_counts()
    silent = recorded(counts).rate(smooth, width * ms).magnitude
    weight = recorded(np.ones_like(counts)).rate(smooth, width * ms).magnitude * DT  # of the steps that there are
    assert recorded(counts).rate(smooth, width * ms, ends="unknown").magnitude == pytest.approx(silent / weight)
    with pytest.raises(SimulationError, match=r"E603: ends='open'(.|\n)*'unknown'"):
        recorded(counts).rate(smooth, width * ms, ends=cast(Any, "open"))


@pytest.mark.parametrize("smooth", ["window", "gaussian"])
def test_both_ways_to_convolve_agree(smooth: Literal["window", "gaussian"], monkeypatch: pytest.MonkeyPatch) -> None:
    recording = recorded(random_counts(3000))
    direct = recording.rate(smooth, 5 * ms).magnitude
    monkeypatch.setattr(rates, "_DIRECT", 0)
    assert recording.rate(smooth, 5 * ms).magnitude == pytest.approx(direct, abs=1e-9)


def test_bins_leave_out_what_does_not_fill_one() -> None:
    recording = recorded(np.array([1, 0, 2, 0, 0, 1, 7]), size=2)
    starts, binned = recording.binned(0.3 * ms)
    assert starts.magnitude.tolist() == [0.0, 0.3]
    assert binned.magnitude == pytest.approx([3 / (2 * 3e-4), 1 / (2 * 3e-4)])


@pytest.mark.parametrize("width", [0 * ms, -1 * ms, 0.15 * ms, 0.01 * ms, 50 * ms, float("inf") * ms])
def test_bins_that_cannot_be_are_refused(width: Any) -> None:
    with pytest.raises(SimulationError, match="E603"):
        recorded(random_counts()).binned(width)


@pytest.mark.parametrize(
    "smooth, width",
    [
        ("gaussian", None),
        ("window", 0 * ms),
        ("gaussian", -5 * ms),
        ("gauss", 5 * ms),
        (None, 5 * ms),
        ("window", float("nan") * ms),
    ],
)
def test_smoothing_that_cannot_be_is_refused(smooth: Any, width: Any) -> None:
    with pytest.raises(SimulationError, match="E603"):
        recorded(random_counts()).rate(smooth, width)


def test_a_width_is_a_time() -> None:
    with pytest.raises(UnitError, match="E301"):
        recorded(random_counts()).rate("gaussian", 5 * mV)


def test_steps_are_neither_skipped_nor_repeated() -> None:
    recording = RateRecording(DT, 1)
    recording.append(500, np.array([1, 0]))
    assert recording.times.magnitude.tolist() == [50.0, 50.1], "a recorder may be attached in the middle of a run"
    for start in (501, 503):
        with pytest.raises(SimulationError, match=f"counts from step {start} on(.|\n)*expected: step 502"):
            recording.append(start, np.array([1]))


def test_episodes_and_nothing_recorded() -> None:
    recording = recorded(np.array([1, 0]))
    recording.begin_episode()
    assert len(recording) == 0
    assert recording.rate("gaussian", 1 * ms).magnitude.shape == (0,)
    recording.append(0, np.array([0, 0, 1]))
    assert [episode.counts.tolist() for episode in recording.episodes] == [[1, 0], [0, 0, 1]]


def test_exports() -> None:
    recording = recorded(np.array([1, 0, 2]), size=10)
    array, series = recording.to_xarray(), recording.to_pandas()
    assert array.sel(time=0.2).item() == series.loc[0.2] == pytest.approx(2000.0)
    assert array.attrs["units"] == "Hz"
    assert (series.name, series.index.name) == ("rate_Hz", "time_ms")
