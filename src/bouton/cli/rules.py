"""``bouton rules`` and ``bouton neurons``: what there is in the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bouton.cli import console
from bouton.cli.options import JSON

if TYPE_CHECKING:
    from bouton.library.entry import Entry


def rules(as_json: bool = JSON) -> None:
    """List the rules of the library."""
    from bouton.library import rules as library

    _list([library.find(file) for file in library.files()], as_json)


def neurons(as_json: bool = JSON) -> None:
    """List the neurons of the library."""
    from bouton.library import neurons as library

    _list([library.find(file) for file in library.files()], as_json)


def _list(found: Sequence[Entry], as_json: bool) -> None:
    if as_json:
        console.show_json([{"name": e.name, "title": e.title, "papers": e.papers, "parameters": sorted(e.sets)} for e in found])
        return
    for each in found:
        console.show(f"{each.name:28}{each.title}")
