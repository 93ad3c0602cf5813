"""What a connection pattern is, and the checks that patterns share."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.errors import Code, NetworkError
from bouton.random import Key

Indices: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Row:
    """How the targets of one source follow from its number, without those of the others.

    ``kind``: ``all`` targets, ``one`` of the same number, or those at drawn ``gaps`` (`bouton.network.patterns.gaps`, each
    with probability ``p``). ``skip_self``: but not that of the same number, if both are one population.
    """

    kind: str
    skip_self: bool = False
    p: float = 1.0


class AbstractPattern(ABC):
    """Which neurons are connected: an immutable value, drawn only when a simulation is built."""

    @abstractmethod
    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The source and the target of every synapse, two arrays of equal length, of int32 or int64.

        Parameters
        ----------
        n_source, n_target: sizes of the two populations.
        key: stream of the projection's connectivity, from `bouton.random.stream_key`.
        same: whether both are the same population, so that i → i is a self-connection.
        threads: how many may draw at once; what they draw is the same.

        Synapses are in ascending order of (source, target), unless the user has given them in an order.
        Raises NetworkError if the pattern does not fit the sizes.
        """

    @abstractmethod
    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """The number of synapses that `connect` gives, on average; nothing is drawn for it."""

    def row(self) -> Row | None:
        """How each source's targets can be had again at any time; None if they have to be stored."""
        return None

    def values(self) -> Mapping[str, Any]:
        """Initial values that come with the pattern, one for each synapse in the order of `connect`."""
        return {}


def checked_count(k: object, where: str) -> int:
    """``k`` as an int. Raises NetworkError (E401) unless it is an integer of at least 0."""
    try:
        count = operator.index(k)  # type: ignore[arg-type]
    except TypeError:
        count = -1
    if count < 0:
        raise NetworkError(Code.BAD_VALUE, f"k is {k!r:.60}", where=where, expected="an integer of at least 0")
    return count


def checked_probability(p: object, where: str) -> float:
    """``p`` as a float. Raises NetworkError (E401) unless it is a number from 0 to 1."""
    try:
        probability = float(p)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        probability = math.nan
    if not 0.0 <= probability <= 1.0:
        raise NetworkError(Code.BAD_VALUE, f"p is {p!r:.60}", where=where, expected="a probability from 0 to 1")
    return probability


def checked_indices(values: ArrayLike, where: str) -> Indices:
    """A read-only copy of ``values`` as a vector of indices.

    Raises NetworkError: E407 unless it is one-dimensional, E405 unless all entries are integers of at least 0.
    """
    array = np.array(values)
    if array.ndim != 1:
        raise NetworkError(Code.BAD_SHAPE, f"the indices have shape {array.shape}", where=where, expected="a list of indices")
    if array.size and array.dtype.kind not in "iu":
        raise NetworkError(Code.BAD_INDEX, f"the indices are of type {array.dtype}", where=where, expected="integers")
    indices = array.astype(np.int64)
    _refuse(indices < 0, indices, where, "an index of at least 0")
    indices.flags.writeable = False
    return indices


def refuse_beyond(indices: Indices, size: int, where: str) -> None:
    """Raise NetworkError (E405) if an index is not below ``size``."""
    _refuse(indices >= size, indices, where, f"an index below {size}, the size of the population")


def _refuse(wrong: NDArray[np.bool_], indices: Indices, where: str, expected: str) -> None:
    if wrong.any():
        entry = int(np.argmax(wrong))
        raise NetworkError(Code.BAD_INDEX, f"entry {entry} is {indices[entry]}", where=where, expected=expected)
