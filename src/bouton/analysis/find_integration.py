"""How is each differential equation advanced by a step, and why so?

Linear equations with settled coefficients are solved exactly, together with what they are coupled to.
Equations linear in their own variable get ``exponential_euler``. For the rest the user names a scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bouton.analysis.find_linear import ZERO, linear_form
from bouton.analysis.schemes import SCHEMES, TABLEAUS, Tableau
from bouton.analysis.symbols import Scope
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Equation, Expr, Name, Past, names, walk
from bouton.errors import Code, ModelError, nearest, one_of


@dataclass(frozen=True)
class Exact:
    """dx/dt = A x + f + B ξ with settled A and B, and f constant during a step.

    Advanced by the matrix exponential; noise by the exact Ornstein–Uhlenbeck update.
    ``event_driven``: a lone variable with settled f, held as its value at the last write.
    """

    variables: tuple[str, ...]
    coefficients: Mapping[tuple[str, str], Expr]
    forcing: Mapping[str, Expr]
    noise: Mapping[tuple[str, str], Expr]
    event_driven: bool
    reason: str


@dataclass(frozen=True)
class ExponentialEuler:
    """dx/dt = a x + b with a and b taken at the middle of the step from the exact part."""

    variables: tuple[str, ...]
    a: Expr
    b: Expr
    reason: str


@dataclass(frozen=True)
class RungeKutta:
    """Advanced by an explicit scheme; ``noise`` holds the factors of each ξ."""

    variables: tuple[str, ...]
    tableau: Tableau
    drift: Mapping[str, Expr]
    noise: Mapping[tuple[str, str], Expr]
    reason: str


Integration: TypeAlias = Exact | ExponentialEuler | RungeKutta


def find_integration(
    equations: tuple[Equation, ...],
    method: str | Mapping[str, str] | None,
    scope: Scope,
    *,
    on_synapse: bool,
    weights: tuple[str, ...] = (),
) -> tuple[Integration, ...]:
    """The integration of all differential equations of one object. ``weights`` are advanced in steps, to stand still if need be.

    Raises ModelError: E501 (unknown scheme), E502 (a scheme must be named), E505 (a flag that does not
    hold), E206 (a scheme for something that is no differential equation).
    """
    odes = {e.name: e for e in equations if e.kind == "ode"}
    wanted = _wanted_schemes(odes, method, scope)
    sides = {name: scope.expand(e.value) for name, e in odes.items() if e.value is not None}
    noise_names = frozenset(n for side in sides.values() for n in names(side) if _is_noise(n, scope))
    exact = _exact_part(sides, {n for n, w in wanted.items() if w in {None, "exact"}}, noise_names, scope)
    for name, scheme in wanted.items():
        if scheme == "exact" and name not in exact:
            raise ModelError(
                Code.UNSUPPORTED,
                f"{name!r} has no exact solution here",
                where=scope.where,
                span=odes[name].span,
                expected="an equation linear in the exactly integrated variables, with coefficients that are parameters",
            )
    result: list[Integration] = []
    watched = frozenset(n for reader, side in sides.items() for n in names(side) if n != reader) | {*weights}
    result.extend(_components(odes, {n: exact[n] for n in odes if n in exact}, scope, watched if on_synapse else None))
    rest = [n for n in odes if n not in exact]
    result.extend(_rest(rest, odes, sides, wanted, noise_names, scope))
    for integration in result:
        _check_flags(integration, odes, scope, on_synapse)
    return tuple(result)


def is_settled(node: Expr, scope: Scope) -> bool:
    """True if the value cannot change during a run."""
    for inner in walk(node):
        if isinstance(inner, Past) or (isinstance(inner, Call) and FUNCTIONS[inner.func].random):
            return False
        if isinstance(inner, Name) and not scope.resolve(inner.id, inner.span).settled:
            return False
    return True


def per_element(node: Expr, scope: Scope) -> bool:
    """True if a settled expression has a value for each element."""
    for inner in walk(node):
        if isinstance(inner, Name):
            symbol = scope.resolve(inner.id, inner.span)
            if symbol.kind in {"parameter", "constant"} and not symbol.shared:
                return True
    return False


def _is_steady(node: Expr, scope: Scope) -> bool:
    """True if the value cannot change during a step."""
    for inner in walk(node):
        if isinstance(inner, Call) and FUNCTIONS[inner.func].random:
            return False
        if isinstance(inner, Name):
            symbol = scope.resolve(inner.id, inner.span)
            if symbol.kind in {"ode", "linked", "expression", "noise"} or symbol.base == "t":
                return False
    return True


def _is_noise(name: str, scope: Scope) -> bool:
    symbol = scope.find(name)
    return symbol is not None and symbol.kind == "noise"


def _wanted_schemes(odes: Mapping[str, Equation], method: str | Mapping[str, str] | None, scope: Scope) -> dict[str, str | None]:
    given = dict.fromkeys(odes, method) if isinstance(method, str) or method is None else dict(method)
    for name, scheme in given.items():
        if name not in odes:
            raise ModelError(
                Code.UNKNOWN_VARIABLE,
                f"method names {name!r}, which has no differential equation",
                where=scope.where,
                expected=one_of(odes),
                hint=nearest(name, odes),
            )
        if scheme is not None and not (isinstance(scheme, str) and scheme in SCHEMES):
            raise ModelError(
                Code.UNKNOWN_SCHEME,
                f"{scheme!r} is not an integration scheme",
                where=scope.where,
                expected=one_of(SCHEMES),
                hint=nearest(scheme, SCHEMES),
            )
    if isinstance(method, str) and not odes and method not in SCHEMES:
        raise ModelError(
            Code.UNKNOWN_SCHEME,
            f"{method!r} is not an integration scheme",
            where=scope.where,
            expected=one_of(SCHEMES),
            hint=nearest(method, SCHEMES),
        )
    return {name: given.get(name) for name in odes}


_Row = tuple[dict[str, Expr], Expr, dict[str, Expr]]  # coefficients, forcing, noise factors


def _exact_part(sides: Mapping[str, Expr], allowed: set[str], noise: frozenset[str], scope: Scope) -> dict[str, _Row]:
    """The largest set of variables whose equations are linear in that set; others drop out one by one."""
    inside = set(allowed)
    while True:
        rows = {name: _exact_row(sides[name], frozenset(inside), noise, scope) for name in sides if name in inside}
        failed = {name for name, row in rows.items() if row is None}
        if not failed:
            return {name: row for name, row in rows.items() if row is not None}
        inside -= failed


def _exact_row(side: Expr, inside: frozenset[str], noise: frozenset[str], scope: Scope) -> _Row | None:
    form = linear_form(side, inside | noise)
    if form is None or not _is_steady(form[1], scope):
        return None
    if not all(is_settled(c, scope) for c in form[0].values()):
        return None
    coefficients = {n: c for n, c in form[0].items() if n not in noise}
    return coefficients, form[1], {n: c for n, c in form[0].items() if n in noise}


def _components(
    odes: Mapping[str, Equation], rows: Mapping[str, _Row], scope: Scope, watched: frozenset[str] | None
) -> list[Exact]:
    """Group exactly integrated variables that influence one another or share a noise.

    ``watched`` are those that other equations read within a step; None on neurons, where nothing is event-driven.
    """
    group = {name: {name} for name in rows}
    noisy: dict[str, str] = {}
    for name, (coefficients, _, noise) in rows.items():
        linked = [*coefficients, *(noisy.setdefault(xi, name) for xi in noise)]
        for other in linked:
            if group[other] is not group[name]:
                merged = group[name] | group[other]
                for member in merged:
                    group[member] = merged
    result, seen = [], set[str]()
    for name in rows:
        if name in seen:
            continue
        members = tuple(n for n in rows if n in group[name])
        seen |= set(members)
        result.append(_exact_group(members, odes, rows, scope, watched))
    return result


def _exact_group(
    members: tuple[str, ...],
    odes: Mapping[str, Equation],
    rows: Mapping[str, _Row],
    scope: Scope,
    watched: frozenset[str] | None,
) -> Exact:
    coefficients = {(m, o): c for m in members for o, c in rows[m][0].items() if c != ZERO}
    forcing = {m: rows[m][1] for m in members if rows[m][1] != ZERO}
    noise = {(m, xi): c for m in members for xi, c in rows[m][2].items()}
    alone = len(members) == 1 and not noise
    equation = odes[members[0]]
    bounded = equation.low is not None or equation.high is not None
    settled = all(is_settled(f, scope) for f in forcing.values())
    lone = alone and settled and not bounded and "shared" not in equation.flags
    event_driven = lone and watched is not None and not watched & {*members}
    reason = "linear with coefficients that are parameters" if alone else f"linear, coupled: {', '.join(members)}"
    if noise:
        reason += ", additive noise (exact Ornstein–Uhlenbeck update)"
    if event_driven:
        reason += "; depends on itself only, so it is evaluated when read"
    return Exact(members, coefficients, forcing, noise, event_driven, reason)


def _rest(
    rest: list[str],
    odes: Mapping[str, Equation],
    sides: Mapping[str, Expr],
    wanted: Mapping[str, str | None],
    noise: frozenset[str],
    scope: Scope,
) -> list[Integration]:
    result: list[Integration] = []
    by_tableau: dict[str, list[str]] = {}
    for name in rest:
        scheme = wanted[name]
        if scheme is None or scheme == "exponential_euler":
            result.append(_exponential_euler(name, odes[name], sides[name], noise, scope, named=scheme is not None))
        else:
            by_tableau.setdefault(scheme, []).append(name)
    for scheme, members in by_tableau.items():
        result.append(_runge_kutta(TABLEAUS[scheme], members, odes, sides, noise, scope))
    return result


def _exponential_euler(
    name: str, equation: Equation, side: Expr, noise: frozenset[str], scope: Scope, *, named: bool
) -> ExponentialEuler:
    form = linear_form(side, frozenset({name}))
    if form is None or names(side) & noise:
        noisy = bool(names(side) & noise)
        why = "has noise with factors that vary" if noisy else "is not linear in itself"
        lacking = "exponential_euler cannot advance it" if named else "a scheme must be named"
        raise ModelError(
            Code.UNSUPPORTED if named else Code.NEEDS_SCHEME,
            f"the equation of {name!r} {why}: {lacking}",
            where=scope.where,
            span=equation.span,
            expected=f"method= one of {', '.join(sorted(TABLEAUS))}",
            hint="method='euler_maruyama'" if noisy else "method='rk4'",
        )
    reason = "linear in itself with coefficients that vary" + (" (named by the model)" if named else "")
    return ExponentialEuler((name,), form[0].get(name, ZERO), form[1], reason)


def _runge_kutta(
    tableau: Tableau,
    members: list[str],
    odes: Mapping[str, Equation],
    sides: Mapping[str, Expr],
    noise: frozenset[str],
    scope: Scope,
) -> RungeKutta:
    drift: dict[str, Expr] = {}
    factors: dict[tuple[str, str], Expr] = {}
    for name in members:
        form = linear_form(sides[name], noise)
        if form is None or (form[0] and not tableau.stochastic):
            raise ModelError(
                Code.UNSUPPORTED,
                f"{tableau.name!r} cannot advance the noise in the equation of {name!r}",
                where=scope.where,
                span=odes[name].span,
                expected="noise that enters linearly, and one of euler_maruyama, heun",
                hint="method='euler_maruyama'",
            )
        drift[name] = form[1]
        factors |= {(name, xi): c for xi, c in form[0].items()}
    return RungeKutta(tuple(members), tableau, drift, factors, "named by the model")


def _check_flags(integration: Integration, odes: Mapping[str, Equation], scope: Scope, on_synapse: bool) -> None:
    for name in integration.variables:
        equation = odes[name]
        if "event-driven" not in equation.flags:
            continue
        if not (isinstance(integration, Exact) and integration.event_driven):
            why = "it lives on a neuron" if not on_synapse else integration.reason
            raise ModelError(
                Code.FLAG_DISPROVED,
                f"{name!r} is flagged event-driven, but it must be advanced every step ({why})",
                where=scope.where,
                span=equation.span,
                expected="a synaptic equation that depends on itself and parameters only, linear, without bounds or noise",
            )
