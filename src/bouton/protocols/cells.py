"""The cell that a rule reads variables of, for protocols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bouton as bt
from bouton.errors import Code, NameError_, nearest, one_of
from bouton.library import neurons
from bouton.model.blocks import dt
from bouton.protocols.drive import RECEIVED


def cell_for(
    rule: bt.SynapseModel, *, neuron: str | Mapping[str, Any] | None = None, target: str | None = None
) -> dict[str, Any]:
    """Arguments of `play`, and of protocols, with a neuron for rules that read its variables; nothing if none is named.

    Parameters
    ----------
    neuron: a name in ``bt.neurons``, which begins at rest, or arguments of a `bouton.NeuronModel`. It also gets the variables
        that the rule sums into, and one that takes up what is transmitted.
    target: the variable of the neuron that is given what was transmitted in the step before, in its unit. Without, nothing that
        is transmitted has an effect; spikes are given in any case.

    Raises NameError_ (E206) for a neuron or a target that there is not.
    """
    if neuron is None:
        return {}
    texts, rest = _library(neuron) if isinstance(neuron, str) else (dict(neuron), {})
    summed = [f"{e.name.removesuffix('_post')} : {e.unit}" for e in rule.equations if "summed" in e.flags]
    lines = [line for line in texts.get("equations", "").splitlines() if line.strip()]
    if target is not None:
        model = bt.NeuronModel(**texts)
        units = {e.name: e.unit for e in model.equations}
        if target not in units:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"the neuron has no variable {target!r}",
                where="protocols.cell_for",
                expected=one_of(units),
                hint=nearest(target, units),
            )
        given = RECEIVED if units[target] == "1" else f"{RECEIVED}*({units[target]})"
        others = {block.name: (block.interval, block.text) for block in model.every}
        texts["every"] = {RECEIVED: (dt, f"{target} += {given}; {RECEIVED} = 0"), **others}
    texts["equations"] = "\n".join([*lines, f"{RECEIVED} : 1", *summed])
    found: dict[str, Any] = {"neuron": bt.NeuronModel(**texts, name="cell")}
    return {**found, "cell": rest} if rest else found


def _library(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a neuron of the library, and its state at rest."""
    neuron = neurons.named(name)
    texts, parameters, _ = neuron.variant(None, {})
    return {**texts, "parameters": parameters}, neuron.at_rest(neuron())
