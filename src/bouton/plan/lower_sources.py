"""Calls of the model-independent kernels that make sources spike."""

from __future__ import annotations

from bouton.analysis.facts import PopulationFacts
from bouton.network.population import Population
from bouton.network.sources import Poisson, Regular, SpikeTimes
from bouton.plan.lower_neurons import rate_threshold, threshold
from bouton.plan.nodes import Arg, Kernel, Slot
from bouton.plan.plan import Call
from bouton.plan.slots import Slots


def emit(slots: Slots, facts: PopulationFacts) -> list[Call]:
    """What makes a population spike: its threshold, forced spikes, or the kind of source it is."""
    population = facts.population
    if isinstance(population, Population):
        if population.force_spikes is not None:
            return [_times(slots, facts, weighted=False)]
        return threshold(slots, facts)
    if isinstance(population, SpikeTimes):
        return [_times(slots, facts, weighted=population.weights is not None)]
    if isinstance(population, Poisson):
        if population.expression is not None:
            return [rate_threshold(slots, facts, population.expression)]
        return [_poisson(slots, facts)]
    assert isinstance(population, Regular)
    return [_regular(slots, facts)]


def _builtin(name: str, facts: PopulationFacts, slots: dict[str, Slot]) -> Call:
    args = tuple(Arg(n, slot.dtype, slot.shape != ("1",)) for n, slot in slots.items())
    return Call(Kernel(name, "builtin", args), facts.name, slots)


def _times(slots: Slots, facts: PopulationFacts, *, weighted: bool) -> Call:
    """Given spike times: steps, trains and weights in order, and a cursor."""
    owner = facts.name
    bound = {
        "times": slots.get(owner, "given steps", "i4", "given spikes", role="fixed"),
        "trains": slots.get(owner, "given trains", "i4", "given spikes", role="fixed"),
        "cursor": slots.get(owner, ":cursor", "i4", "one"),
        **slots.spikes(facts),
        "last": slots.last(facts),
    }
    if weighted:
        bound["given_weights"] = slots.get(owner, "given weights", "f8", "given spikes", role="fixed")
        bound["weights"] = slots.spike_weights(facts)
    return _builtin("emit_weighted_times" if weighted else "emit_times", facts, bound)


def _poisson(slots: Slots, facts: PopulationFacts) -> Call:
    """Piecewise constant rates: the next spike of each train is drawn, not every step tested."""
    owner, bins = facts.name, slots.bins(facts, "rate")
    bound = {
        "n": slots.size(facts),
        "rates": bins.data,
        "bin_steps": bins.length,
        "bins": bins.count,
        "per_bin": bins.width,
        "key": slots.draw_site(facts),
        "version": slots.get(owner, "rate version", "i8", "1", role="fixed"),
        "upcoming": slots.get(owner, "upcoming", "i4", "n"),
        "number": slots.get(owner, "number", "i4", "n"),
        "progress": slots.get(owner, "progress", "i4", "one", fill=-1.0),
        "wheel": slots.get(owner, "wheel", "i4", "wheel"),
        "link": slots.get(owner, "link", "i4", "n"),
        **slots.spikes(facts),
        "last": slots.last(facts),
    }
    return _builtin("emit_poisson", facts, bound)


def _regular(slots: Slots, facts: PopulationFacts) -> Call:
    owner = facts.name
    bound = {
        "n": slots.size(facts),
        "period": slots.get(owner, "period", "f8", "n", role="fixed"),
        "start": slots.get(owner, "start", "f8", "n", role="fixed"),
        "number": slots.get(owner, "number", "i4", "n"),
        **slots.spikes(facts),
        "last": slots.last(facts),
    }
    return _builtin("emit_regular", facts, bound)
