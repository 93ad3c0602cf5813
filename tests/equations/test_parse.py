"""Text to tree: what is read, where each part came from, and that nothing else is read."""

import contextlib
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bouton.equations.nodes import (
    Binary,
    Call,
    Compare,
    Equation,
    Expr,
    Logic,
    Name,
    Num,
    Past,
    Statement,
    Unary,
    walk,
)
from bouton.equations.parse import parse_equations, parse_expression, parse_statements
from bouton.errors import Code, EquationError, Span

a, b, c, t, dt = (Name(n) for n in ("a", "b", "c", "t", "dt"))


def at(span: Span | None) -> str:
    """The text that a span covers."""
    assert span is not None
    return span.text[span.start : span.end]


def refusal(parser: Callable[[str, str], Any], text: str) -> EquationError:
    with pytest.raises(EquationError) as caught:
        parser(text, "m block")
    return caught.value


# --- expressions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, tree",
    [
        ("1.5e-3", Num(1.5e-3)),
        ("-a**2", Unary("-", Binary("**", a, Num(2.0)))),
        ("a**-b", Binary("**", a, Unary("-", b))),
        ("a**b**c", Binary("**", a, Binary("**", b, c))),
        ("a - b - c", Binary("-", Binary("-", a, b), c)),
        ("a/b*c", Binary("*", Binary("/", a, b), c)),
        ("+a", a),
        ("a < b", Compare("<", a, b)),
        ("a < b <= c", Logic("and", (Compare("<", a, b), Compare("<=", b, c)))),
        ("not a and b or c", Logic("or", (Logic("and", (Unary("not", a), b)), c))),
        ("clip(a, 0, b)", Call("clip", (a, Num(0.0), b))),
        ("rand() < a", Compare("<", Call("rand", ()), a)),
        ("a(t)", Past("a", None)),
        ("a(t-dt)", Past("a", dt)),
        ("a(t - (b + c))", Past("a", Binary("+", b, c))),
        ("a(t - 2*b)", Past("a", Binary("*", Num(2.0), b))),
        ("exp(t - dt)", Call("exp", (Binary("-", t, dt),))),  # a function first: exp has no past
        ("a # the rest is a comment", a),
        (" a\n + b ", Binary("+", a, b)),
    ],
)
def test_an_expression_means(text: str, tree: Expr) -> None:
    assert parse_expression(text, "x") == tree


def test_spans_point_at_each_part() -> None:
    tree = parse_expression("  g*(E_e - v) + clip(w, 0, 1)", "m threshold")
    assert [at(node.span) for node in walk(tree)] == [
        *("g*(E_e - v) + clip(w, 0, 1)", "g*(E_e - v)", "g", "E_e - v", "E_e", "v"),
        *("clip(w, 0, 1)", "w", "0", "1"),
    ]
    assert tree.span is not None
    assert (tree.span.block, tree.span.line) == ("m threshold", 1)


def test_columns_count_characters_not_bytes() -> None:
    tree = parse_expression("τ_m*µ + x", "m")
    assert isinstance(tree, Binary)
    assert at(tree.right.span) == "x"
    assert Name("μ") in list(walk(tree))  # as Python reads the micro sign


def test_spans_take_no_part_in_comparison() -> None:
    one, other = parse_expression("a+b", "x"), parse_expression(" a  +  b", "y")
    assert one == other
    assert hash(one) == hash(other)
    assert one.span != other.span


# --- statements -------------------------------------------------------------------------------------------


def test_statements_are_separated_by_semicolons_and_lines() -> None:
    text = """
        w += A  # with a comment; not a statement
        x = clip(w,
                 0, 1); y -= x

        z *= 1 + \\
             2; u /= 3;
    """
    statements = parse_statements(text, "s on_pre")
    assert [(s.target, s.op) for s in statements] == [("w", "+="), ("x", "="), ("y", "-="), ("z", "*="), ("u", "/=")]
    assert [at(s.target_span) for s in statements] == ["w", "x", "y", "z", "u"]
    assert [at(s.span) for s in statements] == ["w += A", "x = clip(w, 0, 1)", "y -= x", "z *= 1 + 2", "u /= 3"]
    assert [at(s.value.span) for s in statements] == ["A", "clip(w, 0, 1)", "x", "1 + 2", "3"]
    assert [s.span.line for s in statements if s.span is not None] == [2, 3, 3, 6, 6]


def test_an_empty_block_has_no_statements() -> None:
    assert parse_statements("", "s") == parse_statements(" # nothing\n;\n", "s") == ()


def test_an_equal_sign_is_no_comparison() -> None:
    assert parse_statements("spiked = a == b", "s") == (Statement("spiked", "=", Compare("==", a, b)),)
    error = refusal(parse_statements, "a == b")
    assert (error.code, at(error.span)) == (Code.SYNTAX, "a == b")


# --- equations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, equation",
    [
        ("dv/dt = a : mV", Equation("ode", "v", a, "mV")),
        ("d_v_1 / dt=a:1/ms", Equation("ode", "_v_1", a, "1/ms")),
        ("ddt/dt = a : 1", Equation("ode", "dt", a, "1")),
        ("h = a < b : 1", Equation("expression", "h", Compare("<", a, b), "1")),
        ("dv = a : 1", Equation("expression", "dv", a, "1")),
        ("w : nS", Equation("variable", "w", None, "nS")),
        ("w : 1 (constant)  # with a comment: here", Equation("variable", "w", None, "1", frozenset({"constant"}))),
        ("w : 1 ( shared ,unless refractory )", Equation("variable", "w", None, "1", frozenset({"shared", "unless refractory"}))),
        ("w : 1 (min=0, max = b)", Equation("variable", "w", None, "1", low=Num(0.0), high=b)),
        (
            "w : 1 (max=clip(a, 0, (b + (c*a))), event-driven)",
            Equation(
                "variable",
                "w",
                None,
                "1",
                frozenset({"event-driven"}),
                high=Call("clip", (a, Num(0.0), Binary("+", b, Binary("*", c, a)))),
            ),
        ),
        ("w : mV/(ms*nA)", Equation("variable", "w", None, "mV/(ms*nA)")),
        ("w : (mV/ms)**(1/2) (linked)", Equation("variable", "w", None, "(mV/ms)**(1/2)", frozenset({"linked"}))),
        ("dv/dt = (a +\n   b) / \\\n c : mV", Equation("ode", "v", Binary("/", Binary("+", a, b), c), "mV")),
    ],
)
def test_an_equation_means(text: str, equation: Equation) -> None:
    assert parse_equations(text, "m") == (equation,)


def test_spans_of_equations() -> None:
    text = """
        dv/dt = (E_L - v)/tau : mV (unless refractory, min=V_r)   # a comment

        h = v : volt
    """
    first, second = parse_equations(text, "m equations")
    assert at(first.span) == "dv/dt = (E_L - v)/tau : mV (unless refractory, min=V_r)"
    assert at(first.unit_span) == "mV"
    assert first.value is not None
    assert at(first.value.span) == "(E_L - v)/tau"
    assert first.low is not None
    assert at(first.low.span) == "V_r"
    assert second.span is not None
    assert (second.span.line, at(second.unit_span)) == (4, "volt")


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parser, text, code, where",
    [
        (parse_expression, "a +", Code.SYNTAX, "+"),
        (parse_expression, "a + * b", Code.SYNTAX, "*"),
        (parse_expression, "a b_2", Code.SYNTAX, "b_2"),
        (parse_expression, "2 mV", Code.SYNTAX, "mV"),
        (parse_expression, "exp(a", Code.SYNTAX, "("),
        (parse_expression, "a)", Code.SYNTAX, ")"),
        (parse_expression, "a = b", Code.SYNTAX, "="),
        (parse_expression, "a ≤ b", Code.SYNTAX, "≤"),
        (parse_expression, "", Code.SYNTAX, ""),
        (parse_expression, "a\0", Code.SYNTAX, None),
        (parse_expression, "\ud800", Code.SYNTAX, None),
        (parse_expression, "expp(a)", Code.UNKNOWN_FUNCTION, "expp"),
        (parse_expression, "a + b(c)", Code.UNKNOWN_FUNCTION, "b"),
        (parse_expression, "b(t + dt)", Code.UNKNOWN_FUNCTION, "b"),
        (parse_expression, "a*exp(b, c)", Code.WRONG_ARGUMENTS, "exp(b, c)"),
        (parse_expression, "a*clip(b)", Code.WRONG_ARGUMENTS, "clip(b)"),
        (parse_expression, "a*1e999", Code.BAD_VALUE, "1e999"),
        (parse_expression, "a*" + "9" * 400, Code.BAD_VALUE, "9" * 400),
        (parse_statements, "w += 1; v == 2", Code.SYNTAX, "v == 2"),
        (parse_statements, "w += 1\nv = ", Code.SYNTAX, ""),
        (parse_statements, "w **= 2", Code.SYNTAX, "w **= 2"),
        (parse_statements, "w.x = 2", Code.SYNTAX, "w.x = 2"),
        (parse_statements, "w[0] = 2", Code.SYNTAX, "w[0] = 2"),
        (parse_statements, "import os", Code.SYNTAX, "import os"),
        (parse_statements, "x = y = 3", Code.SYNTAX, "="),
        (parse_statements, "w += 1; lambda = 2", Code.RESERVED_NAME, "lambda"),
        (parse_statements, "__w = 2", Code.RESERVED_NAME, "__w"),
        (parse_statements, "w = 1 + \\", Code.SYNTAX, "w = 1 +"),
        (parse_equations, "dv/dt = -v/tau", Code.SYNTAX, "dv/dt = -v/tau"),
        (parse_equations, "dv/dt = -v/tau :", Code.SYNTAX, ":"),
        (parse_equations, "tau*dv/dt = -v : mV", Code.SYNTAX, "tau*dv/dt = -v"),
        (parse_equations, "dv/dt = : mV", Code.SYNTAX, ""),
        (parse_equations, "v : [mV]", Code.BAD_UNIT, "[mV]"),
        (parse_equations, "dfor/dt = 1 : 1", Code.RESERVED_NAME, "for"),
        (parse_equations, "x : 1\nv : mV (constnt)", Code.BAD_FLAG, "constnt"),
        (parse_equations, "v : mV (constant, shared, constant)", Code.BAD_FLAG, "constant"),
        (parse_equations, "v : mV (min=0, min=1)", Code.BAD_FLAG, "min=1"),
        (parse_equations, "v : mV ()", Code.BAD_FLAG, ""),
        (parse_equations, "v : mV (min=)", Code.SYNTAX, ""),
        (parse_equations, "v : mV (min=a b)", Code.SYNTAX, "b"),
        (parse_equations, "dv/dt = (1 : mV\ndw/dt = 2 : mV", Code.SYNTAX, "("),
        (parse_equations, "v : mV (constant", Code.SYNTAX, "("),
    ],
)
def test_unreadable_text_is_refused_at_its_place(parser: Callable[[str, str], Any], text: str, code: Code, where: str) -> None:
    error = refusal(parser, text)
    assert error.code is code
    if where is not None:
        assert at(error.span) == where
    assert error.span is not None
    assert error.span.block == "m block"
    assert error.expected


@pytest.mark.parametrize(
    "text, hint", [("expp(a)", "exp"), ("Maximum(a, b)", "maximum"), ("a(t + dt)", "t - delay"), ("v : 1 (constnt)", "constant")]
)
def test_the_hint_is_the_nearest(text: str, hint: str) -> None:
    error = refusal(parse_equations if " : " in text else parse_expression, text)
    assert hint in (error.hint or "")


def test_an_error_shows_the_line_and_underlines_the_place() -> None:
    error = refusal(parse_statements, "x = 1\n   w = clip(w - a.b, 0, 1)")
    assert str(error) == (
        "E102: attributes are not part of the language\n"
        "  in m block, line 2\n"
        "    w = clip(w - a.b, 0, 1)\n"
        "                 ^^^\n"
        "  expected: names, numbers, + - * / **, comparisons, and/or/not and the functions of the manual"
    )


FORBIDDEN = [
    *("a.b", "a.__class__", "().__class__", "a.b(c)", "'{}'.format(a)"),
    *("a[0]", "a[b]", "a[:]", "[a][0]"),
    *("lambda: a", "(lambda: a)()", "a if b else c", "(a := 1)"),
    *("'a'", "b'a'", "f'{a}'", "f'{a.b}'", "True", "None", "...", "1j"),
    *("[a]", "(a, b)", "{a}", "{a: b}", "[a for a in b]", "(a for a in b)", "{a for a in b}", "{a: a for a in b}"),
    *("a // b", "a % b", "a @ b", "a << b", "a & b", "a | b", "a ^ b", "~a", "a in b", "a is b", "a not in b"),
    *("exp(x=a)", "exp(*a)", "exp(**a)", "clip(a, 0, high=1)", "a(b)(c)", "exp(a)(b)", "(await a)", "(yield a)"),
    *("__a", "__builtins__", "__a(t)", "__import__('os').system('ls')"),
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_nothing_but_the_language_is_read(text: str) -> None:
    error = refusal(parse_expression, f"c*({text})")
    assert error.code in {Code.FORBIDDEN_SYNTAX, Code.UNKNOWN_FUNCTION}
    assert text.startswith("__") or error.code is Code.FORBIDDEN_SYNTAX
    assert error.span is not None
    assert 2 < error.span.start < error.span.end <= len(error.span.text)  # points into the forbidden part
    assert error.expected


@pytest.mark.parametrize("text", ["a.b", "a[0]", "__a", "f'{a}'", "{a}", "exp(x=a)", "a if b else c"])
@pytest.mark.parametrize(
    "parser, form",
    [
        (parse_equations, "dx/dt = {} : 1"),
        (parse_equations, "x = {} : 1"),
        (parse_equations, "x : 1 (min={})"),
        (parse_equations, "x : 1 (shared, max=({}))"),
        (parse_statements, "y = 1; x += ({})"),
    ],
)
def test_in_no_place_of_a_text(parser: Callable[[str, str], Any], form: str, text: str) -> None:
    assert refusal(parser, form.format(text)).code is Code.FORBIDDEN_SYNTAX


@pytest.mark.parametrize(
    "text",
    [
        *("-" * 70 + "a", "-" * 19_000 + "a", "not " * 4_000 + "a", "a+" * 9_000 + "a", "a" + "**a" * 6_000),
        *("(" * 300 + "a" + ")" * 300, "exp(" * 300 + "a" + ")" * 300, "(" * 9_000 + ")" * 9_000, "a" * 20_001),
    ],
    ids=lambda text: f"{text[:8]}… of {len(text)}",
)
def test_huge_texts_are_refused_and_not_choked_on(text: str) -> None:
    error = refusal(parse_expression, text)
    assert error.code in {Code.TOO_LARGE, Code.SYNTAX}  # Python's own parser gives up on some
    assert error.code is Code.TOO_LARGE or "(" in text


@pytest.mark.parametrize("parser", [parse_expression, parse_statements, parse_equations])
@pytest.mark.parametrize("text", [3, None, b"a = 1", ["a = 1"]])
def test_a_text_is_a_text(parser: Callable[[Any, str], Any], text: object) -> None:
    error = refusal(parser, text)  # type: ignore[arg-type]
    assert error.code is Code.SYNTAX
    assert error.where == "m block"


ALPHABET = "abdtvw_019.()[]{}'\"\\:;=+-*/%@!<>&|^~, \n#µ\0"


@given(st.text(ALPHABET, max_size=30), st.sampled_from([parse_expression, parse_statements, parse_equations]))
@example("a = '", parse_statements)
@example("d:(", parse_equations)
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str, parser: Callable[[str, str], Any]) -> None:
    with warnings.catch_warnings(), contextlib.suppress(EquationError):
        warnings.simplefilter("ignore")  # Python warns of the likes of "0and a"
        parser(text, "fuzz")
