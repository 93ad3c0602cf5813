"""Short-term plasticity: what each spike of a train transmits, over what the first one does.

M. Tsodyks & H. Markram, Proc. Natl. Acad. Sci. USA 94:719 (1997), doi:10.1073/pnas.94.2.719: the steady state against frequency.
H. Markram, Y. Wang & M. Tsodyks, Proc. Natl. Acad. Sci. USA 95:5323 (1998), doi:10.1073/pnas.95.9.5323: trains, facilitating and
depressing. The numbers of their recordings are not here: there is no score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton.plots import style
from bouton.plots.marks import reference
from bouton.protocols.drive import RECEIVED, Staged, stage, start, to_grid
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import TIME, Hz, Quantity, in_base, in_seconds, ms

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

RATES = np.array([5.0, 10.0, 20.0, 40.0, 50.0, 100.0]) * Hz
INTERVALS = np.array([10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]) * ms
FIRST = 10.0
SETTLED = 5000.0
"""For how long, in ms, a train goes on before its last response counts as steady."""
ROOM = 2e7
"""How many samples are kept at a time."""


def short_term(
    rule: bt.SynapseModel,
    train: Quantity | None = None,
    *,
    rates: Quantity = RATES,
    intervals: Quantity = INTERVALS,
    responses: int = 10,
    trials: int = 1,
    w: Any = 1.0,
    **options: Any,
) -> Ready:
    """Drive synapses with regular trains and with pairs of spikes, or with a ``train`` of one's own (times with a unit).

    In the dataset: ``amplitude`` over ``rate`` (Hz) and ``response``, what each spike transmits, and ``relative``, over what
    the first one does; ``steady`` over ``rate``, the same for a train of five seconds; ``ratio`` over ``interval`` (ms), the
    second of two spikes over the first. With a train of one's own, ``amplitude`` and ``relative`` over ``response``, at its
    ``time`` (ms). All are means over ``trials`` synapses, for rules that draw at random, and ``error`` is the standard error of
    the amplitude.

    ``w`` is the weight, where the rule has one that can be set. There are no postsynaptic spikes. Spikes fall on the nearest
    step. ``options`` are those of `play`; if ``neuron`` is among them, its variable ``target`` must be 0 when a step begins.
    """
    import xarray

    where = "protocols.short_term"
    hertz, gaps = (
        np.atleast_1d(np.asarray(in_base(given, dimension, where=where), dtype=np.float64))
        for given, dimension in ((rates, 1 / TIME), (intervals, TIME))
    )
    if train is not None:
        trains = [1e3 * np.atleast_1d(np.asarray(in_base(train, TIME, where=where), dtype=np.float64))]
    else:
        counts = np.maximum(responses, np.ceil(SETTLED * hertz / 1e3).astype(int) + 1)
        trains = [FIRST + np.arange(count) * 1e3 / rate for count, rate in zip(counts, hertz, strict=True)]
        trains += [np.array([FIRST, FIRST + 1e3 * gap]) for gap in gaps]
    responding = _responses(rule, trains, trials, w, {"dt": 1 * ms, **options})
    attrs = {"rule": rule.name, "trials": trials}

    def evaluate(**values: Any) -> xr.Dataset:
        means, errors, unit = responding(**values)
        of_spike = {"units": unit, "long_name": "what a spike transmits"}
        relative = {"units": "1", "long_name": "what a spike transmits over what the first does"}
        first = [_over(mean, mean[0]) for mean in means]
        if train is not None:
            return xarray.Dataset(
                {
                    "amplitude": ("response", means[0], of_spike),
                    "relative": ("response", first[0], relative),
                    "error": ("response", errors[0], of_spike),
                },
                coords={"response": np.arange(1, len(means[0]) + 1), "time": ("response", trains[0], {"units": "ms"})},
                attrs=attrs,
            )
        several, dims = range(len(hertz)), ("rate", "response")
        return xarray.Dataset(
            {
                "amplitude": (dims, np.array([means[k][:responses] for k in several]), of_spike),
                "relative": (dims, np.array([first[k][:responses] for k in several]), relative),
                "error": (dims, np.array([errors[k][:responses] for k in several]), of_spike),
                "steady": ("rate", np.array([first[k][-1] for k in several]), relative),
                "ratio": ("interval", np.array([pair[1] for pair in first[len(hertz) :]]), relative),
            },
            coords={
                "rate": ("rate", hertz, {"units": "Hz"}),
                "response": np.arange(1, responses + 1),
                "interval": ("interval", 1e3 * gaps, {"units": "ms"}),
            },
            attrs=attrs,
        )

    return evaluate


def _responses(
    rule: bt.SynapseModel, trains: Sequence[NDArray[np.float64]], trials: int, w: Any, options: dict[str, Any]
) -> Callable[..., tuple[list[NDArray[np.float64]], list[NDArray[np.float64]], str]]:
    """What gives the mean and the standard error of what each spike of each train transmits, and the unit."""
    step = in_seconds(options["dt"], where="protocols.short_term") * 1e3
    given = [to_grid(train, options["dt"]) for train in trains]
    last = max(float(train[-1]) for train in trains)
    weight = next((e.unit for e in rule.equations if e.name == "w"), "1")
    cell = bt.NeuronModel(f"{RECEIVED} : {weight}", every=(bt.dt, f"{RECEIVED} = 0"), name="cell")
    target = options.get("target", RECEIVED)
    at_once = max(1, min(trials, int(ROOM * step / (last * len(trains)))))
    first_seed = (options.get("options") or {}).get("seed", 0)
    staged: dict[int, Staged] = {}
    for count in {at_once, trials % at_once} - {0}:
        staged[count] = stage(
            rule,
            [train for train in given for _ in range(count)],
            [] * ms,
            record_cells=(target,),
            **{"neuron": cell, **start(rule, w), **options},
        )

    def responses(**values: Any) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]], str]:
        found: list[list[NDArray[np.float64]]] = [[] for _ in trains]
        for begun in range(0, trials, at_once):
            count = min(at_once, trials - begun)
            played = staged[count].play(seed=first_seed + begun, **values)
            arrived = played.cell_grid[target].values
            by_train = np.asarray(arrived.magnitude).reshape(-1, len(trains), count)
            for k, train in enumerate(given):
                steps = np.rint(train.magnitude / step).astype(int)
                arrived_by = np.add.reduceat(by_train[:, k], steps, axis=0)  # with delays too, if shorter than the gaps
                found[k].append(arrived_by)
        together = [np.concatenate(parts, axis=1) for parts in found]
        means = [every.mean(axis=1) for every in together]
        errors = [
            every.std(axis=1, ddof=1) / np.sqrt(trials) if trials > 1 else np.full(len(every), np.nan) for every in together
        ]
        return means, errors, f"{arrived.units:~}" or "1"

    return responses


def _over(values: NDArray[np.float64], first: float) -> NDArray[np.float64]:
    """Values relative to the first; NaN if it is 0."""
    relative: NDArray[np.float64] = values / (first if first != 0 else np.nan)
    return relative


@style.styled
def draw(found: xr.Dataset) -> Figure:
    """Trains, pairs, and the steady state; or the responses to one train in time."""
    if "steady" not in found:
        made = style.figure("column", 2.2)
        axes = made.subplots()
        axes.vlines(found["time"], 0, found["relative"], color=style.COLOURS["blue"], linewidth=1.2)
        axes.set(xlabel="Time (ms)", ylabel="Response over the first", ylim=(0, None))
        return made
    made = style.figure("page", 2.4)
    trains, pairs, steady = made.subplots(1, 3, width_ratios=(1.3, 1, 1))
    for axes in (trains, pairs, steady):
        reference(axes, 1)
    for k, rate in enumerate(found["rate"].to_numpy()):
        one, colour = found.isel(rate=k), style.COLOURS[style.CYCLE[k % len(style.CYCLE)]]
        error = one["error"] / one["amplitude"][0] if found.attrs["trials"] > 1 else None
        trains.errorbar(one["response"], one["relative"], error, fmt="o-", color=colour, label=f"{rate:g} Hz")
    pairs.plot(found["interval"], found["ratio"], "o-", color=style.COLOURS["blue"])
    steady.plot(found["rate"], found["steady"], "o-", color=style.COLOURS["blue"])
    style.letter(trains, "a", "Trains").set(xlabel="Response", ylabel="Over the first", ylim=(0, None))
    style.letter(pairs, "b", "Pairs").set(xlabel="Interval (ms)", ylabel="Second over first", xscale="log", ylim=(0, None))
    style.letter(steady, "c", "Steady state").set(xlabel="Rate (Hz)", ylabel="Over the first", xscale="log", ylim=(0, None))
    for axes in (pairs, steady):
        axes.xaxis.set_major_formatter("{x:g}")
    trains.legend(loc="best", ncols=2)
    return made


def columns(found: xr.Dataset) -> Mapping[str, Any]:
    """A row for each response: of trains, then the second ones of pairs, then the steady ones."""
    if "steady" not in found:
        return {"time_ms": found["time"].to_numpy()} | {
            name: found[name].to_numpy() for name in ("response", "amplitude", "relative", "error")
        }
    flat, rate, interval = found.stack(spike=("rate", "response")), found["rate"].to_numpy(), found["interval"].to_numpy()
    words = np.repeat(["train", "pair", "steady"], [flat.sizes["spike"], len(interval), len(rate)])
    return {
        "stimulus": words.astype(object),
        "rate_Hz": np.concatenate([flat["rate"], 1e3 / interval, rate]),
        "response": np.concatenate([flat["response"], np.full(len(interval), 2), np.full(len(rate), np.nan)]),
        "relative": np.concatenate([flat["relative"], found["ratio"], found["steady"]]),
    }


PROTOCOL = Protocol(
    name="short_term",
    title="what spikes of trains and pairs transmit",
    papers=(
        "Tsodyks & Markram (1997), doi:10.1073/pnas.94.2.719",
        "Markram, Wang & Tsodyks (1998), doi:10.1073/pnas.95.9.5323",
    ),
    stage=short_term,
    draw=draw,
    columns=columns,
    asks="release",
    options={"rates": RATES, "intervals": INTERVALS, "responses": 10, "trials": 1, "w": 1.0, "dt": 1 * ms},
)
