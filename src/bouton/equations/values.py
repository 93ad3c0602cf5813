"""Values for what has one by default, from texts: of the same kind and dimension, one or several."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from bouton.equations.amount import UNIT, read_amount
from bouton.errors import Code, NetworkError
from bouton.units import QUANTITY_TYPE, dimension_of, in_base, registry

_LIST = re.compile(rf"\s*\[([^][]*)\]\s*(?:\*?\s*({UNIT}))?")


def read_value(text: str, default: Any, where: str) -> Any:
    """The value written as ``20*ms``, ``20 ms``, ``20`` or ``[20, 50] ms``, of the kind and dimension of ``default``.

    Where the default is an array, one value stands for all its elements, and a list for itself; where there is none (None),
    any dimension will do.
    """
    if default is None:
        return read_amount(text, where)
    units, shape = getattr(default, "units", None), np.shape(getattr(default, "magnitude", default))
    if not (isinstance(default, QUANTITY_TYPE) or np.asarray(default).dtype.kind in "iuf"):
        raise NetworkError(Code.BAD_VALUE, f"{default!r:.60} cannot be replaced by a text", where=where)
    listed = _LIST.fullmatch(text) if shape else None
    if listed:
        parts = [part.strip() for part in listed[1].split(",")]
        if not all(parts):
            raise NetworkError(Code.EMPTY, f"{text!r} has an empty place", where=where, expected="as in [20, 50] ms")
        unit = f" {listed[2]}" if listed[2] else ""
        return _array([_value(f"{part}{unit}", default, where) for part in parts], units)
    value = _value(text, default, where)
    if shape:
        return _array([value] * int(np.prod(shape)), units).reshape(shape)
    if units is None and isinstance(default, int):
        if not value.is_integer():
            raise NetworkError(Code.BAD_VALUE, f"{text!r} is not whole", where=where, expected="a whole number")
        return int(value)
    return value


def _array(values: list[Any], units: Any) -> Any:
    if units is None:
        return np.array(values)
    units = values[0].units if len({value.units for value in values}) == 1 else units
    return registry.Quantity(np.array([value.to(units).magnitude for value in values]), units)


def _value(text: str, default: Any, where: str) -> Any:
    """One finite number, or quantity of the dimension of ``default`` in the unit that was written."""
    value = read_amount(text, where)
    base = in_base(value, dimension_of(default), where=where)
    if not np.isfinite(base):
        raise NetworkError(Code.BAD_VALUE, f"{text!r} is not a finite number", where=where, expected="a finite number")
    if not isinstance(default, QUANTITY_TYPE):
        return base
    return value if isinstance(value, QUANTITY_TYPE) else registry.Quantity(value, default.units)  # type: ignore[attr-defined]
