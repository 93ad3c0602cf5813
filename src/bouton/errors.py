"""Every exception bouton raises, and the code of each.

A message says where, what was found, what was expected and what to try; the same four are fields of
the exception, so that tools can show them in their own way. Codes are stable: E1xx the text of
equations, E2xx names, E3xx units, E4xx networks and data, E5xx analysis and plan, E6xx running.
"""

from __future__ import annotations

import difflib
import enum
import keyword
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text of the user: a block's label, a line (from 1) and columns (from 0)."""

    block: str
    line: int
    start: int
    end: int
    text: str

    def render(self) -> str:
        """The line of text with the span underlined."""
        width = max(1, min(self.end, len(self.text)) - self.start)
        return f"    {self.text}\n    {' ' * self.start}{'^' * width}"


@enum.unique
class Code(enum.Enum):
    """The codes of all refusals."""

    SYNTAX = "E101"
    FORBIDDEN_SYNTAX = "E102"
    UNKNOWN_FUNCTION = "E103"
    WRONG_ARGUMENTS = "E104"
    BAD_FLAG = "E105"
    TOO_LARGE = "E106"
    UNDEFINED_NAME = "E201"
    DUPLICATE_NAME = "E202"
    NOT_ASSIGNABLE = "E203"
    RESERVED_NAME = "E204"
    CIRCULAR = "E205"
    UNKNOWN_VARIABLE = "E206"
    DIMENSION = "E301"
    BAD_UNIT = "E302"
    NOT_BOOLEAN = "E303"
    BAD_VALUE = "E401"
    BAD_SPIKE_TIMES = "E402"
    OFF_GRID = "E403"
    BAD_DELAY = "E404"
    BAD_INDEX = "E405"
    EMPTY = "E406"
    BAD_SHAPE = "E407"
    MISSING_VALUE = "E408"
    NOT_IN_NETWORK = "E409"
    UNKNOWN_SCHEME = "E501"
    NEEDS_SCHEME = "E502"
    TWO_WRITERS = "E503"
    BAD_STEP_ORDER = "E504"
    FLAG_DISPROVED = "E505"
    UNSUPPORTED = "E506"
    DOES_NOT_COMPOSE = "E507"
    BAD_TIME = "E601"
    NOT_FINITE = "E602"
    BAD_RECORDER = "E603"
    NO_SUCH_EXPERIMENT = "E604"
    NO_ROOM = "E605"
    OTHER_MOMENT = "E606"


class BoutonError(Exception):
    """Base of all refusals.

    Parameters
    ----------
    code: the kind of refusal.
    message: one sentence on what is wrong, with what was found.
    where: the object or argument concerned, in words.
    span: the place in a text, if a text is concerned.
    expected, hint: what would have been right, and what to try.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        where: str | None = None,
        span: Span | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.where = where
        self.span = span
        self.expected = expected
        self.hint = hint
        super().__init__(self.render())

    def render(self) -> str:
        """The whole message."""
        lines = [f"{self.code.value}: {self.message}"]
        place = [] if self.where is None else [self.where]
        if self.span is not None:
            place.append(f"{self.span.block}, line {self.span.line}")
        if place:
            lines.append(f"  in {', '.join(place)}")
        if self.span is not None:
            lines.append(self.span.render())
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.hint is not None:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class EquationError(BoutonError, ValueError):
    """The text of an equation or statement cannot be read."""


class NameError_(BoutonError, KeyError):
    """A name is unknown, defined twice or may not be assigned."""

    def __str__(self) -> str:
        return self.render()  # KeyError would print its repr


class UnitError(BoutonError, ValueError):
    """Dimensions do not agree."""


class NetworkError(BoutonError, ValueError):
    """A population, projection, source or value given for one is not usable."""


class ModelError(BoutonError, ValueError):
    """The equations are well formed but cannot be run as they stand."""


class SimulationError(BoutonError, RuntimeError):
    """A run cannot be started or went wrong."""


class SlowPathWarning(RuntimeWarning):
    """A model is run in a way that takes several times as long; no refusal, results are the same."""


def nearest(name: object, known: Iterable[str]) -> str | None:
    """``did you mean …?`` for a misspelt name, or None when nothing is near, also regardless of capitals."""
    exact = {each: each for each in known}
    for names, wanted in ((exact, str(name)), ({each.casefold(): each for each in exact}, str(name).casefold())):
        if found := difflib.get_close_matches(wanted, list(names), n=1, cutoff=0.6):
            return f"did you mean {names[found[0]]!r}?"
    return None


def checked_name(name: object, where: str) -> str:
    """``name``, if objects and blocks may be called so. Raises NetworkError (E401, E204)."""
    if not (isinstance(name, str) and name.isidentifier() and name.isascii()):
        raise NetworkError(Code.BAD_VALUE, f"{name!r:.60} is not a name", where=where, expected="letters, digits and _")
    if keyword.iskeyword(name) or name.startswith("__"):
        raise NetworkError(Code.RESERVED_NAME, f"{name!r} has a meaning in Python", where=where, expected="another name")
    return name


def one_of(known: Iterable[str]) -> str:
    """``one of a, b, c`` for messages."""
    names = sorted(known)
    return f"one of {', '.join(names)}" if names else "nothing is defined here"
