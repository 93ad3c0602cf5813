"""All that a page shows, as a value; and as the query of its address, so that it can be shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bouton.errors import Code, NetworkError, one_of
from bouton.explore.choice import Choice, Own
from bouton.explore.limits import MAX_QUERY, check_number, check_text, check_train

PANELS = {
    "window": "Pairing window",
    "frequency": "Frequency of pairings",
    "triplets": "Pairs, triplets and quadruplets",
    "traces": "Traces and weight",
    "short_term": "Short-term response",
}
"""What can be shown, by name."""
STEPS = (0.1, 0.5, 1.0)
"""Time steps in ms that can be chosen."""
PRE = (20.0, 60.0, 100.0, 180.0, 188.0, 196.0)
POST = (30.0, 70.0, 110.0, 175.0, 183.0, 191.0)
TRAIN = (10.0, 30.0, 50.0, 70.0, 90.0, 110.0, 130.0, 150.0, 500.0)
THIRD = (300.0,)
_TRAINS = ("pre", "post", "train", "third")
_OF_CHOICE = ("rule", "set", "eq", "on_pre", "on_post", "parameters")


@dataclass(frozen=True)
class View:
    """What a page shows.

    Attributes
    ----------
    a, b: what is looked at, and what it is compared with.
    panels: names of `PANELS`.
    pre, post: spikes for the traces, in ms; ``train`` those for the short-term response; ``third`` third events of all panels.
    w: the weight at the beginning, None for one that suits the rule.
    level: the value of variables that are linked to another population, in their unit.
    dt: the time step in ms, None for one that suits the rule.
    """

    a: Choice = Choice()
    b: Choice | None = None
    panels: tuple[str, ...] = ("window", "traces")
    pre: tuple[float, ...] = PRE
    post: tuple[float, ...] = POST
    train: tuple[float, ...] = TRAIN
    third: tuple[float, ...] = THIRD
    w: float | None = None
    level: float = 0.5
    dt: float | None = None

    def choice(self, side: str) -> Choice | None:
        """``a`` or ``b``."""
        return self.a if side == "a" else self.b

    def choose(self, side: str, choice: Choice | None) -> View:
        """The same with another choice on a side."""
        return replace(self, a=choice) if side == "a" and choice is not None else replace(self, b=choice)

    def with_value(self, name: str, value: Any) -> View:
        """The same with another train, weight, level or time step."""
        return replace(self, **{name: value})


def to_query(view: View) -> str:
    """What follows the ``?`` in the address; only what is not as it is at first."""
    plain = View()
    pairs = _of_choice(view.a, "") + ([] if view.b is None else _of_choice(view.b, "b."))
    if view.panels != plain.panels:
        pairs.append(("show", ",".join(view.panels)))
    for name in _TRAINS:
        if getattr(view, name) != getattr(plain, name):
            pairs.append((name, " ".join(f"{time:.12g}" for time in getattr(view, name))))
    for name in ("w", "level", "dt"):
        if getattr(view, name) != getattr(plain, name):
            pairs.append((name, f"{getattr(view, name):.12g}"))
    return urlencode(pairs)


def _of_choice(choice: Choice, prefix: str) -> list[tuple[str, str]]:
    if choice.own is not None:
        own = choice.own
        texts = (("eq", own.equations), ("on_pre", own.on_pre), ("on_post", own.on_post), ("parameters", own.parameters))
        pairs = [(prefix + key, text) for key, text in texts]
    else:
        pairs = [(f"{prefix}rule", choice.rule)]
        pairs += [(f"{prefix}set", choice.chosen)] if choice.chosen is not None else []
    pairs += [(f"{prefix}o.{name}", value) for name, value in choice.options]
    return pairs + [(f"{prefix}p.{name}", f"{value:.12g}") for name, value in choice.parameters]


def from_query(query: str) -> View:
    """The view of an address; names of rules, options and parameters are checked when the view is looked at.

    Raises NetworkError (E401, E402), EquationError (E106) for what is too long, no number, or means nothing.
    """
    query = query.removeprefix("?")
    if len(query) > MAX_QUERY:
        raise NetworkError(
            Code.BAD_VALUE, f"an address of {len(query)} characters", where="the address", expected=f"≤ {MAX_QUERY}"
        )
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=200))
    except ValueError as error:
        raise NetworkError(Code.BAD_VALUE, f"this cannot be read ({error})", where="the address") from None
    given.pop("token", None)
    mine = {key.removeprefix("b."): value for key, value in given.items() if key.startswith("b.")}
    rest = {key: value for key, value in given.items() if not key.startswith("b.")}
    view = View(a=_read_choice(rest), b=_read_choice(mine) if mine else None)
    for key, text in rest.items():
        if key == "show":
            view = replace(view, panels=_panels(text.split(",")))
        elif key in _TRAINS:
            view = view.with_value(key, read_train(text, key))
        elif key in {"w", "level"}:
            view = view.with_value(key, check_number(text, key))
        elif key == "dt":
            view = replace(view, dt=check_step(text))
        elif key not in _OF_CHOICE and key[:2] not in {"o.", "p."}:
            raise NetworkError(Code.BAD_VALUE, f"{key[:40]!r} means nothing here", where="the address")
    return view


def _read_choice(given: Mapping[str, str]) -> Choice:
    options = tuple(sorted((key[2:], value) for key, value in given.items() if key.startswith("o.")))
    parameters = tuple(sorted((key[2:], check_number(value, key)) for key, value in given.items() if key.startswith("p.")))
    if "eq" in given:
        own = Own(*(check_text(given.get(key, ""), key) for key in ("eq", "on_pre", "on_post", "parameters")))
        return Choice(options=options, parameters=parameters, own=own)
    return Choice(given.get("rule", Choice().rule), given.get("set"), options, parameters)


def _panels(names: Iterable[str]) -> tuple[str, ...]:
    found = tuple(name for name in PANELS if name in set(names))
    if not found:
        raise NetworkError(Code.BAD_VALUE, "nothing is shown", where="show", expected=one_of(PANELS))
    return found


def read_train(text: str, what: str) -> tuple[float, ...]:
    """Spike times in ms from a text, parted by blanks or commas. Raises NetworkError (E401, E402)."""
    return check_train(check_text(text, what).replace(",", " ").replace("ms", " ").split(), what)


def check_step(value: str | float) -> float:
    """A time step in ms. Raises NetworkError (E401)."""
    step = check_number(value, "dt")
    if step not in STEPS:
        raise NetworkError(Code.BAD_VALUE, f"a time step of {step:g} ms", where="dt", expected=one_of(map(str, STEPS)))
    return step
