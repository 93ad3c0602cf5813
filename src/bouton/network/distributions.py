"""Random initial values and parameters, one independent draw for each element."""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError
from bouton.random import Key, exactly, normal, uniform
from bouton.units import DIMENSIONLESS, QUANTITY_TYPE, UNIT_TYPE, Dimension, dimension_of, in_base

Indices = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


class AbstractDistribution(ABC):
    """A distribution of quantities: an immutable value.

    Arguments are numbers or quantities of one dimension. Raises UnitError (E301) if dimensions differ, NetworkError
    (E401) if an argument is not a single finite number or out of the range that is stated for it.
    """

    _alike: ClassVar[tuple[str, ...]]  # the arguments that have the dimension of what is drawn

    @property
    def dimension(self) -> Dimension:
        """The dimension of what is drawn."""
        dimensions = (dimension_of(getattr(self, name)) for name in self._alike)
        return next((found for found in dimensions if found != DIMENSIONLESS), DIMENSIONLESS)  # a plain 0 has any

    @abstractmethod
    def draw(self, key: Key, elements: Indices) -> Floats:
        """One number in base units for each of ``elements``, which depends on the key and its own index only."""

    def number(self, name: str) -> float:
        """An argument in base units; a bound that is not given is infinite."""
        if getattr(self, name) is None:
            return -math.inf if name == "low" else math.inf
        return self._base(name)

    def _base(self, name: str) -> float:
        """The argument ``name`` in base units."""
        value, where = getattr(self, name), f"{type(self).__name__}, {name}"
        if not isinstance(value, (numbers.Real, QUANTITY_TYPE, UNIT_TYPE)):
            raise _bad(f"{value!r:.60} is not a number", where, "a number or a quantity")
        result = in_base(value, self.dimension if name in self._alike else DIMENSIONLESS, where=where)
        if not isinstance(result, float) or not math.isfinite(result):
            raise _bad(f"{value!s:.60} is not a single finite number", where, "one finite number")
        return result

    def _require(self, holds: bool, found: str, expected: str) -> None:
        if not holds:
            raise _bad(found, type(self).__name__, expected)


def _bad(message: str, where: str, expected: str) -> NetworkError:
    return NetworkError(Code.BAD_VALUE, message, where=where, expected=expected)


@dataclass(frozen=True)
class Uniform(AbstractDistribution):
    """Uniform from ``low`` (included) to ``high``; ``low <= high``."""

    low: Any
    high: Any
    _alike = ("low", "high")

    def __post_init__(self) -> None:
        self._require(self._base("low") <= self._base("high"), f"low {self.low} is above high {self.high}", "low <= high")

    def draw(self, key: Key, elements: Indices) -> Floats:
        """``low + (high - low) * u`` with u uniform in [0, 1)."""
        low, high = self._base("low"), self._base("high")
        return low + (high - low) * uniform(key, np.asarray(elements), 0)


@dataclass(frozen=True)
class Normal(AbstractDistribution):
    """Normal with ``mean`` and standard deviation ``sd >= 0``; what falls outside ``low`` or ``high`` is set to it."""

    mean: Any
    sd: Any
    low: Any = None
    high: Any = None
    _alike = ("mean", "sd", "low", "high")

    def __post_init__(self) -> None:
        self._base("mean")
        self._require(self._base("sd") >= 0.0, f"sd is {self.sd}", "sd of at least 0")
        low, high = self._bounds()
        self._require(low <= high, f"low {self.low} is above high {self.high}", "low <= high")

    def draw(self, key: Key, elements: Indices) -> Floats:
        """``mean + sd * z``, clipped, with z standard normal."""
        z = normal(key, np.asarray(elements), 0)
        return np.clip(self._base("mean") + self._base("sd") * z, *self._bounds())

    def _bounds(self) -> tuple[float, float]:
        return self.number("low"), self.number("high")


@dataclass(frozen=True)
class LogNormal(AbstractDistribution):
    """The logarithm is normal, of mean log ``median`` and standard deviation ``sigma``; ``median > 0``, ``sigma >= 0``."""

    median: Any
    sigma: Any
    _alike = ("median",)

    def __post_init__(self) -> None:
        self._require(self._base("median") > 0.0, f"median is {self.median}", "a median above 0")
        self._require(self._base("sigma") >= 0.0, f"sigma is {self.sigma}", "sigma of at least 0")

    def draw(self, key: Key, elements: Indices) -> Floats:
        """``median * exp(sigma * z)`` with z standard normal."""
        return self._base("median") * exactly.exp(self._base("sigma") * normal(key, np.asarray(elements), 0))
