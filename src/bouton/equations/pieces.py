"""The lines of a text: without comments, continued, cut at separators, each with its place for messages."""

from __future__ import annotations

from dataclasses import dataclass

from bouton.errors import Code, EquationError, Span

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line: its text and where it starts, for spans."""

    block: str
    line: int
    offset: int
    text: str
    whole: str

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The place of what stands from ``start`` to ``end``."""
        stop = len(self.text) if end is None else end
        return Span(self.block, self.line, self.offset + start, self.offset + stop, self.whole)

    def part(self, start: int, end: int | None = None) -> Piece:
        """The stretch from ``start`` to ``end``, without blanks around it."""
        text = self.text[start:end]
        lead = len(text) - len(text.lstrip())
        return Piece(self.block, self.line, self.offset + start + lead, text.strip(), self.whole)


def check_size(text: str, block: str) -> None:
    """Raises EquationError (E101, E106) unless ``text`` is a text of a sensible length."""
    if not isinstance(text, str):
        raise EquationError(
            Code.SYNTAX, f"found {type(text).__name__} where a text of equations belongs", where=block, expected="a string"
        )
    if len(text) > MAX_TEXT:
        raise EquationError(Code.TOO_LARGE, f"the text has {len(text)} characters", where=block, expected=f"at most {MAX_TEXT}")


def pieces_of(text: str, block: str, separator: str | None) -> list[Piece]:
    """Lines without comments; a line goes on while a bracket is open or after a backslash."""
    check_size(text, block)
    pieces: list[Piece] = []
    waiting: tuple[int, str] | None = None
    for line_number, line in enumerate(text.splitlines(), start=1):
        number, code = line_number, line.split("#", 1)[0].rstrip()
        if waiting is not None:
            number, code = waiting[0], f"{waiting[1]} {code.strip()}"
        waiting = None
        if code.endswith("\\"):
            waiting = (number, code[:-1].rstrip())
        elif code.count("(") > code.count(")"):
            waiting = (number, code)
        elif code.strip():
            pieces.extend(_split(Piece(block, number, 0, code, code), separator))
    if waiting is not None:
        raise _unfinished(block, *waiting)
    return pieces


def _unfinished(block: str, number: int, text: str) -> EquationError:
    """The text ends, but its last line does not."""
    opened = [-1]
    for place, char in enumerate(text):
        if char == "(":
            opened.append(place)
        elif char == ")" and len(opened) > 1:
            opened.pop()
    if len(opened) == 1:
        message, start, stop = "the last line ends in '\\', but nothing follows", 0, len(text)
    else:
        message, start, stop = "a bracket is opened and never closed", opened[-1], opened[-1] + 1
    return EquationError(Code.SYNTAX, message, span=Span(block, number, start, stop, text), expected="the rest of the line")


def _split(line: Piece, separator: str | None) -> list[Piece]:
    indent = len(line.whole) - len(line.whole.lstrip())
    shown = Piece(line.block, line.line, 0, line.text[indent:], line.whole[indent:])
    if separator is None:
        return [shown.part(0)]
    pieces, start = [], 0
    for part in shown.text.split(separator):
        if part.strip():
            pieces.append(shown.part(start, start + len(part)))
        start += len(part) + 1
    return pieces
