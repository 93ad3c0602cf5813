"""What a published neuron is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

from bouton.equations.nodes import names
from bouton.library.entry import Entry, Parameter
from bouton.model.neuron import NeuronModel

__all__ = ["Neuron", "Parameter"]

Start = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@final
@dataclass(frozen=True, kw_only=True, repr=False)
class Neuron(Entry):
    """A model of a neuron. Calling it gives a `bouton.NeuronModel`.

    Attributes
    ----------
    inputs: what synapses write to (``target``), with options that the variable depends on; every variant has some of them.
    start: from values of parameters to the state at rest, of variables that do not begin at zero.
    and those of `bouton.library.entry.Entry`.
    """

    shelf: ClassVar[str] = "bt.neurons"

    inputs: Mapping[str, str] = field(default_factory=dict)
    start: Start

    def __call__(self, chosen: str | None = None, /, *, name: str | None = None, **given: Any) -> NeuronModel:
        """The model with a named set of parameters, or options and parameters of one's own; ``name`` is that of the model.

        Raises NameError_ (E206) for a name that is not known, NetworkError (E401) for a choice that there is not.
        """
        texts, parameters, durations = self.variant(chosen, given)
        model = NeuronModel(**texts, parameters=parameters, name=name or self.name.lower())
        model.durations = durations
        return model

    def at_rest(self, model: NeuronModel, **values: Any) -> dict[str, Any]:
        """Arguments of a `bouton.Population` of this model: ``values``, and with them the state at rest.

        As in ``bt.Population(100, cell, **bt.neurons.LIF.at_rest(cell, E_L=-65 * mV))``. Without, a voltage begins at 0 mV.
        """
        known = {e.name for e in model.equations}
        rest = self.start({**model.parameters, **{k: v for k, v in values.items() if k in model.parameters}})
        return {key: value for key, value in rest.items() if key in known} | values

    def mentioned(self, texts: Mapping[str, Any]) -> frozenset[str]:
        """The names that a model of these texts reads."""
        model = NeuronModel(**texts, name=self.name.lower())
        expressions = [e for q in model.equations for e in (q.value, q.low, q.high) if e is not None]
        expressions += [s.value for block in (*model.reset, *model.every) for s in block.statements]
        expressions += [model.threshold] if model.threshold is not None else []
        period = {model.refractory} if isinstance(model.refractory, str) else set()
        return frozenset(name for expression in expressions for name in names(expression)) | period
