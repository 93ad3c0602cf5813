"""Projections: the synapses between two populations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, final

from bouton.model.synapse import SynapseModel
from bouton.network.fixed import AbstractFixed
from bouton.network.patterns.base import AbstractPattern
from bouton.network.population import AbstractPopulation, View
from bouton.network.structure import Matching
from bouton.units import joined


@final
class Projection(AbstractFixed):
    """Synapses of one model, made by `Network.connect`. Compares by identity; ``proj[…]`` is a view."""

    __slots__ = (
        *("source", "target", "model", "pattern", "target_variable", "delays"),
        *("link", "events", "values", "name", "stored", "structure"),
    )
    _making = "net.connect"

    def __init__(
        self,
        source: AbstractPopulation | View,
        target: AbstractPopulation | View,
        model: SynapseModel,
        *,
        pattern: AbstractPattern,
        target_variable: str | None,
        delays: Mapping[str, Any],
        link: Mapping[str, Any],
        events: Mapping[str, Any],
        values: Mapping[str, Any],
        name: str | None,
        stored: bool = True,
        structure: Matching | None = None,
    ) -> None:
        self.source = source
        self.target = target
        self.model = model
        self.pattern = pattern
        self.target_variable = target_variable
        self.delays: Mapping[str, Any] = MappingProxyType(
            {name: joined(delay, where=f"{name}_delay") for name, delay in delays.items()}
        )
        self.link: Mapping[str, Any] = MappingProxyType(dict(link))
        self.events: Mapping[str, Any] = MappingProxyType(dict(events))
        self.values: Mapping[str, Any] = MappingProxyType(dict(values))
        self.name = name
        self.stored = stored
        self.structure = structure

    @property
    def grows(self) -> bool:
        """True if synapses may appear while it runs."""
        return self.model.create is not None or self.structure is not None

    @property
    def all_delays(self) -> dict[str, Any]:
        """The delays of the projection, and those that blocks have of their own: for a parameter's name, its value."""
        known = {**self.model.parameters, **self.values}
        own = {block: known.get(d, d) if isinstance(d, str) else d for block, d in self.model.delays.items()}
        return {**self.delays, **own}

    def __getitem__(self, index: Any) -> View:
        return View(self, index)

    def __repr__(self) -> str:
        return f"<Projection {self.name}>"
