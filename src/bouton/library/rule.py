"""What a published rule is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

from bouton.library.entry import Entry, Parameter
from bouton.model.synapse import SynapseModel

__all__ = ["Claim", "Parameter", "Rule"]


@dataclass(frozen=True)
class Claim:
    """What a rule is held to: the score of a protocol of `bouton.protocols`, with a named set of parameters.

    ``options`` are those of the protocol; the score may be ``limit`` at most.
    """

    protocol: str
    chosen: str | None
    limit: float
    options: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True, kw_only=True, repr=False)
class Rule(Entry):
    """A rule of plasticity. Calling it gives a `bouton.SynapseModel`.

    Attributes
    ----------
    part: the name of its models, after which variables are called in compositions.
    needs: variables that the postsynaptic neuron must have.
    neuron: the name in ``bt.neurons`` of one that has them, but for those that the rule sums into, if there is one.
    stand_in: arguments of a `bouton.NeuronModel` that has them, to try the rule with where the library has no neuron for it.
    target: the variable of either that its synapses transmit to, where what it reads depends on what is transmitted.
    span: how long one has to look at it to see what it does, where that is longer than a few spikes.
    conventions: options with which it does what another simulator's rule of that kind does, by the simulator's name in small
        letters; see `bouton.library.conventions`.
    claims: scores of protocols that it is held to.
    trial: arguments to try it with, where its own values would show nothing, or there are none.
    and those of `bouton.library.entry.Entry`.
    """

    shelf: ClassVar[str] = "bt.rules"

    part: str
    needs: tuple[str, ...] = ()
    neuron: str | None = None
    stand_in: Mapping[str, Any] = field(default_factory=dict)
    target: str | None = None
    span: Any = None
    conventions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    trial: Mapping[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        chosen: str | None = None,
        /,
        *,
        convention: str | None = None,
        unit: str = "1",
        name: str | None = None,
        **given: Any,
    ) -> SynapseModel:
        """The model with a named set of parameters, or options and parameters of one's own.

        ``convention`` names a simulator: options are those of its rule unless given. ``unit`` is that of the weight and of what
        is measured like it; ``name`` that of the model. Raises NameError_ (E206) for a name that is not known, NetworkError
        (E401) for a choice that there is not, UnitError (E302).
        """
        if convention is not None:
            given = {**self._named("convention", self.conventions, convention), **given}
        texts, parameters, durations = self.variant(chosen, given, unit)
        model = SynapseModel(**texts, parameters=parameters, name=name or self.part)
        model.durations = durations
        return model

    def explore(self, chosen: str | None = None, /, **given: Any) -> Any:
        """The explorer of this rule, to be shown in a notebook; see `bouton.explore`."""
        from importlib import import_module  # a room above this one, which nothing here depends on

        return import_module("bouton.explore").explore(self, set=chosen, **given)

    def mentioned(self, texts: Mapping[str, Any]) -> frozenset[str]:
        """The names that a model of these texts reads."""
        return SynapseModel(**texts, name=self.part).mentioned
