"""The laboratory's protocols: a rule driven by given spike trains, without a network.

``bt.protocols.play(rule, pre, post)`` gives the weight and every variable. ``bt.protocols.window(rule)`` and its like
are built on it: they give a labelled dataset, a figure as in the paper, and a score. ``bt.protocols.window.prepare(rule)``
gives what can be asked for it again with other parameters, in milliseconds. A file in ``laboratory`` is a protocol by existing.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from bouton.errors import Code, NameError_, nearest, one_of

if TYPE_CHECKING:
    from bouton.protocols.cells import cell_for as cell_for
    from bouton.protocols.drive import Played as Played
    from bouton.protocols.drive import Staged as Staged
    from bouton.protocols.drive import play as play
    from bouton.protocols.drive import stage as stage
    from bouton.protocols.protocol import Protocol

_PLACES = {"cell_for": "cells", "Played": "drive", "Staged": "drive", "play": "drive", "stage": "drive"}


def __dir__() -> list[str]:
    return sorted([*_PLACES, *names()])


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    if name not in names():
        hint = "" if name.startswith("_") else nearest(name, __dir__())
        raise AttributeError(f"bouton has no protocol {name!r}{f'; {hint}' if hint else ''}")
    return find(name)


def names() -> tuple[str, ...]:
    """The names of all protocols."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules([f"{__path__[0]}/laboratory"])))


def find(name: str) -> Protocol:
    """The protocol of that name. Raises NameError_ (E206) with the nearest known one."""
    if name not in names():
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"{name!r} is not a protocol",
            where="bouton.protocols",
            expected=one_of(names()),
            hint=nearest(name, names()),
        )
    protocol: Protocol = importlib.import_module(f"{__name__}.laboratory.{name}").PROTOCOL
    return protocol
