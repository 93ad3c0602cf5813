"""Rates: the drift of the weight against the rates of independent Poisson trains on both sides.

With one presynaptic rate it is the curve that is compared with the rule of Bienenstock, Cooper and Munro:
E. M. Izhikevich & N. S. Desai, Neural Comput. 15:1511 (2003), doi:10.1162/089976603321891783: pairs of nearest neighbours.
J.-P. Pfister & W. Gerstner, J. Neurosci. 26:9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006: triplets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton.errors import Code, NetworkError
from bouton.plots import style
from bouton.plots.marks import reference
from bouton.protocols.drive import stage, start
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import TIME, Hz, Quantity, in_base, in_seconds, ms, second

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

PRE = np.array([10.0]) * Hz
POST = np.array([1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0]) * Hz
SAMPLES = 10
"""Weights are looked at so often; the first time is the beginning of what counts, when traces have forgotten theirs."""


def rates(
    rule: bt.SynapseModel,
    pre: Quantity = PRE,
    post: Quantity = POST,
    *,
    synapses: int = 400,
    duration: Quantity = 20 * second,
    w: Any = 0.5,
    seed: int = 0,
    **options: Any,
) -> Ready:
    """Drive ``synapses`` synapses with trains of their own at each pair of rates; ``options`` are those of `play`.

    The dataset is over ``pre`` and ``post`` (Hz): ``drift``, the change of the weight in a second, from a tenth of the
    ``duration`` on, as the mean over synapses, and ``error``, its standard error. Weights begin at ``w``, unless they follow from
    other variables. One that reaches a bound drifts no more: choose a duration in which few do.
    A train has at most one spike in a step. Trains depend on ``seed``, rates and number only, so that rules can be compared.
    Raises NetworkError (E401) for what is no rate.
    """
    import xarray

    where = "protocols.rates"
    options = {"dt": 0.1 * ms, **options}
    options["options"] = {"seed": seed, **(options.get("options") or {})}
    step, total = in_seconds(options["dt"], where=where), in_seconds(duration, where=where)
    samples = round(total / step / SAMPLES) * step
    sides = [np.atleast_1d(np.asarray(in_base(side, 1 / TIME, where=where), dtype=np.float64)) for side in (pre, post)]
    trains: tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]] = ([], [])
    for number, pair in enumerate((a, b) for a in sides[0] for b in sides[1]):
        random = np.random.default_rng([seed, number])
        for train, rate in zip(trains, pair, strict=True):
            train += [_poisson(random, float(rate) * step, SAMPLES * round(samples / step)) for _ in range(synapses)]
    sources = [
        bt.SpikeTimes(len(train), np.concatenate(train) * step * second, np.repeat(np.arange(len(train)), [*map(len, train)]))
        for train in trains
    ]
    staged = stage(
        rule,
        sources[0],
        sources[1],
        duration=SAMPLES * samples * second,
        record=("w",),
        every=samples * second,
        **start(rule, w),
        **options,
    )

    def evaluate(**values: Any) -> xr.Dataset:
        weights = staged.play(**values).grid["w"].values
        gained = np.asarray(weights.magnitude[-1] - weights.magnitude[0]) / ((SAMPLES - 1) * samples)
        gained = gained.reshape(len(sides[0]), len(sides[1]), synapses)
        error = gained.std(axis=2, ddof=1) / np.sqrt(synapses) if synapses > 1 else np.full(gained.shape[:2], np.nan)
        unit, dims = {"units": f"{weights.units:~}/s" if f"{weights.units:~}" else "1/s"}, ("pre", "post")
        return xarray.Dataset(
            {
                "drift": (dims, gained.mean(axis=2), {**unit, "long_name": "change of the weight in a second"}),
                "error": (dims, error, {**unit, "long_name": "standard error"}),
            },
            coords={name: (name, side, {"units": "Hz"}) for name, side in zip(dims, sides, strict=True)},
            attrs={"rule": rule.name, "synapses": synapses, "duration_s": SAMPLES * samples, "seed": seed},
        )

    return evaluate


def _poisson(random: np.random.Generator, probability: float, steps: int) -> NDArray[np.int64]:
    """The steps that have a spike. Raises NetworkError (E401) for what is no probability."""
    if not 0 <= probability <= 1:
        raise NetworkError(
            Code.BAD_VALUE, f"there are {probability:g} spikes a step", where="protocols.rates", expected="rates from 0 to 1/dt"
        )
    if probability == 0:
        return np.zeros(0, dtype=np.int64)
    expected = probability * steps
    gaps = random.geometric(probability, size=int(expected + 10 * np.sqrt(expected) + 20))  # more than will ever be asked for
    places: NDArray[np.int64] = np.cumsum(gaps) - 1
    return places[places < steps]


@style.styled
def draw(found: xr.Dataset) -> Figure:
    """A curve with its standard errors for each presynaptic rate, and beside it a map where there are several."""
    several = found.sizes["pre"] > 1
    made = style.figure("page" if several else "column", 2.6)
    axes: Axes
    if several:
        axes, field = made.subplots(1, 2)
        _map(field, found)
        style.letter(axes, "a")
        style.letter(field, "b")
    else:
        axes = made.subplots()
    reference(axes)
    colours = [style.COLOURS[style.CYCLE[k % len(style.CYCLE)]] for k in range(found.sizes["pre"])]
    for k, colour in enumerate(colours):
        one = found.isel(pre=k)
        axes.errorbar(one["post"], one["drift"], one["error"], fmt="o-", color=colour, label=f"{float(one['pre']):g} Hz")
    axes.set(xlabel="Postsynaptic rate (Hz)", ylabel=f"Drift of the weight ({_unit(found)})")
    axes.legend(title="presynaptic rate")
    return made


def _map(axes: Axes, found: xr.Dataset) -> None:
    """The drift in colours, on a scale that has 0 in its middle."""
    drift = found["drift"].to_numpy()
    reach = float(np.abs(drift).max(initial=1e-300))
    mesh = axes.pcolormesh(np.arange(drift.shape[1]), np.arange(drift.shape[0]), drift, cmap="RdBu_r", vmin=-reach, vmax=reach)
    axes.set_xticks(np.arange(drift.shape[1]), [f"{rate:g}" for rate in found["post"].to_numpy()])
    axes.set_yticks(np.arange(drift.shape[0]), [f"{rate:g}" for rate in found["pre"].to_numpy()])
    axes.set(xlabel="Postsynaptic rate (Hz)", ylabel="Presynaptic rate (Hz)")
    style.root(axes).colorbar(mesh, ax=axes, label=f"Drift ({_unit(found)})")


def _unit(found: xr.Dataset) -> str:
    return str(found["drift"].attrs["units"])


def columns(found: xr.Dataset) -> Mapping[str, Any]:
    """A row for each pair of rates."""
    flat = found.stack(pair=("pre", "post"))
    table: dict[str, NDArray[Any]] = {f"{side}_Hz": flat[side].to_numpy() for side in ("pre", "post")}
    return table | {name: flat[name].to_numpy() for name in ("drift", "error")}


PROTOCOL = Protocol(
    name="rates",
    title="independent Poisson trains of several rates",
    papers=(
        "Izhikevich & Desai (2003), doi:10.1162/089976603321891783",
        "Pfister & Gerstner (2006), doi:10.1523/JNEUROSCI.1425-06.2006",
    ),
    stage=rates,
    draw=draw,
    columns=columns,
    options={"pre": PRE, "post": POST, "synapses": 400, "duration": 20 * second, "w": 0.5, "seed": 0, "dt": 0.1 * ms},
)
