"""Integration of one step: each scheme as scalar statements.

All new values are computed from the values at the start of the step before any is stored.
"""

from __future__ import annotations

from bouton.analysis.find_integration import Exact, ExponentialEuler, Integration, RungeKutta, is_settled, per_element
from bouton.analysis.find_linear import ZERO, add, times
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Name, Num, names
from bouton.errors import Code, ModelError
from bouton.plan.builder import KernelBuilder, bounded
from bouton.plan.nodes import DT, STEP, Slot, Store
from bouton.plan.recipes import Propagator

HALF = 0.5


def integrate(builder: KernelBuilder, groups: tuple[Integration, ...], index: Expr) -> None:
    """Statements that carry all variables of ``groups`` one step on."""
    new: dict[str, Expr] = {}
    exact = [g for g in groups if isinstance(g, Exact)]
    stages = _Stages(builder, exact)
    for linear in exact:
        new |= _exact(builder, linear, 1.0, "next")
    for group in groups:
        if isinstance(group, ExponentialEuler):
            new |= _exponential_euler(builder, group, stages)
        elif isinstance(group, RungeKutta):
            new |= _runge_kutta(builder, group, stages, new)
    facts = builder.sides["self"].facts
    stands = _frozen(builder) - {n for g in groups if isinstance(g, RungeKutta) for n in g.variables}
    for name, advanced in new.items():
        value = bounded(builder, facts.scope.symbols[name], advanced)
        if name in stands:
            value = Call("where", (builder.refractory(), builder.translate(Name(name)), value))
        array = builder.array(builder.slots.value(facts, name), name)
        builder.store(name, Store(array, index, "=", value, origin=f"d{name}/dt"))


def _frozen(builder: KernelBuilder) -> frozenset[str]:
    """Variables that stand still while the neuron is refractory."""
    facts = builder.sides["self"].facts
    flagged = {n for n, s in facts.scope.symbols.items() if s.equation is not None and "unless refractory" in s.equation.flags}
    return frozenset(flagged)


# --- exact --------------------------------------------------------------------------------------------


def reach(group: Exact, frozen: frozenset[str] = frozenset()) -> dict[str, tuple[str, ...]]:
    """For each variable the variables that influence it within a step, itself first."""
    result = {}
    for name in group.variables:
        seen = [name]
        for member in seen:
            if member not in frozen:
                seen.extend(o for o in group.variables if (member, o) in group.coefficients and o not in seen)
        result[name] = tuple(seen)
    return result


def _exact(builder: KernelBuilder, group: Exact, fraction: float, word: str) -> dict[str, Expr]:
    """New values of an exactly solved group after ``fraction`` of a step."""
    frozen = _frozen(builder) & frozenset(group.variables)
    normals = [builder.draw("randn") for _ in group.variables] if group.noise else []
    moving = _combination(builder, group, fraction, frozenset(), normals)
    influence = reach(group)
    touched = {n for n in group.variables if frozen & (set(influence[n]) - {n})}
    if touched:
        still = _combination(builder, group, fraction, frozen, normals)
        condition = builder.refractory()
        moving = {n: Call("where", (condition, still[n], v)) if n in touched else v for n, v in moving.items()}
    return {n: builder.local(f"{n}_{word}", value, origin=f"d{n}/dt") for n, value in moving.items()}


def _combination(
    builder: KernelBuilder, group: Exact, fraction: float, frozen: frozenset[str], normals: list[Expr]
) -> dict[str, Expr]:
    """Σ P·x + Σ Q·f + q + Σ L·N for each variable, with frozen ones held constant."""
    facts = builder.sides["self"].facts
    scope = facts.scope
    settled = [*group.coefficients.values(), *group.noise.values()]
    each = any(per_element(e, scope) for e in settled)
    mark = ("" if fraction == 1.0 else " half") + (" frozen" if frozen else "")
    folded = frozenset(n for n, f in group.forcing.items() if is_settled(f, scope))
    entries: dict[tuple[str, str, str], Slot] = {}

    def entry(kind: str, row: str, column: str, per_neuron: bool = each) -> Expr:
        name = f"{kind} {row} {column}".strip() + mark
        slot = builder.slots.get(facts.name, name, "f8", "n" if per_neuron else "1", role="fixed")
        entries[kind, row, column] = slot
        argument = name.replace(" ", "_")
        if per_neuron:
            return Item(builder.array(slot, argument), builder.sides["self"].index)
        return builder.scalar(slot, argument)

    values: dict[str, Expr] = {}
    reaching: dict[str, tuple[str, ...]] = {}
    for name, sources in reach(group, frozen).items():
        value: Expr = ZERO
        for source in sources:
            value = add(value, times(entry("P", name, source), builder.translate(Name(source))))
        forced = [s for s in sources if s in group.forcing and s not in frozen]
        for source in forced:
            if source not in folded:
                value = add(value, times(entry("Q", name, source), builder.translate(group.forcing[source])))
        fixed = [s for s in forced if s in folded]
        if fixed:
            reaching[name] = tuple(fixed)
            value = add(value, entry("q", name, "", each or any(per_element(group.forcing[s], scope) for s in fixed)))
        if normals and name not in frozen:
            for column, normal in zip(group.variables, normals, strict=True):
                value = add(value, times(entry("L", name, column), normal))
        values[name] = value
    builder.slots.add_recipe(Propagator(facts.name, group, fraction, frozen, reaching, entries))
    return values


class _Stages:
    """Values of the exact part within the step, computed when a scheme asks for them."""

    def __init__(self, builder: KernelBuilder, exact: list[Exact]) -> None:
        self.builder = builder
        self.exact = {name: group for group in exact for name in group.variables}
        self.half: dict[str, Expr] = {}

    def values(self, needed: frozenset[str], node: float, after: dict[str, Expr]) -> dict[str, Expr]:
        """Replacements for exact variables at ``node`` of the step; ``after`` are their values at its end."""
        wanted = [n for n in self.exact if n in needed]
        if node == 0.0 or not wanted:
            return {}
        if node == 1.0:
            return {n: after[n] for n in wanted}
        assert node == HALF
        for name in wanted:
            if name not in self.half:
                group = self.exact[name]
                if group.noise:
                    self.half |= {n: self.builder.translate(Name(n)) for n in group.variables}
                else:
                    self.half |= _exact(self.builder, group, HALF, "half")
                self._hold_frozen(group)
        return {n: self.half[n] for n in wanted}

    def _hold_frozen(self, group: Exact) -> None:
        for name in _frozen(self.builder) & frozenset(group.variables):
            value = Call("where", (self.builder.refractory(), self.builder.translate(Name(name)), self.half[name]))
            self.half[name] = self.builder.local(f"{name}_half", value)


# --- approximate ----------------------------------------------------------------------------------------


def _time(node: float) -> Expr:
    step: Expr = Name(STEP) if node == 0.0 else Binary("+", Name(STEP), Num(node))
    return Binary("*", step, Name(DT))


def _exponential_euler(builder: KernelBuilder, group: ExponentialEuler, stages: _Stages) -> dict[str, Expr]:
    """x + (x + b/a)·(exp(a·dt) − 1), with a and b at the middle of the step from the exact part."""
    (name,) = group.variables
    scope = builder.sides["self"].facts.scope
    inside = stages.values(names(scope.expand(group.a)) | names(scope.expand(group.b)), HALF, {})
    old = builder.translate(Name(name))
    with builder.at(_time(HALF), inside):
        a = builder.local(f"{name}_a", builder.translate(scope.expand(group.a)))
        b = builder.local(f"{name}_b", builder.translate(scope.expand(group.b)))
    grown = Call("expm1", (Binary("*", a, Name(DT)),))
    moved = Binary("+", old, Binary("*", Binary("+", old, Binary("/", b, a)), grown))
    drifted = Binary("+", old, Binary("*", b, Name(DT)))
    value = Call("where", (Compare("==", a, Num(0.0)), drifted, moved))
    return {name: builder.local(f"{name}_next", value, origin=f"d{name}/dt")}


def _runge_kutta(builder: KernelBuilder, group: RungeKutta, stages: _Stages, after: dict[str, Expr]) -> dict[str, Expr]:
    """x + Σ bᵢ kᵢ with kᵢ = f·dt + Σ g·ξ√dt at stage i; a frozen variable has k = 0."""
    scope = builder.sides["self"].facts.scope
    frozen = _frozen(builder)
    old = {n: builder.translate(Name(n)) for n in group.variables}
    read = frozenset[str]().union(*(names(scope.expand(e)) for e in (*group.drift.values(), *group.noise.values())))
    root = builder.local("root_dt", Call("sqrt", (Name(DT),))) if group.noise else None
    deviates = {xi: builder.draw("randn") for xi in dict.fromkeys(xi for _, xi in group.noise)}
    slopes: list[dict[str, Expr]] = []
    for stage, node in enumerate(group.tableau.c):
        bound = stages.values(read, node, after)
        bound |= {n: _advanced(builder, old[n], group.tableau.a[stage], slopes, n, stage) for n in group.variables}
        current: dict[str, Expr] = {}
        with builder.at(_time(node), bound):
            for name in group.variables:
                k: Expr = _in_a_step(builder, scope.expand(group.drift[name]))
                for (target, xi), factor in group.noise.items():
                    if target == name and root is not None:
                        kick = Binary("*", root, deviates[xi])
                        k = add(k, times(builder.translate(scope.expand(factor)), kick))
                if name in frozen:
                    k = Call("where", (builder.refractory(), Num(0.0), k))
                current[name] = builder.local(f"k{stage + 1}_{name}", k)
        slopes.append(current)
    return {n: _advanced(builder, old[n], group.tableau.b, slopes, n, None) for n in group.variables}


def _in_a_step(builder: KernelBuilder, drift: Expr) -> Expr:
    """f·dt; what f is divided by as a whole, dt is divided by, once for all elements."""
    scope = builder.sides["self"].facts.scope
    if isinstance(drift, Binary) and drift.op == "/" and is_settled(drift.right, scope) and not per_element(drift.right, scope):
        scaled = builder.constant("dt_scaled", Binary("/", Name(DT), builder.translate(drift.right)))
        return Binary("*", builder.translate(drift.left), scaled)
    return Binary("*", builder.translate(drift), Name(DT))


def _advanced(
    builder: KernelBuilder, old: Expr, weights: tuple[float, ...], slopes: list[dict[str, Expr]], name: str, stage: int | None
) -> Expr:
    value = old
    for weight, slope in zip(weights, slopes, strict=True):
        if weight:
            value = add(value, times(Num(weight), slope[name]))
    if value == old:
        return old
    return builder.local(f"{name}_next" if stage is None else f"{name}_{stage + 1}", value)


def check_supported(groups: tuple[Integration, ...], where: str) -> None:
    """Raises ModelError (E506) for noise in a group whose half-step is needed elsewhere."""
    noisy = {n for g in groups if isinstance(g, Exact) and g.noise for n in g.variables}
    for group in groups:
        if isinstance(group, RungeKutta) and len(group.tableau.c) > 1:
            read = set().union(*(names(e) for e in group.drift.values()))
            if read & noisy:
                raise ModelError(
                    Code.UNSUPPORTED,
                    f"{group.tableau.name!r} cannot read the noisy {sorted(read & noisy)[0]!r} within a step",
                    where=where,
                    expected="euler_maruyama for both",
                    hint="method='euler_maruyama'",
                )
