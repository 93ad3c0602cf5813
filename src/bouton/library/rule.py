"""What a published rule is: its equations as data, where they come from, and named sets of parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from bouton.errors import Code, NameError_, NetworkError, nearest, one_of
from bouton.model.synapse import SynapseModel
from bouton.units import QUANTITY_TYPE, parse_unit, registry


@dataclass(frozen=True)
class Parameter:
    """A parameter: its value unless another is given, the paper's symbol, and what it is.

    ``weight`` says that it is measured like the weight, in the unit that a user chooses. ``low`` and ``high`` span what is
    sensible to try, in the unit of the value.
    """

    value: Any
    symbol: str
    meaning: str
    low: float | None = None
    high: float | None = None
    weight: bool = False


@dataclass(frozen=True)
class Claim:
    """What a rule is held to: the score of a protocol of `bouton.protocols`, with a named set of parameters.

    ``options`` are those of the protocol; the score may be ``limit`` at most.
    """

    protocol: str
    chosen: str | None
    limit: float
    options: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Rule:
    """A rule of plasticity. Calling it gives a `bouton.SynapseModel`.

    Attributes
    ----------
    name: as in ``bt.rules.NAME``; ``part`` is the name of its models, after which variables are called in compositions.
    title: one line for lists.
    papers: citations with DOI.
    build: from chosen options to the arguments of a `SynapseModel`, its texts with ``{unit}`` for the unit of the weight.
    parameters: all there are; a variant has those that its texts mention.
    options: choices by name, the first of each is taken unless another is named.
    sets: parameters and options of a paper, named by paper, table row and pairing scheme.
    needs: variables that the postsynaptic neuron must have.
    conventions: options with which it does what another simulator's rule of that kind does, by the simulator's name in small
        letters; see `bouton.library.conventions`.
    claims: scores of protocols that it is held to.
    """

    name: str
    part: str
    title: str
    papers: tuple[str, ...]
    build: Callable[[Mapping[str, str]], Mapping[str, Any]]
    parameters: Mapping[str, Parameter]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    conventions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()

    def __call__(
        self,
        chosen: str | None = None,
        /,
        *,
        convention: str | None = None,
        unit: str = "1",
        name: str | None = None,
        **given: Any,
    ) -> SynapseModel:
        """The model with a named set of parameters, or options and parameters of one's own.

        ``convention`` names a simulator: options are those of its rule unless given. ``unit`` is that of the weight and of what
        is measured like it; ``name`` that of the model. Raises NameError_ (E206) for a name that is not known, NetworkError
        (E401) for a choice that there is not, UnitError (E302).
        """
        known = {**self.options, **self.parameters}
        values = dict(self._convention(convention)) if convention is not None else {}
        values |= self._set(chosen) if chosen is not None else {}
        for key, value in given.items():
            if key not in known:
                raise NameError_(
                    Code.UNKNOWN_VARIABLE,
                    f"{key!r} is neither a parameter nor an option",
                    where=f"bt.rules.{self.name}",
                    expected=one_of(known),
                    hint=nearest(key, known),
                )
            values[key] = value
        options = {key: self._choice(key, values.get(key, choices[0])) for key, choices in self.options.items()}
        texts = {key: _with_unit(text, unit) for key, text in self.build(options).items()}
        used = SynapseModel(**texts, name=name or self.part).mentioned
        defaults = {key: _measured(p, p.value, unit) for key, p in self.parameters.items() if key in used}
        named = self._set(chosen) if chosen is not None else {}
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
                where=f"bt.rules.{self.name}({', '.join(f'{k}={v!r}' for k, v in options.items())})",
                expected=one_of(defaults),
            )
        return SynapseModel(**texts, parameters=parameters, name=name or self.part)

    def _set(self, chosen: str) -> Mapping[str, Any]:
        if chosen not in self.sets:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"there is no set of parameters {chosen!r}",
                where=f"bt.rules.{self.name}",
                expected=one_of(self.sets),
                hint=nearest(chosen, self.sets),
            )
        return self.sets[chosen]

    def _convention(self, convention: str) -> Mapping[str, Any]:
        if convention not in self.conventions:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"there is no convention {convention!r}",
                where=f"bt.rules.{self.name}",
                expected=one_of(self.conventions),
                hint=nearest(convention, self.conventions),
            )
        return self.conventions[convention]

    def _choice(self, option: str, value: Any) -> str:
        if value not in self.options[option]:
            raise NetworkError(
                Code.BAD_VALUE,
                f"{option} is {value!r:.60}",
                where=f"bt.rules.{self.name}",
                expected=one_of(self.options[option]),
                hint=nearest(str(value), self.options[option]),
            )
        return str(value)

    def __repr__(self) -> str:
        return f"<bt.rules.{self.name}: {self.title}>"


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
