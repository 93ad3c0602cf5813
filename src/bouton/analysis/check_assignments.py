"""May each statement write what stands on its left?"""

from __future__ import annotations

from bouton.analysis.check_random import check_no_noise
from bouton.analysis.check_units import ANY, check_statement, dimension
from bouton.analysis.symbols import Scope, Symbol, check_not_reserved_word
from bouton.equations.nodes import Statement, names
from bouton.errors import Code, NameError_, NetworkError, nearest, one_of
from bouton.model.blocks import Block
from bouton.units import DIMENSIONLESS

_WHY_NOT = {
    "constant": "it is flagged constant",
    "parameter": "it is a parameter",
    "timed": "it is a parameter",
    "expression": "it is defined by an equation",
    "linked": "it belongs to another population",
    "known": "its meaning is fixed",
    "unit": "it is a unit",
    "noise": "its meaning is fixed",
}


def check_block(block: Block, scope: Scope, target: Symbol | None = None) -> Scope:
    """Check every statement of a block; returns the scope with the block's local names.

    Raises NameError_ (E201 unknown or never read, E203 not assignable), UnitError (E301, E303), ModelError (E506 noise),
    NetworkError (E408) if ``target`` is written and none was given.
    """
    unread: dict[str, Statement] = {}
    for statement in block.statements:
        check_no_noise(statement.value, scope, f"what {statement.target!r} is given")
        symbol = find_target(statement, scope, target)
        for name in names(statement.value):
            unread.pop(name, None)
        if symbol is None or symbol.kind == "local":
            unread.setdefault(statement.target, statement)
        if symbol is None:
            found = dimension(statement.value, scope)
            found = DIMENSIONLESS if found == ANY else found
            scope = scope.with_locals([Symbol(statement.target, "self", statement.target, "local", found)])
        else:
            check_statement(statement, symbol, scope)
    for name, statement in unread.items():
        _refuse_unread(name, statement, scope, target)
    return scope


def _refuse_unread(name: str, statement: Statement, scope: Scope, target: Symbol | None) -> None:
    """A local name that nothing reads is most likely a misspelt variable."""
    variables = {n for n in scope.known_names() if (s := scope.find(n)) is not None and s.kind in {"ode", "variable"}}
    known = variables | ({"target"} if target is not None else set())
    raise NameError_(
        Code.UNDEFINED_NAME,
        f"{name!r} is no variable, and as a local name of the block it is never read",
        where=scope.where,
        span=statement.target_span,
        expected=f"{one_of(known)}; or a local name that a later statement reads",
        hint=scope.of_a_neuron(name) or nearest(name, known),
    )


def find_target(statement: Statement, scope: Scope, target: Symbol | None) -> Symbol | None:
    """The symbol a statement writes, or None for a new local name. Raises as `check_block`."""
    name, span = statement.target, statement.target_span
    if name == "target" and "target" not in scope.symbols:
        if target is None:
            raise NetworkError(
                Code.MISSING_VALUE,
                "the model writes 'target', but the projection names none",
                where=scope.where,
                span=statement.span,
                expected="connect(…, target='variable of the postsynaptic neurons')",
            )
        return target
    symbol = scope.find(name)
    if symbol is None:
        check_not_reserved_word(name, scope.where, span)
    if symbol is None or symbol.kind == "unit":
        if statement.op != "=":
            raise NameError_(
                Code.UNDEFINED_NAME,
                f"{name!r} is not defined",
                where=scope.where,
                span=span,
                expected="a variable, or a local name that was given a value with '=' before",
                hint=scope.of_a_neuron(name) or nearest(name, scope.known_names()),
            )
        return None
    if symbol.kind in _WHY_NOT or symbol.shared:
        why = _WHY_NOT.get(symbol.kind, "it is shared by all elements")
        raise NameError_(
            Code.NOT_ASSIGNABLE, f"{name!r} cannot be assigned: {why}", where=scope.where, span=span, expected="a variable"
        )
    return symbol
