"""What ``--set key=value`` says: numbers with units, read by the parser of the language and never evaluated as Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from bouton.equations.amount import UNIT, read_amount
from bouton.errors import Code, EquationError, NameError_, NetworkError
from bouton.experiments import Experiment
from bouton.units import QUANTITY_TYPE, dimension_of, in_base, registry

_LIST = re.compile(rf"\s*\[([^][]*)\]\s*(?:\*?\s*({UNIT}))?")


def read_settings(given: Iterable[str], experiment: Experiment) -> dict[str, Any]:
    """Settings of an experiment from texts ``key=value``.

    Raises EquationError (E101, E102), NameError_ (E201 unknown unit, E202 given twice), SimulationError (E206 unknown
    setting), UnitError (E301), NetworkError (E401: not finite, not whole, or no number by default; E406).
    """
    settings: dict[str, Any] = {}
    for name, value in split_settings(given).items():
        experiment.complete({name: None})  # refuses unknown names
        settings[name] = read_value(value, experiment.settings[name], f"--set {name}")
    return settings


def split_settings(given: Iterable[str], where: str = "--set", example: str = "tau=20*ms") -> dict[str, str]:
    """Names and what follows them in texts ``key=value``. Raises EquationError (E101), NameError_ (E202 given twice)."""
    settings: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise EquationError(Code.SYNTAX, f"{text!r} is not a setting", where=where, expected=f"key=value, as in {example}")
        if name in settings:
            raise NameError_(Code.DUPLICATE_NAME, f"{name!r} is set twice", where=where)
        settings[name] = value
    return settings


def read_value(text: str, default: Any, where: str) -> Any:
    """The value written as ``20*ms``, ``20 ms``, ``20`` or ``[20, 50] ms``, of the kind and dimension of ``default``.

    Where the default is an array, one value stands for all its elements, and a list for itself; where there is none (None),
    any dimension will do.
    """
    if default is None:
        return read_amount(text, where)
    units, shape = getattr(default, "units", None), np.shape(getattr(default, "magnitude", default))
    if not (isinstance(default, QUANTITY_TYPE) or np.asarray(default).dtype.kind in "iuf"):
        raise NetworkError(Code.BAD_VALUE, f"{default!r:.60} cannot be replaced from the command line", where=where)
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
