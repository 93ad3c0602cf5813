"""May the effect of a postsynaptic spike wait until the synapse is next reached by a presynaptic one?

It may if nothing in between can tell: then synapses are visited row by row only, and what postsynaptic spikes did to
them is replayed, oldest first and with the same operations, from a short history of each neuron.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import Exact
from bouton.analysis.find_places import POST, PRE, block_delay, differs, is_one_value, once_a_neuron
from bouton.analysis.find_sum import Sum, find_sum
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Expr, Name, Past, Statement, names, walk
from bouton.model.blocks import Block
from bouton.network.population import Population


@dataclass(frozen=True)
class Deferral:
    """What is replayed at the events of ``pre``: the statements of ``post`` that ``waits`` marks.

    ``variables`` are those that they write; ``held`` the presynaptic ones that they read, as they were at the last
    presynaptic event. ``sum`` says that several events are carried out at once.
    """

    pre: Block
    post: Block
    waits: tuple[bool, ...]
    variables: tuple[str, ...]
    held: tuple[str, ...]
    sum: Sum | None = None


def find_deferral(
    facts: ProjectionFacts, kept: Mapping[str, str], order: tuple[str, ...], seen: frozenset[str]
) -> Deferral | str:
    """The deferral of a projection, or the reason why its postsynaptic events act at once.

    ``kept`` says which variables are kept with neurons, ``order`` is the complete order of a step, ``seen`` are the
    variables that recorders look at where they have to be up to date.
    """
    model = facts.projection.model
    if facts.projection.grows:
        return "synapses are made while it runs"
    if len(model.on_post) != 1:
        return "there is no postsynaptic block" if not model.on_post else "there are several postsynaptic blocks"
    if len(model.on_pre) != 1:
        return "there is no presynaptic block" if not model.on_pre else "there are several presynaptic blocks"
    (pre,), (post,) = model.on_pre, model.on_post
    return _refusal_of_blocks(facts, pre, post, order) or _find(facts, pre, post, kept, seen)


def _refusal_of_blocks(facts: ProjectionFacts, pre: Block, post: Block, order: tuple[str, ...]) -> str | None:
    phases = [facts.projection.model.phase(block, order) for block in (pre, post)]
    if order.index(phases[0]) >= order.index(phases[1]):
        return "postsynaptic events come first"
    if not is_one_value(block_delay(facts, pre)):
        return "presynaptic events reach the synapses of a neuron at different times"
    if not is_one_value(block_delay(facts, post)):
        return "postsynaptic events reach the synapses of a neuron at different times"
    if not is_one_value(facts.projection.delays["axonal"]):  # the block may have a delay of its own
        return "synapses of a source are stored in the order of their delays"
    target = facts.post.population
    if not isinstance(target, Population) or target.force_spikes is not None:
        return "the postsynaptic spikes are given"
    return None


def _find(facts: ProjectionFacts, pre: Block, post: Block, kept: Mapping[str, str], seen: frozenset[str]) -> Deferral | str:
    with_post = frozenset(n for n, side in kept.items() if side == POST)
    once = once_a_neuron(facts, post, with_post) if with_post else (False,) * len(post.statements)
    waits = tuple(not o for o in once)
    for number, statement in enumerate(post.statements):
        earlier = {s.target for s, o in zip(post.statements[:number], once, strict=False) if o}
        if waits[number] and statement.target in earlier - set(facts.scope.symbols):
            return f"they change the local {statement.target}, which was set once for all synapses"
    waiting = [s for s, wait in zip(post.statements, waits, strict=True) if wait]
    written = tuple(dict.fromkeys(s.target for s in waiting if s.target in facts.scope.symbols))
    if not written:
        return "they change nothing that each synapse keeps"
    reason = _refusal_of_writes(facts, waiting, written, seen) or _read_elsewhere(facts, (pre, post), frozenset(written))
    if reason is not None:
        return reason
    held: dict[str, None] = {}
    for expression in _expressions(facts, waiting, written):
        for node in walk(facts.scope.expand(expression)):
            why = _refusal_of_read(facts, node, post, kept, with_post, frozenset(written))
            if why is not None:
                return why
            if isinstance(node, Name) and kept.get(node.id) == PRE:
                held[node.id] = None
    return Deferral(pre, post, waits, written, tuple(held), find_sum(facts, post, waiting, tuple(held)))


def _refusal_of_writes(
    facts: ProjectionFacts, waiting: list[Statement], written: tuple[str, ...], seen: frozenset[str]
) -> str | None:
    for name in written:
        if facts.scope.symbols[name].kind != "variable":
            return f"{name} changes between events, too"
        if name in seen:
            return f"a recorder looks at {name}"
    for statement in waiting:
        symbol = facts.scope.find(statement.target)
        if statement.target not in facts.scope.symbols and (
            statement.target == "target" or (symbol is not None and symbol.owner in {PRE, POST})
        ):
            return "they write to neurons"
    return None


def _read_elsewhere(facts: ProjectionFacts, blocks: tuple[Block, Block], written: frozenset[str]) -> str | None:
    """Who reads or writes between events what postsynaptic events write."""
    model = facts.projection.model
    for equation in model.equations:
        if equation.name in written or (equation.kind == "expression" and "summed" not in equation.flags):
            continue
        for expression in (equation.value, equation.low, equation.high):
            if expression is not None and (used := names(facts.scope.expand(expression)) & written):
                return f"the equation of {equation.name} reads {min(used)}"
    for block in (*model.blocks, *model.every):
        if block in blocks:
            continue
        for statement in block.statements:
            if used := (names(facts.scope.expand(statement.value)) | {statement.target}) & written:
                return f"{block.name} uses {min(used)}"
    for block in blocks:
        for statement in block.statements:
            for node in walk(facts.scope.expand(statement.value)):
                if isinstance(node, Past) and node.name in written:
                    return f"the past of {node.name} is kept"
    return None


def _expressions(facts: ProjectionFacts, waiting: list[Statement], written: tuple[str, ...]) -> Iterator[Expr]:
    """What the waiting statements evaluate, the bounds of what they write included."""
    yield from (s.value for s in waiting)
    for name in written:
        equation = facts.scope.symbols[name].equation
        if equation is not None:
            yield from (bound for bound in (equation.low, equation.high) if bound is not None)


def _refusal_of_read(
    facts: ProjectionFacts,
    node: Expr,
    post: Block,
    kept: Mapping[str, str],
    with_post: frozenset[str],
    written: frozenset[str],
) -> str | None:
    """Why a part of an expression cannot be evaluated later."""
    if isinstance(node, Call) and FUNCTIONS[node.func].random:
        return "they draw random numbers"
    if isinstance(node, Past):
        return None if differs(facts, node, POST, with_post) is None else f"they read the past of {node.name}"
    if not isinstance(node, Name) or node.id in written:
        return None
    symbol = facts.scope.symbols.get(node.id)
    if symbol is None:
        found = facts.scope.find(node.id)
        is_local = node.id in {s.target for s in post.statements}
        fine = is_local or (found is not None and found.owner in {POST, "global"})
        return None if fine else f"they read {node.id}"
    if symbol.kind in {"parameter", "constant"} or kept.get(node.id) == POST:
        return None
    model = facts.projection.model
    writers = {b.name for b in (*model.blocks, *model.every) if node.id in {s.target for s in b.statements}}
    group = next((g for g in facts.integration if node.id in g.variables), None)
    still = (symbol.kind == "variable" and not symbol.shared) or (isinstance(group, Exact) and group.event_driven)
    if still and writers <= {model.on_pre[0].name}:
        return None  # follows from the last presynaptic event
    return f"they read {node.id}, which changes between presynaptic events"
