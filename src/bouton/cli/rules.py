"""``bouton rules``: what there is in the library."""

from __future__ import annotations

from bouton.cli import console
from bouton.cli.options import JSON


def rules(as_json: bool = JSON) -> None:
    """List the rules of the library."""
    from bouton.library import rules as library

    found = [library.find(file) for file in library.files()]
    if as_json:
        console.show_json([{"name": r.name, "title": r.title, "papers": r.papers, "parameters": sorted(r.sets)} for r in found])
        return
    for each in found:
        console.show(f"{each.name:28}{each.title}")
