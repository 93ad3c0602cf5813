"""bouton: simulation of synaptic plasticity, from equations with units to compiled runs.

Everything public is here or in `bouton.units`; names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bouton import plots as plots
    from bouton import protocols as protocols
    from bouton.errors import BoutonError as BoutonError
    from bouton.library import neurons as neurons
    from bouton.library import rules as rules
    from bouton.model.blocks import dt as dt
    from bouton.model.neuron import NeuronModel as NeuronModel
    from bouton.model.synapse import SynapseModel as SynapseModel
    from bouton.model.timed_array import TimedArray as TimedArray
    from bouton.network.distributions import LogNormal as LogNormal
    from bouton.network.distributions import Normal as Normal
    from bouton.network.distributions import Uniform as Uniform
    from bouton.network.network import Network as Network
    from bouton.network.patterns.all_to_all import AllToAll as AllToAll
    from bouton.network.patterns.bernoulli import Bernoulli as Bernoulli
    from bouton.network.patterns.fixed_in_degree import FixedInDegree as FixedInDegree
    from bouton.network.patterns.fixed_out_degree import FixedOutDegree as FixedOutDegree
    from bouton.network.patterns.from_sparse import FromSparse as FromSparse
    from bouton.network.patterns.one_to_one import OneToOne as OneToOne
    from bouton.network.patterns.pairs import Pairs as Pairs
    from bouton.network.population import Population as Population
    from bouton.network.projection import Projection as Projection
    from bouton.network.sources import Poisson as Poisson
    from bouton.network.sources import Regular as Regular
    from bouton.network.sources import SpikeTimes as SpikeTimes
    from bouton.network.structure import Matching as Matching
    from bouton.recording.export import save as save
    from bouton.recording.export import to_dataset as to_dataset
    from bouton.runtime.moment import Moment as Moment
    from bouton.runtime.simulation import Simulation as Simulation

_PLACES = {
    "AllToAll": "bouton.network.patterns.all_to_all",
    "Bernoulli": "bouton.network.patterns.bernoulli",
    "BoutonError": "bouton.errors",
    "FixedInDegree": "bouton.network.patterns.fixed_in_degree",
    "FixedOutDegree": "bouton.network.patterns.fixed_out_degree",
    "FromSparse": "bouton.network.patterns.from_sparse",
    "LogNormal": "bouton.network.distributions",
    "Matching": "bouton.network.structure",
    "Moment": "bouton.runtime.moment",
    "Network": "bouton.network.network",
    "NeuronModel": "bouton.model.neuron",
    "Normal": "bouton.network.distributions",
    "OneToOne": "bouton.network.patterns.one_to_one",
    "Pairs": "bouton.network.patterns.pairs",
    "Poisson": "bouton.network.sources",
    "Population": "bouton.network.population",
    "Projection": "bouton.network.projection",
    "Regular": "bouton.network.sources",
    "Simulation": "bouton.runtime.simulation",
    "SpikeTimes": "bouton.network.sources",
    "SynapseModel": "bouton.model.synapse",
    "TimedArray": "bouton.model.timed_array",
    "Uniform": "bouton.network.distributions",
    "dt": "bouton.model.blocks",
    "save": "bouton.recording.export",
    "to_dataset": "bouton.recording.export",
}

_MODULES = {
    "explore": "bouton.explore",  # above the rooms that import this module: named here only, not for type checkers
    "neurons": "bouton.library.neurons",
    "plots": "bouton.plots",
    "protocols": "bouton.protocols",
    "rules": "bouton.library.rules",
    "units": "bouton.units",
}

__all__ = [*_PLACES, *_MODULES]  # noqa: PLE0604  (the names of the table)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name not in _PLACES:
        raise AttributeError(f"module 'bouton' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES, *_MODULES])
