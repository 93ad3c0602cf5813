"""What is looked at: a rule of the library with options and numbers, or equations of one's own; and the model that it is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from bouton.equations.amount import read_amount
from bouton.errors import BoutonError, Code, EquationError, NameError_
from bouton.explore.fields import Field, field_of
from bouton.explore.limits import MAX_STATEMENTS, check_text
from bouton.library.own import of_model
from bouton.library.rule import Rule
from bouton.library.rules import named
from bouton.model.synapse import SynapseModel

OWN = "own equations"
"""What menus call the rule of one's own."""
_LINE = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)")
_guests: dict[str, Rule] = {}


@dataclass(frozen=True)
class Own:
    """Texts of a rule of one's own; parameters one a line, as in ``tau = 20 ms``."""

    equations: str = "w : 1 (min=0, max=w_max)\ndx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1"
    on_pre: str = "transmit = w; w -= A_minus*y; x += 1"
    on_post: str = "w += A_plus*x; y += 1"
    parameters: str = "tau_plus = 20 ms\ntau_minus = 20 ms\nA_plus = 0.005\nA_minus = 0.00525\nw_max = 1"


@dataclass(frozen=True)
class Choice:
    """A rule by name, a named set, options and parameters that are chosen otherwise (numbers in the unit of their field)."""

    rule: str = "PairSTDP"
    chosen: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    own: Own | None = None

    def with_parameters(self, values: Mapping[str, float]) -> Choice:
        """The same with other numbers."""
        return replace(self, parameters=tuple(sorted({**dict(self.parameters), **values}.items())))

    def with_option(self, option: str, value: str) -> Choice:
        """The same with another option."""
        return replace(self, options=tuple(sorted({**dict(self.options), option: value}.items())))


@dataclass(frozen=True)
class Variant:
    """The model that a choice is, but for the numbers; what compiling depends on.

    ``fixed`` are parameters of which another value means another simulation: delays and intervals. No two variants of a process
    have the same ``number``.
    """

    rule: Rule
    model: SynapseModel
    options: Mapping[str, str]
    fields: Mapping[str, Field]
    fixed: frozenset[str]
    number: int = field(default_factory=itertools.count().__next__)

    def values(self, choice: Choice) -> dict[str, float]:
        """All numbers of a choice, in the units of their fields. Raises NameError_ (E206) for one that there is not."""
        given = dict(choice.parameters)
        if unknown := sorted(set(given) - set(self.fields)):
            raise NameError_(Code.UNKNOWN_VARIABLE, f"this variant has no parameter {unknown[0]!r}", where=self.rule.name)
        return {name: each.value for name, each in self.fields.items()} | given

    def quantities(self, choice: Choice) -> dict[str, Any]:
        """The same as quantities."""
        return {name: self.fields[name].quantity(value) for name, value in self.values(choice).items()}

    def symbols(self) -> dict[str, str]:
        """The papers' symbols by name."""
        return {name: parameter.symbol for name, parameter in self.rule.parameters.items() if parameter.symbol != name}


def invite(rule: Rule) -> str:
    """Take in a rule that is not of the library, so that it may be chosen by its name, which is returned."""
    _guests[rule.name] = rule
    return rule.name


def guests() -> tuple[str, ...]:
    """The names of rules that are not of the library."""
    return tuple(_guests)


def find(choice: Choice) -> Rule:
    """The rule of a choice. Raises NameError_ (E206), and for equations of one's own what reading them does."""
    if choice.own is not None:
        return _own_rule(choice.own)
    return _guests.get(choice.rule) or _named(choice.rule)


def resolve(choice: Choice) -> Variant:
    """The variant of a choice. Raises what the rule refuses."""
    return _resolve(find(choice), choice.chosen, choice.options)


@lru_cache(maxsize=64)
def _named(name: str) -> Rule:
    return named(name)


@lru_cache(maxsize=64)
def _own_rule(own: Own) -> Rule:
    texts = {name: check_text(getattr(own, name), name) for name in ("equations", "on_pre", "on_post", "parameters")}
    parameters = read_parameters(texts["parameters"])
    events = {name: texts[name] for name in ("on_pre", "on_post") if texts[name].strip()}
    model = SynapseModel(texts["equations"], **events, parameters=parameters, name="own")  # type: ignore[arg-type]  # texts
    count = len(model.equations) + sum(len(block.statements) for block in model.blocks)
    if count > MAX_STATEMENTS:
        raise EquationError(
            Code.TOO_LARGE,
            f"{count} equations and statements",
            where="own equations",
            expected=f"≤ {MAX_STATEMENTS} for this page",
        )
    if unused := sorted(set(parameters) - model.mentioned):
        raise NameError_(Code.UNKNOWN_VARIABLE, f"nothing reads {unused[0]!r}", where="parameters", hint="remove its line")
    return of_model(model, "equations of one's own")


def read_parameters(text: str) -> dict[str, Any]:
    """Parameters from lines ``name = amount``. Raises EquationError (E101) with the line, and what `read_amount` does."""
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.partition("#")[0].strip()
        if not code:
            continue
        match = _LINE.fullmatch(code)
        if match is None:
            raise EquationError(
                Code.SYNTAX, f"{code[:60]!r} gives no parameter", where=f"parameters, line {number}", expected="tau = 20 ms"
            )
        if match[1] in found:
            raise NameError_(Code.DUPLICATE_NAME, f"{match[1]!r} is given twice", where=f"parameters, line {number}")
        found[match[1]] = read_amount(match[2].strip(), f"parameters, line {number}")
    return found


_variants: dict[Any, Variant] = {}


def _resolve(rule: Rule, chosen: str | None, options: tuple[tuple[str, str], ...]) -> Variant:
    key = (id(rule), chosen, options)
    found = _variants.get(key)
    if found is None or found.rule is not rule:
        if len(_variants) > 256:
            _variants.clear()
        found = _variants[key] = _variant(rule, chosen, dict(options))
    return found


def _variant(rule: Rule, chosen: str | None, given: Mapping[str, str]) -> Variant:
    trial = dict(rule.trial) if chosen is None else {}
    tried = {name: value for name, value in trial.items() if name not in given}
    try:
        model = rule(chosen, **tried, **given)
    except NameError_:  # what it is tried with is no parameter of this variant
        model = rule(chosen, **given)
    named_set = rule.sets.get(chosen, {}) if chosen is not None else {}
    options = {name: given.get(name, tried.get(name, named_set.get(name, choices[0]))) for name, choices in rule.options.items()}
    fields = {}
    for name, value in model.parameters.items():
        made = field_of(name, rule.parameters[name], value, trial.get(name))
        if made is not None:
            fields[name] = made
    times = [*model.delays.values(), *(block.interval for block in model.every), *(c.interval for c in model.conditions)]
    fixed = frozenset(time for time in times if isinstance(time, str))
    return Variant(rule, model, options, fields, fixed)


def mistake(error: BoutonError) -> str:
    """The text of one's own in which a mistake is: ``equations``, ``on_pre``, ``on_post`` or ``parameters``."""
    where = f"{'' if error.span is None else error.span.block} {error.where or ''}"
    return next((part for part in ("parameters", "on_pre", "on_post") if part in where), "equations")
