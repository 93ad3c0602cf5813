"""Which variables of synapses need to be kept only once for each neuron?

What follows from the events of one side, and from what all synapses of a neuron on that side have in common, has
one value for all of them. It is kept with the neuron, and its statements run once an event. The value is that at the
synapse: a presynaptic variable changes when the spike arrives, so that all synapses must have one delay. Regular blocks
may write it, too, after all that they do with it for each synapse; and third events what is kept with a target, since they reach
all of its synapses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.symbols import Scope
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Expr, Name, Past, Statement, names, walk
from bouton.model.blocks import Block

SYNAPSE, PRE, POST = "synapse", "pre", "post"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable of a projection is kept: with each ``synapse``, source (``pre``) or target (``post``)."""

    side: str
    reason: str


def find_places(facts: ProjectionFacts, apart: frozenset[str] = frozenset()) -> dict[str, Place]:
    """The place of each variable of a projection; those named in ``apart`` stay with the synapses."""
    variables = [n for n, s in facts.scope.symbols.items() if s.kind in {"ode", "variable"} and not s.shared]
    before = _Search(facts, PRE, variables, apart)
    after = _Search(facts, POST, variables, apart | before.kept)  # what nothing drives would fit on either side
    searches = {PRE: before, POST: after}
    return {name: _place(facts, name, searches) for name in variables}


def _place(facts: ProjectionFacts, name: str, searches: Mapping[str, _Search]) -> Place:
    for side, search in searches.items():
        if name in search.kept:
            neurons = "presynaptic" if side == PRE else "postsynaptic"
            return Place(side, f"follows from {neurons} events and what the synapses of a neuron share")
    writers = {b.trigger for b in _blocks(facts) if name in {s.target for s in b.statements}}
    return Place(SYNAPSE, searches[POST if writers - {"every"} and writers <= {POST, "event", "every"} else PRE].why[name])


def once_a_neuron(facts: ProjectionFacts, block: Block, kept: frozenset[str]) -> tuple[bool, ...]:
    """For each statement of an event block whether it runs once for all synapses of the neuron.

    ``kept`` are the variables kept with that neuron.
    """
    return tuple(why is None for _, why in _statements(facts, block, block.trigger, kept))


def of_neurons(facts: ProjectionFacts, block: Block, side: str, kept: frozenset[str]) -> tuple[Statement, ...]:
    """The statements of a regular block or of one of third events that run once for each neuron on that side.

    None do if it keeps nothing that they write.

    ``kept`` are the variables kept there.
    """
    once = tuple(statement for statement, why in _statements(facts, block, side, kept) if why is None)
    return once if any(statement.target in kept for statement in once) else ()


class _Search:
    """The variables that can be kept on one side: all, less those with a reason against it, until none is left to go."""

    def __init__(self, facts: ProjectionFacts, side: str, variables: list[str], apart: frozenset[str]) -> None:
        self.facts = facts
        self.side = side
        self.why: dict[str, str] = {n: why for n in variables if (why := self._unfit(n, apart)) is not None}
        self.kept = frozenset(variables) - frozenset(self.why)
        while True:
            failed = {n: why for n in sorted(self.kept) if (why := self._differs(n)) is not None}
            if not failed:
                return
            self.why |= failed
            self.kept -= frozenset(failed)

    def _unfit(self, name: str, apart: frozenset[str]) -> str | None:
        """Why a variable cannot be kept with a neuron, whatever the others do."""
        facts = self.facts
        if facts.projection.grows:
            return "synapses are made while it runs, and it begins with each"
        if name in apart:
            return "it was given values that differ between the synapses of a neuron"
        if name in facts.weights:
            return "it is a weight"
        if not is_one_value({**facts.projection.pattern.values(), **facts.projection.values}.get(name)):
            return "each synapse has an initial value of its own"
        writers = [b for b in _blocks(facts) if name in {s.target for s in b.statements}]
        if not writers and facts.scope.symbols[name].kind == "variable":
            return "nothing changes it"
        for block in writers:
            if block.trigger == "every":
                continue
            if block.trigger != self.side and (block.trigger != "event" or self.side != POST):
                return f"{block.name} writes it"
            if not is_one_value(block_delay(facts, block)):
                return f"{block.name} reaches the synapses of a neuron at different times"
        return None

    def _differs(self, name: str) -> str | None:
        """Why the values of a variable differ between the synapses of a neuron, given what is still kept."""
        facts = self.facts
        equation = facts.scope.symbols[name].equation
        for expression in () if equation is None else (equation.value, equation.low, equation.high):
            if expression is not None and (why := differs(facts, expression, self.side, self.kept)) is not None:
                return why
        for group in facts.integration:
            if name in group.variables and not self.kept.issuperset(group.variables):
                return f"it is integrated together with {next(v for v in group.variables if v not in self.kept)}"
            for other in group.variables:
                if other not in self.kept and name in _read_by_equation(facts, other):
                    return f"the equation of {other} reads it within the step"
        for block in facts.projection.model.blocks:
            if block.trigger == self.side:
                for statement, why in _statements(facts, block, self.side, self.kept):
                    if statement.target == name and why is not None:
                        return why
        others = (*facts.projection.model.every, *facts.projection.model.on_event)
        return next((why for block in others if (why := self._differs_after(block, name)) is not None), None)

    def _differs_after(self, block: Block, name: str) -> str | None:
        """Why a block cannot write a variable once a neuron, after it has run for each synapse.

        Several events may come in one step, so that the synapses must not look at it at all.
        """
        if name not in {statement.target for statement in block.statements}:
            return None
        changed = {name} if block.trigger == "event" else set()  # with the local names that follow from its new value
        for statement, why in _statements(self.facts, block, self.side, self.kept):
            used = names(self.facts.scope.expand(statement.value)) | ({statement.target} if statement.op != "=" else set())
            if statement.target == name and why is not None:
                return why
            if why is not None and used & changed:
                return f"{block.name} {'uses' if block.trigger == 'event' else 'goes on to use'} it for each synapse"
            if statement.target == name or used & changed:
                changed.add(statement.target)
            elif statement.op == "=":
                changed.discard(statement.target)
        return None


def _read_by_equation(facts: ProjectionFacts, name: str) -> frozenset[str]:
    equation = facts.scope.symbols[name].equation
    assert equation is not None
    assert equation.value is not None
    return names(facts.scope.expand(equation.value))


def differs(
    facts: ProjectionFacts, expression: Expr, side: str, kept: frozenset[str], local: Mapping[str, bool] | None = None
) -> str | None:
    """Why an expression may have different values at the synapses of a neuron; None if it has one.

    ``kept`` are variables with one value; ``local`` says of each local name of the block whether it has one.
    """
    local = local or {}
    scope = facts.scope
    for node in walk(scope.expand(expression)):
        if isinstance(node, Past) and not _is_neuron(scope, node.name, side):
            return f"it depends on the past of {node.name}"
        if isinstance(node, Call) and FUNCTIONS[node.func].random:
            return "it is drawn at random for each synapse"
        if isinstance(node, Name) and node.id in local:
            if not local[node.id]:
                return f"it depends on {node.id}"
        elif isinstance(node, Name) and (why := _name_differs(facts, node.id, side, kept)) is not None:
            return why
    return None


def _name_differs(facts: ProjectionFacts, name: str, side: str, kept: frozenset[str]) -> str | None:
    if name == "spike_weight":
        return None
    symbol = facts.scope.find(name)
    assert symbol is not None, name
    if symbol.kind == "linked" and symbol.owner == "self" and side == POST:
        return None  # to one value, or to one for each target
    if symbol.kind == "noise":
        return "it is noisy"
    if symbol.owner == "self" and symbol.kind in {"parameter", "constant", "timed"}:
        return None if symbol.shared else f"each synapse has its own {name}"
    if symbol.owner == "self":
        return None if name in kept or (symbol.shared and symbol.kind == "ode") else f"it depends on {name}"
    if symbol.owner in {PRE, POST}:
        return None if _is_neuron(facts.scope, name, side) else f"it depends on {name}"
    return None if symbol.kind in {"known", "unit"} else f"it depends on {name}"


def _is_neuron(scope: Scope, name: str, side: str) -> bool:
    """True for a value of the neuron on that side that is the same whenever it is read within a phase."""
    symbol = scope.find(name)
    if symbol is None or symbol.owner != side or symbol.kind == "linked":
        return False
    neuron = scope.pre if side == PRE else scope.post
    assert neuron is not None
    return not any(isinstance(n, Call) and FUNCTIONS[n.func].random for n in walk(neuron.expand(Name(symbol.base))))


def _statements(facts: ProjectionFacts, block: Block, side: str, kept: frozenset[str]) -> Iterator[tuple[Statement, str | None]]:
    """The statements of a block, and why each has to run for every synapse; None if once a neuron on that side will do."""
    local: dict[str, bool] = {}
    for statement in block.statements:
        name, symbol = statement.target, facts.scope.find(statement.target)
        why = differs(facts, statement.value, side, kept, local)
        if name in facts.scope.symbols:
            yield statement, why if name in kept else why or f"{name} is kept with each synapse"
        elif name == "target" or (symbol is not None and symbol.owner in {PRE, POST}):
            yield statement, "it writes to a neuron"
        else:
            if statement.op != "=" and not local[name]:
                why = why or f"it depends on {name}"
            local[name] = why is None
            yield statement, why


def _blocks(facts: ProjectionFacts) -> tuple[Block, ...]:
    model = facts.projection.model
    return (*model.blocks, *model.every)


def block_delay(facts: ProjectionFacts, block: Block) -> object:
    """The delay of the events that reach a block, as the user gave it."""
    projection = facts.projection
    if block.name in projection.model.delays:
        return projection.all_delays[block.name]
    return 0 if block.trigger == "event" else projection.delays["axonal" if block.trigger == PRE else "backprop"]


def is_one_value(given: object) -> bool:
    """True unless a value is drawn, or an array or list of one for each synapse."""
    several = getattr(getattr(given, "magnitude", given), "ndim", 0) > 0 or isinstance(given, (list, tuple))
    return not (several or hasattr(given, "draw"))
