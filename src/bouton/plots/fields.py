"""The right-hand sides of a neuron's equations as functions of two of its variables, the others held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bouton.analysis.analyse import analyse
from bouton.analysis.symbols import Scope, Symbol, unit_of
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Equation, Expr, Past, walk
from bouton.errors import Code, ModelError, NameError_, NetworkError, nearest, one_of
from bouton.model.neuron import NeuronModel
from bouton.network.network import Network
from bouton.network.population import Population
from bouton.plots.given import Floats
from bouton.runtime.evaluate import evaluate
from bouton.units import Unit, to_base

WHERE = "bt.plots.phase_plane"


@dataclass(frozen=True)
class Field:
    """A model with values for all that is held, in base units; ``scope`` gives names their meaning."""

    scope: Scope
    equations: Mapping[str, Equation]
    held: Mapping[str, float]

    def unit(self, name: str) -> Unit:
        """The declared unit of a variable."""
        return unit_of(self.equations[name])

    def rate(self, name: str, at: Mapping[str, Floats]) -> Floats:
        """The derivative of a variable in base units, where the variables in ``at`` have these values."""
        expression = self.equations[name].value
        assert expression is not None
        shape = next(iter(at.values())).shape
        with np.errstate(all="ignore"):  # exponentials overflow far from where a neuron ever is
            return np.broadcast_to(np.asarray(self._value(expression, at), dtype=np.float64), shape)

    def _value(self, expression: Expr, at: Mapping[str, Floats]) -> Any:
        for node in walk(expression):
            if isinstance(node, Past) or (isinstance(node, Call) and FUNCTIONS[node.func].random):
                raise _unsettled(f"{node.name}(t - …)" if isinstance(node, Past) else f"{node.func}()")

        def value_of(name: str) -> Any:
            """What a name stands for in the plane: a coordinate, a unit, or a value that is held."""
            symbol = self.scope.resolve(name, None)
            if symbol.base in at:
                return at[symbol.base]
            if symbol.kind == "unit":
                return symbol.factor
            if symbol.kind == "noise":
                return 0.0
            if symbol.kind == "expression":
                assert symbol.equation is not None
                assert symbol.equation.value is not None
                return self._value(symbol.equation.value, at)
            if symbol.base not in self.held:
                raise _unsettled(name)
            return self.held[symbol.base]

        return evaluate(expression, value_of)


def _unsettled(what: str) -> ModelError:
    return ModelError(
        Code.UNSUPPORTED,
        f"an equation reads {what}, which is no function of the two variables",
        where=WHERE,
        expected="variables, parameters that are one number each, and sub-expressions of them",
    )


def read_field(model: NeuronModel, x: str, y: str, parameters: Mapping[str, Any]) -> Field:
    """The field of two variables of a model; ``parameters`` are values for parameters and for variables that are held.

    Raises NameError_ (E206) for what are no variables with a differential equation, NetworkError: E408 (a further one is not
    held), and what a `Simulation` refuses: names, units, values.
    """
    network = Network()
    network.add(Population(1, model, **parameters), name=model.name)
    scope = analyse(network).populations[0].scope
    equations = {equation.name: equation for equation in model.equations}
    moving = [name for name, equation in equations.items() if equation.kind == "ode"]
    for name in (x, y):
        if name not in moving:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"{name!r} is not a variable with a differential equation",
                where=WHERE,
                expected=one_of(moving),
                hint=nearest(name, moving),
            )
    free = [name for name in moving if name not in {x, y, *parameters}]
    if free:
        raise NetworkError(
            Code.MISSING_VALUE,
            f"{', '.join(free)} moves too, and a plane shows two variables",
            where=WHERE,
            expected="a value at which it is held",
            hint=f"parameters={{'{free[0]}': …}}",
        )
    held = {name: 0.0 for name, symbol in scope.symbols.items() if symbol.kind in {"variable", "constant"}}  # as in a simulation
    for name, value in {**model.parameters, **parameters}.items():
        if _is_number(scope.symbols.get(name), value):
            held[name] = float(to_base(value, where=f"{WHERE}, {name}"))
    return Field(scope, equations, held)


def _is_number(symbol: Symbol | None, value: Any) -> bool:
    """Is a value given one number? Others (in time, drawn, one for each neuron) are refused when they are read."""
    if symbol is None or symbol.kind == "timed" or hasattr(value, "draw"):
        return False
    return np.ndim(to_base(value, where=f"{WHERE}, {symbol.name}")) == 0
