"""The builder of networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, final

import numpy as np

from bouton.errors import Code, NetworkError, checked_name
from bouton.model.arguments import read_mapping
from bouton.model.synapse import SynapseModel
from bouton.network.patterns.all_to_all import AllToAll
from bouton.network.patterns.base import AbstractPattern
from bouton.network.population import AbstractPopulation, Population, View
from bouton.network.projection import Projection
from bouton.network.structure import Matching

P = TypeVar("P", bound=AbstractPopulation)


@final
class Network:
    """Populations and the projections between them. A `Simulation` takes what is in it at that moment."""

    def __init__(self) -> None:
        self.populations: list[AbstractPopulation] = []
        self.projections: list[Projection] = []

    def add(self, population: P, *, name: str | None = None) -> P:
        """Add a population or source and return it.

        Raises NetworkError (E202) if it is there already or its name is taken.
        """
        if not isinstance(population, AbstractPopulation):
            raise NetworkError(
                Code.BAD_VALUE, f"{population!r:.60} is not a population", where="Network.add", expected="a population or source"
            )
        if population in self.populations:
            raise NetworkError(
                Code.DUPLICATE_NAME, f"{population!r} was added before", where="Network.add", expected="each population once"
            )
        kind = population.model.name if isinstance(population, Population) else population.kind.lower()
        population.name = self._free_name(name or population.name, kind)
        self.populations.append(population)
        return population

    def connect(
        self,
        pre: AbstractPopulation | View,
        post: AbstractPopulation | View,
        model: SynapseModel,
        /,
        *,
        target: str | None = None,
        pattern: AbstractPattern | None = None,
        axonal_delay: Any = 0,
        dendritic_delay: Any = 0,
        backprop_delay: Any = 0,
        link: Mapping[str, Any] | None = None,
        events: Mapping[str, Any] | None = None,
        name: str | None = None,
        stored: bool = True,
        structure: Matching | None = None,
        **values: Any,
    ) -> Projection:
        """Connect two populations or views of them, and return the projection.

        Parameters
        ----------
        pre, post: populations or views; indices in a pattern count within a view.
        model: the synapses' equations.
        target: the postsynaptic variable that ``target += …`` in the model writes.
        pattern: who is connected to whom; all to all by default.
        axonal_delay: from the presynaptic spike to the synapse.
        dendritic_delay: from the synapse to the target's variables.
        backprop_delay: from the postsynaptic spike to the synapse. Each delay is a time on the grid, an
            array with one for each synapse, or a distribution (rounded to the grid).
        link: ``{variable: population}`` for ``linked`` variables of the model; see `Population`. A
            population of size 1 is shared, one of the target's size is read at the postsynaptic index.
        events: ``{event: population}`` for the blocks of ``on_event``; spikes of a population of size 1
            reach all synapses, those of one of the target's size the synapses of that target.
        name: shown in reports and messages.
        stored: False if nothing is to be kept for synapses: a source's targets, and what is drawn for each synapse, are
            drawn again at each of its spikes. The network is the same. Only presynaptic blocks, patterns whose rows do
            not depend on one another, and values that never change (Uniform, Normal, LogNormal) may be drawn again.
        structure: how synapses appear and go while it runs, a `Matching`; for conditions see `SynapseModel`.
        values: initial values of variables and values of parameters, by name: one for all, an array
            with one for each synapse in the pattern's order, or a distribution.

        Gap junctions, and instantaneous coupling between neurons beyond ``summed``, are not supported.

        Raises NetworkError: E409 (not added to this network), E202 (name taken), E401 (not a model, a pattern, a mapping,
        True or False).
        """
        for side in (pre, post):
            self._require(side, "Network.connect")
        for given, wanted in ((model, SynapseModel), (AllToAll() if pattern is None else pattern, AbstractPattern)):
            if not isinstance(given, wanted):
                raise NetworkError(
                    Code.BAD_VALUE,
                    f"{given!r:.60} is not a {'synapse model' if wanted is SynapseModel else 'connection pattern'}",
                    where="Network.connect",
                    expected="a SynapseModel"
                    if wanted is SynapseModel
                    else "a pattern, such as bt.OneToOne() or bt.Pairs([…], […])",
                )
        if not isinstance(stored, (bool, np.bool_)):
            raise NetworkError(Code.BAD_VALUE, f"stored is {stored!r:.60}", where="Network.connect", expected="True or False")
        if structure is not None and not isinstance(structure, Matching):
            raise NetworkError(
                Code.BAD_VALUE, f"structure is {structure!r:.60}", where="Network.connect", expected="a Matching, or None"
            )
        projection = Projection(
            pre,
            post,
            model,
            pattern=AllToAll() if pattern is None else pattern,
            target_variable=target,
            delays={"axonal": axonal_delay, "dendritic": dendritic_delay, "backprop": backprop_delay},
            link=read_mapping(link, "link", "Network.connect"),
            events=read_mapping(events, "events", "Network.connect"),
            values=values,
            name=self._free_name(name, model.name),
            stored=bool(stored),
            structure=structure,
        )
        self.projections.append(projection)
        return projection

    def _require(self, thing: Any, where: str) -> None:
        base = thing.base if isinstance(thing, View) else thing
        if base not in self.populations:
            raise NetworkError(
                Code.NOT_IN_NETWORK,
                f"{thing!r:.60} is not in this network",
                where=where,
                expected="a population that was added with Network.add, or a view of one",
            )

    def _free_name(self, wanted: str | None, kind: str) -> str:
        taken = {p.name for p in self.populations} | {p.name for p in self.projections}
        if wanted is not None:
            if checked_name(wanted, "Network") in taken:
                raise NetworkError(Code.DUPLICATE_NAME, f"the name {wanted!r} is taken", where="Network", expected="a free name")
            return wanted
        number = 1
        while (free := f"{kind}_{number}") in taken:
            number += 1
        return free
