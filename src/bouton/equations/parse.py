"""Text to syntax tree.

Python's own parser reads each expression; this module then accepts a white list of its nodes and
refuses all else, so that nothing written in an equation can reach attributes, indices or calls beyond
the functions of the language. Text is never evaluated.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
import unicodedata

from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Call, Compare, Equation, Expr, Logic, Name, Num, Past, Statement, Unary
from bouton.equations.pieces import Piece, check_size, pieces_of
from bouton.errors import Code, EquationError, Span, nearest, one_of

MAX_DEPTH = 60

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_FLAGS = frozenset({"unless refractory", "constant", "shared", "event-driven", "summed", "linked"})
_FLAGS_OTHERWISE = {
    "scalar": "shared",
    "clock-driven": "without it: how a variable is advanced is found out",
    "constant over dt": "a variable that a block every=(bt.dt, …) sets",
}
_OTHERWISE = {"int": "where(condition, 1, 0), or floor(x)", "ceil": "-floor(-x)", "log10": "log(x)/log(10)"}
_ODE = re.compile(r"\s*d([A-Za-z_]\w*)\s*/\s*dt\s*=(?!=)")
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)")
_VARIABLE = re.compile(r"\s*([A-Za-z_]\w*)\s*$")
_STATEMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*(\+=|-=|\*=|/=|=(?!=))")
_UNIT = re.compile(r"[\w\s*/.()+-]*$")


def parse_expression(text: str, block: str) -> Expr:
    """The expression in ``text``; ``block`` names its origin in messages.

    Raises EquationError: E101 (not readable), E102 (not part of the language), E103, E104 (functions).
    """
    check_size(text, block)
    flat = " ".join(text.split())
    return _expression(Piece(block, 1, 0, flat, flat))


def parse_statements(text: str, block: str) -> tuple[Statement, ...]:
    """The statements of an event block, separated by ``;`` or lines. Raises EquationError."""
    statements = []
    for piece in pieces_of(text, block, separator=";"):
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
        statements.append(Statement(_written(match[1], target), match[2], value, span=piece.span(), target_span=target))
    return tuple(statements)


def parse_equations(text: str, block: str) -> tuple[Equation, ...]:
    """The equations in ``text``, one a line: ``dx/dt = … : unit (flags)``, ``h = … : unit``, ``w : unit``.

    Raises EquationError: E101 (not readable), E102, E103, E104, E105 (flags).
    """
    return tuple(_equation(piece) for piece in pieces_of(text, block, separator=None))


def _equation(piece: Piece) -> Equation:
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


def _left_side(body: Piece) -> tuple[str, str, Expr | None]:
    for kind, pattern in (("ode", _ODE), ("expression", _NAMED), ("variable", _VARIABLE)):
        if match := pattern.match(body.text):
            name = _written(match[1], body.span(match.start(1), match.end(1)))
            return kind, name, None if kind == "variable" else _expression(body.part(match.end()))
    hint = "write the derivative alone on the left: dx/dt = …" if "/dt" in body.text else None
    raise EquationError(
        Code.SYNTAX,
        f"{body.text!r} is not an equation",
        span=body.span(),
        expected="'dx/dt = …', 'x = …' or 'x'",
        hint=hint,
    )


def _written(name: str, span: Span) -> str:
    """A name on a left side, if one may be called so. Python reads µ (U+00B5) as μ (U+03BC), and so do we."""
    if keyword.iskeyword(name) or name.startswith("__"):
        raise EquationError(
            Code.RESERVED_NAME,
            f"{name!r} is {'a word of Python' if keyword.iskeyword(name) else 'a name with two underscores in front'}",
            span=span,
            expected="another name",
            hint=f"{name}_" if keyword.iskeyword(name) else name.lstrip("_") or None,
        )
    return unicodedata.normalize("NFKC", name)


def _flags_and_unit(piece: Piece) -> tuple[frozenset[str], Expr | None, Expr | None, Piece]:
    """Split ``mV (unless refractory, min=0)`` into flags, bounds and the unit."""
    begin = _last_bracket(piece.text)
    if begin is None:
        return frozenset(), None, None, _unit_piece(piece)
    flags: set[str] = set()
    bounds: dict[str, Expr] = {}
    start = begin + 1
    for part in _split_commas(piece.text[start:-1]):
        flag = piece.part(start, start + len(part))
        start += len(part) + 1
        bound = re.match(r"(min|max)\s*=", flag.text)
        if flag.text in flags or (bound is not None and bound[1] in bounds):
            raise EquationError(Code.BAD_FLAG, f"{flag.text!r} is the second of its kind", span=flag.span(), expected="each once")
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
                hint=_FLAGS_OTHERWISE.get(flag.text) or nearest(flag.text, _FLAGS),
            )
    return frozenset(flags), bounds.get("min"), bounds.get("max"), _unit_piece(piece.part(0, begin))


def _last_bracket(text: str) -> int | None:
    """Where the bracket with the flags opens; None if there is none, or if it belongs to the unit: ``mV/(ms*nA)``."""
    if not text.endswith(")"):
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            before = text[:place].rstrip()
            return None if not before or before[-1] in "*/(" else place
    return None


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


def _unit_piece(piece: Piece) -> Piece:
    if not _UNIT.match(piece.text):
        raise EquationError(Code.BAD_UNIT, f"{piece.text!r} is not a unit", span=piece.span(), expected="such as mV/ms or 1")
    return piece


def _expression(piece: Piece) -> Expr:
    if not piece.text:
        raise EquationError(Code.SYNTAX, "an expression is missing", span=piece.span(), expected="one, as in (E_L - v)/tau")
    try:
        tree = ast.parse(piece.text, mode="eval")
        node = _Converter(piece).convert(tree.body, depth=0)
    except SyntaxError as error:
        raise _unreadable(error, piece) from None
    except UnicodeError:
        raise EquationError(
            Code.SYNTAX, "the text holds something that is no character", span=piece.span(), expected="Unicode text"
        ) from None
    except (RecursionError, MemoryError):
        raise EquationError(
            Code.TOO_LARGE, "the expression is too deep to be read", span=piece.span(), expected=f"depth ≤ {MAX_DEPTH}"
        ) from None
    return node


def _unreadable(error: SyntaxError, piece: Piece) -> EquationError:
    """What Python's parser said, at its place; it names no place when the text ends too early."""
    if not error.offset:
        last = re.search(r"\S+$", piece.text)
        start, stop, reason = 0 if last is None else last.start(), len(piece.text), "it ends too early"
    else:
        start, reason = error.offset - 1, error.msg
        stop = max(start + 1, (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else 0)
    return EquationError(
        Code.SYNTAX,
        f"{piece.text[:60]!r} cannot be read as an expression: {reason}",
        span=piece.span(start, min(stop, len(piece.text))),
        expected="an expression, as in (E_L - v)/tau",
    )


class _Converter:
    """Turns accepted nodes of Python's tree into ours; everything else is refused at its place."""

    def __init__(self, piece: Piece) -> None:
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
                return self.number(node, value)
            case ast.Constant(value=value):
                raise self.refuse(node, "texts" if isinstance(value, (str, bytes)) else f"{value!r} and its like")
            case ast.Name(id=name):
                return Name(self.checked(node, name), span=span)
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

    def number(self, node: ast.Constant, value: float) -> Num:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise EquationError(
                Code.BAD_VALUE, "the number is too large", span=self.span(node), expected="a number below 1.8e308"
            )
        return Num(number, span=self.span(node))

    def checked(self, node: ast.expr, name: str) -> str:
        if name.startswith("__"):
            raise self.refuse(node, "names that start with two underscores")
        return name

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
                expected=f"{one_of(FUNCTIONS)}; or a past value, x(t - delay)",
                hint=_OTHERWISE.get(name) or nearest(name, FUNCTIONS) or self.past_hint(node, name),
            )
        known = FUNCTIONS[name]
        if not known.min_args <= len(node.args) <= known.max_args:
            exact = known.min_args == known.max_args
            wanted = str(known.min_args) if exact else f"{known.min_args} to {known.max_args}"
            raise EquationError(
                Code.WRONG_ARGUMENTS,
                f"{name!r} is given {len(node.args)} argument{'s' * (len(node.args) != 1)}",
                span=span,
                expected=f"{wanted} argument{'s' * (wanted != '1')}",
            )
        return Call(name, tuple(self.convert(a, depth) for a in node.args), span=span)

    def past(self, node: ast.Call, name: str, depth: int) -> Past | None:
        """``x(t)`` and ``x(t - delay)``; None if the call has another form."""
        if len(node.args) != 1 or name.startswith("__"):
            return None
        match node.args[0]:
            case ast.Name(id="t"):
                return Past(name, None, span=self.span(node))
            case ast.BinOp(left=ast.Name(id="t"), op=ast.Sub(), right=delay):
                return Past(name, self.convert(delay, depth), span=self.span(node))
        return None

    def past_hint(self, node: ast.Call, name: str) -> str | None:
        """Someone means a past value, but wrote it otherwise."""
        mentions_t = any(isinstance(inner, ast.Name) and inner.id == "t" for inner in ast.walk(node))
        return f"{name}(t - delay), with the delay in brackets if it is a sum" if mentions_t else None

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
    ast.SetComp: "comprehensions",
    ast.DictComp: "comprehensions",
    ast.Dict: "dictionaries",
    ast.Set: "sets",
    ast.Starred: "starred expressions",
    ast.Await: "'await' and its like",
    ast.Yield: "'yield' and its like",
    ast.YieldFrom: "'yield' and its like",
    ast.UnaryOp: "operators other than + - * / **",
    ast.NamedExpr: "assignments inside expressions",
    ast.JoinedStr: "texts",
    ast.BinOp: "operators other than + - * / **",
}
