"""The rule that a command line names: one of the library, or a file of one's own."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bouton.errors import BoutonError, Code, NetworkError

if TYPE_CHECKING:
    from bouton.library.rule import Rule
    from bouton.model.synapse import SynapseModel


def find_rule(name: str) -> Rule:
    """The rule of that name, or of that file."""
    from bouton.library.rules import named

    return _load(name) if name.endswith((".py", ".toml")) else named(name)


def _load(name: str) -> Rule:
    """The rule of a file. Raises NetworkError (E401) also for what goes wrong in a Python file while it is run."""
    from bouton.library.own import load

    try:
        return load(name)
    except (BoutonError, KeyboardInterrupt):
        raise
    except SystemExit as error:
        raise NetworkError(Code.BAD_VALUE, f"the file exits ({error.code})", where=name, expected="RULE = …") from None
    except Exception as error:  # a program of the user's may raise anything
        expected = "a file that defines RULE" if name.endswith(".py") else "a table of texts and parameters; see docs/rules"
        where = f"{name}{_line(error, name)}"
        raise NetworkError(Code.BAD_VALUE, f"{type(error).__name__}: {error}", where=where, expected=expected) from error


def _line(error: Exception, name: str) -> str:
    """The last line of the file that was being run."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}" if error.lineno else ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(Path(name))]
    return f", line {lines[-1]}" if lines else ""


def make_model(rule: Rule, given: Iterable[str], chosen: str | None, convention: str | None = None) -> SynapseModel:
    """The model of a rule with what the command line says."""
    return rule(chosen, convention=convention, **_settings(given, rule))


def _settings(given: Iterable[str], rule: Rule) -> Mapping[str, Any]:
    """Options as words, parameters as numbers with units."""
    from bouton.cli.settings import read_value, split_settings

    return {
        key: read_value(value, rule.parameters[key].value, f"--set {key}") if key in rule.parameters else value
        for key, value in split_settings(given).items()
    }
