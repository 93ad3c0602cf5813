"""What can be named on a command line, from the text of files: nothing is imported or run, so that a shell may ask often."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHELVES = {  # where each kind lies, and the constant that makes a file one
    "rules": ("library/rules", "RULE"),
    "neurons": ("library/neurons", "NEURON"),
    "protocols": ("protocols/laboratory", "PROTOCOL"),
    "experiments": ("experiments", "EXPERIMENT"),
}
_HEAD = r'^{} = \w+\(\s*name="([^"]+)",\s*(?:part="[^"]*",\s*)?(?:title="([^"]*)")?'


@dataclass(frozen=True)
class Sketch:
    """What a file says of itself. ``parameters``: the default of each and what it is; ``options``: choices by name."""

    name: str
    title: str = ""
    parameters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()


def titles(kind: str) -> dict[str, str]:
    """The name and the title of each file of a kind, by a pattern alone; a file that does not fit it is read wholly."""
    found = {}
    for path in _files(kind):
        text = path.read_text("utf-8")
        match = re.search(_HEAD.format(SHELVES[kind][1]), text, re.MULTILINE)
        each = sketch(path, SHELVES[kind][1]) if match is None else Sketch(match[1], match[2] or "")
        if each is not None:
            found[each.name] = each.title
    return found


def named(kind: str, name: str) -> Sketch | None:
    """What the file of that name says, or a file of one's own; None if there is none, or its text does not tell."""
    if kind == "rules" and name.endswith((".py", ".toml")):
        path = Path(name)
        return _of_toml(path) if path.suffix == ".toml" else sketch(path, "RULE")
    plain = _plain(name)
    paths = [path for path in _files(kind) if _plain(path.stem) == plain]
    return sketch(paths[0], SHELVES[kind][1]) if paths else None


def sketch(path: Path, constant: str) -> Sketch | None:
    """The arguments of the call that a file assigns to ``constant``."""
    module = _parse(path)
    call = None if module is None else module.get(constant)
    if not isinstance(call, ast.Call):
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    try:
        return Sketch(
            str(_value(given["name"], path)),
            str(_value(given["title"], path)) if "title" in given else "",
            {key: _parameter(value) for key, value in _pairs(given.get("parameters", given.get("settings")), path)},
            {key: _words(value, path) for key, value in _pairs(given.get("options"), path)},
            tuple(key for key, _ in _pairs(given.get("sets"), path)),
            tuple(key for key, _ in _pairs(given.get("conventions"), path)),
        )
    except (KeyError, _Unclear):
        return None


def _files(kind: str) -> list[Path]:
    folder, constant = SHELVES[kind]
    found = sorted((ROOT / folder).glob("[a-z]*.py"))
    return found if kind != "experiments" else [path for path in found if f"\n{constant} = " in path.read_text("utf-8")]


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


class _Unclear(Exception):
    """The text does not tell: that would take running it."""


_NOTHING = ast.Constant(None)


@cache
def _parse(path: Path) -> dict[str, ast.expr] | None:
    """What a file assigns to names at its outermost level, and what it imports, as nodes; None if it cannot be read."""
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    found: dict[str, ast.expr] = {}
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = value
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("bouton."):
                for each in names:
                    found[each.asname or each.name] = ast.Attribute(ast.Name(module), each.name)
    return found


def _look_up(name: str, path: Path) -> tuple[ast.expr, Path]:
    """What a name of a file stands for, and the file in which that is written."""
    match (_parse(path) or {}).get(name):
        case None:
            raise _Unclear
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module.startswith("bouton."):
            return _look_up(name, ROOT.parent / f"{module.replace('.', '/')}.py")
        case node:
            return node, path


def _value(node: ast.expr, path: Path) -> Any:
    match node:
        case ast.Name(id=name):
            return _value(*_look_up(name, path))
        case ast.Constant(value=value):
            return value
    raise _Unclear


def _pairs(node: ast.expr | None, path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Keys and values of a mapping."""
    match node:
        case None:
            return
        case ast.Name(id=name):
            yield from _pairs(*_look_up(name, path))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from {**dict(_pairs(left, path)), **dict(_pairs(right, path))}.items()
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):  # what a call that is named was given
            call, where = _look_up(name, path)
            yield from _pairs(next((k.value for k in getattr(call, "keywords", ()) if k.arg == attribute), _NOTHING), where)
        case ast.DictComp(
            key=ast.Name(id=key), value=value, generators=[ast.comprehension(target=ast.Name(id=name), iter=words)]
        ):
            yield from ((word, value) for word in _words(words, path) if key == name)
        case ast.Dict(keys=keys, values=values):
            for each, value in zip(keys, values, strict=True):
                if each is None:
                    yield from _pairs(value, path)
                else:
                    yield str(_value(each, path)), value
        case _:
            raise _Unclear


def _words(node: ast.expr, path: Path) -> tuple[str, ...]:
    """The words of a sequence, or the keys of a mapping; none where the text does not tell."""
    try:
        match node:
            case ast.Name(id=name):
                return _words(*_look_up(name, path))
            case ast.Call(func=ast.Name(id="tuple" | "list" | "sorted"), args=[inner]):
                return _words(inner, path)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                parts = (_words(e.value, path) if isinstance(e, ast.Starred) else (str(_value(e, path)),) for e in elements)
                return tuple(word for part in parts for word in part)
        return tuple(key for key, _ in _pairs(node, path))
    except _Unclear:
        return ()


def _parameter(node: ast.expr) -> tuple[str, str]:
    """The default value of a parameter as it would be written after ``--set``, if it is plain, and what it is."""
    meaning = ""
    if isinstance(node, ast.Call):
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        meaning, node = texts[-1] if texts else "", node.args[0] if node.args else node
    text = ast.unparse(node).replace(" ", "")
    return text if re.fullmatch(r"-?[0-9.e+-]+(\*[A-Za-z]\w*)?", text) else "", meaning


def _of_toml(path: Path) -> Sketch | None:
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return Sketch(
            str(data["name"]),
            parameters={
                key: (re.sub(r"\s+", "*", str(given["value"] if isinstance(given, dict) else given)), "")
                for key, given in data.get("parameters", {}).items()
            },
            sets=tuple(data.get("sets", {})),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
