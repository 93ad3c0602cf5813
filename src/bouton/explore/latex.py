"""Models as typeset mathematics: from the syntax tree to LaTeX.

What is written holds letters, digits and commands of this file only, and no ``<`` or ``>``: it may stand in a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bouton.equations.nodes import Binary, Call, Compare, Equation, Expr, Logic, Name, Num, Past, Statement, Unary
from bouton.equations.show import show
from bouton.model.blocks import DELIVERY, TRANSMIT, Block
from bouton.model.neuron import NeuronModel
from bouton.model.synapse import SynapseModel
from bouton.units import QUANTITY_TYPE, unit_factor

_SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
GREEK = tuple(f"{_SMALL} {_CAPITAL}".split())
_LETTERS = dict(zip("αβγδεζηθικλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ", GREEK, strict=True))
_LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₓₐₑ", "0123456789+-xae", strict=True))
_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_SIGNS = {"‖": r"\Vert ", "*": "^{*}", " ": r"\,", "/": "/"}
_WORDS = {"plus": "+", "minus": "-"}
_COMPARE = {"<": r"\lt", "<=": r"\le", ">": r"\gt", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_FUNCTIONS = {"exp": r"\exp", "log": r"\ln", "sin": r"\sin", "cos": r"\cos", "tanh": r"\tanh", "heaviside": r"\Theta"}
_FUNCTIONS |= dict.fromkeys(("min", "minimum"), r"\min") | dict.fromkeys(("max", "maximum"), r"\max")
_SUM, _PRODUCT, _POWER = 5, 6, 8


def symbol(text: str) -> str:
    """A symbol as the library writes it, such as ``τ₊``, ``A₂⁺`` or ``θ_LTD``, in LaTeX."""
    base, low, high, into = "", "", "", ""
    for char in text:
        if char in "_^":
            into = char
        elif char in _LOW or (into == "_" and char not in _HIGH):
            low += _LOW.get(char, _letter(char))
        elif char in _HIGH or into == "^":
            high += _HIGH.get(char, _letter(char))
        else:
            base += _letter(char)
    return base + _scripts(low, high)


def _letter(char: str) -> str:
    if char in _LETTERS:
        return rf"\{_LETTERS[char]} "
    return _SIGNS.get(char, char if char.isalnum() or char in "+-.,()|'" else "")


def _scripts(low: str, high: str) -> str:
    low = rf"\mathrm{{{low}}}" if len(low) > 1 and low.isalpha() else low
    return (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")


def name(text: str, symbols: Mapping[str, str] | None = None) -> str:
    """A name in LaTeX: by its symbol if it has one, else ``tau_plus`` as τ₊, ``r1`` as r₁ and ``v_post`` as a subscript."""
    if symbols and text in symbols:
        return symbol(symbols[text])
    for side in ("_pre", "_post"):
        if text.endswith(side) and text != side:
            return rf"{{{name(text.removesuffix(side), symbols)}}}^{{\mathrm{{{side[1:]}}}}}"
    base, *rest = [part for part in text.split("_") if part] or ["x"]
    if (digits := re.fullmatch(r"([^\W\d_]+)(\d+)", base)) is not None:
        base, rest = digits[1], [digits[2], *rest]
    low = [_WORDS.get(part, symbol(part) if len(part) == 1 or part in _LETTERS else _word(part)) for part in rest]
    return _word(base) + (f"_{{{','.join(low)}}}" if low else "")


def _word(text: str) -> str:
    if text in GREEK:
        return rf"\{text} "
    clean = "".join(_letter(char) for char in text)
    return clean if len(text) == 1 else rf"\mathrm{{{clean}}}"


def expression(node: Expr, symbols: Mapping[str, str] | None = None, outer: float = 0) -> str:
    """An expression in LaTeX, with no more brackets than needed."""

    def inner(each: Expr, level: float = 0) -> str:
        return expression(each, symbols, level)

    match node:
        case Num():
            return _number(node)
        case Name(id=text):
            return _name(text, symbols)
        case Past(name=text, delay=delay):
            return f"{name(text, symbols)}(t{'' if delay is None else f' - {inner(delay, _PRODUCT)}'})"
        case Unary(op="-", operand=operand):
            return _bracket(f"-{inner(operand, _PRODUCT)}", _SUM + 0.5, outer)
        case Unary(operand=operand):
            return _bracket(rf"\neg {inner(operand, _POWER)}", 3, outer)
        case Binary(op="/", left=Unary(op="-", operand=operand), right=right):
            return _bracket(f"-{inner(Binary('/', operand, right))}", _SUM + 0.5, outer)
        case Binary(op="/", left=left, right=right):
            return _bracket(rf"\frac{{{inner(left)}}}{{{inner(right)}}}", _POWER, outer)
        case Binary(op="**", left=left, right=right):
            return _bracket(f"{{{inner(left, _POWER + 1)}}}^{{{inner(right)}}}", _POWER, outer)
        case Binary(op="*", left=left, right=right):
            sign = r" \cdot " if isinstance(right, Num) else r"\,"
            return _bracket(f"{inner(left, _PRODUCT)}{sign}{inner(right, _PRODUCT + 0.5)}", _PRODUCT, outer)
        case Binary(op=op, left=left, right=right):
            return _bracket(f"{inner(left, _SUM)} {op} {inner(right, _SUM + 1)}", _SUM, outer)
        case Compare(op=op, left=left, right=right):
            return _bracket(rf"{inner(left, _SUM)} {_COMPARE[op]} {inner(right, _SUM)}", 4, outer)
        case Logic(op=op, operands=operands):
            level = 2 if op == "and" else 1
            return _bracket((r" \wedge " if op == "and" else r" \vee ").join(inner(o, level + 1) for o in operands), level, outer)
        case Call():
            return _call(node, symbols)
    raise AssertionError(f"no mathematics for {show(node)}")


def _call(node: Call, symbols: Mapping[str, str] | None) -> str:
    args = [expression(arg, symbols) for arg in node.args]
    match node.func:
        case "sqrt":
            return rf"\sqrt{{{args[0]}}}"
        case "abs":
            return rf"\left|{args[0]}\right|"
        case "floor":
            return rf"\left\lfloor {args[0]}\right\rfloor "
        case "where":
            return rf"\begin{{cases}}{args[1]} & {args[0]}\\{args[2]} & \text{{otherwise}}\end{{cases}}"
        case "clip":
            return rf"\left[{args[0]}\right]_{{{args[1]}}}^{{{args[2]}}}"
    function = _FUNCTIONS.get(node.func, rf"\operatorname{{{node.func}}}")
    return rf"{function}\left({', '.join(args)}\right)"


def _number(node: Num) -> str:
    text = show(node)
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


def _name(text: str, symbols: Mapping[str, str] | None) -> str:
    if text == "dt":
        return r"\mathrm{d}t"
    if not (symbols and text in symbols) and len(text) > 1 and unit_factor(text) is not None:
        return rf"\mathrm{{{text}}}"
    return name(text, symbols)


def _bracket(text: str, level: float, outer: float) -> str:
    return rf"\left({text}\right)" if level < outer else text


def equation(given: Equation, symbols: Mapping[str, str] | None = None) -> str:
    """An equation; of a variable its name alone, with bounds if it has some."""
    left = name(given.name, symbols)
    low, high = (None if bound is None else expression(bound, symbols) for bound in (given.low, given.high))
    bounds = ("" if low is None else rf"{low} \le ") + left + ("" if high is None else rf" \le {high}")
    if given.value is None:
        return bounds
    value = expression(given.value, symbols)
    shown = rf"\frac{{\mathrm{{d}}{left}}}{{\mathrm{{d}}t}} = {value}" if given.kind == "ode" else f"{left} = {value}"
    return shown + (rf", \quad {bounds}" if low is not None or high is not None else "")


def statement(given: Statement, symbols: Mapping[str, str] | None = None) -> str:
    """A statement, as an arrow to what the variable becomes."""
    left = rf"\text{{{given.target}}}" if given.target in {TRANSMIT, DELIVERY} else name(given.target, symbols)
    if given.op == "=":
        return rf"{left} \leftarrow {expression(given.value, symbols)}"
    op = given.op[0]
    if op in "+-":
        value = expression(given.value, symbols, _SUM + 1 if op == "-" else _SUM)
        return rf"{left} \leftarrow {left} {op} {value}"
    value = expression(given.value, symbols, _PRODUCT)
    return rf"{left} \leftarrow {left}\,{value}" if op == "*" else rf"{left} \leftarrow \frac{{{left}}}{{{value}}}"


def lines(model: SynapseModel | NeuronModel, symbols: Mapping[str, str] | None = None) -> list[tuple[str, list[str]]]:
    """A model by its parts: a heading, and formulas below it."""
    found = [("Equations", [equation(each, symbols) for each in model.equations])]
    if isinstance(model, SynapseModel):
        named = {"pre": "At a presynaptic spike", "post": "At a postsynaptic spike"}
        found += [(_heading(block, named) + _later(block, model), _statements(block, symbols)) for block in model.blocks]
    found += [(_heading(block, {}), _statements(block, symbols)) for block in model.every]
    return [(heading, formulas) for heading, formulas in found if formulas]


def _heading(block: Block, named: Mapping[str, str]) -> str:
    if block.trigger in named:
        return named[block.trigger]
    if block.event is not None:
        return f"At an event: {block.event}"
    return f"At multiples of {_shown(block.interval)}"


def _later(block: Block, model: SynapseModel) -> str:
    return f", {_shown(model.delays[block.name])} later" if block.name in model.delays else ""


def _shown(time: Any) -> str:
    return f"{time:~}" if isinstance(time, QUANTITY_TYPE) else str(time)


def _statements(block: Block, symbols: Mapping[str, str] | None) -> list[str]:
    """Without the delivery of what is transmitted, which is no statement of the text."""
    shown = [s for s in block.statements if not (s.target == DELIVERY and isinstance(s.value, Name) and s.value.id == TRANSMIT)]
    return [statement(each, symbols) for each in shown]
