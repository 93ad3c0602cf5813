"""Units to multiply numbers with: ``from bouton.units import ms, mV, nS``.

Each name is a Pint unit of one shared registry; ``bouton.units.registry`` is that registry. Any other
prefixed unit is there too: ``bouton.units.cm``. ``from bouton.units import *`` brings those most people use, but for
units of one letter, which are likely to be names of the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bouton.units.registry import (
    DIMENSIONLESS,
    QUANTITY_TYPE,
    TIME,
    UNIT_TYPE,
    Dimension,
    Quantity,
    Unit,
    base_unit,
    dimension_of,
    from_base,
    in_base,
    in_seconds,
    joined,
    parse_unit,
    registry,
    show_dimension,
    to_base,
    unit_factor,
)

if TYPE_CHECKING:  # the names most people use, for editors and type checkers
    A: Any
    Hz: Any
    M: Any
    Mohm: Any
    V: Any
    amp: Any
    farad: Any
    hertz: Any
    hour: Any
    kHz: Any
    mA: Any
    mM: Any
    mS: Any
    mV: Any
    metre: Any
    minute: Any
    mol: Any
    ms: Any
    nA: Any
    nF: Any
    nS: Any
    ohm: Any
    pA: Any
    pF: Any
    s: Any
    second: Any
    seconds: Any
    siemens: Any
    uA: Any
    uF: Any
    uM: Any
    uS: Any
    uV: Any
    um: Any
    us: Any
    volt: Any

__all__ = [
    "DIMENSIONLESS",
    "QUANTITY_TYPE",
    "TIME",
    "UNIT_TYPE",
    "Dimension",
    "Hz",
    "Mohm",
    "Quantity",
    "Unit",
    "amp",
    "base_unit",
    "dimension_of",
    "farad",
    "from_base",
    "hertz",
    "hour",
    "in_base",
    "in_seconds",
    "joined",
    "kHz",
    "mA",
    "mM",
    "mS",
    "mV",
    "metre",
    "minute",
    "mol",
    "ms",
    "nA",
    "nF",
    "nS",
    "ohm",
    "pA",
    "pF",
    "parse_unit",
    "registry",
    "second",
    "seconds",
    "show_dimension",
    "siemens",
    "to_base",
    "uA",
    "uF",
    "uM",
    "uS",
    "uV",
    "um",
    "unit_factor",
    "us",
    "volt",
]


def __getattr__(name: str) -> Unit:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        unit = parse_unit(name)
    except KeyError as error:
        raise AttributeError(f"bouton.units has no unit {name!r}") from error
    globals()[name] = unit
    return unit


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
