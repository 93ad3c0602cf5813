"""Bursts: the change of the weight against the lag between a presynaptic and a postsynaptic burst.

T. Nevian & B. Sakmann, J. Neurosci. 26:11001 (2006), doi:10.1523/JNEUROSCI.1749-06.2006: layer 2/3 of somatosensory cortex. One
presynaptic spike and a burst of one to three postsynaptic ones at 20 to 100 Hz, 60 times at 0.1 Hz. The numbers are those of the
text, with standard errors; legends give 0.67, 1.5 and 2.08 where the text has 0.68, 1.42 and 2.01.

Bursts on both sides, of any length, are options: D. A. Butts, P. O. Kanold & C. J. Shatz, PLoS Biol. 5:e61 (2007),
doi:10.1371/journal.pbio.0050061, found lags of the order of a second to matter where bursts last as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton.plots import style
from bouton.plots.marks import measured, reference
from bouton.protocols.drive import begin, stage, start, to_grid
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import TIME, Hz, Quantity, in_base, in_seconds, ms, second

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

LAGS = np.arange(-150.0, 101.0, 5.0) * ms
RATE = 50 * Hz
CONDITIONS: tuple[tuple[int, float, float, float, float], ...] = (
    (3, 50.0, -90.0, 1.00, 0.09),
    (3, 50.0, -50.0, 0.68, 0.05),
    (3, 50.0, -30.0, 0.98, 0.12),
    (3, 50.0, -10.0, 1.42, 0.19),
    (3, 50.0, 10.0, 2.01, 0.22),
    (3, 50.0, 50.0, 0.92, 0.11),
    (1, 50.0, 10.0, 1.04, 0.08),
    (1, 50.0, -10.0, 0.80, 0.07),
    (2, 50.0, 10.0, 1.95, 0.31),
    (2, 50.0, -30.0, 0.72, 0.12),
    (3, 20.0, 10.0, 1.09, 0.27),
    (3, 20.0, -110.0, 0.72, 0.14),
    (3, 100.0, 10.0, 2.29, 0.48),
    (3, 100.0, -30.0, 0.52, 0.12),
)
"""Postsynaptic spikes, their rate in Hz, ms from the presynaptic spike to the first of them; the amplitude after the pairings
over the one before, and its standard error."""
FIRST = 100.0


def bursts(
    rule: bt.SynapseModel,
    lags: Quantity = LAGS,
    *,
    pre_spikes: int = 1,
    post_spikes: int = 3,
    rate: Quantity = RATE,
    repetitions: int = 60,
    interval: Quantity = 10 * second,
    w: float | None = None,
    of: float | None = None,
    **options: Any,
) -> Ready:
    """Pair bursts ``repetitions`` times at an ``interval``, a synapse for each pair of bursts; ``options`` are those of `play`.

    ``curve`` is the change against ``lag`` (ms from the first presynaptic spike to the first postsynaptic one) with bursts of
    ``pre_spikes`` and ``post_spikes`` spikes at ``rate``. ``change`` is the one in each ``condition`` of the experiment
    (``spikes``, ``rate`` in Hz, ``onset`` in ms), beside ``measured`` and ``error``. All are the final weight less the initial
    one ``w``, over the weight ``of`` which the change is asked for. Spikes fall on the nearest step.
    ``attrs["score"]`` is the mean of ((change - measured)/error)².
    """
    import xarray

    where = "protocols.bursts"
    options = {"dt": 1 * ms, **options}
    w, of = begin(rule, w, of)
    shifts = 1e3 * np.atleast_1d(np.asarray(in_base(lags, TIME, where=where), dtype=np.float64))
    hertz = float(in_base(rate, 1 / TIME, where=where))
    spikes, rates, onsets, relative, errors = (np.array(column) for column in zip(*CONDITIONS, strict=True))
    found = np.round(relative - 1, 2)
    first = FIRST + max(0.0, -float(np.concatenate([shifts, onsets]).min()))
    begins = first + np.arange(repetitions) * 1e3 * in_seconds(interval, where=where)

    def train(count: int, per_second: float, lag: float) -> Quantity:
        return to_grid(np.add.outer(begins + lag, np.arange(count) * 1e3 / per_second).ravel(), options["dt"])

    pre = [train(1, hertz, 0.0)] * len(CONDITIONS) + [train(pre_spikes, hertz, 0.0)] * len(shifts)
    post = [train(*burst) for burst in zip(spikes, rates, onsets, strict=True)]
    post += [train(post_spikes, hertz, shift) for shift in shifts]
    staged = stage(rule, pre, post, weigh=True, **start(rule, w), **options)

    def evaluate(**values: Any) -> xr.Dataset:
        change, curve = np.split(staged.play(**values).change() / of, [len(CONDITIONS)])
        return xarray.Dataset(
            {
                "curve": ("lag", curve, {"units": "1", "long_name": "change of the weight"}),
                "change": ("condition", change, {"units": "1", "long_name": "change of the weight"}),
                "measured": ("condition", found, {"units": "1"}),
                "error": ("condition", errors, {"units": "1"}),
            },
            coords={
                "lag": ("lag", shifts, {"units": "ms", "long_name": "t_post - t_pre, first spikes"}),
                "spikes": ("condition", spikes),
                "rate": ("condition", rates, {"units": "Hz"}),
                "onset": ("condition", onsets, {"units": "ms"}),
            },
            attrs={
                "rule": rule.name,
                "score": float((((change - found) / errors) ** 2).mean()),
                "source": "Nevian & Sakmann (2006)",
                "pre_spikes": pre_spikes,
                "post_spikes": post_spikes,
                "rate_Hz": hertz,
                "repetitions": repetitions,
            },
        )

    return evaluate


@style.styled
def draw(found: xr.Dataset) -> Figure:
    """Lines for the rule, points with error bars for the experiment: against the lag, the number of spikes, and their rate."""
    made = style.figure("page", 2.4)
    lags, numbers, rates = made.subplots(1, 3, sharey=True, width_ratios=(1.5, 1, 1))
    for axes in (lags, numbers, rates):
        reference(axes)
    spikes, rate, onset = (found[name].to_numpy() for name in ("spikes", "rate", "onset"))
    burst = "{pre_spikes} pre, {post_spikes} post, {rate_Hz:g} Hz".format(**found.attrs)
    lags.plot(found["lag"], found["curve"], color=style.COLOURS["black"], label=burst)
    _points(lags, found, (spikes == 3) & (rate == 50), onset, "black")
    last = onset + (spikes - 1) * 1e3 / rate
    for chosen, colour, label in ((onset == 10, "vermilion", "+10 ms"), (last == -10, "blue", "−10 ms")):
        for axes, fixed, values in ((numbers, rate == 50, spikes), (rates, spikes == 3, rate)):
            order = np.flatnonzero(chosen & fixed)[np.argsort(values[chosen & fixed])]
            axes.plot(values[order], found["change"].to_numpy()[order], color=style.COLOURS[colour], label=label)
            _points(axes, found, chosen & fixed, values, colour)
    style.letter(lags, "a").set(xlabel=r"Lag of the first spikes $t_\mathrm{post} - t_\mathrm{pre}$ (ms)")
    lags.set_ylabel(r"Weight change $\Delta w / w$")
    lags.legend(loc="upper left")
    style.letter(numbers, "b").set(xlabel="Postsynaptic spikes at 50 Hz", xticks=(1, 2, 3))
    style.letter(rates, "c").set(xlabel="Rate of three spikes (Hz)")
    numbers.legend(title="nearest spike", loc="upper left")
    return made


def _points(axes: Axes, found: xr.Dataset, chosen: NDArray[np.bool_], values: NDArray[Any], colour: str) -> None:
    """What was measured in some of the conditions."""
    height, error = (found[name].to_numpy()[chosen] for name in ("measured", "error"))
    measured(axes, values[chosen], height, error, colour)


def columns(found: xr.Dataset) -> Mapping[str, Any]:
    """A row for each condition of the experiment, then one for each lag, of which nothing was measured."""
    lags, none = found.sizes["lag"], np.full(found.sizes["lag"], np.nan)
    rows = {
        "pre_spikes": (np.ones(found.sizes["condition"]), np.full(lags, found.attrs["pre_spikes"])),
        "post_spikes": (found["spikes"], np.full(lags, found.attrs["post_spikes"])),
        "rate_Hz": (found["rate"], np.full(lags, found.attrs["rate_Hz"])),
        "lag_ms": (found["onset"], found["lag"]),
        "change": (found["change"], found["curve"]),
        "measured": (found["measured"], none),
        "error": (found["error"], none),
    }
    return {name: np.concatenate([np.asarray(part) for part in parts]) for name, parts in rows.items()}


PROTOCOL = Protocol(
    name="bursts",
    title="bursts of spikes at several lags, 60 times at 0.1 Hz",
    papers=("Nevian & Sakmann (2006), doi:10.1523/JNEUROSCI.1749-06.2006",),
    stage=bursts,
    draw=draw,
    columns=columns,
    score="mean squared error in units of the standard error",
    options={
        "lags": LAGS,
        "pre_spikes": 1,
        "post_spikes": 3,
        "rate": RATE,
        "repetitions": 60,
        "interval": 10 * second,
        "w": None,
        "of": None,
        "dt": 1 * ms,
    },
)
