"""Neuron models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from bouton.equations.nodes import Equation, Expr
from bouton.equations.parse import parse_equations, parse_expression
from bouton.errors import checked_name
from bouton.model.arguments import read_mapping, read_method
from bouton.model.blocks import Block, read_blocks, read_every


@final
class NeuronModel:
    """Equations of one neuron, with its threshold and reset.

    Parameters
    ----------
    equations: one a line, ``dv/dt = … : mV (flags)``, ``h = … : 1``, ``w : nA``.
    threshold: condition for a spike, evaluated once a step for neurons that are not refractory.
    reset: statements run for each neuron that spiked.
    refractory: a time, or the name of a parameter or constant variable that holds one. A neuron is
        refractory while fewer steps than that have passed since its last spike.
    method: name of an integration scheme for all differential equations, or ``{variable: name}`` for
        some. Without it linear equations are integrated exactly, equations linear in their own
        variable by ``exponential_euler``.
    parameters: values by name; a population may override them.
    every: ``(interval, statements)``, run after integration each interval, a time or the name of a parameter; ``bt.dt`` is each
        step.
    name: shown in reports; defaults to ``"neuron"``.

    Raises EquationError (E101–E106) with the place for text that cannot be read, NetworkError (E401) and ModelError
    (E501) for arguments of another form. Names and units are checked when a `Simulation` is made.
    """

    def __init__(
        self,
        equations: str,
        *,
        threshold: str | None = None,
        reset: str | None = None,
        refractory: Any = None,
        method: str | Mapping[str, str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        every: Any = None,
        name: str = "neuron",
    ) -> None:
        self.name = checked_name(name, f"{type(self).__name__} name")
        self.text = equations
        self.equations: tuple[Equation, ...] = parse_equations(equations, f"{name} equations")
        self.threshold: Expr | None = None if threshold is None else parse_expression(threshold, f"{name} threshold")
        self.reset: tuple[Block, ...] = read_blocks("reset", reset, "reset", name)
        self.refractory = refractory
        self.method = read_method(method, name)
        self.parameters: Mapping[str, Any] = read_mapping(parameters, "parameters", name)
        self.every: tuple[Block, ...] = read_every(every, name)
        self.durations: frozenset[str] = frozenset()  # parameters that are times and may not become negative

    def __repr__(self) -> str:
        return f"<NeuronModel {self.name}: {', '.join(e.name for e in self.equations)}>"
