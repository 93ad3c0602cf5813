"""Moments of simulations as files (HDF5)."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bouton.equations.show import show
from bouton.errors import Code, SimulationError
from bouton.model.timed_array import TimedArray
from bouton.network.sources import Regular
from bouton.plan.lower import Watch, lower
from bouton.plan.show import show_plan
from bouton.runtime.moment import Moment
from bouton.runtime.planner import Decisions
from bouton.runtime.remembered import CHANGING, Remembered
from bouton.runtime.rewiring import Before
from bouton.runtime.spike_data import SpikeData
from bouton.runtime.topology import AnyTopology, Topology
from bouton.units import registry

if TYPE_CHECKING:
    import h5py

    from bouton.runtime.simulation import Simulation

FORMAT = 1


def write_moment(simulation: Simulation, moment: Moment, path: str | os.PathLike[str]) -> None:
    """Write a moment of a simulation, in place of a file that may be there. Raises OSError."""
    import h5py

    target = Path(path)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with h5py.File(draft, "w") as file:
            _write(file, simulation, moment)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def read_moment(simulation: Simulation, path: str | os.PathLike[str]) -> Moment:
    """The moment in a file, for a simulation. Raises OSError, SimulationError (E606) if it is of another network or options."""
    import h5py

    with h5py.File(path, "r") as file:
        return _read(file, simulation, Path(path).name)


def _identity(simulation: Simulation) -> dict[str, Any]:
    """What two simulations must have in common for moments of one to be moments of the other, each with a name for users."""
    facts, state = simulation.facts, simulation.state
    sizes = {f.name: state.size(f) for f in facts.populations}
    ends = hashlib.blake2b()
    for name, topology in sorted(_first_topologies(simulation).items()):
        sizes[name] = topology.size
        rows = (topology.rows, topology.targets.astype(np.int32)) if isinstance(topology, Topology) else ()
        for array in (*rows, *topology.delays.values()):
            ends.update(np.ascontiguousarray(array).tobytes())
    step_order = simulation.planner.plan.step_order
    texts = "\n".join([show_plan(lower(facts, step_order)), *_beside_the_plan(simulation)])
    return {
        "version of bouton": importlib.metadata.version("bouton"),
        "dt": simulation.dt,
        "backend": simulation.backend,
        "precision": simulation.precision,
        "hoist, defer and share": list(simulation.planner.choices),
        "neurons and synapses": sizes,
        "equations, events and order of steps": hashlib.blake2b(texts.encode()).hexdigest(),
        "connections and delays": ends.hexdigest(),
        "seed of the network": state.network_seed,
    }


def _beside_the_plan(simulation: Simulation) -> Iterator[str]:
    """What a network does that no kernel says: regular trains, synapses that appear and go, what is drawn again."""
    for population in simulation.facts.populations:
        if isinstance(source := population.population, Regular):
            yield f"{population.name} {np.asarray(source.period).tolist()} {np.asarray(source.start).tolist()}"
    for facts in simulation.facts.projections:
        for condition in facts.projection.model.conditions:
            yield f"{facts.name} {condition.kind} {condition.interval} {show(condition.expression)}"
        if facts.projection.structure is not None:
            yield f"{facts.name} {_said(facts.projection.structure)}"
        if facts.regeneration is not None:
            yield f"{facts.name} {_said(dict(facts.regeneration.values))}"


def _said(thing: Any) -> str:
    """An object by its type and contents, the same in every process."""
    if isinstance(thing, dict):
        return ", ".join(f"{key}={_said(value)}" for key, value in sorted(thing.items(), key=lambda item: str(item[0])))
    text = repr(thing)
    return f"{type(thing).__name__}({_said(vars(thing))})" if " at 0x" in text and hasattr(thing, "__dict__") else text


def _first_topologies(simulation: Simulation) -> dict[str, AnyTopology]:
    """The synapses that there were before any appeared or went."""
    state = simulation.state
    return state.topologies | {name: before.topology for name, before in state.grown.items()}


# --- writing ------------------------------------------------------------------------------------------


def _write(file: h5py.File, simulation: Simulation, moment: Moment) -> None:
    decisions, kept = moment.decisions, moment.state.kept
    watched = decisions.watched
    header = {
        "format": FORMAT,
        "identity": _identity(simulation),
        "step": moment.step,
        "seed": moment.seed,
        "waits": moment.waits,
        "asked": moment.asked,
        "apart": {name: sorted(each) for name, each in decisions.apart.items()},
        "together": None if decisions.together is None else [[*key, *first] for key, first in decisions.together.items()],
        "watched": [
            [[*key, sorted(value)] for key, value in watched.computed.items()],
            [[*key, sorted(value)] for key, value in watched.sampled.items()],
            [[key, sorted(value)] for key, value in watched.logged.items()],
            sorted(watched.positions),
        ],
        "learning": kept["learning"],
        "rate_version": kept["rate_version"],
        "deepest": [[*key, value] for key, value in kept["deepest"].items()],
    }
    file["moment"] = json.dumps(header)
    for key, copies in moment.state.arrays.items():
        _put(file, "state", key, copies[0])
    for key, value in kept["given"].items():
        if isinstance(value, TimedArray):
            _put(file, "timed", key, value.data).attrs["seconds"] = value.seconds
        else:
            _put(file, "given", key, value)
    for name, spikes in kept["spike_data"].items():
        for field in ("steps", "trains", "weights"):
            if getattr(spikes, field) is not None:
                stored = _put(file, "spikes", (name, field), getattr(spikes, field))
                stored.attrs["width"], stored.attrs["repeating"] = spikes.width, spikes.repeating
    for name, before in kept["grown"].items():
        for key, values in before.given.items():
            _put(file, "given at first", key, values)
        topology = kept["topologies"][name]
        arrays = {"rows": topology.rows, "targets": topology.targets, "order": topology.order, "names": topology.names}
        arrays |= {f"delay {which}": steps for which, steps in topology.delays.items()}
        for field, array in arrays.items():
            if array is not None:
                _put(file, "synapses", (name, field), array).attrs["born"] = -1 if topology.born is None else topology.born


def _put(file: h5py.File, group: str, key: tuple[str, str], values: Any) -> Any:
    """Store an array under a number; names of objects and variables are attributes, since they may hold any sign."""
    group_of = file.require_group(group)
    array = np.asarray(values)
    stored = group_of.create_dataset(str(len(group_of)), data=array, **({"compression": 1} if array.size > 4096 else {}))
    stored.attrs["owner"], stored.attrs["name"] = key
    return stored


# --- reading ------------------------------------------------------------------------------------------


def _read(file: h5py.File, simulation: Simulation, path: str) -> Moment:
    if "moment" not in file:
        raise _refused(path, "it holds no moment of a simulation")
    header = json.loads(file["moment"].asstr()[()])
    if header["format"] != FORMAT:
        raise _refused(path, f"it is of format {header['format']}, this bouton reads {FORMAT}")
    mine = json.loads(json.dumps(_identity(simulation)))
    for what, value in mine.items():
        if header["identity"].get(what) != value:
            theirs = header["identity"].get(what)
            shown = f": {theirs} there, {value} here" if len(str(theirs)) < 60 and "equations" not in what else ""
            raise _refused(path, f"{what} differ{shown}")
    computed, sampled, logged, positions = header["watched"]
    decisions = Decisions(
        {name: frozenset(each) for name, each in header["apart"].items()},
        None if header["together"] is None else {(a, b): (c, d) for a, b, c, d in header["together"]},
        Watch(
            {(a, b): frozenset(value) for a, b, value in computed},
            {(a, b): frozenset((where, interval) for where, interval in value) for a, b, value in sampled},
            {a: frozenset((variable, when) for variable, when in value) for a, value in logged},
            frozenset(positions),
        ),
    )
    t = registry.Quantity(header["step"] * simulation.dt, "second")
    state = Remembered(_kept(file, simulation, header), _arrays(file, "state", one=True), None)
    return Moment(t, header["step"], header["seed"], state, decisions, header["waits"], header["asked"], simulation.token)


def _kept(file: h5py.File, simulation: Simulation, header: dict[str, Any]) -> dict[str, Any]:
    """What changes in a state besides its memory, with what this simulation has where a file has nothing."""
    now = {name: getattr(simulation.state, name) for name in CHANGING}
    given = now["given"] | _arrays(file, "given")
    for key, data in _arrays(file, "timed").items():
        seconds = registry.Quantity(float(_attributes(file, "timed", key)["seconds"]), "second")
        known = now["given"][key]
        given[key] = TimedArray(registry.Quantity(data, "hertz"), seconds)  # a rate, or made to be what it was
        given[key].dimension = known.dimension if isinstance(known, TimedArray) else given[key].dimension
    spikes: dict[str, Any] = {}
    trains = _arrays(file, "spikes")
    for name, field in trains:
        if field == "steps":
            more = _attributes(file, "spikes", (name, field))
            weights = trains.get((name, "weights"))
            spikes[name] = SpikeData(
                trains[name, "steps"], trains[name, "trains"], weights, int(more["width"]), bool(more["repeating"])
            )
    topologies, grown = _first_topologies(simulation), {}
    changed = _arrays(file, "synapses")
    first = _arrays(file, "given at first")
    for name in {name for name, _ in changed}:
        former = topologies[name]
        assert isinstance(former, Topology)
        grown[name] = Before(former, {key: values for key, values in first.items() if key[0] == name})
        born = int(_attributes(file, "synapses", (name, "rows"))["born"])
        delays = {
            field.removeprefix("delay "): steps for (owner, field), steps in changed.items() if owner == name and " " in field
        }
        order, names, rows, targets = (changed.get((name, field)) for field in ("order", "names", "rows", "targets"))
        assert rows is not None
        assert targets is not None
        topologies[name] = Topology(rows, targets, order, delays, names, None if born < 0 else born)
    return now | {
        "seed": header["seed"],
        "given": given,
        "spike_data": spikes,
        "rate_version": header["rate_version"],
        "learning": header["learning"],
        "topologies": topologies,
        "grown": grown,
        "deepest": {(a, b): value for a, b, value in header["deepest"]},
    }


def _arrays(file: h5py.File, group: str, *, one: bool = False) -> dict[tuple[str, str], NDArray[Any]]:
    """The arrays of a group by their names; ``one`` copy of each, as a row."""
    found = {(each.attrs["owner"], each.attrs["name"]): each[()] for each in file.get(group, {}).values()}
    return {key: array[np.newaxis] for key, array in found.items()} if one else found


def _attributes(file: h5py.File, group: str, key: tuple[str, str]) -> dict[str, Any]:
    return next(dict(each.attrs) for each in file[group].values() if (each.attrs["owner"], each.attrs["name"]) == key)


def _refused(path: str, why: str) -> SimulationError:
    return SimulationError(
        Code.OTHER_MOMENT,
        f"{path} does not fit: {why}",
        where="Simulation.restore",
        expected="a file that save() wrote of a simulation of the same network, with the same options (threads may differ)",
    )
