"""What the analysis found out, as frozen values that the plan is made from and reports print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bouton.analysis.find_integration import Integration
from bouton.analysis.symbols import Scope
from bouton.equations.nodes import Expr
from bouton.network.distributions import AbstractDistribution
from bouton.network.patterns.base import Row
from bouton.network.population import AbstractPopulation
from bouton.network.projection import Projection


@dataclass(frozen=True)
class PopulationFacts:
    """Of one population: how its variables are advanced, what of its past is read."""

    name: str
    index: int
    population: AbstractPopulation
    scope: Scope
    integration: tuple[Integration, ...]


@dataclass(frozen=True)
class Regeneration:
    """How a source's targets are found again, and what each synapse draws: distributions by the name of the parameter."""

    row: Row
    values: Mapping[str, AbstractDistribution]


@dataclass(frozen=True)
class ProjectionFacts:
    """Of one projection, with the populations at both ends and what ``learning`` freezes.

    ``regeneration`` says how its synapses are drawn again at each event; None if they are stored.
    """

    name: str
    index: int
    projection: Projection
    scope: Scope
    pre: PopulationFacts
    post: PopulationFacts
    integration: tuple[Integration, ...]
    weights: tuple[str, ...]
    weights_reason: str
    regeneration: Regeneration | None = None


Facts: TypeAlias = PopulationFacts | ProjectionFacts


@dataclass(frozen=True)
class NetworkFacts:
    """Of a whole network. ``past`` lists the delays at which ``(object, variable)`` is read back."""

    populations: tuple[PopulationFacts, ...]
    projections: tuple[ProjectionFacts, ...]
    past: Mapping[tuple[str, str], tuple[Expr, ...]]

    @property
    def objects(self) -> tuple[Facts, ...]:
        """All populations, then all projections."""
        return (*self.populations, *self.projections)
