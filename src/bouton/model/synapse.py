"""Synapse models: the equations of a plasticity rule."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, final

from bouton.equations.nodes import Equation, names
from bouton.equations.parse import parse_equations
from bouton.errors import Code, NetworkError, checked_name, nearest, one_of
from bouton.model.arguments import read_mapping, read_method
from bouton.model.blocks import TRANSMIT, Block, phase_of, read_blocks, read_events, read_every
from bouton.model.composition import arguments, detected, durations
from bouton.model.structure import Condition, read_condition

SIMULTANEOUS = ("pre_first", "post_first")


@final
class SynapseModel:
    """Equations of one synapse and what happens at spikes.

    Parameters
    ----------
    equations: variables of each synapse, one a line. ``x_pre`` and ``x_post`` are the variable or
        parameter ``x`` of the neuron on that side. ``L_post = … : 1 (summed)`` gives the neuron's
        variable ``L`` the sum over its synapses.
    on_pre, on_post: statements run when a presynaptic (postsynaptic) spike reaches the synapse, or
        named blocks ``{"trace": "…", "main": "…"}`` run in that order. Reads of neuron variables see
        the values from before the phase; ``target += …`` writes the variable that `Network.connect`
        names.
    on_event: ``{"reward": "…"}``, run at spikes of a third population.
    every: ``(interval, statements)``, run after integration each interval, a time or the name of a parameter; ``bt.dt`` is each
        step.
    create: ``(interval, condition)``, asked at multiples of the interval of each pair of neurons that has no synapse: where it
        holds, one is made. It reads what the neurons have (``x_pre``, ``x_post``), parameters and ``t``, and may draw with
        ``rand()`` and ``randn()``.
    prune: ``(interval, condition)``, asked of each synapse: where it holds, it goes.
    method: as for `NeuronModel`.
    parameters: values by name; a projection may override them.
    delays: ``{block: time}`` for blocks that do not use the projection's delay, a time or the name of a parameter.
    weights: variables that switching learning off freezes. Found when not given: those without a
        differential equation that a delivery to a neuron reads.
    simultaneous: which blocks come first where spikes of both sides reach a synapse in one step, ``"pre_first"`` or
        ``"post_first"``. Each sees what those before it have written to the synapse.
    name: shown in reports; defaults to ``"synapse"``.

    Raises EquationError (E101–E106) with the place for text that cannot be read, NetworkError (E401) and ModelError
    (E501) for arguments of another form. Names and units are checked when a `Simulation` is made.
    """

    def __init__(
        self,
        equations: str = "",
        *,
        on_pre: str | Mapping[str, str] | None = None,
        on_post: str | Mapping[str, str] | None = None,
        on_event: Mapping[str, str] | None = None,
        every: Any = None,
        create: Any = None,
        prune: Any = None,
        method: str | Mapping[str, str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        delays: Mapping[str, Any] | None = None,
        weights: tuple[str, ...] | None = None,
        simultaneous: str = "pre_first",
        name: str = "synapse",
    ) -> None:
        self.name = checked_name(name, f"{type(self).__name__} name")
        self.text = equations
        self.equations: tuple[Equation, ...] = parse_equations(equations, f"{name} equations")
        self.on_pre: tuple[Block, ...] = read_blocks("on_pre", on_pre, "pre", name)
        self.on_post: tuple[Block, ...] = read_blocks("on_post", on_post, "post", name)
        self.on_event: tuple[Block, ...] = read_events(on_event, name)
        self.every: tuple[Block, ...] = read_every(every, name)
        self.create: Condition | None = read_condition("create", create, name)
        self.prune: Condition | None = read_condition("prune", prune, name)
        self.method = read_method(method, name)
        self.parameters: Mapping[str, Any] = read_mapping(parameters, "parameters", name)
        self.delays: Mapping[str, Any] = read_mapping(delays, "delays", name)
        self.weights = weights
        if simultaneous not in SIMULTANEOUS:
            raise NetworkError(
                Code.BAD_VALUE,
                f"simultaneous is {simultaneous!r:.60}",
                where=self.name,
                expected=one_of(SIMULTANEOUS),
                hint=nearest(simultaneous, SIMULTANEOUS),
            )
        self.simultaneous = simultaneous
        self.parts: tuple[SynapseModel, ...] = ()
        self.detected: frozenset[str] | None = None
        self.durations: frozenset[str] = frozenset()  # parameters that are times and may not become negative
        self._check_transmission()

    def _check_transmission(self) -> None:
        """What is transmitted has a name that no variable has."""
        if TRANSMIT in {*(e.name for e in self.equations), *self.parameters}:
            raise NetworkError(
                Code.RESERVED_NAME,
                f"{TRANSMIT!r} is what a presynaptic block transmits",
                where=self.name,
                expected="another name for the variable",
            )

    def __and__(self, other: SynapseModel) -> SynapseModel:
        """Both rules on one synapse; see `bouton.model.composition`. Raises ModelError (E507) if they do not fit together."""
        if not isinstance(other, SynapseModel):
            return NotImplemented
        parts = (*(self.parts or (self,)), *(other.parts or (other,)))
        composed = SynapseModel(**arguments(parts))
        composed.parts = parts
        composed.detected = detected(parts)
        composed.durations = durations(parts)
        return composed

    def named(self, name: str) -> SynapseModel:
        """The same model by another name."""
        copied = copy(self)
        copied.name = checked_name(name, f"{type(self).__name__} name")
        copied.parts = ()
        return copied

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All event blocks in their order: presynaptic, postsynaptic, third events."""
        return self.on_pre + self.on_post + self.on_event

    def phase(self, block: Block, order: tuple[str, ...]) -> str:
        """The step of an order in which one of its blocks runs."""
        return phase_of(block, order, late=self.simultaneous == "post_first")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those under which synapses go and appear, in the order in which they are asked."""
        return tuple(condition for condition in (self.prune, self.create) if condition is not None)

    @property
    def mentioned(self) -> frozenset[str]:
        """All names that equations, bounds, statements, conditions, intervals and delays read."""
        expressions = [e for q in self.equations for e in (q.value, q.low, q.high) if e is not None]
        expressions += [s.value for block in (*self.blocks, *self.every) for s in block.statements]
        expressions += [condition.expression for condition in self.conditions]
        times = [*(block.interval for block in self.every), *(c.interval for c in self.conditions), *self.delays.values()]
        return frozenset(name for expression in expressions for name in names(expression)).union(
            time for time in times if isinstance(time, str)
        )

    def __repr__(self) -> str:
        return f"<SynapseModel {self.name}: {', '.join(e.name for e in self.equations)}>"
