"""Do flags and bounds stand where they mean something, and do they hold?"""

from __future__ import annotations

from bouton.analysis.find_integration import is_settled
from bouton.analysis.symbols import Scope, unit_of
from bouton.equations.nodes import Equation, names
from bouton.errors import Code, EquationError, ModelError


def check_flags(equation: Equation, scope: Scope) -> None:
    """Raises EquationError (E105: a flag in the wrong place), ModelError (E505: a flag that does not hold)."""
    wrong = _misplaced(equation, on_synapse=scope.pre is not None)
    if wrong is not None:
        message, expected = wrong
        raise EquationError(Code.BAD_FLAG, message, where=scope.where, span=equation.span, expected=expected)
    if equation.value is None or "summed" in equation.flags:
        return
    if "shared" in equation.flags:
        _check_shared(equation, scope)
    if "constant" in equation.flags and not is_settled(scope.expand(equation.value), scope):
        raise ModelError(
            Code.FLAG_DISPROVED,
            f"{equation.name!r} is flagged constant but can change during a run",
            where=scope.where,
            span=equation.span,
            expected="parameters and constants on its right-hand side",
            hint="leave the flag out: it is checked, never needed",
        )


def _misplaced(equation: Equation, *, on_synapse: bool) -> tuple[str, str] | None:
    """What is wrong and what would be right."""
    flags, kind, name = equation.flags, equation.kind, equation.name
    bounded = equation.low is not None or equation.high is not None
    if "summed" in flags and not on_synapse:
        return "'summed' belongs into the synapse model", f"a plain variable here, and '{name}_post = … (summed)' there"
    if "summed" in flags and kind != "expression":
        return "'summed' needs the term that is summed", f"'{name} = … : {equation.unit} (summed)'"
    if "unless refractory" in flags and (kind == "expression" or on_synapse):
        return "'unless refractory' belongs to variables of neurons", "it at the neuron's equation, or not at all"
    if "constant" in flags and kind == "ode":
        return "a variable with a differential equation is not constant", f"'{name} : {equation.unit} (constant)' or no flag"
    if "event-driven" in flags and kind != "ode":
        return "'event-driven' belongs to differential equations", "no flag"
    if "linked" in flags and kind != "variable":
        return "a linked variable is defined elsewhere", f"'{name} : {equation.unit} (linked)'"
    if kind == "expression" and bounded:
        return "bounds belong to variables", f"{name} = clip(…, low, high)"
    if "linked" in flags and bounded:
        return "a linked variable is bounded where it is defined", "no bounds here"
    return None


def _check_shared(equation: Equation, scope: Scope) -> None:
    assert equation.value is not None
    for name in sorted(names(scope.expand(equation.value))):
        symbol = scope.resolve(name, equation.span)
        if symbol.owner in {"self", "pre", "post"} and not symbol.shared:
            raise ModelError(
                Code.FLAG_DISPROVED,
                f"{equation.name!r} is flagged shared but depends on {name!r}, which is not",
                where=scope.where,
                span=equation.span,
                expected="shared variables and parameters of one value on its right-hand side",
            )


def check_summed(equation: Equation, scope: Scope) -> None:
    """Raises EquationError (E105) unless a sum has a variable of the neuron to go to."""
    unit = unit_of(equation).dimensionality
    symbol = scope.find(equation.name)
    fits = symbol is not None and symbol.owner in {"pre", "post"} and symbol.kind == "variable" and not symbol.shared
    if not fits or symbol is None or symbol.dimension != unit:
        raise EquationError(
            Code.BAD_FLAG,
            f"the sum {equation.name!r} has no place to go",
            where=scope.where,
            span=equation.span,
            expected=f"a plain variable of unit {equation.unit} in the neuron's model, named here with _post or _pre",
        )
