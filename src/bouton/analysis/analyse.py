"""The analysis of a network: every check, every finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bouton.analysis.check_assignments import check_block
from bouton.analysis.check_blocks import check_block_names, check_interval
from bouton.analysis.check_expressions import check_sub_expressions
from bouton.analysis.check_flags import check_flags, check_summed
from bouton.analysis.check_links import check_links
from bouton.analysis.check_random import check_no_draws, check_no_noise
from bouton.analysis.check_structure import check_structure
from bouton.analysis.check_units import check_expression
from bouton.analysis.facts import Facts, NetworkFacts, PopulationFacts, ProjectionFacts
from bouton.analysis.find_integration import find_integration, is_settled
from bouton.analysis.find_regeneration import is_for_all, regeneration
from bouton.analysis.find_weights import find_weights
from bouton.analysis.symbols import (
    BOOLEAN,
    Scope,
    Symbol,
    neuron_symbols,
    parameter_symbols,
    spike_weight_symbol,
    unit_of,
    variable_symbols,
)
from bouton.equations.nodes import Equation, Expr, Name, Past, names, walk
from bouton.errors import Code, ModelError, NameError_, NetworkError, UnitError, nearest, one_of
from bouton.model.blocks import Block
from bouton.model.timed_array import TimedArray
from bouton.network.distributions import AbstractDistribution
from bouton.network.network import Network
from bouton.network.population import AbstractPopulation, Population, View
from bouton.network.projection import Projection
from bouton.network.sources import Poisson, SpikeTimes
from bouton.units import TIME, dimension_of, in_base, in_seconds, show_dimension

_OF_CONNECT = MappingProxyType(
    {
        **dict.fromkeys(("i", "j"), "pattern=bt.Pairs([…], […])"),
        **dict.fromkeys(("p", "probability"), "pattern=bt.Bernoulli(p)"),
        "condition": "pattern=…, such as bt.AllToAll(self_connections=False) or bt.Pairs([…], […])",
        **dict.fromkeys(("weight", "weights"), "the name that the weight has in the model, such as w=…"),
        "n": "pattern=bt.Pairs([…], […]), which may name a pair several times",
        **dict.fromkeys(("delay", "delays"), "axonal_delay=…, dendritic_delay=… or backprop_delay=…"),
    }
)
"""Words that other simulators take where they connect, and what is said here."""
_REFRACTORY_WHILE = "threshold='v > v_T and v(t-dt) <= v_T' for a spike only where v crosses v_T"


def analyse(network: Network) -> NetworkFacts:
    """Check a network and find how to run it.

    Raises the errors of `bouton.analysis`' modules, each with its place; nothing has run by then.
    """
    if not isinstance(network, Network):
        raise NetworkError(Code.BAD_VALUE, f"{network!r:.60} is not a network", where="Simulation", expected="a Network")
    if not network.populations:
        raise NetworkError(Code.EMPTY, "the network has no populations", where="Simulation", expected="Network.add(…)")
    populations = tuple(_analyse_population(p, i) for i, p in enumerate(network.populations))
    by_identity = {id(p.population): p for p in populations}
    projections = tuple(_analyse_projection(p, i, by_identity) for i, p in enumerate(network.projections))
    facts = NetworkFacts(populations, projections, _past_reads((*populations, *projections)))
    check_links(facts)
    return facts


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
        scope = Scope(name, parameter_symbols(population.parameters, {}, name))
        check_expression(population.expression, scope, 1 / TIME, "the rate")
        check_no_noise(population.expression, scope, "the rate")
    return PopulationFacts(name, index, population, scope, ())


def _neuron_scope(population: Population, name: str) -> Scope:
    model = population.model
    where = f"population {name!r}"
    variables = variable_symbols(model.equations, where)
    _check_overrides(model.parameters, population.values, where)
    values = _effective(model.parameters, population.values)
    symbols = {**neuron_symbols(where), **variables, **parameter_symbols(values, variables, where, model.durations)}
    _check_values(population.values, symbols, where)
    scope = Scope(where, symbols)
    check_sub_expressions(scope)
    return scope


def _effective(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, default) for name, default in parameters.items()}


def _check_values(
    values: Mapping[str, Any], symbols: Mapping[str, Symbol], where: str, meant: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Names of given values must be variables or parameters, their dimensions the declared ones.

    ``meant`` says of words that are no such names what to try.
    """
    settable = {n for n, s in symbols.items() if s.kind in {"ode", "variable", "constant", "parameter", "timed"}}
    for name, value in values.items():
        if name not in settable:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"a value is given for {name!r}, which is not a variable or parameter",
                where=where,
                expected=one_of(settable),
                hint=meant.get(name) or nearest(name, settable),
            )
        check_value_dimension(name, value, symbols[name].dimension, where)


def check_value_dimension(name: str, value: Any, expected: Any, where: str) -> None:
    """Raises UnitError (E301) if a value given for a name has another dimension than declared."""
    if not isinstance(value, (AbstractDistribution, TimedArray)):
        in_base(value, expected, where=f"{where}, {name}")
    elif value.dimension != expected:
        raise UnitError(
            Code.DIMENSION,
            f"{value!r:.60} has dimension {show_dimension(value.dimension)}",
            where=f"{where}, {name}",
            expected=show_dimension(expected),
        )


def _check_neuron(population: Population, scope: Scope) -> None:
    model = population.model
    for equation in model.equations:
        _check_equation(equation, scope)
    if model.threshold is not None:
        check_expression(model.threshold, scope, BOOLEAN, "the threshold")
        check_no_noise(model.threshold, scope, "the threshold")
    check_block_names((*model.reset, *model.every), scope)
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


def _check_overrides(defaults: Mapping[str, Any], values: Mapping[str, Any], where: str) -> None:
    """A value given for a parameter has the dimension of the model's own."""
    for name, default in defaults.items():
        if name in values:
            known = default.dimension if isinstance(default, (AbstractDistribution, TimedArray)) else dimension_of(default)
            check_value_dimension(name, values[name], known, where)


def _check_refractory(population: Population, scope: Scope) -> None:
    refractory = population.model.refractory
    if isinstance(refractory, str):
        symbol = scope.resolve(refractory, None) if refractory.isidentifier() else None
        if symbol is None or not symbol.settled or symbol.dimension != TIME:
            raise ModelError(
                Code.UNSUPPORTED,
                f"refractory={refractory!r:.60} is not a parameter or constant with the unit of a time",
                where=scope.where,
                expected="a time without quotes, or the name of such a parameter",
                hint=_REFRACTORY_WHILE if symbol is None and set("<>=!") & set(refractory) else None,
            )
    elif refractory is not None:
        in_seconds(refractory, where=f"{scope.where}, refractory")


def _check_equation(equation: Equation, scope: Scope) -> None:
    unit = unit_of(equation).dimensionality
    name = equation.name
    check_flags(equation, scope)
    if equation.value is not None and name in scope.symbols:
        rate = equation.kind == "ode"
        hint = "divide by a time, as in (…)/tau" if rate else None
        check_expression(equation.value, scope, unit / TIME if rate else unit, f"the right-hand side for {name!r}", hint)
        if rate:
            check_no_draws(equation.value, scope, f"the equation of {name!r}")
    for bound in (equation.low, equation.high):
        if bound is not None:
            _check_still(bound, scope, unit, f"the bound of {name!r}")
    if "summed" in equation.flags and equation.value is not None:
        check_summed(equation, scope)
        _check_still(equation.value, scope, unit, f"the term of {name!r}")


def _check_still(expression: Expr, scope: Scope, unit: Any, what: str) -> None:
    """An expression without anything random."""
    check_expression(expression, scope, unit, what)
    check_no_draws(expression, scope, what)
    check_no_noise(expression, scope, what)


def _base(side: AbstractPopulation | View) -> AbstractPopulation:
    return side.base if isinstance(side, View) else side


def _analyse_projection(projection: Projection, index: int, populations: Mapping[int, PopulationFacts]) -> ProjectionFacts:
    name, model = str(projection.name), projection.model
    where = f"projection {name!r}"
    pre, post = (populations[id(_base(side))] for side in (projection.source, projection.target))
    variables = variable_symbols(model.equations, where)
    _check_overrides(model.parameters, projection.values, where)
    values = _effective(model.parameters, projection.values)
    symbols = {**variables, **parameter_symbols(values, variables, where, model.durations)}
    if not projection.stored:  # what is one number for all is not kept for each
        constants = [n for n, s in symbols.items() if s.kind == "constant" and is_for_all(projection, n)]
        symbols |= {name: replace(symbols[name], shared=True) for name in constants}
    initial = {**projection.pattern.values(), **projection.values}
    _check_values(initial, symbols, where, _OF_CONNECT)
    scope = Scope(where, symbols, pre.scope, post.scope)
    check_sub_expressions(scope)
    for equation in model.equations:
        _check_equation(equation, scope)
    _check_projection_blocks(projection, scope, pre, post)
    check_structure(projection, scope, pre.scope, post.scope)
    weights, reason = find_weights(model, scope)
    integration = find_integration(model.equations, model.method, scope, on_synapse=True, weights=weights)
    again = regeneration(projection, scope)
    return ProjectionFacts(name, index, projection, scope, pre, post, integration, weights, reason, again)


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
    check_block_names((*model.blocks, *model.every), scope)
    for block in (*model.blocks, *model.every):
        check_block(block, block_scope(block, scope, pre), target)
    known = {b.name for b in model.blocks}
    for name, delay in model.delays.items():
        if isinstance(delay, str):
            check_interval(delay, scope, f"the delay of {name!r}")
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


def _varies(name: str, scope: Scope) -> bool:
    symbol = scope.resolve(name, None)
    return symbol.kind in {"parameter", "constant"} and not symbol.shared


def _past_place(node: Past, facts: Facts) -> tuple[str, str]:
    scope = facts.scope
    symbol = scope.resolve(node.name, node.span)
    assert node.delay is not None
    delay = scope.expand(node.delay)
    if not is_settled(delay, scope) or any(_varies(name, scope) for name in names(delay)):
        raise ModelError(
            Code.UNSUPPORTED,
            "the delay of a past value can change, or differs between elements",
            where=scope.where,
            span=node.delay.span,
            expected="parameters of one value",
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
        raise ModelError(
            Code.UNSUPPORTED,
            f"the past of the linked {node.name!r} is not kept",
            where=scope.where,
            span=node.span,
            expected="the past value in the model that defines the variable",
        )
    return facts.name, symbol.base
