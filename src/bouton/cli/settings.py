"""What ``--set key=value`` says: numbers with units, read by the parser of the language and never evaluated as Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bouton.equations.values import read_value
from bouton.errors import Code, EquationError, NameError_
from bouton.experiments import Experiment

__all__ = ["read_settings", "read_value", "split_settings"]


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
