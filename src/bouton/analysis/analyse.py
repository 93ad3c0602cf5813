"""The analysis of a network: every check, every finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bouton.analysis.check_assignments import check_block
from bouton.analysis.check_units import check_expression
from bouton.analysis.facts import Facts, NetworkFacts, PopulationFacts, ProjectionFacts
from bouton.analysis.find_integration import find_integration, is_settled
from bouton.analysis.find_weights import find_weights
from bouton.analysis.symbols import (
    BOOLEAN,
    Scope,
    Symbol,
    check_no_cycles,
    neuron_symbols,
    parameter_symbols,
    spike_weight_symbol,
    unit_of,
    variable_symbols,
)
from bouton.equations.nodes import Equation, Expr, Name, Past, names, walk
from bouton.errors import Code, EquationError, ModelError, NameError_, NetworkError, nearest, one_of
from bouton.model.blocks import Block
from bouton.model.timed_array import TimedArray
from bouton.network.network import Network
from bouton.network.population import AbstractPopulation, Population, View
from bouton.network.projection import Projection
from bouton.network.sources import Poisson, SpikeTimes
from bouton.units import TIME, base_unit, dimension_of, in_base


def analyse(network: Network) -> NetworkFacts:
    """Check a network and find how to run it.

    Raises the errors of `bouton.analysis`' modules, each with its place; nothing has run by then.
    """
    if not network.populations:
        raise NetworkError(Code.EMPTY, "the network has no populations", where="Simulation", expected="Network.add(…)")
    populations = tuple(_analyse_population(p, i) for i, p in enumerate(network.populations))
    by_identity = {id(p.population): p for p in populations}
    projections = tuple(_analyse_projection(p, i, by_identity) for i, p in enumerate(network.projections))
    return NetworkFacts(populations, projections, _past_reads((*populations, *projections)))


def _analyse_population(population: AbstractPopulation, index: int) -> PopulationFacts:
    name = str(population.name)
    if isinstance(population, Population):
        scope = _neuron_scope(population, name)
        _check_neuron(population, scope)
        model = population.model
        integration = find_integration(model.equations, model.method, scope, on_synapse=False)
        return PopulationFacts(name, index, population, scope, integration)
    scope = Scope(name, {})
    if isinstance(population, Poisson) and population.expression is not None:
        scope = Scope(name, _parameters(population.parameters, {}, name))
        check_expression(population.expression, scope, 1 / TIME, "the rate")
    return PopulationFacts(name, index, population, scope, ())


def _neuron_scope(population: Population, name: str) -> Scope:
    model = population.model
    where = f"population {name!r}"
    variables = variable_symbols(model.equations, where)
    values = _effective(model.parameters, population.values)
    symbols = {**neuron_symbols(where), **variables, **_parameters(values, variables, where)}
    _check_values(population.values, symbols, where)
    scope = Scope(where, symbols)
    check_no_cycles(scope)
    return scope


def _effective(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, default) for name, default in parameters.items()}


def _parameters(values: Mapping[str, Any], taken: Mapping[str, Symbol], where: str) -> dict[str, Symbol]:
    """Parameter symbols; ``shared`` tells one value from one for each element."""
    symbols = parameter_symbols(values, taken, where)
    result = {}
    for name, symbol in symbols.items():
        shared = (
            symbol.shared if symbol.kind == "timed" else not hasattr(values[name], "draw") and np.ndim(_bare(values[name])) == 0
        )
        result[name] = Symbol(name, "self", name, symbol.kind, symbol.dimension, shared)
    return result


def _bare(value: Any) -> Any:
    return getattr(value, "magnitude", value)


def _check_values(values: Mapping[str, Any], symbols: Mapping[str, Symbol], where: str) -> None:
    """Names of given values must be variables or parameters, their dimensions the declared ones."""
    settable = {n for n, s in symbols.items() if s.kind in {"ode", "variable", "constant", "parameter", "timed"}}
    for name, value in values.items():
        if name not in settable:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"a value is given for {name!r}, which is not a variable or parameter",
                where=where,
                expected=one_of(settable),
                hint=nearest(name, settable),
            )
        check_value_dimension(name, value, symbols[name].dimension, where)


def check_value_dimension(name: str, value: Any, expected: Any, where: str) -> None:
    """Raises UnitError (E301) if a value given for a name has another dimension than declared."""
    sample = base_unit(value.dimension) if hasattr(value, "draw") or isinstance(value, TimedArray) else value
    in_base(sample, expected, where=f"{where}, {name}")


def _check_neuron(population: Population, scope: Scope) -> None:
    model = population.model
    for equation in model.equations:
        if "summed" in equation.flags:
            raise EquationError(
                Code.BAD_FLAG,
                "'summed' belongs into the synapse model",
                span=equation.span,
                expected=f"a plain variable here, and '{equation.name}_post = … (summed)' there",
            )
        _check_equation(equation, scope)
        if "linked" in equation.flags and equation.name not in population.link:
            raise NetworkError(
                Code.MISSING_VALUE,
                f"{equation.name!r} is linked, but to nothing",
                where=scope.where,
                expected=f"link={{{equation.name!r}: population}}",
            )
    _check_parameter_overrides(model.parameters, population.values, scope)
    if model.threshold is not None:
        check_expression(model.threshold, scope, BOOLEAN, "the threshold")
    for block in (*model.reset, *model.every):
        check_block(block, scope)
    _check_refractory(population, scope)
    if population.force_spikes is not None and not (
        isinstance(population.force_spikes, SpikeTimes) and population.force_spikes.size == population.size
    ):
        raise NetworkError(
            Code.BAD_VALUE,
            f"force_spikes is {population.force_spikes!r:.60}",
            where=scope.where,
            expected=f"SpikeTimes of size {population.size}",
        )


def _check_parameter_overrides(defaults: Mapping[str, Any], values: Mapping[str, Any], scope: Scope) -> None:
    for name, default in defaults.items():
        if name in values and not isinstance(default, TimedArray) and not hasattr(default, "draw"):
            check_value_dimension(name, values[name], dimension_of(default), scope.where)


def _check_refractory(population: Population, scope: Scope) -> None:
    refractory = population.model.refractory
    if isinstance(refractory, str):
        symbol = scope.resolve(refractory, None)
        if not symbol.settled or symbol.dimension != TIME:
            raise ModelError(
                Code.UNSUPPORTED,
                f"refractory={refractory!r} is not a parameter or constant with the unit of a time",
                where=scope.where,
                expected="a time, or the name of such a parameter",
            )
    elif refractory is not None:
        in_base(refractory, TIME, where=f"{scope.where}, refractory")


def _check_equation(equation: Equation, scope: Scope) -> None:
    unit = unit_of(equation).dimensionality
    name = equation.name
    if equation.value is not None and name in scope.symbols:
        expected = unit / TIME if equation.kind == "ode" else unit
        check_expression(equation.value, scope, expected, f"the right-hand side for {name!r}")
    for bound in (equation.low, equation.high):
        if bound is not None:
            check_expression(bound, scope, unit, f"the bound of {name!r}")
    _check_flag_places(equation, scope)


def _check_flag_places(equation: Equation, scope: Scope) -> None:
    wrong: str | None = None
    flags = equation.flags
    if "unless refractory" in flags and (equation.kind == "expression" or scope.pre is not None):
        wrong = "'unless refractory' belongs to variables of neurons"
    elif "constant" in flags and equation.kind == "ode":
        wrong = "a variable with a differential equation is not constant"
    elif "event-driven" in flags and equation.kind != "ode":
        wrong = "'event-driven' belongs to differential equations"
    elif "linked" in flags and equation.kind != "variable":
        wrong = "a linked variable is defined elsewhere"
    elif equation.kind == "expression" and (equation.low is not None or equation.high is not None):
        wrong = "bounds belong to variables"
    if wrong is not None:
        raise EquationError(Code.BAD_FLAG, wrong, span=equation.span)
    if equation.kind == "ode" and "shared" in flags:
        assert equation.value is not None
        for name in sorted(names(scope.expand(equation.value))):
            symbol = scope.resolve(name, equation.span)
            if symbol.owner in {"self", "pre", "post"} and not symbol.shared:
                raise EquationError(
                    Code.FLAG_DISPROVED, f"{equation.name!r} is flagged shared but depends on {name!r}", span=equation.span
                )


def _base(side: AbstractPopulation | View) -> AbstractPopulation:
    return side.base if isinstance(side, View) else side


def _analyse_projection(projection: Projection, index: int, populations: Mapping[int, PopulationFacts]) -> ProjectionFacts:
    name, model = str(projection.name), projection.model
    where = f"projection {name!r}"
    pre, post = (populations[id(_base(side))] for side in (projection.source, projection.target))
    variables = variable_symbols(model.equations, where)
    values = _effective(model.parameters, projection.values)
    symbols = {**variables, **_parameters(values, variables, where)}
    initial = {**projection.pattern.values(), **projection.values}
    _check_values(initial, symbols, where)
    scope = Scope(where, symbols, pre.scope, post.scope)
    check_no_cycles(scope)
    _check_parameter_overrides(model.parameters, projection.values, scope)
    for equation in model.equations:
        _check_equation(equation, scope)
        _check_summed(equation, scope)
        if "linked" in equation.flags and equation.name not in projection.link:
            raise NetworkError(
                Code.MISSING_VALUE,
                f"{equation.name!r} is linked, but to nothing",
                where=where,
                expected=f"connect(…, link={{{equation.name!r}: population}})",
            )
    _check_projection_blocks(projection, scope, pre, post)
    integration = find_integration(model.equations, model.method, scope, on_synapse=True)
    weights, reason = find_weights(model, scope)
    return ProjectionFacts(name, index, projection, scope, pre, post, integration, weights, reason)


def _check_summed(equation: Equation, scope: Scope) -> None:
    if "summed" not in equation.flags:
        return
    unit = unit_of(equation).dimensionality
    symbol = scope.find(equation.name)
    if symbol is None or symbol.owner not in {"pre", "post"} or symbol.kind != "variable" or symbol.dimension != unit:
        raise EquationError(
            Code.BAD_FLAG,
            f"the sum {equation.name!r} has no place to go",
            span=equation.span,
            expected=f"a plain variable of unit {equation.unit} in the neuron's model, named here with _post or _pre",
        )
    if equation.value is None:
        raise EquationError(Code.BAD_FLAG, "'summed' needs a right-hand side", span=equation.span)
    check_expression(equation.value, scope, unit, f"the terms of {equation.name!r}")


def delivery_target(projection: Projection, post: PopulationFacts, where: str) -> Symbol | None:
    """The symbol that ``target`` stands for. Raises NameError_ (E206) if there is no such variable."""
    name = projection.target_variable
    if name is None:
        return None
    symbol = post.scope.symbols.get(name)
    if symbol is None or symbol.kind not in {"ode", "variable"}:
        writable = [n for n, s in post.scope.symbols.items() if s.kind in {"ode", "variable"}]
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"target={name!r} is not a variable of {post.name!r}",
            where=where,
            expected=one_of(writable),
            hint=nearest(name, writable),
        )
    return Symbol("target", "post", name, symbol.kind, symbol.dimension, False, symbol.equation)


def _check_projection_blocks(projection: Projection, scope: Scope, pre: PopulationFacts, post: PopulationFacts) -> None:
    model = projection.model
    target = delivery_target(projection, post, scope.where)
    for block in (*model.blocks, *model.every):
        check_block(block, block_scope(block, scope, pre), target)
        if block.event is not None and block.event not in projection.events:
            raise NetworkError(
                Code.MISSING_VALUE,
                f"the event {block.event!r} has no source",
                where=scope.where,
                expected=f"connect(…, events={{{block.event!r}: population}})",
            )
    known = {b.name for b in model.blocks}
    for name in model.delays:
        if name not in known:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"delays names {name!r}, which is not an event block",
                where=scope.where,
                expected=one_of(known),
                hint=nearest(name, known),
            )


def block_scope(block: Block, scope: Scope, pre: PopulationFacts) -> Scope:
    """A block's scope: ``spike_weight`` is known where the source's spikes carry weights."""
    source = pre.population
    if block.trigger == "pre" and isinstance(source, SpikeTimes) and source.weights is not None:
        return scope.with_locals([spike_weight_symbol(dimension_of(source.weights))])
    return scope


def _expressions(facts: Facts) -> Iterator[Expr]:
    """Every expression of an object's texts."""
    owner = facts.projection if isinstance(facts, ProjectionFacts) else facts.population
    model = getattr(owner, "model", None)
    if model is None:
        return
    for equation in model.equations:
        yield from (e for e in (equation.value, equation.low, equation.high) if e is not None)
    if getattr(model, "threshold", None) is not None:
        yield model.threshold
    for block in (*getattr(model, "reset", ()), *getattr(model, "blocks", ()), *model.every):
        yield from (s.value for s in block.statements)


def _past_reads(objects: tuple[Facts, ...]) -> dict[tuple[str, str], tuple[Expr, ...]]:
    """Where the past of each variable is read, by object and variable."""
    found: dict[tuple[str, str], dict[Expr, None]] = {}
    for facts in objects:
        for expression in _expressions(facts):
            for node in walk(expression):
                if isinstance(node, Past) and node.delay is not None:
                    found.setdefault(_past_place(node, facts), {})[node.delay] = None
    return {place: tuple(delays) for place, delays in found.items()}


def _past_place(node: Past, facts: Facts) -> tuple[str, str]:
    scope = facts.scope
    symbol = scope.resolve(node.name, node.span)
    assert node.delay is not None
    if not is_settled(node.delay, scope):
        raise ModelError(
            Code.UNSUPPORTED, "the delay of a past value can change", where=scope.where, span=node.span, expected="parameters"
        )
    if isinstance(facts, ProjectionFacts):
        if symbol.owner in {"pre", "post"}:
            return (facts.pre.name if symbol.owner == "pre" else facts.post.name), symbol.base
        if node.delay != Name("dt"):
            raise ModelError(
                Code.UNSUPPORTED,
                f"synapses keep one step of the past only: {node.name!r}",
                where=scope.where,
                span=node.span,
                expected=f"{node.name}(t - dt)",
            )
    if symbol.kind == "linked":
        raise ModelError(Code.UNSUPPORTED, f"the past of the linked {node.name!r} is not kept", where=scope.where, span=node.span)
    return facts.name, symbol.base
