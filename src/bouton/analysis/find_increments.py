"""What do a rule's statements add to its weights, as far as parameters tell?

Single precision resolves weights up to 1 in steps of 6e-8; what adds less than that to one does nothing. What a
statement adds is known where it follows from parameters and from traces alone: a trace is at most about as large as what
events add to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import is_settled
from bouton.analysis.find_linear import ONE, ZERO, linear_form
from bouton.equations.nodes import Call, Expr, Name, Statement, names, transform
from bouton.model.blocks import Block


@dataclass(frozen=True)
class Increment:
    """A statement that adds to a weight.

    ``cases`` are what it adds with all traces as large as their increments, and with one of them so and the others zero;
    ``bounds`` are the upper bounds of the weight. All follow from parameters.
    """

    weight: str
    block: Block
    statement: Statement
    cases: tuple[Expr, ...]
    bounds: tuple[Expr, ...]


def find_increments(facts: ProjectionFacts) -> tuple[Increment, ...]:
    """The statements of which it is known what they add; those that depend on the weight or on neurons are not."""
    traces = _traces(facts)
    model = facts.projection.model
    found = []
    for block in (*model.blocks, *model.every):
        for statement in block.statements:
            if statement.target in facts.weights:
                added, bounds = _added(facts, statement)
                cases = tuple(_cases(facts, added, traces)) if added is not None else ()
                if cases:
                    known = tuple(bound for bound in bounds if _is_known(facts, bound))
                    found.append(Increment(statement.target, block, statement, cases, known))
    return tuple(found)


def _traces(facts: ProjectionFacts) -> dict[str, Expr]:
    """Variables with an equation, and what an event adds to them or sets them to."""
    found: dict[str, Expr] = {}
    for block in facts.projection.model.blocks:
        for statement in block.statements:
            symbol = facts.scope.symbols.get(statement.target)
            if symbol is not None and symbol.kind == "ode" and statement.op in {"=", "+=", "-="}:
                value = facts.scope.expand(statement.value)
                if _is_known(facts, value):
                    found.setdefault(statement.target, value)
    return found


def _is_known(facts: ProjectionFacts, node: Expr) -> bool:
    return all(facts.scope.find(name) is not None for name in names(node)) and is_settled(node, facts.scope)


def _added(facts: ProjectionFacts, statement: Statement) -> tuple[Expr | None, list[Expr]]:
    """What a statement adds to its target, if that does not depend on the target; and upper bounds."""
    symbol = facts.scope.symbols[statement.target]
    high = symbol.equation.high if symbol.equation is not None else None
    bounds = [] if high is None else [high]
    value = facts.scope.expand(statement.value)
    if statement.op == "=":
        while isinstance(value, Call) and value.func in {"clip", "min", "minimum", "max", "maximum"}:
            inner = [arg for arg in value.args if statement.target in names(arg)]
            if len(inner) != 1:
                return None, bounds
            if value.func in {"clip", "min", "minimum"}:
                bounds += [value.args[-1]] if value.func == "clip" else [arg for arg in value.args if arg is not inner[0]]
            value = inner[0]
        form = linear_form(value, frozenset({statement.target}))
        return (form[1] if form is not None and form[0] == {statement.target: ONE} else None), bounds
    known = statement.op in {"+=", "-="} and statement.target not in names(value)
    return (value if known else None), bounds


def _cases(facts: ProjectionFacts, added: Expr, traces: Mapping[str, Expr]) -> Iterator[Expr]:
    """What is added for each choice of the traces it reads."""
    read = sorted(names(added) & set(traces))
    for large in (read, *([name] for name in read if len(read) > 1)):
        case = _with_values(added, {name: traces[name] if name in large else ZERO for name in read})
        if _is_known(facts, case):
            yield case


def _with_values(node: Expr, values: Mapping[str, Expr]) -> Expr:
    return transform(node, lambda inner: values.get(inner.id) if isinstance(inner, Name) else None)
