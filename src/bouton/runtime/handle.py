"""``sim[population]``, ``sim[projection]`` and views: reading and setting while nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast, final

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.analysis.symbols import Symbol, unit_for
from bouton.errors import Code, NameError_, SimulationError, nearest, one_of
from bouton.model.timed_array import TimedArray
from bouton.network.population import View, select
from bouton.network.sources import Poisson, SpikeTimes
from bouton.recording.base import milliseconds
from bouton.runtime.expressions import read_expression
from bouton.runtime.state import is_drawn_again
from bouton.runtime.topology import Topology
from bouton.runtime.values import as_array
from bouton.runtime.variables import read_variable, write_variable
from bouton.units import Hz, from_base, ms, registry

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

DELAYS = ("axonal_delay", "dendritic_delay", "backprop_delay")


@final
class Parameters:
    """Parameters by name: ``sim[syn].parameters.A_plus = 0.02``. Setting one recompiles nothing."""

    def __init__(self, simulation: Simulation, facts: Facts) -> None:
        object.__setattr__(self, "_simulation", simulation)
        object.__setattr__(self, "_facts", facts)

    def _symbol(self, name: str) -> Symbol:
        known = {n: s for n, s in self._facts.scope.symbols.items() if s.kind in {"parameter", "timed"}}
        if name not in known:
            raise _unknown(name, known, self._facts, "parameter")
        return cast(Symbol, known[name])

    def __getattr__(self, name: str) -> Any:
        symbol = self._symbol(name)
        if isinstance(self._facts, ProjectionFacts) and is_drawn_again(self._facts, name):
            return from_base(self._simulation.state.drawn_again(self._facts, name), unit_for(symbol))
        value = self._simulation.state.given[self._facts.name, name]
        if symbol.kind == "timed":
            return value
        if isinstance(self._facts, ProjectionFacts) and np.ndim(value):
            value = self._simulation.state.topologies[self._facts.name].in_user_order(value)
        return from_base(value.copy() if np.ndim(value) else float(value), unit_for(symbol))

    def __setattr__(self, name: str, value: Any) -> None:
        self._symbol(name)
        check_kept(self._facts, name)
        if isinstance(self._facts, ProjectionFacts) and name in self._facts.projection.model.delays.values():
            raise SimulationError(
                Code.UNSUPPORTED,
                f"{name!r} is the delay of a block, which is fixed when a simulation is made",
                where=self._facts.scope.where,
                expected=f"another simulation, with Network.connect(…, {name}=…)",
            )
        self._simulation.state.set_given(self._facts, name, value)
        self._simulation.stale = True

    def __dir__(self) -> list[str]:
        return [n for n, s in self._facts.scope.symbols.items() if s.kind in {"parameter", "timed"}]


@final
class Handle:
    """The state of one object, or of some of its elements.

    Attributes are its variables and sub-expressions, as quantities of shape (n,) in the declared unit, the latter calculated
    when they are read; what is read is a copy. ``parameters`` are its parameters; of a projection there are ``learning``,
    ``sources``, ``targets``, ``ids`` (which a synapse keeps where others appear and go) and, as they came to lie on the grid,
    ``axonal_delay``, ``dendritic_delay`` and ``backprop_delay``; of sources ``rate`` or ``spikes``; of populations with forced
    spikes ``spikes``. Raises NameError_ (E206) for other names.
    """

    def __init__(self, simulation: Simulation, facts: Facts, index: Any = None) -> None:
        object.__setattr__(self, "_simulation", simulation)
        object.__setattr__(self, "_facts", facts)
        object.__setattr__(self, "_index", index)

    @property
    def parameters(self) -> Parameters:
        """The parameters."""
        return Parameters(self._simulation, self._facts)

    def _chosen(self) -> NDArray[np.int64]:
        size = self._simulation.state.size(self._facts)
        return np.arange(size) if self._index is None else select(self._index, size, self._facts.name)

    def __getattr__(self, name: str) -> Any:
        state, facts = self._simulation.state, self._facts
        if isinstance(facts, ProjectionFacts):
            topology = state.topologies[facts.name]
            if name == "learning":
                return state.learning[facts.name]
            if name == "ids" and isinstance(topology, Topology):
                return topology.ids[self._chosen()]
            if name in DELAYS and isinstance(topology, Topology):
                steps = topology.delays[name.removesuffix("_delay")]
                each = topology.in_user_order(np.broadcast_to(steps, (topology.size,)))
                return registry.Quantity(milliseconds(each[self._chosen()], self._simulation.dt), ms)
            if name in {"sources", "targets"}:
                return topology.in_user_order(getattr(topology, name))[self._chosen()].astype(np.int64)
        elif name == "rate" and isinstance(facts.population, Poisson) and facts.population.expression is None:
            rate = state.given[facts.name, "rate"]
            return rate if isinstance(rate, TimedArray) else from_base(rate.copy() if rate.ndim else float(rate), Hz)
        asked = facts.scope.symbols.get(name)
        if asked is not None and asked.kind == "expression":
            symbol, values = asked, read_expression(self._simulation, facts, asked)
        else:
            symbol = self._variable(name)
            values = read_variable(self._simulation, facts, symbol)
        return from_base(values if symbol.shared else values[self._chosen()], unit_for(symbol))

    def _variable(self, name: str) -> Symbol:
        symbols = self._facts.scope.symbols
        known = {n: s for n, s in symbols.items() if s.kind in {"ode", "variable", "constant"}}
        if name not in known:
            if name in symbols and symbols[name].kind == "parameter":
                raise SimulationError(
                    Code.UNKNOWN_VARIABLE,
                    f"{name!r} is a parameter",
                    where=self._facts.scope.where,
                    expected=one_of(known),
                    hint=f".parameters.{name}",
                )
            if name in symbols and symbols[name].kind == "expression":
                raise SimulationError(
                    Code.NOT_ASSIGNABLE,
                    f"{name!r} is a sub-expression",
                    where=self._facts.scope.where,
                    expected=one_of(known),
                    hint="set what it is calculated from",
                )
            raise _unknown(name, known, self._facts, "variable")
        return cast(Symbol, known[name])

    def __setattr__(self, name: str, value: Any) -> None:
        simulation, facts = self._simulation, self._facts
        special = self._special(name)
        if special is not None:
            special(value)
            simulation.stale = True
            return
        if isinstance(facts, ProjectionFacts) and name in DELAYS:
            raise SimulationError(
                Code.UNSUPPORTED,
                f"{name!r} is fixed when a simulation is made",
                where=facts.scope.where,
                expected=f"another simulation, with Network.connect(…, {name}=…)",
            )
        symbol = self._variable(name)
        check_kept(facts, name)
        chosen = np.zeros(1, dtype=np.int64) if symbol.shared else self._chosen()
        kind = 2 if isinstance(facts, ProjectionFacts) else 1
        new = as_array(value, symbol, len(chosen), facts.scope.where, (simulation.state.seed, kind, facts.index))
        values = np.array(read_variable(simulation, facts, symbol))
        values[() if symbol.shared else chosen] = new
        write_variable(simulation, facts, symbol, values)

    def _special(self, name: str) -> Callable[[Any], None] | None:
        """What sets something that is not a variable."""
        state, facts = self._simulation.state, self._facts
        if isinstance(facts, ProjectionFacts):
            return (lambda on: state.learning.__setitem__(facts.name, bool(on))) if name == "learning" else None
        population = facts.population
        if name == "rate" and isinstance(population, Poisson) and population.expression is None:
            return lambda rate: state.set_rate(facts, rate)
        given = isinstance(population, SpikeTimes) or getattr(population, "force_spikes", None) is not None
        return self._set_spikes if name == "spikes" and given else None

    def _set_spikes(self, spikes: Any) -> None:
        self._simulation.state.set_spikes(self._facts, spikes)

    def __dir__(self) -> list[str]:
        kinds = {"ode", "variable", "constant", "expression"}
        names = [n for n, s in self._facts.scope.symbols.items() if s.kind in kinds]
        return [*names, "parameters"] + (
            ["learning", "sources", "targets", "ids", *DELAYS] if isinstance(self._facts, ProjectionFacts) else []
        )


def check_kept(facts: Facts, name: str) -> None:
    """Raises SimulationError (E506) for what is drawn again at each event, which cannot be set."""
    if is_drawn_again(facts, name):
        raise SimulationError(
            Code.UNSUPPORTED,
            f"{name!r} is drawn again for each synapse at each event and cannot be set",
            where=facts.scope.where,
            expected="another distribution where the projection is made",
            hint="stored=True",
        )


def _unknown(name: str, known: Any, facts: Facts, what: str) -> Exception:
    if name.startswith("__"):
        return AttributeError(name)
    return NameError_(
        Code.UNKNOWN_VARIABLE,
        f"{name!r} is not a {what}",
        where=facts.scope.where,
        expected=one_of(known),
        hint=nearest(name, known),
    )


def split_view(thing: Any) -> tuple[Any, Any]:
    """The object behind a view and its index; None for the whole."""
    return (thing.base, thing.index) if isinstance(thing, View) else (thing, None)
