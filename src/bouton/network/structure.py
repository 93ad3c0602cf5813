"""Synapses that are made by matching what neurons offer to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from bouton.errors import Code, NetworkError


@final
@dataclass(frozen=True)
class Matching:
    """Synaptic elements of neurons find one another at random.

    M. Butz & A. van Ooyen, PLoS Comput. Biol. 9:e1003259 (2013), doi:10.1371/journal.pcbi.1003259.
    Each source has ``pre`` axonal elements and each target ``post`` dendritic ones: variables of the neurons, without a unit,
    rounded down. At multiples of ``interval`` a neuron that has more synapses than elements on a side loses as many, chosen at
    random, axonal side first; then vacant axonal elements are matched with vacant dendritic ones, at random, until one kind
    is used up.

    Parameters
    ----------
    interval: a time.
    pre, post: names of variables or sub-expressions of the source and of the target.
    self_connections: whether i → i may come about within one population. Two elements of one neuron that meet stay vacant
        until the next time, otherwise.
    multapses: whether a pair may have several synapses; if not, elements that would make a second one stay vacant, too.

    Raises NetworkError (E401) for names that are no texts.
    """

    interval: Any
    pre: str = "z_axonal"
    post: str = "z_dendritic"
    self_connections: bool = False
    multapses: bool = True

    def __post_init__(self) -> None:
        for side in (self.pre, self.post):
            if not isinstance(side, str):
                raise NetworkError(
                    Code.BAD_VALUE, f"{side!r:.60} is not a name", where="Matching", expected="the name of a neuron's variable"
                )
