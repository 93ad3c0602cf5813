"""Several rules on one synapse: ``a & b``.

A composed model is a model like any other, made from the equations of its parts:

- ``w`` is the weight of the synapse: parts that declare it mean one variable. It has one unit; a differential equation and bounds
  each from one part.
- Every other variable, parameter and local name belongs to its part and is called ``part_name``.
- At an event the statements of the parts run one part after another, in the order of the parts, so that a part sees
  the weight as those before it have left it. Blocks with a delay of their own stay blocks of their own; others become one.
- What a part transmits (``transmit = …``) is a factor; the product is delivered once, to the projection's ``target``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Equation, Expr, Name, Past, Statement, transform
from bouton.equations.show import show, show_equation, show_statement
from bouton.errors import Code, ModelError
from bouton.model.blocks import DELIVERY, TRANSMIT, Block

if TYPE_CHECKING:
    from bouton.model.synapse import SynapseModel

WEIGHT = "w"
"""The variable that all parts of a synapse share."""
NOISE = "xi"


def arguments(models: Iterable[SynapseModel]) -> dict[str, Any]:
    """The arguments of the `SynapseModel` that parts make together, its texts made from theirs.

    Raises ModelError: E507 where parts do not fit together.
    """
    parts = [_Part(model) for model in models]
    name = " & ".join(part.model.name for part in parts)
    _check_names(parts, name)
    equations = [*_weight(parts, name), *(each for part in parts for each in part.equations())]
    on_pre, on_post = _side(parts, "pre", name), _side(parts, "post", name)
    given = [part.own(w) for part in parts for w in part.model.weights or ()]
    return {
        "equations": "\n".join(map(show_equation, equations)),
        "on_pre": on_pre,
        "on_post": on_post,
        "on_event": _events(parts),
        "every": {
            part.block(b): (part.interval(b.interval), _text(part.statements(b))) for part in parts for b in part.model.every
        }
        or None,
        **_conditions(parts, name),
        "simultaneous": _simultaneous(parts, name),
        "method": {variable: scheme for part in parts for variable, scheme in part.methods()} or None,
        "parameters": {part.own(key): value for part in parts for key, value in part.model.parameters.items()},
        "delays": _delays(parts, name),
        "weights": tuple(dict.fromkeys(given)) if any(part.model.weights is not None for part in parts) else None,
        "name": "_".join(part.model.name for part in parts),
    }


def detected(models: Iterable[SynapseModel]) -> frozenset[str]:
    """The variables of a composition among which weights are to be found, as their parts do not name any."""
    parts = [_Part(model) for model in models if model.weights is None]
    return frozenset(part.own(equation.name) for part in parts for equation in part.model.equations)


def durations(models: Iterable[SynapseModel]) -> frozenset[str]:
    """The parameters of a composition that may not become negative."""
    return frozenset(part.own(name) for part in map(_Part, models) for name in part.model.durations)


class _Part:
    """A model with the names that it has in a composition."""

    def __init__(self, model: SynapseModel) -> None:
        self.model = model
        self.variables = {e.name for e in model.equations if "summed" not in e.flags}
        self.declared = self.variables | set(model.parameters)
        targets = {s.target for block in (*model.blocks, *model.every) for s in block.statements} - self.declared - _FIXED
        self.locals = {name for name in targets if not name.endswith(_OF_NEURONS)}
        self.noises = {name for name in model.mentioned if name == NOISE or name.startswith(f"{NOISE}_")}

    def own(self, name: str) -> str:
        """What a name of the part is called."""
        if name == WEIGHT and name in self.variables:
            return name
        if name in self.declared or name in self.locals:
            return f"{self.model.name}_{name}"
        if name in self.noises:
            return f"{NOISE}_{self.model.name}{name.removeprefix(NOISE)}"
        return name

    def interval(self, given: Any) -> Any:
        """An interval or delay, by the name that its parameter has."""
        return self.own(given) if isinstance(given, str) else given

    def block(self, block: Block) -> str:
        """What a block is called: as all that run when their side's do, or by a name of its own."""
        if block.trigger in {"pre", "post"} and block.name not in self.model.delays:
            return f"on_{block.trigger}"
        return block.name if block.trigger == "event" else f"{self.model.name}_{block.name}"

    def names(self) -> set[str]:
        """The names in texts that are its own in the composition."""
        return {self.own(name) for name in {*self.declared, *self.locals, *self.noises}} - {WEIGHT}

    def blocks(self) -> set[str]:
        """The names of blocks that are its own."""
        alike = {"on_pre", "on_post", *(block.name for block in self.model.on_event)}
        return {self.block(b) for b in (*self.model.blocks, *self.model.every)} - alike

    def renamed(self, node: Expr) -> Expr:
        """An expression of the part."""

        def replace(inner: Expr) -> Expr | None:
            match inner:
                case Name(id=name):
                    return Name(self.own(name))
                case Past(name=name, delay=delay):
                    return Past(self.own(name), None if delay is None else self.renamed(delay))
            return None

        return transform(node, replace)

    def equation(self, equation: Equation) -> Equation:
        """An equation of the part."""
        value, low, high = (None if e is None else self.renamed(e) for e in (equation.value, equation.low, equation.high))
        return dataclasses.replace(equation, name=self.own(equation.name), value=value, low=low, high=high)

    def equations(self) -> Iterator[Equation]:
        """All but that of the weight."""
        return (self.equation(e) for e in self.model.equations if e.name != WEIGHT)

    def statements(self, block: Block) -> tuple[Statement, ...]:
        """The statements of a block; what it transmits is a local name of the part, not yet delivered."""
        kept = block.statements[:-1] if block.transmits else block.statements
        return tuple(dataclasses.replace(s, target=self.own(s.target), value=self.renamed(s.value)) for s in kept)

    def methods(self) -> Iterator[tuple[str, str]]:
        """The scheme of each equation for which the part names one."""
        given = self.model.method
        if isinstance(given, str):
            yield from ((self.own(e.name), given) for e in self.model.equations if e.kind == "ode")
        elif given is not None:
            yield from ((self.own(name), scheme) for name, scheme in given.items())


_FIXED = frozenset({DELIVERY, *FUNCTIONS})
_OF_NEURONS = ("_pre", "_post")


def _check_names(parts: list[_Part], where: str) -> None:
    known = [part.model.name for part in parts]
    twice = next((n for n in known if known.count(n) > 1), None)
    owned = [name for part in parts for name in part.names()]
    blocks = [name for part in parts for name in part.blocks()]
    both = next((name for each in (owned, blocks) for name in each if each.count(name) > 1), None)
    locals_ = (part.own(name) for part in parts for name in part.locals)
    neurons = next((name for name in locals_ if name.endswith(_OF_NEURONS)), None)
    if twice is None and (both is not None or neurons is not None):
        raise ModelError(
            Code.DOES_NOT_COMPOSE,
            f"two parts would own {both!r}" if both is not None else f"{neurons!r} would be a variable of a neuron",
            where=where,
            expected="parts of which each has names of its own, written part_name",
            hint="another name for a part: model.named('other')",
        )
    if twice is not None:
        raise ModelError(
            Code.DOES_NOT_COMPOSE,
            f"two parts are called {twice!r}",
            where=where,
            expected="parts with names of their own, after which their variables are called",
            hint=f"model.named('second_{twice}')",
        )


def _weight(parts: list[_Part], where: str) -> list[Equation]:
    """The equation of the weight that parts share."""
    found = [(part, part.equation(e)) for part in parts for e in part.model.equations if e.name == WEIGHT]
    if not found:
        return []
    (first, result), *others = found
    for part, equation in others:
        wrong = None
        kinds = {equation.kind, result.kind}
        if "expression" in kinds or equation.kind == result.kind == "ode" or equation.flags != result.flags:
            wrong = f"{show_equation(result)} in {first.model.name!r}, {show_equation(equation)} in {part.model.name!r}"
        elif equation.unit != result.unit:
            wrong = f"its unit is {result.unit} in {first.model.name!r} and {equation.unit} in {part.model.name!r}"
        elif {result.low, result.high} != {None} and {equation.low, equation.high} != {None}:
            wrong = f"it has bounds in {first.model.name!r} and in {part.model.name!r}"
        if wrong is not None:
            raise ModelError(
                Code.DOES_NOT_COMPOSE,
                f"the parts do not mean one weight: {wrong}",
                where=where,
                expected="one variable 'w' of one unit, with a differential equation in one part at most, and bounds in one",
            )
        bounded = equation if {result.low, result.high} == {None} else result
        moving = equation if equation.kind == "ode" else result
        first = part if {result.low, result.high} == {None} else first
        result = dataclasses.replace(moving, low=bounded.low, high=bounded.high)
    return [result]


def _side(parts: list[_Part], side: str, where: str) -> dict[str, str] | None:
    """The blocks of one side: one for all that have no delay of their own."""
    blocks: dict[str, list[Statement]] = {}
    factors: dict[str, list[Name]] = {}
    for part in parts:
        for block in part.model.on_pre if side == "pre" else part.model.on_post:
            name = part.block(block)
            blocks.setdefault(name, []).extend(part.statements(block))
            if block.transmits:
                factors.setdefault(name, []).append(Name(part.own(TRANSMIT)))
    _check_deliveries(parts, factors, where)
    _check_weights(parts, where)
    for name, (first, *others) in factors.items():
        product: Expr = first
        for other in others:
            product = Binary("*", product, other)
        blocks[name].append(Statement(DELIVERY, "+=", product))
    return {name: _text(statements) for name, statements in blocks.items()} or None


def _simultaneous(parts: list[_Part], where: str) -> str:
    """Which side comes first, as all say that have blocks of both."""
    both = {part.model.simultaneous for part in parts if part.model.on_pre and part.model.on_post}
    asked = {p.model.simultaneous for p in parts if p.model.simultaneous != "pre_first" and (p.model.on_pre or p.model.on_post)}
    chosen = both | asked
    if len(chosen) > 1:
        raise ModelError(
            Code.DOES_NOT_COMPOSE,
            "the parts disagree on which side comes first where spikes of both reach a synapse in one step",
            where=where,
            expected="simultaneous='pre_first' or 'post_first' for all",
        )
    return chosen.pop() if chosen else parts[0].model.simultaneous


def _conditions(parts: list[_Part], where: str) -> dict[str, Any]:
    """The conditions under which synapses go and appear, each from one part."""
    found: dict[str, Any] = {}
    for part in parts:
        for condition in part.model.conditions:
            if condition.kind in found:
                raise ModelError(
                    Code.DOES_NOT_COMPOSE,
                    f"two parts have a condition {condition.kind}=",
                    where=where,
                    expected=f"one part that decides which synapses {'go' if condition.kind == 'prune' else 'appear'}",
                )
            found[condition.kind] = (part.interval(condition.interval), show(part.renamed(condition.expression)))
    return found


def _delays(parts: list[_Part], where: str) -> dict[str, Any]:
    """The delays that blocks have of their own; parts that wait for one event wait equally long."""
    found: dict[str, Any] = {}
    for part in parts:
        own = {block.name: part.block(block) for block in part.model.blocks}
        names = {key: own.get(key, f"{part.model.name}_{key}") for key in part.model.delays}
        found |= {names[key]: part.interval(delay) for key, delay in part.model.delays.items()}
        for block in part.model.on_event:
            others = [p for p in parts if any(b.name == block.name for b in p.model.on_event)]
            if any(str(p.model.delays.get(block.name)) != str(part.model.delays.get(block.name)) for p in others):
                raise ModelError(
                    Code.DOES_NOT_COMPOSE,
                    f"the parts give {block.name!r} different delays",
                    where=where,
                    expected="one delay for an event that several parts wait for",
                )
    return found


def _check_deliveries(parts: list[_Part], factors: Mapping[str, list[Name]], where: str) -> None:
    """One product is delivered, by one block, and nothing beside it."""
    if len(factors) > 1:
        raise ModelError(
            Code.DOES_NOT_COMPOSE,
            f"the blocks {' and '.join(map(repr, factors))} run at different times, and both transmit",
            where=where,
            expected="parts whose transmissions arrive together, to be multiplied",
        )
    for part in parts:
        direct = [s for block in part.model.on_pre if not block.transmits for s in block.statements if s.target == DELIVERY]
        if direct and factors:
            raise ModelError(
                Code.DOES_NOT_COMPOSE,
                f"{part.model.name!r} delivers by itself: {show_statement(direct[0])}",
                where=where,
                expected="one delivery for all parts",
                hint=f"{TRANSMIT} = {show(direct[0].value)}",
            )


def _check_weights(parts: list[_Part], where: str) -> None:
    """The weight is transmitted once: by two parts it would be squared."""
    said = [
        (part.model.name, statement)
        for part in parts
        for block in part.model.on_pre
        for statement in block.statements
        if statement.target == TRANSMIT and WEIGHT in part.variables and statement.value == Name(WEIGHT)
    ]
    if len(said) > 1:
        raise ModelError(
            Code.DOES_NOT_COMPOSE,
            f"{said[0][0]!r} and {said[1][0]!r} both transmit the weight, whose square would be delivered",
            where=where,
            expected="one part with transmit = w",
            hint="an option of one of them that leaves it out, such as delivery='none' or induction='none'",
        )


def _events(parts: list[_Part]) -> dict[str, str] | None:
    """Blocks of third events: parts that wait for one of the same name have one block."""
    found: dict[str, list[Statement]] = {}
    for part in parts:
        for block in part.model.on_event:
            found.setdefault(block.name, []).extend(part.statements(block))
    return {name: _text(statements) for name, statements in found.items()} or None


def _text(statements: Iterable[Statement]) -> str:
    return "; ".join(map(show_statement, statements))
