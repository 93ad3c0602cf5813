"""Does a protocol apply to a rule, and is everything given that the rule reads?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.model.blocks import DELIVERY
from bouton.model.composition import WEIGHT
from bouton.model.neuron import NeuronModel
from bouton.model.synapse import SynapseModel

KNOWN = {"lastspike", "refractory"}
"""What every neuron has, besides its variables and parameters."""


def has_weight(rule: SynapseModel) -> bool:
    """True if there is a weight, be it a variable or a sub-expression."""
    return any(equation.name == WEIGHT for equation in rule.equations)


def sets_weight(rule: SynapseModel) -> bool:
    """True if the weight is a variable, which may be given a value to begin with."""
    return any(equation.name == WEIGHT and equation.kind != "expression" for equation in rule.equations)


def transmits(rule: SynapseModel) -> bool:
    """True if something reaches the variable that a synapse transmits to."""
    return any(statement.target == DELIVERY for block in rule.blocks for statement in block.statements)


def check_asked(rule: Any, asks: str, where: str) -> None:
    """Raises NetworkError (E401) if a rule has nothing of what a protocol asks for: ``weight`` or ``release``."""
    if not isinstance(rule, SynapseModel):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{rule!r:.60} is not a synapse model",
            where=where,
            expected="a SynapseModel",
            hint=f"bt.rules.{rule.name}(), which makes one" if hasattr(rule, "build") else None,
        )
    if asks == "weight" and not has_weight(rule):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{rule.name!r} has no weight, and this protocol asks how it changes",
            where=where,
            expected=f"a rule with {WEIGHT!r} among its equations",
            hint="protocols of release, such as short_term, or a composition with a rule that has one, "
            "as in rule & bt.rules.PairSTDP()",
        )
    if asks == "release" and not transmits(rule):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{rule.name!r} transmits nothing, and this protocol asks how much",
            where=where,
            expected="a rule with 'transmit = …' or 'target += …' in a presynaptic block",
            hint="a composition with a rule that transmits, as in rule & bt.rules.TsodyksMarkram()",
        )


def check_given(
    rule: SynapseModel, neuron: NeuronModel, values: Collection[str], link: Collection[str], third: Collection[str]
) -> None:
    """Raises NetworkError (E408) if a rule reads what nobody brings: variables of neurons, linked ones, third events.

    ``values`` are names that the rule gets values for, ``link`` and ``third`` those that have a source.
    """
    brought = {e.name for e in neuron.equations} | set(neuron.parameters) | KNOWN
    linked = {e.name for e in rule.equations if "linked" in e.flags}
    events = {block.event for block in rule.on_event if block.event is not None}
    for found, message, hint in (
        (
            _of_neuron(rule, "_post", values) - brought,
            "asks the postsynaptic neuron for {}, which it does not have",
            "neuron=bt.NeuronModel(…) with {}, and target= the variable of it that the rule transmits to",
        ),
        (
            _of_neuron(rule, "_pre", values) - KNOWN,
            "asks the presynaptic neuron for {}, which given spikes do not have",
            "a network, in which there is a presynaptic neuron",
        ),
        (
            linked - set(link),
            "has {} linked to another population",
            "link={{{!r}: a number, values in time, or a bt.NeuronModel}}",
        ),
        (events - set(third), "waits for events of {}", "third={{{!r}: times}}, or on the command line --event NAME=FILE"),
    ):
        if found:
            names = sorted(found)
            word = names[0] if "!r" in hint else ", ".join(names)
            raise NetworkError(
                Code.MISSING_VALUE,
                f"{rule.name!r} {message.format(', '.join(names))}",
                where="protocols.play",
                hint=hint.format(word),
            )


def _of_neuron(rule: SynapseModel, suffix: str, values: Collection[str]) -> set[str]:
    """Variables of the neuron on one side that a rule reads or writes, without the suffix."""
    summed = {e.name for e in rule.equations if "summed" in e.flags}
    own = ({e.name for e in rule.equations} | set(rule.parameters) | set(values)) - summed
    written = {statement.target for block in (*rule.blocks, *rule.every) for statement in block.statements}
    return {name.removesuffix(suffix) for name in (rule.mentioned | written | summed) - own if name.endswith(suffix)}
