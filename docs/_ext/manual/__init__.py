"""The part of the manual that is written by the library itself: a page for each rule, neuron, protocol, experiment and refusal.

`pages` makes the texts, `figures` draws, `notebooks` executes the notebooks, all without Sphinx; `setup` hands them over.
`gallery` tells Sphinx-Gallery what to do. What is written under ``docs/generated`` is nobody's to edit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from manual.texts import of_docstring

WRITTEN = "generated"
"""The folder, within the sources of the manual, that this writes."""


def generate(app: Any) -> None:
    """Write all pages and draw all figures, before Sphinx looks for sources."""
    from sphinx.util import logging

    from manual import figures, notebooks, pages

    folder = Path(app.srcdir) / WRITTEN
    drawn = figures.draw_all(folder / "figures")
    found = pages.everything(folder / "figures")
    pages.write(found, folder)
    executed = len(notebooks.write_all(folder / "notebooks"))
    said = "bouton: %d pages, %d figures drawn and %d notebooks executed anew"
    logging.getLogger(__name__).info(said, len(found), drawn, executed)


def begin_gallery(app: Any) -> None:
    """Before Sphinx-Gallery looks at what it has."""
    from manual import gallery

    gallery.forget_old(Path(app.srcdir) / gallery.WRITTEN)


def read_docstring(app: Any, what: str, name: str, item: Any, options: Any, lines: list[str]) -> None:
    """Docstrings of the API, from bouton's plain text to what Sphinx reads."""
    lines[:] = of_docstring("\n".join(lines), headings=False).splitlines()


def refuse_other_hosts(app: Any, failed: Exception | None) -> None:
    """The manual is read without a network: nothing in it is fetched from another host."""
    from sphinx.errors import ExtensionError

    from manual.pages import fetched

    if failed is None and app.builder.format == "html":
        for page in sorted(Path(app.outdir).rglob("*.html")):
            if found := fetched(page.read_text("utf-8")):
                raise ExtensionError(f"{page} fetches {found[0]} from another host")


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("builder-inited", begin_gallery, priority=5)  # Sphinx-Gallery begins at 10
    app.connect("builder-inited", generate)
    app.connect("autodoc-process-docstring", read_docstring)
    app.connect("build-finished", refuse_other_hosts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
