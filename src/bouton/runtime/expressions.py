"""The values of sub-expressions, calculated when somebody asks while nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.analysis.symbols import Symbol
from bouton.equations.nodes import Past, walk
from bouton.errors import Code, SimulationError
from bouton.runtime.evaluate import evaluate
from bouton.runtime.state import is_drawn_again
from bouton.runtime.variables import read_variable

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

Floats = NDArray[np.float64]


def read_expression(simulation: Simulation, facts: Facts, symbol: Symbol) -> Floats:
    """A sub-expression's values now, in the user's order, shape (n,) or () if shared.

    Raises SimulationError (E506) for one that reads what only a run knows.
    """
    value = np.asarray(value_of_name(simulation, facts, symbol, symbol.name), dtype=np.float64)
    return value.reshape(()) if symbol.shared else np.broadcast_to(value, (simulation.state.size(facts),))


def value_of_name(simulation: Simulation, facts: Facts, symbol: Symbol, asked: str) -> Any:
    """One value, or one for each element of ``facts`` in the user's order, of a name in its text; ``asked`` is who reads it."""
    state = simulation.state
    if symbol.owner in {"pre", "post"}:
        assert isinstance(facts, ProjectionFacts)
        side = facts.pre if symbol.owner == "pre" else facts.post
        inner = side.scope.symbols.get(symbol.base)
        if inner is None:
            raise _only_in_a_run(facts, symbol.name, asked)
        topology = state.topologies[facts.name]
        neurons = topology.in_user_order(topology.sources if symbol.owner == "pre" else topology.targets)
        value = value_of_name(simulation, side, inner, asked)
        return value[neurons] if np.ndim(value) else value
    match symbol.kind:
        case "unit":
            return symbol.factor
        case "known" if symbol.base == "t":
            return simulation.step * simulation.dt
        case "known" if symbol.base == "dt":
            return simulation.dt
        case "parameter" if isinstance(facts, ProjectionFacts) and is_drawn_again(facts, symbol.base):
            return state.drawn_again(facts, symbol.base)
        case "parameter":
            value = state.given[facts.name, symbol.base]
            ordered = np.ndim(value) and isinstance(facts, ProjectionFacts)
            return state.topologies[facts.name].in_user_order(value) if ordered else value
        case "ode" | "variable" | "constant":
            return read_variable(simulation, facts, symbol)
        case "expression":
            assert symbol.equation is not None
            assert symbol.equation.value is not None
            if any(isinstance(node, Past) for node in walk(symbol.equation.value)):
                raise _only_in_a_run(facts, symbol.name, asked)

            def value_of(name: str) -> Any:
                return value_of_name(simulation, facts, facts.scope.resolve(name, None), asked)

            return evaluate(symbol.equation.value, value_of)
    raise _only_in_a_run(facts, symbol.name, asked)


def _only_in_a_run(facts: Facts, name: str, asked: str) -> SimulationError:
    return SimulationError(
        Code.UNSUPPORTED,
        f"{asked!r} reads {name!r}, which only a run knows",
        where=facts.scope.where,
        expected="variables, parameters and t",
        hint=f"record {asked!r}",
    )
