"""The cell that a rule of the library needs, for protocols."""

from __future__ import annotations

from typing import Any

import bouton as bt
from bouton.library import neurons
from bouton.library.rule import Rule
from bouton.protocols.drive import RECEIVED


def cell_for(rule: Rule) -> dict[str, Any]:
    """Arguments of `play` with the neuron that a rule names, at rest; nothing if it names none.

    It has a further variable that takes up what is transmitted and has no effect: its spikes are given.
    """
    if rule.neuron is None:
        return {}
    neuron = neurons.named(rule.neuron)
    texts, parameters = neuron.variant(None, {})
    taken = {**texts, "equations": f"{texts['equations']}\n{RECEIVED} : 1"}
    return {"neuron": bt.NeuronModel(**taken, parameters=parameters, name="cell"), "cell": neuron.at_rest(neuron())}
