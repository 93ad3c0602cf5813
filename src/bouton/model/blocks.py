"""Blocks of statements: what runs at an event or at an interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from bouton.equations.nodes import Name, Statement
from bouton.equations.parse import parse_statements
from bouton.errors import Code, EquationError, ModelError


@final
class TimeStep:
    """The simulation's own time step, where an interval is asked for: ``every=(bt.dt, "…")``."""

    def __repr__(self) -> str:
        return "dt"


dt: Final = TimeStep()


TRANSMIT, DELIVERY = "transmit", "target"
"""What a synapse transmits, in statements of presynaptic blocks; and the variable of the neuron that it goes to."""


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that run one after another for one element.

    ``trigger`` is ``"pre"``, ``"post"``, ``"event"``, ``"every"`` or ``"reset"``; ``name`` is the
    name given by the user or that of the argument.
    """

    name: str
    trigger: str
    statements: tuple[Statement, ...]
    text: str
    event: str | None = None
    interval: Any = None

    @property
    def transmits(self) -> bool:
        """True if what it transmits is delivered by its last statement."""
        return any(s.target == TRANSMIT for s in self.statements) and self.statements[-1].target == DELIVERY


STEPS = ("integrate", "every", "threshold", "on_pre", "on_post", "on_pre_late", "on_event", "reset")
"""The steps that every order has, if not by name; ``on_pre_late`` are presynaptic blocks that come after postsynaptic ones."""


def phase_of(block: Block, order: tuple[str, ...], *, late: bool = False) -> str:
    """The step of an order in which a block runs; ``late`` presynaptic blocks have one of their own."""
    if block.name in order and block.name not in STEPS:
        return block.name
    if block.trigger == "every":
        return "every"
    return f"on_{block.trigger}{'_late' if late and block.trigger == 'pre' else ''}"


def read_blocks(argument: str, given: str | Mapping[str, str] | None, trigger: str, owner: str) -> tuple[Block, ...]:
    """Blocks from ``"…"`` (named like the argument) or ``{"name": "…"}``."""
    if given is None:
        return ()
    texts = {argument: given} if isinstance(given, str) else _texts(given, argument, owner)
    blocks = [Block(name, trigger, parse_statements(text, f"{owner} {name}"), text) for name, text in texts.items()]
    return tuple(_delivering(block, owner) if trigger == "pre" else block for block in blocks)


def _delivering(block: Block, owner: str) -> Block:
    """The block with a delivery of what it transmits at its end. Raises ModelError (E203)."""
    found = [s for s in block.statements if s.target == TRANSMIT]
    if not found:
        return block
    if len(found) > 1 or found[0].op != "=" or any(_delivers(s) for s in block.statements):
        raise ModelError(
            Code.NOT_ASSIGNABLE,
            "what is transmitted is said once: it is delivered once, to the projection's target",
            where=f"{owner}, {block.name}",
            span=found[-1].span,
            expected=f"one statement {TRANSMIT} = …, and nothing else that the block gives to the neuron",
        )
    delivery = Statement(DELIVERY, "+=", Name(TRANSMIT), span=found[0].span, target_span=found[0].target_span)
    return dataclasses.replace(block, statements=(*block.statements, delivery))


def _texts(given: Any, argument: str, owner: str) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise EquationError(
            Code.SYNTAX,
            f"{argument} is {given!r:.60}",
            where=owner,
            expected="statements, or named blocks of them, {'name': '…'}"
            if argument != "on_event"
            else "{'event': 'statements'}",
        )
    return dict(given)


def _delivers(statement: Statement) -> bool:
    return statement.target == DELIVERY or statement.target.endswith("_post")


def read_events(given: Mapping[str, str] | None, owner: str) -> tuple[Block, ...]:
    """Blocks of third events, ``{"event": "…"}``; block and event share the name."""
    blocks = []
    for event, text in ({} if given is None else _texts(given, "on_event", owner)).items():
        blocks.append(Block(event, "event", parse_statements(text, f"{owner} on_event {event}"), text, event=event))
    return tuple(blocks)


def read_every(given: Any, owner: str) -> tuple[Block, ...]:
    """Blocks from ``(interval, "…")``, a list of such pairs, or ``{"name": (interval, "…")}``."""
    if given is None:
        return ()
    if isinstance(given, Mapping):
        items = list(given.items())
    elif isinstance(given, list):
        items = [(f"every_{number}", pair) for number, pair in enumerate(given, start=1)]
    else:
        items = [("every", given)]
    blocks = []
    for name, pair in items:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], str)):
            raise EquationError(
                Code.SYNTAX, f"every={pair!r}", where=owner, expected="a pair (interval, statements), as in every=(1*second, '…')"
            )
        interval = dt if isinstance(pair[0], str) and pair[0] == "dt" else pair[0]
        blocks.append(Block(name, "every", parse_statements(pair[1], f"{owner} {name}"), pair[1], interval=interval))
    return tuple(blocks)
