"""The pages of error codes: what a code means, and examples with the messages that they give."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bouton.errors import BoutonError, Code
from manual.texts import block, heading, indented, inline

FAMILIES = {
    "E1": "The text of equations",
    "E2": "Names",
    "E3": "Units",
    "E4": "Networks and data",
    "E5": "Analysis and plan",
    "E6": "Running",
}
MEANINGS = {
    Code.SYNTAX: "A text of equations or statements cannot be read.",
    Code.FORBIDDEN_SYNTAX: "This is Python, but no part of the language.",
    Code.UNKNOWN_FUNCTION: "There is no function of that name.",
    Code.WRONG_ARGUMENTS: "A function is called with the wrong number or kind of arguments.",
    Code.BAD_FLAG: "A flag, in brackets behind an equation, is unknown or does not belong there.",
    Code.TOO_LARGE: "A text or an expression is larger than anything sensible.",
    Code.UNDEFINED_NAME: "A name in a text is not defined anywhere.",
    Code.DUPLICATE_NAME: "One name is given to two things.",
    Code.NOT_ASSIGNABLE: "A statement writes to something that cannot be written there.",
    Code.RESERVED_NAME: "The name has a meaning already.",
    Code.CIRCULAR: "Sub-expressions are defined by one another.",
    Code.UNKNOWN_VARIABLE: "You asked for a variable, parameter, option or model that does not exist.",
    Code.DIMENSION: "Dimensions do not agree.",
    Code.BAD_UNIT: "This is not a unit.",
    Code.NOT_BOOLEAN: "A condition stands where a number belongs, or a number where a condition belongs.",
    Code.BAD_VALUE: "A value is of the wrong kind or outside its range.",
    Code.BAD_SPIKE_TIMES: "Spike times are negative, not finite, not in order, or beyond the last step.",
    Code.OFF_GRID: "A time is not a multiple of the time step.",
    Code.BAD_DELAY: "A delay, an interval or a refractory period is negative, too long, or does not fit the order of a step.",
    Code.BAD_INDEX: "An index points to nothing, or is no index.",
    Code.EMPTY: "Something has no elements.",
    Code.BAD_SHAPE: "The number of values does not fit the number of elements.",
    Code.MISSING_VALUE: "Something that the model needs has not been given.",
    Code.NOT_IN_NETWORK: "An object is not part of this network or simulation.",
    Code.UNKNOWN_SCHEME: "There is no integration scheme of that name.",
    Code.NEEDS_SCHEME: "The equations have no exact solution here: name a scheme.",
    Code.TWO_WRITERS: "Two things would write to one variable.",
    Code.BAD_STEP_ORDER: "The order of a time step cannot be carried out.",
    Code.FLAG_DISPROVED: "You claim something of an equation that is not so.",
    Code.UNSUPPORTED: "This is well defined, but bouton cannot do it.",
    Code.DOES_NOT_COMPOSE: "These rules cannot share one synapse.",
    Code.BAD_TIME: "A time step, an interval or a duration is not usable.",
    Code.NOT_FINITE: "A value has become infinite or NaN.",
    Code.BAD_RECORDER: "This cannot be recorded in that way.",
    Code.NO_SUCH_EXPERIMENT: "There is no experiment of that name.",
    Code.NO_ROOM: "The simulation does not fit into the memory of this machine.",
    Code.OTHER_MOMENT: "This is not a moment of this simulation.",
}
SETTINGS = {"CODE", "AT", "HINT"}
"""What an example says to its test."""


@dataclass(frozen=True)
class Example:
    """Something wrong: what it is in a few words, the program, and the message."""

    title: str
    program: str
    message: str


def page(code: Code, examples: list[Example]) -> str:
    """The page of a code."""
    return "\n\n".join(_page(code, examples)) + "\n"


def _page(code: Code, examples: list[Example]) -> Iterator[str]:
    yield heading(f"{code.value} {code.name.lower().replace('_', ' ')}", "=")
    yield inline(MEANINGS[code])
    yield inline(f"In programs it is ``bouton.errors.Code.{code.name}``, the ``code`` of the exception.")
    if not examples:
        yield "It takes a run, a command or a machine to provoke, so that no example stands here."
    for example in examples:
        yield f".. rubric:: {inline(example.title)}"
        yield block(example.program, "python")
        yield block(example.message)


def index(codes: dict[Code, list[Example]]) -> str:
    """The list of all codes by family."""
    parts = [
        heading("Errors by code", "="),
        "A refusal says where it is, what was found, what was expected and, where there is something to try, what to try. Its "
        "code never changes its meaning. Each page shows programs that are refused, with the message as it is printed; the "
        "same programs are tests.",
    ]
    for family, title in FAMILIES.items():
        parts.append(heading(title, "-"))
        members = [code for code in codes if code.value.startswith(family)]
        parts.append("\n".join(f"* :doc:`{code.value} <{code.value}>` {inline(MEANINGS[code])}" for code in members))
    parts.append(".. toctree::\n   :hidden:\n\n" + indented("\n".join(code.value for code in codes)))
    return "\n\n".join(parts) + "\n"


def examples(folder: Path) -> dict[Code, list[Example]]:
    """The examples of every code, in the files of a folder."""
    found: dict[Code, list[Example]] = {code: [] for code in Code}
    for path in sorted(folder.glob("e*.py")):
        code, example = read_example(path)
        found[code].append(example)
    return found


def read_example(path: Path) -> tuple[Code, Example]:
    """An example and its code. Raises AssertionError if nothing refuses it."""
    spec = importlib.util.spec_from_file_location(f"refused_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        module.build()
    except BoutonError as error:
        return error.code, Example(inspect.cleandoc(module.__doc__ or ""), program(path.read_text("utf-8")), error.render())
    raise AssertionError(f"{path.name} is not refused")


def program(text: str) -> str:
    """What an example does, as one would write it: without its docstring, its expectations and the function around it."""
    lines = text.splitlines()
    imports, parts = [], []
    for node in ast.parse(text).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        source = "\n".join(lines[first - 1 : node.end_lineno])
        match node:
            case ast.Import() | ast.ImportFrom():
                imports.append(source)
            case ast.Expr(value=ast.Constant()):  # its docstring
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) if name in SETTINGS:
                pass
            case ast.FunctionDef(name="build"):
                parts.append(inspect.cleandoc("\n" + "\n".join(lines[node.body[0].lineno - 1 : node.end_lineno])))
            case _:
                parts.append(source)
    return "\n\n".join(["\n".join(imports), *parts])
