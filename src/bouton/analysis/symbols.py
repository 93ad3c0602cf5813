"""What does a name mean? Symbols, and the scopes that resolve names to them.

A name in a neuron's text is one of its variables, a parameter, a known name or a unit, in this order; in
a synapse's text also ``x_pre`` and ``x_post``, the neurons' names. Nothing else is looked at.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bouton.equations.functions import FUNCTIONS, KNOWN_NAMES
from bouton.equations.nodes import Equation, Expr, Name, transform
from bouton.errors import Code, EquationError, NameError_, Span, nearest, one_of
from bouton.model.timed_array import TimedArray
from bouton.network.distributions import AbstractDistribution
from bouton.units import DIMENSIONLESS, TIME, Dimension, Unit, base_unit, dimension_of, parse_unit, to_base, unit_factor

BOOLEAN = "a condition"
"""Stands where a dimension would, for conditions."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A resolved name.

    ``owner`` is ``"self"``, ``"pre"``, ``"post"``, ``"link"`` or ``"global"``; ``base`` the name there.
    ``kind``: ``ode``, ``variable``, ``expression``, ``constant`` (a variable flagged so), ``parameter``,
    ``timed``, ``linked``, ``known``, ``unit``, ``local``, ``noise``. A ``duration`` is not negative.
    """

    name: str
    owner: str
    base: str
    kind: str
    dimension: Any
    shared: bool = False
    equation: Equation | None = None
    factor: float = 1.0
    duration: bool = False

    @property
    def settled(self) -> bool:
        """True if the value cannot change during a run: it may enter tables and propagators."""
        return self.kind in {"parameter", "constant", "unit"} or (self.kind == "known" and self.base in {"dt", "pi"})


@dataclass(frozen=True)
class Scope:
    """The names of one population or projection."""

    where: str
    symbols: Mapping[str, Symbol]
    pre: Scope | None = None
    post: Scope | None = None
    locals: Mapping[str, Symbol] = field(default_factory=dict)

    def find(self, name: str) -> Symbol | None:
        """The symbol of a name, or None."""
        if name in self.symbols:
            return self.symbols[name]
        if name in self.locals:
            return self.locals[name]
        if name in _KNOWN:
            return _KNOWN[name]
        if name == "xi" or name.startswith("xi_"):
            return Symbol(name, "global", name, "noise", TIME**-0.5)
        for suffix, side in (("_pre", self.pre), ("_post", self.post)):
            if side is not None and name.endswith(suffix):
                inner = side.symbols.get(name.removesuffix(suffix)) or _NEURON_KNOWN.get(name.removesuffix(suffix))
                if inner is not None:
                    return Symbol(
                        name, suffix[1:], inner.base, inner.kind, inner.dimension, inner.shared, inner.equation, inner.factor
                    )
        found = unit_factor(name)
        if found is not None:
            return Symbol(name, "global", name, "unit", found[1], factor=found[0])
        return None

    def resolve(self, name: str, span: Span | None) -> Symbol:
        """The symbol of a name. Raises NameError_ (E201) with the nearest known name."""
        symbol = self.find(name)
        if symbol is None:
            known = self.known_names()
            raise NameError_(
                Code.UNDEFINED_NAME,
                f"{name!r} is not defined",
                where=self.where,
                span=span,
                expected=one_of(known),
                hint=_KNOWN_ELSEWHERE.get(name) or self.of_a_neuron(name) or self._proposal(name),
            )
        return symbol

    def of_a_neuron(self, name: str) -> str | None:
        """What to try for a name of a neuron that a synapse's text does not say the side of."""
        sides = (("_post", self.post), ("_pre", self.pre))
        found = [repr(name + suffix) for suffix, side in sides if side is not None and name in side.symbols]
        return f"did you mean {' or '.join(found)}? a name without _pre or _post is the synapse's" if found else None

    def _proposal(self, name: str) -> str | None:
        """A name that is near, and how a number of the script becomes known."""
        near = nearest(name, self.known_names()) or nearest(name, _USUAL_UNITS)
        if name.endswith(("_pre", "_post")):
            return near
        value = _INDICES if name in {"i", "j"} else f"parameters={{{name!r}: …}}, as names of the script are not seen"
        return f"{near} or {value}" if near else value

    def known_names(self) -> set[str]:
        """All names of the model and its neighbours, without units."""
        names = set(self.symbols) | set(self.locals) | {"t", "dt"}
        for suffix, side in (("_pre", self.pre), ("_post", self.post)):
            if side is not None:
                names |= {n + suffix for n in side.symbols}
        return names

    def with_locals(self, extra: Iterable[Symbol]) -> Scope:
        """This scope with names local to a block."""
        return Scope(self.where, self.symbols, self.pre, self.post, {**self.locals, **{s.name: s for s in extra}})

    def expand(self, expression: Expr) -> Expr:
        """The expression with this scope's sub-expressions written out."""

        def replace(node: Expr) -> Expr | None:
            if isinstance(node, Name):
                symbol = self.find(node.id)
                if symbol is not None and symbol.kind == "expression" and symbol.owner == "self":
                    assert symbol.equation is not None
                    assert symbol.equation.value is not None
                    return self.expand(symbol.equation.value)
            return None

        return transform(expression, replace)


_KNOWN = {
    "t": Symbol("t", "global", "t", "known", TIME),
    "dt": Symbol("dt", "global", "dt", "known", TIME),
    "pi": Symbol("pi", "global", "pi", "known", DIMENSIONLESS),
}
_NEURON_KNOWN = {
    "lastspike": Symbol("lastspike", "self", "lastspike", "known", TIME),
    "refractory": Symbol("refractory", "self", "refractory", "known", BOOLEAN),
}
_KNOWN_ELSEWHERE = {
    "spike_weight": "it is known in on_pre blocks, where the source is SpikeTimes(…, weights=…)",
    "target": "it can only be written, as in target += w; read the variable itself with _post",
    "not_refractory": "not refractory",
    "lastupdate": "a trace as an equation, such as dx/dt = -x/tau : 1, which is advanced to each event",
}
_INDICES = "a variable or parameter that is given np.arange(n), as texts know no indices"
_USUAL_UNITS = ("ms", "second", "mV", "volt", "Hz", "pA", "nA", "nS", "pF", "Mohm")
_RESERVED_ARGUMENTS = frozenset(
    {
        *(
            "target",
            "pattern",
            "axonal_delay",
            "dendritic_delay",
            "backprop_delay",
            "link",
            "events",
            "name",
            "stored",
            "structure",
        ),
        *("self", "size", "model", "force_spikes"),
        *("parameters", "learning", "sources", "targets", "ids"),
    }
)
"""Words of `Network.connect`, of `Population` and of ``sim[…]``: variables called so could not be given or read."""


def unit_of(equation: Equation) -> Unit:
    """The declared unit of a variable. Raises EquationError (E302)."""
    try:
        return parse_unit(equation.unit)
    except KeyError:
        raise EquationError(
            Code.BAD_UNIT, f"{equation.unit!r} is not a unit", span=equation.unit_span, expected="such as mV, nS, 1/ms or 1"
        ) from None


def variable_symbols(equations: Iterable[Equation], where: str) -> dict[str, Symbol]:
    """Symbols of declared variables. Raises NameError_ (E202, E204), EquationError (E302)."""
    symbols: dict[str, Symbol] = {}
    for equation in equations:
        name = equation.name
        if "summed" in equation.flags:
            continue
        if name in symbols:
            raise NameError_(
                Code.DUPLICATE_NAME, f"{name!r} is defined twice", where=where, span=equation.span, expected="each name once"
            )
        check_not_reserved(name, where, equation.span)
        kind = equation.kind
        if "linked" in equation.flags:
            kind = "linked"
        elif kind == "variable" and "constant" in equation.flags:
            kind = "constant"
        dimension = unit_of(equation).dimensionality
        symbols[name] = Symbol(name, "self", name, kind, dimension, "shared" in equation.flags, equation)
    return symbols


def parameter_symbols(
    parameters: Mapping[str, Any], taken: Mapping[str, Symbol], where: str, durations: frozenset[str] = frozenset()
) -> dict[str, Symbol]:
    """Symbols of parameters, among them ``durations``. Raises NameError_ (E202, E204)."""
    symbols: dict[str, Symbol] = {}
    for name, value in parameters.items():
        if name in taken:
            equation = taken[name].equation
            raise NameError_(
                Code.DUPLICATE_NAME,
                f"{name!r} is both a variable and a parameter",
                where=where,
                span=None if equation is None else equation.span,
                expected="each name once",
            )
        check_not_reserved(name, where, None)
        if isinstance(value, TimedArray):
            symbols[name] = Symbol(name, "self", name, "timed", value.dimension, value.data.ndim == 1)
        else:
            symbols[name] = _parameter(name, value, where)
        symbols[name] = replace(symbols[name], duration=name in durations)
    return symbols


def _parameter(name: str, value: Any, where: str) -> Symbol:
    """``shared`` tells one value from one for each element."""
    if isinstance(value, AbstractDistribution):
        return Symbol(name, "self", name, "parameter", value.dimension)
    shared = np.ndim(to_base(value, where=f"{where}, {name}")) == 0
    return Symbol(name, "self", name, "parameter", dimension_of(value), shared)


def check_not_reserved(name: Any, where: str, span: Span | None) -> None:
    """Raises NameError_ (E204) if a model may not use the name."""
    meaning: str | None = None
    if not (isinstance(name, str) and name.isidentifier() and name == unicodedata.normalize("NFKC", name)):
        meaning = "cannot be written in an equation"
    elif keyword.iskeyword(name) or name.startswith("__"):
        meaning = "has a meaning in Python"
    elif name in _RESERVED_ARGUMENTS or name.startswith("xi_") or name == "xi":
        meaning = "has a meaning of its own"
    if meaning is not None:
        raise NameError_(Code.RESERVED_NAME, f"{name!r} {meaning}", where=where, span=span, expected="another name")
    check_not_reserved_word(name, where, span)


def check_not_reserved_word(name: str, where: str, span: Span | None) -> None:
    """Raises NameError_ (E204) if equations mean something by the name."""
    if name in KNOWN_NAMES or name in FUNCTIONS:
        raise NameError_(
            Code.RESERVED_NAME,
            f"{name!r} has a meaning of its own",
            where=where,
            span=span,
            expected="another name",
            hint=_KNOWN_ELSEWHERE.get(name),
        )


def neuron_symbols(where: str) -> dict[str, Symbol]:
    """Known names that only neurons have."""
    return dict(_NEURON_KNOWN)


def spike_weight_symbol(dimension: Dimension) -> Symbol:
    """``spike_weight`` in presynaptic blocks of a weighted source."""
    return Symbol("spike_weight", "global", "spike_weight", "known", dimension)


def unit_for(symbol: Symbol) -> Unit:
    """The unit to show a symbol's values in."""
    return base_unit(symbol.dimension) if symbol.equation is None else unit_of(symbol.equation)
