"""The published rules: ``bt.rules.PairSTDP(…)`` is a model for `bouton.Network.connect`. A file here is a rule by existing."""

from __future__ import annotations

import importlib
import pkgutil

from bouton.errors import Code, NameError_, nearest, one_of
from bouton.library.rule import Rule


def __dir__() -> list[str]:
    return [find(file).name for file in files()]


def __getattr__(name: str) -> Rule:
    file = {each.replace("_", ""): each for each in files()}.get(name.lower())
    rule = find(file) if file is not None and not name.startswith("_") else None
    if rule is None or rule.name != name:
        known = [] if name.startswith("_") else __dir__()
        raise AttributeError(f"bouton has no rule {name!r}{f'; {hint}' if (hint := nearest(name, known)) else ''}")
    return rule


def files() -> tuple[str, ...]:
    """The names of all files with rules."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(file: str) -> Rule:
    """The rule of a file."""
    rule: Rule = importlib.import_module(f"{__name__}.{file}").RULE
    return rule


def named(name: str) -> Rule:
    """The rule of that name. Raises NameError_ (E206) with the nearest known one."""
    known = {rule.name: rule for rule in map(find, files())}
    if name not in known:
        raise NameError_(
            Code.UNKNOWN_VARIABLE, f"{name!r} is not a rule", where="bt.rules", expected=one_of(known), hint=nearest(name, known)
        )
    return known[name]
