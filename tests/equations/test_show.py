"""Tree to text and back: nothing is lost, and no bracket is needed that is not there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bouton.equations.nodes import Binary, Call, Compare, Equation, Expr, Logic, Name, Num, Past, Statement, Unary, walk
from bouton.equations.parse import parse_equations, parse_expression, parse_statements
from bouton.equations.show import show, show_equation, show_statement

NAMES = st.sampled_from(["v", "w_max", "E_L", "tau", "x_post", "lambda_", "I", "mV"])
NUMBERS = st.one_of(
    st.integers(0, 10**20).map(float),
    st.floats(0, 1e308, allow_nan=False, allow_infinity=False),
).map(Num)
LEAVES = st.one_of(NUMBERS, NAMES.map(Name), NAMES.map(lambda n: Past(n, None)))


def extend(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Every kind of node around what ``inner`` draws; dimensions and conditions do not matter to the printer."""
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "not"]), inner),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(Compare, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner),
        st.builds(Logic, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Past, NAMES, inner),
        st.builds(Call, st.just("clip"), st.tuples(inner, inner, inner)),
        st.builds(Call, st.sampled_from(["exp", "abs"]), st.tuples(inner)),
        st.builds(Call, st.sampled_from(["max", "minimum"]), st.lists(inner, min_size=2, max_size=4).map(tuple)),
        st.just(Call("rand", ())),
    )


EXPRESSIONS = st.recursive(LEAVES, extend, max_leaves=20)


def bracketed(node: Expr) -> str:
    """The expression with a bracket around everything: a second printer, too simple to be wrong."""
    match node:
        case Num(value=value):
            return repr(value)
        case Name(id=name):
            return name
        case Past(name=name, delay=None):
            return f"{name}( t )"
        case Past(name=name, delay=delay) if delay is not None:
            return f"{name}(t-({bracketed(delay)}))"
        case Unary(op=op, operand=operand):
            return f"({op} ({bracketed(operand)}))"
        case Binary(op=op, left=left, right=right) | Compare(op=op, left=left, right=right):
            return f"(({bracketed(left)}){op}({bracketed(right)}))"
        case Logic(op=op, operands=operands):
            return "(" + f" {op} ".join(f"({bracketed(o)})" for o in operands) + ")"
        case Call(func=func, args=args):
            return f"{func}({','.join(bracketed(x) for x in args)})"
    raise AssertionError(node)


@given(EXPRESSIONS)
@settings(max_examples=200)
def test_tree_to_text_to_tree(tree: Expr) -> None:
    text = show(tree)
    assert parse_expression(text, "x") == tree
    assert show(parse_expression(text, "x")) == text


@given(EXPRESSIONS)
@settings(max_examples=150)
def test_text_to_tree_to_text_to_tree(tree: Expr) -> None:
    text = bracketed(tree)
    read = parse_expression(text, "x")
    assert read == tree
    assert parse_expression(show(read), "x") == read


@given(EXPRESSIONS)
@settings(max_examples=100)
def test_the_text_under_a_span_is_that_part(tree: Expr) -> None:
    for node in walk(parse_expression(show(tree), "x")):
        assert node.span is not None
        assert parse_expression(node.span.text[node.span.start : node.span.end], "part") == node


@given(EXPRESSIONS, st.sampled_from(["=", "+=", "-=", "*=", "/="]))
@settings(max_examples=50)
def test_statements(value: Expr, op: str) -> None:
    statement = Statement("w", op, value)
    assert parse_statements(f"x = 1; {show_statement(statement)}\ny = 2", "s")[1] == statement


FLAGS = st.frozensets(st.sampled_from(["unless refractory", "constant", "shared", "event-driven", "summed", "linked"]))


@given(
    st.sampled_from(["ode", "expression", "variable"]),
    EXPRESSIONS,
    st.sampled_from(["1", "mV", "mV/ms", "nS*(mV/ms)", "ms**-1", "volt**0.5"]),
    FLAGS,
    st.none() | EXPRESSIONS,
    st.none() | EXPRESSIONS,
)
@settings(max_examples=100)
def test_equations(kind: str, value: Expr, unit: str, flags: frozenset[str], low: Expr | None, high: Expr | None) -> None:
    equation = Equation(kind, "x_1", None if kind == "variable" else value, unit, flags, low, high)
    assert parse_equations(f"a : 1\n{show_equation(equation)}  # end\n", "m")[1] == equation


def test_only_the_brackets_that_are_needed() -> None:
    for text in (
        "a - (b - c)",
        "(a + b) * c / d",
        "a / (b * c)",
        "-a**2 + (-a)**2",
        "a**-b",
        "(a**b)**c",
        "not a and (b or c)",
        "(a < b) == (c < d)",
        "x(t - (a + b)) + x(t - 2 * dt)",
        "a - -b",
        "1e+20 + 0.1",
    ):
        assert show(parse_expression(text, "x")) == text.replace("a**-b", "a**(-b)")


def test_negative_numbers_of_the_analysis_read_back() -> None:
    """The parser makes none, but algebra on trees does."""
    for tree in (Binary("**", Num(-2.0), Num(2.0)), Binary("-", Name("a"), Num(-1.0)), Unary("-", Num(-1.0))):
        text = show(tree)
        assert eval(text, {"a": 5.0}) == eval(bracketed(tree), {"a": 5.0}), text
