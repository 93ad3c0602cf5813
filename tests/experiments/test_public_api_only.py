"""Experiments are descriptions: they import what users import, and loop over no time steps. Read off their syntax trees.

What counts as a loop over time: any ``while``; a ``for`` (or a comprehension) that runs a simulation, counts through a
range or a grid of numbers, or writes to elements by number; state carried on by ``nonlocal``, ``global`` or a ``:=`` in a
loop; and the calls that hide such a loop. Loops over a few named things (parameter sets, variables to record, checks) are
none. The two that look like one stand in `ALLOWED`, with the reason.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bouton as bt

FOLDER = Path(bt.__file__).parent / "experiments"
FILES = sorted(FOLDER.glob("*.py"))
MACHINERY = {"__init__.py", "base.py", "references.py"}  # these find and compare; they describe no experiment

ALLOWED = {
    ("stdp_window.py", "pairing_by_pairing"): "over pairings, each a whole run with other spikes: what the original does",
    ("short_term_plasticity.py", "closed_form"): "over nine spikes, in NumPy: the closed form that the simulation is held to",
}

LIBRARIES = {*sys.stdlib_module_names, "numpy", "matplotlib", "xarray"}
OWN = ("bouton.units", "bouton.plots", "bouton.experiments", "bouton.errors")
INTERNAL_ATTRIBUTES = {"facts", "plan", "state", "program", "memory"}  # of a Simulation: to look at, not to build upon
GRIDS = {"range", "arange", "linspace", "nditer", "ndenumerate", "ndindex"}
HIDDEN_LOOPS = {"accumulate", "reduce", "vectorize", "frompyfunc", "lfilter", "odeint", "solve_ivp", "apply_along_axis"}
EVASIONS = {"exec", "eval", "compile", "__import__", "import_module", "getattr", "globals"}
LOOPS = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def faults(source: str, file: str = "planted.py") -> list[str]:
    """What an experiment may not contain, with the line of each."""
    tree = ast.parse(source)
    found = [*import_faults(tree), *attribute_faults(tree)]
    if file not in MACHINERY:
        found += [f"line {n.lineno}: {name_of(n.func)}()" for n in calls(tree) if name_of(n.func) in EVASIONS]
    found += loop_faults(tree, file)
    return found


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(function: ast.AST) -> str:
    """``f`` of ``f(…)`` and of ``module.f(…)``."""
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def import_faults(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "bouton":
            names = [f"bouton.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        else:
            continue
        for name in names:
            public = name == "bouton" or name in OWN or name.startswith(tuple(f"{own}." for own in OWN))
            exported = name.removeprefix("bouton.") in bt.__all__
            if not (public or exported or name.partition(".")[0] in LIBRARIES):
                yield f"line {node.lineno}: imports {name}"


def attribute_faults(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        of_bouton = isinstance(node.value, ast.Name) and node.value.id in {"bt", "bouton"}
        private = node.attr.startswith("_") and not node.attr.startswith("__")
        if private or node.attr in INTERNAL_ATTRIBUTES or (of_bouton and node.attr not in bt.__all__):
            yield f"line {node.lineno}: uses .{node.attr}"


def loop_faults(tree: ast.Module, file: str) -> Iterator[str]:
    for function, node in within_functions(tree):
        if (file, function) in ALLOWED:
            continue
        if isinstance(node, (ast.While, ast.Nonlocal, ast.Global)):
            yield f"line {node.lineno}: {type(node).__name__.lower()}"
        elif isinstance(node, ast.Call) and name_of(node.func) in HIDDEN_LOOPS:
            yield f"line {node.lineno}: {name_of(node.func)}()"
        elif isinstance(node, LOOPS) and (why := over_time(node)):
            yield f"line {node.lineno}: a loop that {why}"


def within_functions(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """All nodes, each with the outermost function around it."""
    for node in ast.iter_child_nodes(tree):
        inside = function or (node.name if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else "")
        yield inside, node
        yield from within_functions(node, inside)


def over_time(loop: ast.AST) -> str:
    """Why a loop counts as one over time; empty if it does not."""
    statement = isinstance(loop, (ast.For, ast.AsyncFor))
    heads = [loop.iter] if statement else [part.iter for part in loop.generators]  # type: ignore[attr-defined]
    if any(isinstance(call.func, ast.Attribute) and call.func.attr == "run" for call in calls(loop)):
        return "runs a simulation"
    for head in heads:
        if any(name_of(call.func) in GRIDS for call in calls(head)) and not (few(head) or (not statement and counted(head))):
            return "counts through numbers"
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(loop)):
        return "carries a value on"
    if all(named(head) for head in heads):
        return ""
    for node in ast.walk(loop):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        if any(isinstance(target, ast.Subscript) and not is_text(target.slice) for target in targets):
            return "writes to elements"
    return ""


def counted(head: ast.AST) -> bool:
    """``range(len(things))``: harmless in a comprehension, which carries nothing from one turn to the next."""
    return isinstance(head, ast.Call) and name_of(head.func) == "range" and any(name_of(c.func) == "len" for c in calls(head))


def few(head: ast.AST) -> bool:
    """``range(10)``, or ``range(array.shape[1])``: a few columns, as for the labels of a figure."""
    if not (isinstance(head, ast.Call) and name_of(head.func) == "range" and len(head.args) == 1):
        return False
    match head.args[0]:
        case ast.Constant(value=int(n)):
            return n <= 10
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=1)):
            return True
    return False


def named(head: ast.AST) -> bool:
    """Things written out, or those of a dictionary."""
    written = isinstance(head, (ast.Tuple, ast.List, ast.Set, ast.Dict))
    return written or (isinstance(head, ast.Call) and name_of(head.func) in {"items", "keys", "values"})


def is_text(node: ast.AST) -> bool:
    """A key that is a text, as of a dictionary of arrays."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_experiments_use_the_public_interface_and_loop_over_no_time(path: Path) -> None:
    assert faults(path.read_text("utf-8"), path.name) == []


def test_every_exception_is_needed() -> None:
    for file, function in ALLOWED:
        tree = ast.parse((FOLDER / file).read_text("utf-8"))
        assert list(loop_faults(tree, "without exceptions")), f"{file} {function} needs no exception any more"


@pytest.mark.parametrize(
    "planted, reason",
    [
        ("import numba", "imports numba"),
        ("from numba import njit", "imports numba"),
        ("import scipy.signal", "imports scipy.signal"),
        ("from bouton.runtime.simulation import Simulation", "imports bouton.runtime.simulation"),
        ("from bouton import kernels", "imports bouton.kernels"),
        ("from ..plan import nodes", "imports ..plan"),
        ("bt.runtime.simulation.Simulation", "uses .runtime"),
        ("sim.state.memory.view(k)", "uses .state"),
        ("sim._recorders", "uses ._recorders"),
        ("__import__('numba')", "__import__()"),
        ("while t < T: t += dt", "while"),
        ("def f():\n    for k in range(1000):\n        v = v + k", "counts through numbers"),
        ("for k, t in enumerate(np.arange(0, T, dt)):\n    v = v + t", "counts through numbers"),
        ("xs = [step(x) for t in np.linspace(0, 1, 1000)]", "counts through numbers"),
        ("for t in times:\n    sim.run(dt)", "runs a simulation"),
        ("[sim.run(dt) for _ in times]", "runs a simulation"),
        ("for t in times:\n    v[t + 1] = v[t] + dt", "writes to elements"),
        ("for t in times:\n    v[t] += dt", "writes to elements"),
        ("np.vectorize(step)(times)", "vectorize()"),
        ("xs = [x := x + t for t in times]", "carries a value on"),
        ("def step():\n    global x\n    x = x + 1", "global"),
        ("list(itertools.accumulate(inputs, step))", "accumulate()"),
    ],
)
def test_a_planted_fault_is_found(planted: str, reason: str) -> None:
    assert any(reason in fault for fault in faults(planted)), faults(planted)


@pytest.mark.parametrize(
    "harmless",
    [
        "for name in ('x', 'u'):\n    recordings[f'{scheme}_{name}'] = sim.record(syn, name)",
        "for name, trace in traces.items():\n    dataset[name] = trace.to_xarray()",
        "names = [str(n) for n in range(traces.shape[1])]",
        "sim.run(1*second)",
        "for axes, title in zip(made.axes, titles):\n    axes.set_title(title)",
    ],
)
def test_plain_descriptions_are_let_through(harmless: str) -> None:
    assert faults(harmless) == []
