"""Populations and views of them."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError
from bouton.model.arguments import read_mapping
from bouton.model.neuron import NeuronModel
from bouton.network.fixed import AbstractFixed


class AbstractPopulation(AbstractFixed, ABC):
    """Something of a certain size that spikes. Compares by identity."""

    __slots__ = ("name", "size")
    _making = "bt.Population"

    kind = "population"

    def __init__(self, size: int, name: str | None) -> None:
        given: Any = size
        if not isinstance(given, (int, float, np.integer, np.floating)) or isinstance(given, bool) or given % 1 != 0:
            raise NetworkError(Code.BAD_VALUE, f"the size is {size!r:.60}", where=name or self.kind, expected="a whole number")
        if size <= 0:
            raise NetworkError(Code.EMPTY, f"the size is {size}", where=name or self.kind, expected="at least one neuron")
        self.size = int(size)
        self.name = name

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> View:
        return View(self, index)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{f' {self.name}' if self.name else ''} of {self.size}>"


@final
class Population(AbstractPopulation):
    """Neurons of one model.

    Parameters
    ----------
    size: how many.
    model: their equations.
    force_spikes: a `SpikeTimes` of the same size that replaces the threshold: reset, refractoriness
        and postsynaptic blocks run at its times.
    link: ``{variable: population}`` for variables flagged ``linked``; the value is that of the
        variable of the same name in a population of size 1 or of this size, or of
        ``(population, "name")``.
    values: initial values of variables and values of parameters, by name: one for all, an array of
        shape (size,), or a distribution.

    Raises NetworkError: E406 (empty), E401 (the size or the model is none).
    """

    __slots__ = ("force_spikes", "link", "model", "values")

    def __init__(
        self,
        size: int,
        model: NeuronModel,
        *,
        name: str | None = None,
        force_spikes: Any = None,
        link: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(size, name)
        if not isinstance(model, NeuronModel):
            raise NetworkError(
                Code.BAD_VALUE, f"{model!r:.60} is not a neuron model", where=name or "population", expected="a NeuronModel"
            )
        self.model = model
        self.force_spikes = force_spikes
        self.link = read_mapping(link, "link", name or "population")
        self.values: Mapping[str, Any] = MappingProxyType(values)


@final
class View(AbstractFixed):
    """Some neurons of a population (or synapses of a projection), in the order given.

    Raises NetworkError: E405 (out of range), E406 (nothing selected).
    """

    __slots__ = ("base", "index")

    def __init__(self, base: Any, index: Any) -> None:
        self.base = base
        self.index = index
        if isinstance(base, AbstractPopulation):
            select(index, base.size, str(base.name or "view"))  # a bad selection is refused where it is made

    @property
    def indices(self) -> NDArray[np.int64]:
        """Selected positions in the base, shape (n,)."""
        return select(self.index, len(self.base), str(self.base.name or "view"))

    @property
    def _making(self) -> str:  # type: ignore[override]  # a view is of either
        return str(self.base._making)

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        return f"<View of {self.base!r}>"


def select(index: Any, size: int, where: str) -> NDArray[np.int64]:
    """Positions that a slice, integer, list or mask selects out of ``size``."""
    if isinstance(index, slice):
        chosen = np.arange(size, dtype=np.int64)[index]
    else:
        array = np.atleast_1d(np.asarray(index))
        if array.dtype == bool:
            if array.shape != (size,):
                raise NetworkError(Code.BAD_SHAPE, f"a mask of shape {array.shape}", where=where, expected=f"({size},)")
            array = np.flatnonzero(array)
        chosen = whole_numbers(array, where)
        bad = (chosen < -size) | (chosen >= size)
        if bad.any():
            raise NetworkError(
                Code.BAD_INDEX,
                f"index {int(chosen[bad][0])} is out of range",
                where=where,
                expected=f"0 to {size - 1}",
            )
        chosen = np.where(chosen < 0, chosen + size, chosen)
    if chosen.size == 0:
        raise NetworkError(Code.EMPTY, "the selection is empty", where=where, expected="at least one element")
    return chosen


def whole_numbers(array: NDArray[Any], where: str) -> NDArray[np.int64]:
    """Indices as integers. Raises NetworkError (E405) if one is not whole."""
    if array.size == 0:
        return np.zeros(array.shape, dtype=np.int64)
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all() or (array % 1 != 0).any():
        raise NetworkError(Code.BAD_INDEX, f"{array!r:.60} is not an index", where=where, expected="whole numbers")
    return array.astype(np.int64)


def base_and_indices(thing: AbstractPopulation | View) -> tuple[AbstractPopulation, NDArray[np.int64]]:
    """The population behind a population or view, and the positions meant."""
    if isinstance(thing, View):
        return thing.base, thing.indices
    return thing, np.arange(thing.size, dtype=np.int64)
