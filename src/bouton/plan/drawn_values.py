"""Values of synapses that are not stored, as expressions: the same numbers that arrays of them would hold."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from bouton.analysis.facts import ProjectionFacts
from bouton.equations.nodes import Binary, Call, Expr, Item, Name, Num
from bouton.network.distributions import LogNormal, Normal, Uniform
from bouton.plan.nodes import Slot
from bouton.plan.recipes import Given, NetworkKey

if TYPE_CHECKING:
    from bouton.plan.builder import KernelBuilder

VALUES, SYNAPSES, CONNECTIONS = 3, 2, 4
"""Words in the names of streams, as `bouton.runtime.values` and `bouton.runtime.topology` have them."""


def drawn_value(builder: KernelBuilder, facts: ProjectionFacts, name: str) -> Expr:
    """What synapse ``j`` has drawn as the value of a parameter."""
    assert facts.regeneration is not None
    distribution = facts.regeneration.values[name]
    slots = builder.slots

    def number(word: str) -> Name:
        slot = slots.get(facts.name, f"{name}:{word}", "f8", "1", role="fixed")
        slots.add_recipe(Given(slot, distribution.number(word)))
        return builder.scalar(slot, f"{name}_{word}")

    key = slots.get(facts.name, f"{name}:key", "i8", "two", role="fixed")
    slots.add_recipe(NetworkKey(facts.name, (VALUES, SYNAPSES, facts.index, zlib.crc32(name.encode())), key))
    array = builder.array(key, f"{name}_key")
    words = (Item(array, Num(0)), Item(array, Num(1)), Name("j"), Num(0), Num(0))
    value: Expr
    match distribution:
        case Uniform():
            low = number("low")
            value = Binary("+", low, Binary("*", Binary("-", number("high"), low), Call("uniform", words)))
        case Normal():
            value = Binary("+", number("mean"), Binary("*", number("sd"), Call("normal", words)))
            value = Call("minimum", (Call("maximum", (value, number("low"))), number("high")))
        case LogNormal():
            value = Binary("*", number("median"), Call("exp", (Binary("*", number("sigma"), Call("normal", words)),)))
        case _:
            raise AssertionError(distribution)
    return Call("as_stored", (value,))


def connections_key(builder: KernelBuilder, facts: ProjectionFacts) -> Slot:
    """The key with which a projection's connections are drawn."""
    slot = builder.slots.get(facts.name, ":connections", "i8", "two", role="fixed")
    builder.slots.add_recipe(NetworkKey(facts.name, (CONNECTIONS, facts.index), slot))
    return slot
