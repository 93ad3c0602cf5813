"""Parameters as a page shows them: a number in a unit, and what is sensible to try."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bouton.equations.amount import read_amount
from bouton.errors import Code, UnitError
from bouton.explore.limits import check_number
from bouton.library.entry import Parameter
from bouton.units import dimension_of, parse_unit, registry, show_dimension

WIDE = 100
"""Ranges of which the ends differ by this factor have a logarithmic slider."""
DIVISIONS = 200


@dataclass(frozen=True)
class Field:
    """A parameter of a variant: ``value`` unless another is chosen, and the range of its slider, all in ``unit``."""

    name: str
    symbol: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float

    @property
    def logarithmic(self) -> bool:
        """True if the slider goes in factors."""
        return self.low > 0 and self.high / self.low >= WIDE

    @property
    def step(self) -> float:
        """What the slider goes on by: a round number; on a logarithmic one it is a share of the whole way."""
        if self.logarithmic:
            return 1 / DIVISIONS
        rough = (self.high - self.low) / DIVISIONS
        power = 10.0 ** math.floor(math.log10(rough))
        return next(round(k * power, 12) for k in (1, 2, 5, 10) if k * power >= rough * (1 - 1e-9))

    def quantity(self, value: float) -> Any:
        """A number in the unit of the field, as parameters are given."""
        return registry.Quantity(value, parse_unit(self.unit)) if self.unit else value

    def text(self, value: float) -> str:
        """As it is written in a text field."""
        return f"{value:.6g} {self.unit}".strip()


def field_of(name: str, parameter: Parameter, value: Any, trial: Any = None) -> Field | None:
    """The field of a parameter with a value; None for what is no number, such as one for each synapse."""
    value = trial if value is None else value
    magnitude = getattr(value, "magnitude", value)
    if isinstance(magnitude, bool) or not isinstance(magnitude, (int, float)):
        return None
    unit = f"{value.units:~}" if hasattr(value, "units") else ""
    low, high = _range(float(magnitude), parameter.low, parameter.high)
    return Field(name, parameter.symbol or name, parameter.meaning, unit, float(magnitude), low, high)


def _range(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    """What the library calls sensible, or what is near the value; with the value in it in any case."""
    if low is None or high is None:
        low, high = (0.0, 2 * value) if value > 0 else (2 * value, 0.0) if value < 0 else (0.0, 1.0)
    return min(low, value), max(high, value)


def read_field(field: Field, text: str) -> float:
    """The number in the field's unit that a text gives, as in ``20``, ``20 ms`` or ``0.02*s``.

    Raises UnitError (E301) for another dimension, and what `read_amount` does.
    """
    where = f"{field.symbol} ({field.meaning})" if field.meaning else field.symbol
    amount = read_amount(text[:200], where)
    if not hasattr(amount, "units"):
        return check_number(amount, where)
    wanted, found = dimension_of(field.quantity(1.0)), dimension_of(amount)
    if wanted != found:
        raise UnitError(
            Code.DIMENSION,
            f"{text.strip()!r} is {show_dimension(found)}, where {show_dimension(wanted)} belongs",
            where=where,
            expected=f"a number of {field.unit}" if field.unit else "a number without a unit",
        )
    return check_number(amount.to(parse_unit(field.unit)).magnitude if field.unit else amount.magnitude, where)
