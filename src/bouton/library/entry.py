"""What published rules and neurons have in common: equations as data, where they come from, and named sets of parameters."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, final

import numpy as np

from bouton.errors import Code, NameError_, NetworkError, nearest, one_of
from bouton.units import QUANTITY_TYPE, TIME, dimension_of, parse_unit, registry, to_base


@dataclass(frozen=True)
class Parameter:
    """A parameter: its value unless another is given, the paper's symbol, and what it is.

    ``weight`` says that it is measured like the weight, in the unit that a user chooses. ``low`` and ``high`` span what is
    sensible to try, in the unit of the value. Times are not negative, unless ``signed``.
    """

    value: Any
    symbol: str
    meaning: str
    low: float | None = None
    high: float | None = None
    weight: bool = False
    signed: bool = False


class Variant(NamedTuple):
    """The arguments of a model, values of the parameters that they mention, and those of them that are times and not negative."""

    texts: Mapping[str, Any]
    parameters: Mapping[str, Any]
    durations: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Entry(ABC):
    """Something published, from which models are made.

    Attributes
    ----------
    name: as in ``bt.rules.NAME`` or ``bt.neurons.NAME``.
    title: one line for lists.
    papers: citations with DOI.
    build: from chosen options to the arguments of a model, its texts with ``{unit}`` for the unit of the weight.
    parameters: all there are; a variant has those that its texts mention.
    options: choices by name, the first of each is taken unless another is named.
    sets: parameters and options of a paper, named by paper, table row and what else distinguishes them.
    """

    shelf: ClassVar[str]
    """Where it is found, as in ``bt.rules``."""

    name: str
    title: str
    papers: tuple[str, ...]
    build: Callable[[Mapping[str, str]], Mapping[str, Any]]
    parameters: Mapping[str, Parameter]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @abstractmethod
    def mentioned(self, texts: Mapping[str, Any]) -> frozenset[str]:
        """The names that a model of these texts reads."""

    def variant(self, chosen: str | None, given: Mapping[str, Any], unit: str = "1") -> Variant:
        """The variant with a named set of parameters, or options and parameters of one's own.

        ``unit`` is that of the weight and of what is measured like it. Raises NameError_ (E206) for a name that is not
        known, NetworkError (E401) for a choice that there is not or a negative time, UnitError (E302).
        """
        named = self._named("set of parameters", self.sets, chosen) if chosen is not None else {}
        self._check_names(given)
        self._check_times(given)
        values = {**named, **given}
        options = {key: self._choice(key, values.get(key, choices[0])) for key, choices in self.options.items()}
        texts = {key: _with_unit(text, unit) for key, text in self.build(options).items()}
        used = self.mentioned(texts)
        defaults = {key: _measured(p, p.value, unit) for key, p in self.parameters.items() if key in used}
        parameters = defaults | {
            key: _measured(self.parameters[key], value, unit) if key in named and key not in given else value
            for key, value in values.items()
            if key in self.parameters
        }
        unused = sorted(set(parameters) - used)
        if unused:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"this variant has no parameter {unused[0]!r}",
                where=f"{self.shelf}.{self.name}({', '.join(f'{k}={v!r}' for k, v in options.items())})",
                expected=one_of(defaults),
            )
        return Variant(texts, parameters, frozenset(key for key in parameters if self._is_duration(key)))

    def _check_names(self, given: Iterable[str]) -> None:
        known = {**self.options, **self.parameters}
        for key in given:
            if key not in known:
                raise NameError_(
                    Code.UNKNOWN_VARIABLE,
                    f"{key!r} is neither a parameter nor an option",
                    where=f"{self.shelf}.{self.name}",
                    expected=one_of(known),
                    hint=nearest(key, known),
                )

    def _check_times(self, given: Mapping[str, Any]) -> None:
        """Raises NetworkError (E401) for a negative time where none can be."""
        for key, value in given.items():
            if key in self.parameters and self._is_duration(key) and _is_negative(value):
                raise NetworkError(
                    Code.BAD_VALUE,
                    f"{key} is {value:~}"[:80],
                    where=f"{self.shelf}.{self.name}",
                    expected=f"a time of at least 0 ({self.parameters[key].meaning or key})",
                    hint=f"{key}={-value.magnitude:g}*{value.units:~}" if np.ndim(value) == 0 else None,
                )

    def _is_duration(self, key: str) -> bool:
        """True for a parameter that is a time and cannot be negative."""
        parameter = self.parameters[key]
        return not parameter.signed and isinstance(parameter.value, QUANTITY_TYPE) and dimension_of(parameter.value) == TIME

    def _named(self, kind: str, known: Mapping[str, Mapping[str, Any]], chosen: str) -> Mapping[str, Any]:
        """The settings that have a name. Raises NameError_ (E206) for a name that is not known."""
        if chosen not in known:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"there is no {kind} {chosen!r}",
                where=f"{self.shelf}.{self.name}",
                expected=one_of(known),
                hint=nearest(chosen, known),
            )
        return known[chosen]

    def _choice(self, option: str, value: Any) -> str:
        if value not in self.options[option]:
            raise NetworkError(
                Code.BAD_VALUE,
                f"{option} is {value!r:.60}",
                where=f"{self.shelf}.{self.name}",
                expected=one_of(self.options[option]),
                hint=nearest(str(value), self.options[option]),
            )
        return str(value)

    def __repr__(self) -> str:
        return f"<{self.shelf}.{self.name}: {self.title}>"


Kind = TypeVar("Kind", bound=Entry)


@final
class Shelf(Generic[Kind]):
    """The entries of a package: a file in it with ``constant`` is one by existing."""

    def __init__(self, package: str, path: Iterable[str], constant: str) -> None:
        self.package, self.path, self.constant = package, path, constant

    def files(self) -> tuple[str, ...]:
        """The names of all files with entries."""
        return tuple(sorted(module.name for module in pkgutil.iter_modules(self.path)))

    def find(self, file: str) -> Kind:
        """The entry of a file."""
        entry: Kind = getattr(importlib.import_module(f"{self.package}.{file}"), self.constant)
        return entry

    def names(self) -> list[str]:
        """The names of all entries."""
        return [self.find(file).name for file in self.files()]

    def get(self, name: str) -> Kind:
        """The entry of this name. Raises AttributeError, since names are attributes of the package."""
        file = {each.replace("_", ""): each for each in self.files()}.get(name.lower())
        entry = self.find(file) if file is not None and not name.startswith("_") else None
        if entry is None or entry.name != name:
            known = [] if name.startswith("_") else self.names()
            hint = nearest(name, known)
            raise AttributeError(f"bouton has no {self.constant.lower()} {name!r}{f'; {hint}' if hint else ''}")
        return entry

    def named(self, name: str) -> Kind:
        """The entry of this name. Raises NameError_ (E206) with the nearest known one."""
        known = {entry.name: entry for entry in map(self.find, self.files())}
        if name not in known:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"{name!r} is not a {self.constant.lower()}",
                where=self.package,
                expected=one_of(known),
                hint=nearest(name, known),
            )
        return known[name]


def _is_negative(value: Any) -> bool:
    """True for a time, or an array of them; what no value can be is refused elsewhere."""
    return isinstance(value, QUANTITY_TYPE) and dimension_of(value) == TIME and bool(np.any(to_base(value) < 0))


def _with_unit(text: Any, unit: str) -> Any:
    """Texts, also within mappings and pairs, with the unit of the weight in its place."""
    match text:
        case str():
            return text.replace("{unit}", unit)
        case Mapping():
            return {key: _with_unit(value, unit) for key, value in text.items()}
        case tuple():
            return tuple(_with_unit(value, unit) for value in text)
    return text


def _measured(parameter: Parameter, value: Any, unit: str) -> Any:
    """What the library says of a parameter, in the unit of the weight if it is measured like it."""
    if not parameter.weight or unit == "1" or isinstance(value, QUANTITY_TYPE):
        return value
    return registry.Quantity(value, parse_unit(unit))
