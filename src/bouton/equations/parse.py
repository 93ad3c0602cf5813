"""Text to syntax tree.

Python's own parser reads each expression; this module then accepts a white list of its nodes and
refuses all else, so that nothing written in an equation can reach attributes, indices or calls beyond
the functions of the language. Text is never evaluated.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Call, Compare, Equation, Expr, Logic, Name, Num, Past, Statement, Unary
from bouton.errors import Code, EquationError, Span, nearest, one_of

MAX_TEXT = 20_000
MAX_DEPTH = 60

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_FLAGS = frozenset({"unless refractory", "constant", "shared", "event-driven", "summed", "linked"})
_ODE = re.compile(r"\s*d([A-Za-z_]\w*)\s*/\s*dt\s*=(?!=)")
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)")
_VARIABLE = re.compile(r"\s*([A-Za-z_]\w*)\s*$")
_STATEMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*(\+=|-=|\*=|/=|=(?!=))")
_TRAILING_FLAGS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_UNIT = re.compile(r"[\w\s*/.()+-]*$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one line: its text and where it starts, for spans."""

    block: str
    line: int
    offset: int
    text: str
    whole: str

    def span(self, start: int = 0, end: int | None = None) -> Span:
        stop = len(self.text) if end is None else end
        return Span(self.block, self.line, self.offset + start, self.offset + stop, self.whole)

    def part(self, start: int, end: int | None = None) -> _Piece:
        """The stretch from ``start`` to ``end``, without blanks around it."""
        text = self.text[start:end]
        lead = len(text) - len(text.lstrip())
        return _Piece(self.block, self.line, self.offset + start + lead, text.strip(), self.whole)


def parse_expression(text: str, block: str) -> Expr:
    """The expression in ``text``; ``block`` names its origin in messages.

    Raises EquationError: E101 (not readable), E102 (not part of the language), E103, E104 (functions).
    """
    _check_size(text, block)
    flat = " ".join(text.split())
    return _expression(_Piece(block, 1, 0, flat, flat))


def parse_statements(text: str, block: str) -> tuple[Statement, ...]:
    """The statements of an event block, separated by ``;`` or lines. Raises EquationError."""
    statements = []
    for piece in _pieces(text, block, separator=";"):
        match = _STATEMENT.match(piece.text)
        if match is None:
            raise EquationError(
                Code.SYNTAX,
                f"{piece.text!r} is not a statement",
                span=piece.span(),
                expected="'name = expression' with one of = += -= *= /=",
            )
        value = _expression(piece.part(match.end()))
        target = piece.span(match.start(1), match.end(1))
        statements.append(Statement(match[1], match[2], value, span=piece.span(), target_span=target))
    return tuple(statements)


def parse_equations(text: str, block: str) -> tuple[Equation, ...]:
    """The equations in ``text``, one a line: ``dx/dt = … : unit (flags)``, ``h = … : unit``, ``w : unit``.

    Raises EquationError: E101 (not readable), E102, E103, E104, E105 (flags).
    """
    return tuple(_equation(piece) for piece in _pieces(text, block, separator=None))


def _check_size(text: str, block: str) -> None:
    if not isinstance(text, str):
        raise EquationError(
            Code.SYNTAX, f"found {type(text).__name__} where a text of equations belongs", where=block, expected="a string"
        )
    if len(text) > MAX_TEXT:
        raise EquationError(Code.TOO_LARGE, f"the text has {len(text)} characters", where=block, expected=f"at most {MAX_TEXT}")


def _pieces(text: str, block: str, separator: str | None) -> list[_Piece]:
    """Lines without comments; a line goes on while a bracket is open or after a backslash."""
    _check_size(text, block)
    pieces: list[_Piece] = []
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
            pieces.extend(_split(_Piece(block, number, 0, code, code), separator))
    if waiting is not None:
        line_text = waiting[1]
        raise EquationError(
            Code.SYNTAX,
            "a bracket is opened and never closed" if "(" in line_text else "the last line ends in a backslash",
            span=Span(block, waiting[0], 0, len(line_text), line_text),
        )
    return pieces


def _split(line: _Piece, separator: str | None) -> list[_Piece]:
    indent = len(line.whole) - len(line.whole.lstrip())
    shown = _Piece(line.block, line.line, 0, line.text[indent:], line.whole[indent:])
    if separator is None:
        return [shown.part(0)]
    pieces, start = [], 0
    for part in shown.text.split(separator):
        if part.strip():
            pieces.append(shown.part(start, start + len(part)))
        start += len(part) + 1
    return pieces


def _equation(piece: _Piece) -> Equation:
    left, colon, _ = piece.text.rpartition(":")
    if not colon:
        raise EquationError(
            Code.SYNTAX,
            "the equation has no unit",
            span=piece.span(),
            expected="'equation : unit', with 1 for a plain number",
            hint=f"{piece.text} : 1",
        )
    flags, low, high, unit = _flags_and_unit(piece.part(len(left) + 1))
    if not unit.text:
        raise EquationError(Code.SYNTAX, "nothing stands after the colon", span=piece.span(len(left)), expected="a unit")
    body = piece.part(0, len(left))
    kind, name, value = _left_side(body)
    return Equation(kind, name, value, unit.text, flags, low, high, span=piece.span(), unit_span=unit.span())


def _left_side(body: _Piece) -> tuple[str, str, Expr | None]:
    if match := _ODE.match(body.text):
        return "ode", match[1], _expression(body.part(match.end()))
    if match := _NAMED.match(body.text):
        return "expression", match[1], _expression(body.part(match.end()))
    if match := _VARIABLE.match(body.text):
        return "variable", match[1], None
    hint = "write the derivative alone on the left: dx/dt = …" if "/dt" in body.text else None
    raise EquationError(
        Code.SYNTAX,
        f"{body.text!r} is not an equation",
        span=body.span(),
        expected="'dx/dt = …', 'x = …' or 'x'",
        hint=hint,
    )


def _flags_and_unit(piece: _Piece) -> tuple[frozenset[str], Expr | None, Expr | None, _Piece]:
    """Split ``mV (unless refractory, min=0)`` into flags, bounds and the unit."""
    match = _TRAILING_FLAGS.search(piece.text)
    if match is None or not piece.text[: match.start()].strip():
        return frozenset(), None, None, _unit_piece(piece)
    flags: set[str] = set()
    bounds: dict[str, Expr] = {}
    start = match.start(1)
    for part in _split_commas(match[1]):
        flag = piece.part(start, start + len(part))
        start += len(part) + 1
        bound = re.match(r"(min|max)\s*=", flag.text)
        if bound is not None:
            bounds[bound[1]] = _expression(flag.part(bound.end()))
        elif flag.text in _FLAGS:
            flags.add(flag.text)
        else:
            raise EquationError(
                Code.BAD_FLAG,
                f"{flag.text!r} is not a flag",
                span=flag.span(),
                expected=f"{one_of(_FLAGS)}, min=…, max=…",
                hint=nearest(flag.text, _FLAGS),
            )
    return frozenset(flags), bounds.get("min"), bounds.get("max"), _unit_piece(piece.part(0, match.start()))


def _split_commas(text: str) -> list[str]:
    """Split at commas outside brackets."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def _unit_piece(piece: _Piece) -> _Piece:
    if not _UNIT.match(piece.text):
        raise EquationError(Code.BAD_UNIT, f"{piece.text!r} is not a unit", span=piece.span(), expected="such as mV/ms or 1")
    return piece


def _expression(piece: _Piece) -> Expr:
    if not piece.text:
        raise EquationError(Code.SYNTAX, "an expression is missing", span=piece.span())
    try:
        tree = ast.parse(piece.text, mode="eval")
        node = _Converter(piece).convert(tree.body, depth=0)
    except SyntaxError as error:
        start = max(0, (error.offset or 1) - 1)
        raise EquationError(
            Code.SYNTAX, f"cannot be read as an expression ({error.msg})", span=piece.span(start, start + 1)
        ) from None
    except (RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, EquationError):
            raise
        raise EquationError(Code.TOO_LARGE, "the expression is too deep to be read", span=piece.span()) from None
    return node


class _Converter:
    """Turns accepted nodes of Python's tree into ours; everything else is refused at its place."""

    def __init__(self, piece: _Piece) -> None:
        self.piece = piece

    def span(self, node: ast.expr) -> Span:
        text = self.piece.text.encode()
        start = len(text[: node.col_offset].decode(errors="ignore"))
        end = len(text[: node.end_col_offset].decode(errors="ignore"))
        return self.piece.span(start, end)

    def convert(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise EquationError(
                Code.TOO_LARGE, "the expression is nested too deeply", span=self.piece.span(), expected=f"depth ≤ {MAX_DEPTH}"
            )
        span, deeper = self.span(node), depth + 1
        match node:
            case ast.Constant(value=bool()):
                raise self.refuse(node, "True and False")
            case ast.Constant(value=int() | float() as value):
                return Num(float(value), span=span)
            case ast.Name(id=name):
                if name.startswith("__"):
                    raise self.refuse(node, "names that start with two underscores")
                return Name(name, span=span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Unary("-", self.convert(operand, deeper), span=span)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.convert(operand, deeper)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Unary("not", self.convert(operand, deeper), span=span)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return Binary(_BINARY[type(op)], self.convert(left, deeper), self.convert(right, deeper), span=span)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(word, tuple(self.convert(v, deeper) for v in values), span=span)
            case ast.Compare():
                return self.comparison(node, deeper)
            case ast.Call():
                return self.call(node, deeper)
        raise self.refuse(node, _DESCRIPTIONS.get(type(node), f"'{type(node).__name__}'"))

    def comparison(self, node: ast.Compare, depth: int) -> Expr:
        operands = [self.convert(o, depth) for o in (node.left, *node.comparators)]
        parts: list[Expr] = []
        for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
            if type(op) not in _COMPARE:
                raise self.refuse(node, "'in' and 'is'")
            parts.append(Compare(_COMPARE[type(op)], left, right, span=self.span(node)))
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), span=self.span(node))

    def call(self, node: ast.Call, depth: int) -> Expr:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node, "calls of anything but the named functions")
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.refuse(node, "keyword and starred arguments")
        name, span = node.func.id, self.span(node)
        if name not in FUNCTIONS and (past := self.past(node, name, depth)) is not None:
            return past
        if name not in FUNCTIONS:
            raise EquationError(
                Code.UNKNOWN_FUNCTION,
                f"{name!r} is not a function of the language",
                span=self.span(node.func),
                expected=one_of(FUNCTIONS),
                hint=nearest(name, FUNCTIONS),
            )
        known = FUNCTIONS[name]
        if not known.min_args <= len(node.args) <= known.max_args:
            wanted = str(known.min_args) if known.min_args == known.max_args else f"{known.min_args} or more"
            raise EquationError(
                Code.WRONG_ARGUMENTS, f"{name} has {len(node.args)} arguments", span=span, expected=f"{wanted} arguments"
            )
        return Call(name, tuple(self.convert(a, depth) for a in node.args), span=span)

    def past(self, node: ast.Call, name: str, depth: int) -> Past | None:
        """``x(t)`` and ``x(t - delay)``; None if the call has another form."""
        if len(node.args) != 1:
            return None
        match node.args[0]:
            case ast.Name(id="t"):
                return Past(name, None, span=self.span(node))
            case ast.BinOp(left=ast.Name(id="t"), op=ast.Sub(), right=delay):
                return Past(name, self.convert(delay, depth), span=self.span(node))
        return None

    def refuse(self, node: ast.expr, what: str) -> EquationError:
        return EquationError(
            Code.FORBIDDEN_SYNTAX,
            f"{what} are not part of the language",
            span=self.span(node),
            expected="names, numbers, + - * / **, comparisons, and/or/not and the functions of the manual",
        )


_DESCRIPTIONS: dict[type[ast.expr], str] = {
    ast.Attribute: "attributes",
    ast.Subscript: "subscripts",
    ast.Lambda: "lambdas",
    ast.IfExp: "conditional expressions (use where(condition, a, b))",
    ast.ListComp: "comprehensions",
    ast.GeneratorExp: "comprehensions",
    ast.List: "lists",
    ast.Tuple: "tuples",
    ast.Dict: "dictionaries",
    ast.NamedExpr: "assignments inside expressions",
    ast.Constant: "texts",
    ast.JoinedStr: "texts",
    ast.BinOp: "operators other than + - * / **",
}
