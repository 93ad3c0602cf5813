"""Rules of one's own, in files outside the package: Python, which is a program and is run as such, or TOML, which is data."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bouton.equations.amount import read_amount
from bouton.errors import Code, EquationError, NetworkError, nearest, one_of
from bouton.library.rule import Parameter, Rule
from bouton.model.synapse import SynapseModel

_TEXTS = ("equations", "on_pre", "on_post", "on_event", "every", "method", "delays", "weights")
_KEYS = ("name", "title", "papers", "needs", "parameters", "sets", *_TEXTS)
_OF_PARAMETERS = ("value", "symbol", "meaning", "low", "high", "weight")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class _Form(NamedTuple):
    """What a key may hold, and how that is shown."""

    holds: Callable[[Any], bool]
    shown: str


_TEXT = _Form(lambda value: isinstance(value, str), '{key} = "…"')
_LIST = _Form(lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value), '{key} = ["…", "…"]')
_TABLE = _Form(
    lambda value: isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values()), "a table [{key}] of texts"
)
_NUMBER = _Form(_is_number, "{key} = 1.5")
_FORMS: Mapping[str, tuple[_Form, ...]] = {
    **dict.fromkeys(("name", "title", "equations"), (_TEXT,)),
    **dict.fromkeys(("on_pre", "on_post", "method"), (_TEXT, _TABLE)),
    "on_event": (_TABLE,),
    **dict.fromkeys(("papers", "needs", "weights"), (_LIST,)),
}
_FORMS_OF_PARAMETERS: Mapping[str, tuple[_Form, ...]] = {
    **dict.fromkeys(("symbol", "meaning"), (_TEXT,)),
    **dict.fromkeys(("low", "high"), (_NUMBER,)),
    "weight": (_Form(lambda value: isinstance(value, bool), "weight = true"),),
}


def load(path: str | Path) -> Rule:
    """The rule of a file.

    A Python file defines ``RULE``, a `Rule` or a `bouton.SynapseModel`; it is run, and can do whatever programs can. A TOML
    file holds the arguments of a `bouton.SynapseModel` as texts, quantities as ``"20 ms"``, and parameters as tables
    ``[parameters.tau]`` with ``value``, ``symbol``, ``meaning``, ``low``, ``high`` and ``weight``; it is safe to read.

    Raises NetworkError (E401) for a file that cannot be read or defines no rule, EquationError (E101) for what is no TOML, and
    what a `Rule` and a `bouton.SynapseModel` refuse.
    """
    path = Path(path)
    if not path.is_file():
        raise NetworkError(Code.BAD_VALUE, f"there is no file {str(path)!r}", where="a rule from a file", expected=".py or .toml")
    return _from_toml(path) if path.suffix == ".toml" else _from_python(path)


def _from_python(path: Path) -> Rule:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, "RULE", None)
    if isinstance(found, SynapseModel):
        return of_model(found, getattr(module, "__doc__", None) or found.name)
    if not isinstance(found, Rule):
        raise NetworkError(
            Code.BAD_VALUE, f"RULE is {found!r:.60}", where=str(path), expected="RULE = SynapseModel(…), or RULE = Rule(…)"
        )
    return found


def of_model(model: SynapseModel, title: str) -> Rule:
    """A model as a rule without options, with its parameters as they are."""
    texts: dict[str, Any] = {
        "equations": model.text,
        "on_pre": {block.name: block.text for block in model.on_pre},
        "on_post": {block.name: block.text for block in model.on_post},
        "on_event": {block.event: block.text for block in model.on_event},
        "every": {block.name: (block.interval, block.text) for block in model.every},
        "method": model.method,
        "delays": model.delays,
        "weights": model.weights,
    }
    return Rule(
        name=model.name,
        part=model.name,
        title=(title.strip() or model.name).splitlines()[0],
        papers=(),
        build=lambda options: {key: value for key, value in texts.items() if value},
        parameters={key: Parameter(value, key, "") for key, value in model.parameters.items()},
    )


def _from_toml(path: Path) -> Rule:
    where = str(path)
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EquationError(Code.SYNTAX, f"this is no TOML ({error})", where=where) from None
    _check(data, _KEYS, where)
    for key in ("name", "equations"):
        if key not in data:
            raise NetworkError(Code.MISSING_VALUE, f"it gives no {key}", where=where, expected=f'{key} = "…"')
    for key, value in data.items():
        _check_form(key, value, _FORMS, where)
    parameters, sets = (_table(data, key, where) for key in ("parameters", "sets"))
    texts = {key: _times(data[key], key, parameters, where) for key in _TEXTS if key in data}
    if "weights" in texts:
        texts["weights"] = tuple(texts["weights"])
    return Rule(
        name=data["name"],
        part=data["name"],
        title=data.get("title", data["name"]),
        papers=tuple(data.get("papers", ())),
        build=lambda options: texts,
        parameters={key: _parameter(key, value, where) for key, value in parameters.items()},
        sets={
            name: {
                key: _amount(value, f"{where}, sets.{name}.{key}") for key, value in _table(sets, name, where, "sets.").items()
            }
            for name in sets
        },
        needs=tuple(data.get("needs", ())),
    )


def _times(value: Any, key: str, parameters: Mapping[str, Any], where: str) -> Any:
    """What a model takes as times, read from texts, unless they are names of parameters; other texts as they are."""

    def time(given: Any, place: str) -> Any:
        return given if given in ("dt", *parameters) else _amount(given, f"{where}, {place}")

    if key == "delays":
        return {name: time(given, f"delays.{name}") for name, given in _table({key: value}, key, where).items()}
    if key == "every":
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)):
            raise EquationError(Code.SYNTAX, f"every is {value!r:.60}", where=where, expected='every = ["10 ms", "statements"]')
        return (time(value[0], "every"), value[1])
    return value


def _parameter(key: str, given: Any, where: str) -> Parameter:
    """A parameter from its table, or from its value alone."""
    table = given if isinstance(given, Mapping) else {"value": given}
    place = f"{where}, parameters.{key}"
    _check(table, _OF_PARAMETERS, place)
    for name, value in table.items():
        _check_form(name, value, _FORMS_OF_PARAMETERS, place)
    if "value" not in table:
        raise NetworkError(Code.MISSING_VALUE, "it has no value", where=place, expected='value = "20 ms"')
    return Parameter(
        _amount(table["value"], place),
        table.get("symbol", key),
        table.get("meaning", ""),
        table.get("low"),
        table.get("high"),
        table.get("weight", False),
    )


def _amount(value: Any, where: str) -> Any:
    if isinstance(value, str):
        return read_amount(value, where)
    if not _is_number(value):
        raise NetworkError(
            Code.BAD_VALUE, f"{value!r:.60} is not a number", where=where, expected='a number, or a text such as "20 ms"'
        )
    return float(value)


def _table(data: Mapping[str, Any], key: str, where: str, within: str = "") -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise NetworkError(Code.BAD_VALUE, f"{key} is {value!r:.60}", where=where, expected=f"a table [{within}{key}]")
    return value


def _check_form(key: str, value: Any, forms: Mapping[str, tuple[_Form, ...]], where: str) -> None:
    """Raises NetworkError (E401) for a value of another form than its key has."""
    if key in forms and not any(form.holds(value) for form in forms[key]):
        shown = " or ".join(form.shown.format(key=key) for form in forms[key])
        raise NetworkError(Code.BAD_VALUE, f"{key} is {value!r:.60}", where=where, expected=shown)


def _check(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Raises NetworkError (E401) for a key that means nothing."""
    for key in table:
        if key not in known:
            raise NetworkError(
                Code.BAD_VALUE, f"{key!r} means nothing here", where=where, expected=one_of(known), hint=nearest(key, known)
            )
