"""May what a regular block adds in each step be added up with the neuron, until the synapse is next needed?

It may if the block adds products of something presynaptic, the same for all synapses of a source, and something
postsynaptic, the same for all synapses of a target, to variables with linear equations: then a matrix for each target,
advanced once a step, says what a step's presynaptic values have become in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import Exact, per_element
from bouton.analysis.find_linear import ZERO, add, linear_form, negate
from bouton.analysis.find_places import POST, PRE, block_delay, differs, is_one_value
from bouton.equations.nodes import Expr, Past, names, walk
from bouton.model.blocks import Block, TimeStep


@dataclass(frozen=True)
class Accumulation:
    """What ``every`` adds to ``variables`` of synapses is added up until the events of ``pre``.

    ``sources`` are the variables kept with presynaptic neurons on which that depends: ``terms`` maps variable and source
    to the factor between them. ``groups`` are the equations of both.
    """

    pre: Block
    every: Block
    variables: tuple[str, ...]
    sources: tuple[str, ...]
    groups: tuple[Exact, ...]
    terms: Mapping[tuple[str, str], Expr]


def find_accumulation(
    facts: ProjectionFacts, kept: Mapping[str, str], order: tuple[str, ...], seen: frozenset[str]
) -> Accumulation | str:
    """The accumulation of a projection, or the reason why its regular block runs at each step.

    ``kept`` says which variables are kept with neurons, ``order`` is the complete order of a step, ``seen`` are the
    variables that recorders look at.
    """
    model = facts.projection.model
    if facts.projection.grows:
        return "synapses are made while it runs"
    regular = [block for block in model.every if isinstance(block.interval, TimeStep)]
    if len(regular) != 1:
        return "there is no block for every step" if not regular else "there are several blocks for every step"
    if len(model.on_pre) != 1:
        return "there is no presynaptic block" if not model.on_pre else "there are several presynaptic blocks"
    (every,), (pre,) = regular, model.on_pre
    if not is_one_value(block_delay(facts, pre)):
        return "presynaptic events reach the synapses of a neuron at different times"
    phases = ["integrate", *(model.phase(block, order) for block in (every, pre))]
    if [order.index(phase) for phase in phases] != sorted(order.index(phase) for phase in phases):
        return "in this step order presynaptic events do not come last"
    with_pre, with_post = (frozenset(n for n, side in kept.items() if side == which) for which in (PRE, POST))
    terms = _terms(facts, every, with_pre, with_post)
    if isinstance(terms, str):
        return terms
    groups: dict[str, Exact] = {}
    variables = _closed(facts, (x for x, _ in terms), groups)
    sources = _closed(facts, (k for _, k in terms), groups)
    reason = (
        next((f"{x} is advanced otherwise" for x in (*variables, *sources) if x not in groups and _has_equation(facts, x)), None)
        or next((why for group in groups.values() if (why := _refusal_of_group(facts, group)) is not None), None)
        or _refusal_of_variables(facts, frozenset(variables), (every, pre), seen)
    )
    if reason is not None:
        return reason
    return Accumulation(
        pre,
        every,
        variables,
        sources,
        tuple(g for g in facts.integration if isinstance(g, Exact) and g in groups.values()),
        terms,
    )


def _terms(
    facts: ProjectionFacts, every: Block, with_pre: frozenset[str], with_post: frozenset[str]
) -> dict[tuple[str, str], Expr] | str:
    """For each variable that the block changes and each presynaptic one the factor between them."""
    terms: dict[tuple[str, str], Expr] = {}
    for statement in every.statements:
        symbol = facts.scope.symbols.get(statement.target)
        if symbol is None or symbol.shared or statement.target in with_pre | with_post:
            return f"it changes {statement.target}"
        if statement.op not in {"+=", "-="}:
            return f"it does more than add to {statement.target}"
        form = linear_form(facts.scope.expand(statement.value), with_pre)
        if form is None or form[1] != ZERO:
            return f"what it adds to {statement.target} is not proportional to presynaptic variables"
        for source, factor in form[0].items():
            if (why := differs(facts, factor, POST, with_post)) is not None:
                return f"what it adds to {statement.target} has factors of its own for each synapse: {why}"
            signed = negate(factor) if statement.op == "-=" else factor
            terms[statement.target, source] = add(terms.get((statement.target, source), ZERO), signed)
    return terms


def _closed(facts: ProjectionFacts, changed: Iterator[str], groups: dict[str, Exact]) -> tuple[str, ...]:
    """These variables, and those that are integrated together with them; puts their equations into ``groups``."""
    found: dict[str, None] = {}
    for name in changed:
        group = next((g for g in facts.integration if name in g.variables), None)
        if isinstance(group, Exact):
            groups |= dict.fromkeys(group.variables, group)
        found |= dict.fromkeys((name,) if group is None else group.variables)
    return tuple(found)


def _has_equation(facts: ProjectionFacts, name: str) -> bool:
    return facts.scope.symbols[name].kind == "ode"


def _refusal_of_group(facts: ProjectionFacts, group: Exact) -> str | None:
    name = group.variables[0]
    if group.noise:
        return f"{name} is noisy"
    if group.forcing:
        return f"the equation of {next(iter(group.forcing))} has a term without it"
    if any(per_element(c, facts.scope) for c in group.coefficients.values()):
        return f"each synapse has its own equation of {name}"
    return None


def _refusal_of_variables(
    facts: ProjectionFacts, variables: frozenset[str], blocks: tuple[Block, Block], seen: frozenset[str]
) -> str | None:
    """Who else reads or changes the variables between presynaptic events."""
    model = facts.projection.model
    for name in sorted(variables):
        symbol = facts.scope.symbols[name]
        equation = symbol.equation
        if symbol.shared:
            return f"{name} is shared"
        if equation is not None and (equation.low is not None or equation.high is not None):
            return f"{name} has bounds"
        if name in facts.weights and symbol.kind == "ode":
            return f"{name} is a weight with an equation"
        if name in seen:
            return f"a recorder looks at {name}"
    for equation in model.equations:
        if equation.name in variables or (equation.kind == "expression" and "summed" not in equation.flags):
            continue
        for expression in (equation.value, equation.low, equation.high):
            if expression is not None and (used := names(facts.scope.expand(expression)) & variables):
                return f"the equation of {equation.name} reads {min(used)}"
    for block in (*model.blocks, *model.every):
        for statement in block.statements:
            value = facts.scope.expand(statement.value)
            if block not in blocks and (used := (names(value) | {statement.target}) & variables):
                return f"{block.name} uses {min(used)}"
            if any(isinstance(node, Past) and node.name in variables for node in walk(value)):
                return "its past is kept"
    return None
