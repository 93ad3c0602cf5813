"""The published rules: ``bt.rules.PairSTDP(…)`` is a model for `bouton.Network.connect`. A file here is a rule by existing."""

from __future__ import annotations

from bouton.library.entry import Shelf
from bouton.library.rule import Rule

_SHELF: Shelf[Rule] = Shelf(__name__, __path__, "RULE")
files, find, named = _SHELF.files, _SHELF.find, _SHELF.named


def __dir__() -> list[str]:
    return _SHELF.names()


def __getattr__(name: str) -> Rule:
    return _SHELF.get(name)
