"""Docstrings as reStructuredText. They are plain text with sections, formulas set in, and names in backticks."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache

CODE = re.compile(r"(``.+?``|`[^`]+`|\*\*[^*]+\*\*)", re.DOTALL)
DOI = re.compile(r"doi:(10\.\d{4,}/\S+)")
LISTED = ("Parameters", "Attributes", "Returns", "Raises")
"""Sections of ``name: what it is``, where a line that is not set in begins an item."""
ITEM = re.compile(r"(\*{0,2}\w+(?:, \*{0,2}\w+)*): ")
AUTHOR = re.compile(r"(?:[A-Z]\.(?:-[A-Z]\.)*\s?)+(?:(?:van|von|de|den) )*[A-ZÀ-Ž][\w'-]+(?:,| &| et al\.| and |:)")


def of_docstring(text: str | None, *, headings: bool = True) -> str:
    """A docstring for Sphinx; its sections become headings of a page, or only bold lines within something else."""
    return "\n\n".join(_parts(inspect.cleandoc(text or ""), headings)) + "\n"


def inline(text: str) -> str:
    """Running text: names in backticks stay, DOIs and models of the library become links, all else means itself."""
    pieces = CODE.split(text)
    return "".join(_code(piece) if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def heading(text: str, line: str) -> str:
    """A title with a line below it."""
    return f"{text}\n{line * max(4, len(text))}"


def block(text: str, language: str = "text") -> str:
    """Something that is shown as it is written."""
    return f".. code-block:: {language}\n\n{indented(text)}"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...] | None = None) -> str:
    """A table; cells are reStructuredText already."""
    lines = [".. list-table::", "   :header-rows: 1"]
    if widths is not None:
        lines.append(f"   :widths: {' '.join(map(str, widths))}")
    lines.append("")
    for row in (head, *rows):
        for number, cell in enumerate(row):
            lines.append(f"   {'*' if number == 0 else ' '} - {cell}".rstrip())
    return "\n".join(lines)


def indented(text: str, by: int = 3) -> str:
    """A text set in."""
    return "\n".join(f"{' ' * by}{line}".rstrip() for line in text.splitlines())


def _parts(text: str, headings: bool) -> Iterator[str]:
    """The parts of a docstring, one after another."""
    section = ""
    for found in re.split(r"\n[ \t]*\n", text):
        lines = found.splitlines()
        if len(lines) > 1 and re.fullmatch(r"-{3,}", lines[1]):
            section = lines[0]
            yield heading(section, "-") if headings else f".. rubric:: {section}"
            lines = lines[2:]
        part = "\n".join(lines)
        if not part.strip():
            continue
        if re.match(r"=+ +=", part):
            yield part  # a table is one already
        elif all(line.startswith("    ") for line in lines):
            yield f"::\n\n{indented(textwrap.dedent(part))}"
        elif section in LISTED and ITEM.match(lines[0]):
            yield "\n".join(_items(lines))
        elif part.startswith("- "):
            yield inline(part)
        elif section in {"Sources", "Source"}:
            yield "\n".join(_sources(lines))
        else:
            yield "\n".join(_paragraph(lines))


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Lines of running text. What explains an option by its name begins a line of its own."""
    text = inline("\n".join(line.strip() for line in lines))
    yield from (_unlisted(line) for line in re.sub(r"\n(?=``\w+``(?:, of ``\w+``)?: )", "\n\n", text).splitlines())


def _sources(lines: list[str]) -> Iterator[str]:
    """A list of citations, where lines begin with authors; other paragraphs as they are."""
    if not AUTHOR.match(lines[0]):
        yield from _paragraph(lines)
        return
    citations: list[list[str]] = []
    for line in lines:
        if not citations or (AUTHOR.match(line) and citations[-1][-1].endswith(".")):
            citations.append([])
        citations[-1].append(line)
    for citation in citations:
        yield f"* {_unlisted(inline(' '.join(citation)))}"


def _items(lines: list[str]) -> Iterator[str]:
    """``name: what it is``, with the lines that belong to it, as definitions."""
    text = ""
    for line in [*lines, ""]:
        if line.startswith(" "):
            text += f" {line.strip()}"
            continue
        if item := ITEM.match(text):
            names = ", ".join(f"``{each}``" for each in item[1].split(", "))
            yield f"{names}\n   {inline(text[item.end() :])}\n"
        elif text:
            yield f"{_unlisted(inline(text))}\n"
        text = line


def _unlisted(line: str) -> str:
    """A line that would begin a list (``E. L. …``, ``1. …``) begins none."""
    return re.sub(r"^(?=([A-Za-z]|\d+|#)[.)] )", r"\\", line)


def _plain(text: str) -> str:
    """Text in which nothing is markup, with links from DOIs."""
    pieces = DOI.split(text)
    return "".join(_link(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    return re.sub(r"([\\*|`])|_(?!\w)", lambda found: f"\\{found[0]}", text)


def _link(doi: str) -> str:
    """A link to a DOI; punctuation that follows it is none of it."""
    bare = doi.rstrip(".,;:")
    if bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(".,;:") if bare.endswith(")") else bare
    return f"`doi:{bare} <https://doi.org/{bare}>`__{_escaped(doi[len(bare) :])}"


def _code(text: str) -> str:
    """Code as code; the name of a rule or a neuron as a link to its page."""
    bare = " ".join(text.strip("`").split())
    shelf, _, name = bare.rpartition(".")
    kind = {"": None if text.startswith("``") else _shelf(name), "bt.rules": "rules", "bt.neurons": "neurons"}.get(shelf)
    if text.startswith("`") and kind is not None and _shelf(name) == kind:
        return f":doc:`{bare} </generated/{kind}/{name}>`"
    return text.replace("\n", " ")


def _shelf(name: str) -> str | None:
    """Where a model of the library stands; of rules and neurons of one name the rule."""
    return next((shelf for shelf, names in _shelves().items() if name in names), None)


@cache
def _shelves() -> dict[str, list[str]]:
    from bouton.library import neurons, rules

    return {"rules": dir(rules), "neurons": dir(neurons)}
