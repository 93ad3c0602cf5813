"""A rule driven by given presynaptic and postsynaptic spikes: one synapse for each pair of trains, all in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import Code, NetworkError
from bouton.units import QUANTITY_TYPE, TIME, Quantity, in_base, ms, second, seconds

if TYPE_CHECKING:
    import xarray as xr

Trains: TypeAlias = Quantity | Sequence[Any]
"""One train, or one for each synapse: times with a unit, in ascending order."""
RECEIVED = "received"
"""The variable of the postsynaptic cell that adds up what synapses transmit."""
CELL = bt.NeuronModel(f"{RECEIVED} : 1", name="cell")


@dataclass(frozen=True)
class Played:
    """What came of trains.

    Attributes
    ----------
    simulation, synapses, cells: of which anything else can be asked; synapse k joins train k of both sides.
    events: variables at the events of synapses, by name; recordings of `Simulation.record`.
    grid: the same on a grid.
    cell_grid: variables of the cells on a grid.
    """

    simulation: bt.Simulation
    synapses: bt.Projection
    cells: bt.Population
    events: Mapping[str, Any]
    grid: Mapping[str, Any]
    cell_grid: Mapping[str, Any]

    def final(self, variable: str = "w") -> Quantity:
        """A variable at the end, shape (synapses,)."""
        value: Quantity = getattr(self.simulation[self.synapses], variable)
        return value

    def to_dataset(self) -> xr.Dataset:
        """All that was recorded on the grid, with coordinates ``time`` and ``element``."""
        import xarray

        return xarray.Dataset({name: recording.to_xarray() for name, recording in self.grid.items()})


def play(
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
    third: Mapping[str, Quantity] | None = None,
    neuron: bt.NeuronModel = CELL,
    cell: Mapping[str, Any] | None = None,
    target: str | None = RECEIVED,
    connect: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    **values: Any,
) -> Played:
    """Drive synapses with spikes.

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
    third: one train for each third event of the rule, by its name; it reaches all synapses.
    neuron, cell: the model of the cells, for rules that read their variables, and values for them. It is never asked for a
        threshold: spikes are those of ``post``.
    target: the variable of the cell that the rule transmits to, None for a rule that transmits nothing.
    connect, options: further arguments of `Network.connect` (delays, links, events) and of `Simulation` (seed, step_order, …).
    values: initial values and parameters of the rule, one for all or one for each synapse.

    Raises NetworkError: E407 (numbers of trains that differ), and what a `Network` and a `Simulation` refuse.
    """
    trains = [_trains(given) for given in (pre, post)]
    count = max(len(each) for each in trains)
    for side, each in zip(("pre", "post"), trains, strict=True):
        if len(each) not in {1, count}:
            raise NetworkError(
                Code.BAD_SHAPE, f"{side} has {len(each)} trains", where="protocols.play", expected=f"one, or {count} as the other"
            )
    before, after = ((each * count if len(each) == 1 else each) for each in trains)
    network = bt.Network()
    sources = network.add(_source(before), name="pre")
    cells = network.add(bt.Population(count, neuron, force_spikes=_source(after), **(cell or {})), name="post")
    more = dict(connect or {})
    if third:
        given = {name: network.add(_source(_trains(train)), name=name) for name, train in third.items()}
        more["events"] = {**more.get("events", {}), **given}
    synapses = network.connect(sources, cells, rule, target=target, pattern=bt.OneToOne(), name="synapses", **more, **values)
    simulation = bt.Simulation(network, dt=dt, **(options or {}))
    at_events = {name: simulation.record(synapses, name, when=moment) for name in events}
    on_grid = {name: simulation.record(synapses, name, every=every) for name in record}
    on_cells = {name: simulation.record(cells, name, every=every) for name in record_cells}
    simulation.run(_duration(trains, dt) if duration is None else duration)
    return Played(simulation, synapses, cells, at_events, on_grid, on_cells)


def _trains(given: Trains) -> list[NDArray[np.float64]]:
    """Trains as times in seconds."""
    given = [given] if isinstance(given, QUANTITY_TYPE) else given
    return [np.atleast_1d(np.asarray(in_base(train, TIME, where="protocols.play"), dtype=np.float64)) for train in given]


def _source(trains: list[NDArray[np.float64]]) -> bt.SpikeTimes:
    times = np.concatenate(trains) if trains else np.zeros(0)
    indices = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return bt.SpikeTimes(len(trains), times * second, indices)


def _duration(trains: list[list[NDArray[np.float64]]], dt: Quantity) -> Quantity:
    """Until 10 ms after the last spike, on the grid."""
    last = max((float(train[-1]) for side in trains for train in side if len(train)), default=0.0)
    step = float(seconds(dt, where="protocols.play"))
    return float(np.ceil(round((last + 0.01) / step, 6))) * dt
