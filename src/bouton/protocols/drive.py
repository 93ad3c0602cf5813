"""A rule driven by given presynaptic and postsynaptic spikes: one synapse for each pair of trains, all in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import Code, NameError_, NetworkError, nearest, one_of
from bouton.protocols.checks import check_given, sets_weight
from bouton.units import QUANTITY_TYPE, TIME, Quantity, from_base, in_base, in_seconds, ms, parse_unit, second

if TYPE_CHECKING:
    import xarray as xr

Trains: TypeAlias = Quantity | Sequence[Any] | bt.SpikeTimes
"""One train, or one for each synapse: times with a unit, in ascending order, or a source of the spikes."""
RECEIVED = "received"
"""The variable of the postsynaptic cell that adds up what synapses transmit."""
CELL = bt.NeuronModel(f"{RECEIVED} : 1", name="cell")


@dataclass(frozen=True)
class Played:
    """What came of trains; of a `Staged`, what came of them when it was played last.

    Attributes
    ----------
    simulation, synapses, cells: of which anything else can be asked; synapse k joins train k of both sides.
    events: variables at the events of synapses, by name; recordings of `Simulation.record`.
    grid: the same on a grid.
    cell_grid: variables of the cells on a grid.
    initial: the weights at the beginning, if `play` was asked to ``weigh``.
    """

    simulation: bt.Simulation
    synapses: bt.Projection
    cells: bt.Population
    events: Mapping[str, Any]
    grid: Mapping[str, Any]
    cell_grid: Mapping[str, Any]
    initial: Quantity | None = None

    def final(self, variable: str = "w") -> Quantity:
        """A variable at the end, shape (synapses,)."""
        value: Quantity = getattr(self.simulation[self.synapses], variable)
        return value

    def change(self) -> NDArray[np.float64]:
        """The final weights less the initial ones in the unit of the weight, shape (synapses,); `play` was asked to ``weigh``."""
        final, initial = self.final(), self.initial
        assert initial is not None
        changed: NDArray[np.float64] = np.asarray(final.magnitude, dtype=np.float64) - np.asarray(initial.magnitude)
        return changed

    def to_dataset(self) -> xr.Dataset:
        """All that was recorded on the grid, with coordinates ``time`` and ``element``."""
        import xarray

        return xarray.Dataset({name: recording.to_xarray() for name, recording in self.grid.items()})


@final
class Staged:
    """Synapses, cells and trains that can be played again and again, with other parameters, without compiling anything anew."""

    def __init__(self, played: Played, duration: Quantity, *, weigh: bool) -> None:
        self._played, self._duration, self._weigh = played, duration, weigh
        self._set: dict[str, Any] = {}
        self._fresh = True

    @property
    def simulation(self) -> bt.Simulation:
        """What is run."""
        return self._played.simulation

    def play(self, *, seed: int | None = None, **values: Any) -> Played:
        """Play from the beginning. Parameters of the rule stay as they were given last, initial values of variables do not.

        Raises NameError_ (E206) for what the rule does not have, SimulationError (E506) for a parameter that is the delay or the
        interval of a block, and what a run refuses.
        """
        simulation, synapses = self.simulation, self._played.synapses
        if not self._fresh or seed is not None:
            simulation.reset(seed=seed)
        self._fresh = False
        for recording in (*self._played.events.values(), *self._played.grid.values(), *self._played.cell_grid.values()):
            recording.forget()
        handle = simulation[synapses]
        for name, value in values.items():
            if name not in synapses.model.parameters:
                setattr(handle, name, value)
            elif name not in self._set or not _same(self._set[name], value):
                setattr(handle.parameters, name, value)
                self._set[name] = value
        played = replace(self._played, initial=handle.w if self._weigh else None)
        simulation.run(self._duration)
        return played


def play(rule: bt.SynapseModel, pre: Trains, post: Trains, **options: Any) -> Played:
    """Drive synapses with spikes: `stage` tells the ``options``, and what is refused."""
    return stage(rule, pre, post, **options).play()


def stage(
    rule: bt.SynapseModel,
    pre: Trains,
    post: Trains,
    *,
    duration: Quantity | None = None,
    dt: Quantity = 0.1 * ms,
    events: Sequence[str] = (),
    moment: str = "after",
    every: Quantity | None = None,
    record: Sequence[str] = (),
    record_cells: Sequence[str] = (),
    weigh: bool = False,
    third: Mapping[str, Trains] | None = None,
    link: Mapping[str, Any] | None = None,
    neuron: bt.NeuronModel = CELL,
    cell: Mapping[str, Any] | None = None,
    target: str | None = RECEIVED,
    connect: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    **values: Any,
) -> Staged:
    """Prepare synapses that are to be driven with spikes.

    Parameters
    ----------
    rule: the synapses' model.
    pre, post: a train of spike times, or one for each synapse. Synapse k is reached by ``pre[k]``, and its cell is made to
        fire at ``post[k]``; a single train serves all.
    duration: 10 ms after the last spike unless given.
    events, moment: variables of synapses to record at each of their events: ``"after"`` a block, ``"before"``, or as
        ``"transmitted"``.
    record, record_cells, every: variables of the synapses and of their cells to record on a grid, each step unless ``every``
        says otherwise.
    weigh: whether to keep the weights at the beginning, from which `Played.change` is counted.
    third: trains for the third events of the rule by the event's name, as in ``{"reward": [20, 80] * ms}``: one that reaches all
        synapses, or one for each.
    link: what the linked variables of the rule are, as in ``{"d": 0.3}``: a number, values with one for each step, a
        `bouton.TimedArray`, a `bouton.NeuronModel` that has a variable of that name, or a `bouton.Population`. A value in time is
        that of its step where spikes read it; equations read the one of the step before.
    neuron, cell: the model of the cells, for rules that read their variables, and values for them. It is never asked for a
        threshold: spikes are those of ``post``.
    target: the variable of the cell that the rule transmits to, None for a rule that transmits nothing.
    connect, options: further arguments of `Network.connect` (delays) and of `Simulation` (seed, step_order, …).
    values: initial values and parameters of the rule, one for all or one for each synapse.

    Raises NetworkError: E407 (numbers of trains that differ), E408 (the rule reads a variable of neurons, a linked one, or has an
    event, for which nothing is given), and what a `Network` and a `Simulation` refuse.
    """
    check_given(rule, neuron, values, link or (), third or ())
    sides = {"pre": _trains(pre), "post": _trains(post)}
    others = {name: _trains(given) for name, given in (third or {}).items()}
    trains = [*sides.values(), *others.values()]
    count = max(len(each) for each in trains)
    for side, each in (*sides.items(), *others.items()):
        if len(each) not in {1, count}:
            raise NetworkError(
                Code.BAD_SHAPE, f"{side} has {len(each)} trains", where="protocols.play", expected=f"one, or {count} as the other"
            )
    before, after = ((each * count if len(each) == 1 else each) for each in sides.values())
    network = bt.Network()
    sources = network.add(_source(before), name="pre")
    cells = network.add(bt.Population(count, neuron, force_spikes=_source(after), **(cell or {})), name="post")
    sought: dict[str, Any] = dict(connect or {})
    if others:
        sought["events"] = {name: network.add(_source(each), name=f"third_{name}") for name, each in others.items()}
    if link:
        sought["link"] = {
            name: network.add(_linked(rule, name, given, dt), name=f"linked_{name}") for name, given in link.items()
        }
    synapses = network.connect(sources, cells, rule, target=target, pattern=bt.OneToOne(), name="synapses", **sought, **values)
    simulation = bt.Simulation(network, dt=dt, **(options or {}))
    at_events = {name: simulation.record(synapses, name, when=moment) for name in events}
    on_grid = {name: simulation.record(synapses, name, every=every) for name in record}
    on_cells = {name: simulation.record(cells, name, every=every) for name in record_cells}
    played = Played(simulation, synapses, cells, at_events, on_grid, on_cells)
    return Staged(played, _duration(trains, dt) if duration is None else duration, weigh=weigh)


def start(rule: bt.SynapseModel, w: Any) -> dict[str, Any]:
    """The weight to begin with, for `play`; nothing where there is none, or where it follows from other variables."""
    return {"w": w} if sets_weight(rule) else {}


def begin(rule: bt.SynapseModel, w: float | None, of: float | None) -> tuple[float, float]:
    """The weight to begin with, and the one over which a change is asked for; None for what suits the rule.

    For a weight with a bound ``w_max`` both are half of it, otherwise 0 and 1; ``w_1`` of a rule, the weight in which it is
    measured, stands for both. Who gives ``w`` alone asks for the change over 1.
    """
    if w is None:
        numbers = {name: float(value) for name, value in rule.parameters.items() if isinstance(value, (int, float))}
        weight = next((e for e in rule.equations if e.name == "w"), None)
        bounded = weight is not None and not (weight.low is None and weight.high is None)
        middle = numbers.get("w_1", 0.5 * numbers.get("w_max", 0.0) if bounded else 0.0)
        return middle, (middle or 1.0) if of is None else of
    return w, 1.0 if of is None else of


def _same(a: Any, b: Any) -> bool:
    """True for equal numbers in equal units."""
    magnitudes = (getattr(each, "magnitude", each) for each in (a, b))
    return bool(getattr(a, "units", None) == getattr(b, "units", None) and np.array_equal(*magnitudes))


def to_grid(times: NDArray[np.float64], dt: Quantity) -> Quantity:
    """Times in ms, moved to the nearest step."""
    step = in_seconds(dt, where="protocols") * 1e3
    moved: Quantity = np.round(times / step) * step * ms
    return moved


def _linked(rule: bt.SynapseModel, name: str, given: Any, dt: Quantity) -> bt.Population:
    """A population that has a linked variable. Raises NameError_ (E206) if the rule has no such variable."""
    if isinstance(given, bt.Population):
        return given
    if isinstance(given, bt.NeuronModel):
        return bt.Population(1, given)
    unit = next((e.unit for e in rule.equations if e.name == name and "linked" in e.flags), None)
    if unit is None:
        known = [e.name for e in rule.equations if "linked" in e.flags]
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"link names {name!r}, but {rule.name!r} has no such linked variable",
            where="protocols.play",
            expected=one_of(known),
            hint=nearest(name, known),
        )
    values = given if isinstance(given, bt.TimedArray) else bt.TimedArray(given, dt)
    model = bt.NeuronModel(f"{name} : {unit}", every=(bt.dt, f"{name} = in_time"), parameters={"in_time": values}, name=name)
    size = 1 if values.data.ndim == 1 else values.data.shape[1]
    return bt.Population(size, model, **{name: from_base(values.data[0], parse_unit(unit))})


def _trains(given: Trains) -> list[NDArray[np.float64]]:
    """Trains as times in seconds."""
    if isinstance(given, bt.SpikeTimes):
        order = np.argsort(given.indices, kind="stable")
        return np.split(given.times[order], np.cumsum(np.bincount(given.indices, minlength=given.size))[:-1])
    given = [given] if isinstance(given, QUANTITY_TYPE) else given
    return [np.atleast_1d(np.asarray(in_base(train, TIME, where="protocols.play"), dtype=np.float64)) for train in given]


def _source(trains: list[NDArray[np.float64]]) -> bt.SpikeTimes:
    times = np.concatenate(trains) if trains else np.zeros(0)
    indices = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return bt.SpikeTimes(len(trains), times * second, indices)


def _duration(trains: list[list[NDArray[np.float64]]], dt: Quantity) -> Quantity:
    """Until 10 ms after the last spike, on the grid."""
    last = max((float(train[-1]) for side in trains for train in side if len(train)), default=0.0)
    step = float(in_seconds(dt, where="protocols.play"))
    return float(np.ceil(round((last + 0.01) / step, 6))) * dt
