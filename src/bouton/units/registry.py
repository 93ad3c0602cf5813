"""The unit registry, and the way between quantities and the plain numbers kernels calculate with.

Pint does the arithmetic of units. It looks for SciPy when it is imported (for one method that bouton
does not use), which would make every start slower, so SciPy is hidden from it for that moment.
"""

from __future__ import annotations

import importlib.resources
import numbers
import re
import sys
from functools import cache
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError, UnitError


def _import_pint() -> Any:
    hidden = "scipy" not in sys.modules
    if hidden:
        sys.modules["scipy"] = cast(Any, None)
    try:
        import pint
    finally:
        if hidden:
            del sys.modules["scipy"]
    return pint


pint = _import_pint()
registry = pint.UnitRegistry(str(importlib.resources.files(__package__) / "definitions.txt"), cache_folder=None)

Quantity: TypeAlias = Any  # a pint.Quantity of `registry`
Unit: TypeAlias = Any  # a pint.Unit of `registry`
Dimension: TypeAlias = Any  # pint's UnitsContainer of base dimensions: hashable, * / ** work

QUANTITY_TYPE: type = registry.Quantity
UNIT_TYPE: type = registry.Unit
DIMENSIONLESS: Dimension = registry.Unit("").dimensionality
TIME: Dimension = registry.Unit("second").dimensionality


@cache
def _scale(unit: Unit) -> tuple[float, float]:
    """(multiply by, then divide by) to reach base units: 1 ms is 1/1000 s, rounded once."""
    factor = float(registry.get_base_units(unit)[0])
    inverse = round(1.0 / factor)
    if factor < 1.0 and abs(inverse * factor - 1.0) < 1e-14:
        return 1.0, float(inverse)
    return factor, 1.0


_UNIT_NAME = r"(?:1|[^\W\d]\w*)"
_UNIT_POWER = r"(?:\s*\*\*\s*(?:-?\d{1,2}(?:\.\d{1,3})?|\(\s*-?\d{1,2}\s*/\s*\d{1,2}\s*\)))?"
_UNIT_TERM = rf"[\s(]*{_UNIT_NAME}{_UNIT_POWER}\s*(?:\){_UNIT_POWER}\s*)*"
_UNIT_TEXT = re.compile(rf"{_UNIT_TERM}(?:[*/](?!\*){_UNIT_TERM})*")
"""Names, 1, ``* /``, brackets and powers with small numbers: Pint would calculate 9**9**9 to its end."""


def parse_unit(text: str) -> Unit:
    """The unit written as ``text`` (``"mV/ms"``, ``"1"``). Raises KeyError for anything else."""
    if len(text) > 200 or (text.strip() and _UNIT_TEXT.fullmatch(text) is None):
        raise KeyError(text)
    try:
        return registry.Unit("" if text.strip() == "1" else text)
    except Exception as error:  # Pint raises half a dozen unrelated types here
        raise KeyError(text) from error


@cache
def unit_factor(name: str) -> tuple[float, Dimension] | None:
    """Factor and dimension of a unit's name, or None if there is no such unit."""
    try:
        unit = registry.Unit(name)
    except Exception:  # as above
        return None
    multiply, divide = _scale(unit)
    return multiply / divide, unit.dimensionality


def dimension_of(value: Any) -> Dimension:
    """The dimension of a quantity, unit, number, array or list of these.

    Raises UnitError (E301) for a list of quantities that differ in it; a plain 0 among them has any dimension.
    """
    if isinstance(value, (QUANTITY_TYPE, UNIT_TYPE)):
        return cast(Any, value).dimensionality
    if isinstance(value, (list, tuple)):
        found = dict.fromkeys(dimension_of(v) for v in value if not (isinstance(v, (int, float)) and v == 0))
        if len(found) > 1:
            raise UnitError(
                Code.DIMENSION,
                f"values of different dimensions: {' and '.join(show_dimension(d) for d in found)}",
                where="a list",
                expected="one dimension for all",
            )
        return next(iter(found), DIMENSIONLESS)
    return DIMENSIONLESS


def to_base(value: Any, *, where: str | None = None) -> Any:
    """The magnitude of ``value`` in base units, a float or a float64 array (not checked against anything).

    Raises NetworkError (E401) if ``value`` is neither a number nor a quantity, nor an array or list of these.
    """
    if isinstance(value, UNIT_TYPE):
        multiply, divide = _scale(value)
        return multiply / divide
    if isinstance(value, QUANTITY_TYPE):
        quantity = cast(Any, value)
        multiply, divide = _scale(quantity.units)
        magnitude = _plain(quantity.magnitude, where)
        return magnitude * multiply if divide == 1.0 else magnitude / divide
    return _plain(value, where)


def _plain(value: Any, where: str | None) -> float | NDArray[np.float64]:
    if isinstance(value, (int, float, np.floating, np.integer)):
        return float(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, (QUANTITY_TYPE, UNIT_TYPE, list, tuple)) for v in value):
        value = [to_base(v, where=where) for v in value]
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and all(isinstance(v, numbers.Real) for v in array.flat):
            array = array.astype(np.float64)
    except (ValueError, TypeError):  # rows of different lengths
        array = np.empty((), dtype=object)
    if array.dtype.kind not in "biuf":
        raise NetworkError(
            Code.BAD_VALUE,
            f"{_named(value)} is not a number",
            where=where,
            expected="a number or quantity, or an array of these",
            hint=_unquoted(value),
        )
    return float(array) if array.ndim == 0 else array.astype(np.float64)


def _named(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"{value!r:.60}"


def _unquoted(value: Any) -> str | None:
    """``"20 ms"`` is meant as ``20*ms``; other texts as what is worked out for each element, at random or not."""
    if not isinstance(value, str):
        return None
    words = value.split()
    if len(words) == 2 and not set("()*/+-") & set(words[1]):
        return "*".join(words)
    if "randn" in value:
        return "bt.Normal(mean, sd), for a draw for each element"
    if "rand" in value:
        return "bt.Uniform(low, high), for a draw for each element"
    return (
        "the same without quotes; an array has a value for each element, bt.Uniform(low, high) and bt.Normal(mean, sd) draw one"
    )


def joined(value: Any, *, where: str) -> Any:
    """A list of quantities or numbers as one array; anything else as it is. Raises as `in_base`."""
    if not isinstance(value, (list, tuple)):
        return value
    found = _agreed_dimension(value, where)
    return registry.Quantity(to_base(value, where=where), base_unit(found))


def _agreed_dimension(value: Any, where: str) -> Dimension:
    """`dimension_of`, with the place in its message."""
    try:
        return dimension_of(value)
    except UnitError as error:
        raise UnitError(error.code, error.message, where=where, expected=error.expected) from None


def from_base(value: Any, unit: Unit) -> Quantity:
    """A quantity in ``unit`` whose magnitude in base units is ``value``."""
    multiply, divide = _scale(unit)
    magnitude = value if multiply == 1.0 else value / multiply
    return registry.Quantity(magnitude if divide == 1.0 else magnitude * divide, unit)


def in_base(value: Any, dimension: Dimension, *, where: str) -> Any:
    """``to_base(value)`` after checking its dimension.

    Raises UnitError (E301) if ``value`` has another dimension; a plain 0 has every dimension. Raises NetworkError (E401)
    if it is no number.
    """
    base = to_base(value, where=where)
    found = _agreed_dimension(value, where)
    if found != dimension and not (found == DIMENSIONLESS and np.all(base == 0)):
        raise UnitError(
            Code.DIMENSION,
            f"{value!s:.60} has dimension {show_dimension(found)}",
            where=where,
            expected=show_dimension(dimension),
            hint=f"multiply the number by its unit, as in 20*{_example(dimension)}" if found == DIMENSIONLESS else None,
        )
    return base


def _example(dimension: Dimension) -> str:
    """A unit of this dimension that a user may mean."""
    usual = ("ms", "mV", "Hz", "nS", "pA", "pF", "Mohm")
    return next((name for name in usual if registry.Unit(name).dimensionality == dimension), f"({base_unit(dimension):~})")


def in_seconds(value: Any, *, where: str) -> float:
    """A single time in seconds. Raises UnitError (E301) if it is not a time."""
    result = in_base(value, TIME, where=where)
    if not isinstance(result, float):
        raise UnitError(Code.DIMENSION, f"{value!s:.60} is not a single time", where=where, expected="one time")
    return result


def show_dimension(dimension: Dimension) -> str:
    """``[voltage] / [time]``, or ``1 (no unit)``."""
    return "1 (no unit)" if dimension == DIMENSIONLESS else str(registry.Quantity(1, _any_unit(dimension)).dimensionality)


@cache
def _any_unit(dimension: Dimension) -> Unit:
    bases = {"[time]": "s", "[voltage]": "V", "[current]": "A", "[length]": "m", "[substance]": "mol", "[temperature]": "K"}
    unit = registry.Unit("")
    for name, power in dimension.items():
        unit = unit * registry.Unit(bases[name]) ** power
    return unit


def base_unit(dimension: Dimension) -> Unit:
    """The coherent unit of a dimension, in which plain numbers of it are expressed."""
    return _any_unit(dimension)
