"""From the syntax tree to mathematics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouton.equations.parse import parse_equations, parse_expression, parse_statements
from bouton.explore import latex
from bouton.library import rules
from bouton.library.neurons import files as neuron_files
from bouton.library.neurons import find as find_neuron

SYMBOLS = {"tau_plus": "τ₊", "A2_plus": "A₂⁺", "theta_LTD": "θ_LTD"}


@pytest.mark.parametrize(
    "text, meant",
    [
        ("-x/tau_plus", r"-\frac{x}{\tau _{+}}"),
        ("(a - b)*c", r"\left(a - b\right)\,c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a - b - c", "a - b - c"),
        ("2*3", r"2 \cdot 3"),
        ("(-a)**2", r"{\left(-a\right)}^{2}"),
        ("-a**2", "-{a}^{2}"),
        ("(a/b)**2", r"{\left(\frac{a}{b}\right)}^{2}"),
        ("a*(-b)", r"a\,\left(-b\right)"),
        ("v_post > theta_LTD and not u < 3", r"{v}^{\mathrm{post}} \gt \theta _{\mathrm{LTD}} \wedge \neg \left(u \lt 3\right)"),
        ("x(t - dt)", r"x(t - \mathrm{d}t)"),
        ("where(a > 0, 1, b)", r"\begin{cases}1 & a \gt 0\\b & \text{otherwise}\end{cases}"),
        ("exp(-dt/tau_plus)", r"\exp\left(-\frac{\mathrm{d}t}{\tau _{+}}\right)"),
        ("clip(w, 0, 1)", r"\left[w\right]_{0}^{1}"),
        ("abs(x) + sqrt(y)", r"\left|x\right| + \sqrt{y}"),
        ("1e-20*mV", r"1 \cdot 10^{-20}\,\mathrm{mV}"),
        ("A2_plus*r1", r"A_{2}^{+}\,r_{1}"),
        ("min(a, b, c)", r"\min\left(a, b, c\right)"),
    ],
)
def test_expressions(text: str, meant: str) -> None:
    assert latex.expression(parse_expression(text, "test"), SYMBOLS) == meant


def test_statements() -> None:
    found = [latex.statement(s) for s in parse_statements("w -= a - b; w *= a + b; w /= c; transmit = w; x += 1", "test")]
    assert found == [
        r"w \leftarrow w - \left(a - b\right)",
        r"w \leftarrow w\,\left(a + b\right)",
        r"w \leftarrow \frac{w}{c}",
        r"\text{transmit} \leftarrow w",
        r"x \leftarrow x + 1",
    ]


def test_equations_with_bounds() -> None:
    found = [latex.equation(e) for e in parse_equations("w : 1 (min=0, max=w_max)\ndx/dt = -x/tau : 1\nh = w*x : 1", "test")]
    assert found == [
        r"0 \le w \le w_{\mathrm{max}}",
        r"\frac{\mathrm{d}x}{\mathrm{d}t} = -\frac{x}{\tau }",
        r"h = w\,x",
    ]


@pytest.mark.parametrize("file", rules.files())
def test_every_rule_can_be_typeset(file: str) -> None:
    rule = rules.find(file)
    model = rule(**rule.trial)
    for heading, formulas in latex.lines(model, {name: p.symbol for name, p in rule.parameters.items()}):
        assert heading
        for formula in formulas:
            check(formula)
    assert latex.lines(model)[0][0] == "Equations"


def test_every_neuron_can_be_typeset() -> None:
    for file in neuron_files():
        for _, formulas in latex.lines(find_neuron(file)()):
            for formula in formulas:
                check(formula)


def test_delays_and_intervals_are_said() -> None:
    headings = [heading for heading, _ in latex.lines(rules.named("GraupnerBrunel")())]
    assert "At a presynaptic spike, D later" in headings


@given(st.text(min_size=1, max_size=12))
def test_a_name_is_never_more_than_a_name(text: str) -> None:
    """Whatever a name is, nothing of it is a tag of a page, an end of mathematics or a command that is not ours."""
    for made in (latex.symbol(text), latex.name(text)):
        assert not set(made) & set('<>$&#%~"`')
        check(made)


def check(formula: str) -> None:
    """Braces close in their order, and each ``\\left`` has its ``\\right``."""
    depth = 0
    for char in formula:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right") - formula.count(r"\rightarrow")
    assert "<" not in formula
