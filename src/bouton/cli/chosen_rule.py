"""The rule that a command line names: one of the library, or a file of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bouton.library.rule import Rule
    from bouton.model.synapse import SynapseModel


def find_rule(name: str) -> Rule:
    """The rule of that name, or of that file."""
    from bouton.library.own import load
    from bouton.library.rules import named

    return load(name) if name.endswith((".py", ".toml")) else named(name)


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
