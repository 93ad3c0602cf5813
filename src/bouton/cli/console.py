"""Where the commands write: results to stdout, all else to stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from bouton.errors import BoutonError

PLAIN_WIDTH = 1000
"""Columns of what goes to a file or a pipe: a row of a table is one line there, however wide terminals are."""


def make(*, stderr: bool) -> Console:
    """A console as wide as the terminal, or as a row is long."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if terminal else PLAIN_WIDTH, markup=False, highlight=False, emoji=False)


def table(*titles: str, right: tuple[str, ...] = ()) -> Table:
    """A table without lines, with numbers to the ``right``."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        made.add_column(title, justify="right" if title in right else "left")
    return made


def show(thing: RenderableType) -> None:
    """A table or text on stdout; in files and pipes without blanks at the ends of lines."""
    console = make(stderr=False)
    if sys.stdout.isatty():
        console.print(thing)
        return
    with console.capture() as captured:
        console.print(thing)
    print("\n".join(line.rstrip(" ") for line in captured.get().split("\n")), end="")


def show_json(data: Any) -> None:
    """Data as JSON on stdout; what is not a finite number becomes null."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(_finite(data), indent=2, ensure_ascii=plain))


def _finite(data: Any) -> Any:
    data = data.tolist() if hasattr(data, "tolist") else data
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not abs(data) < float("inf") else data


def show_python(source: str) -> None:
    """Python on stdout, coloured on a terminal and byte for byte elsewhere."""
    if sys.stdout.isatty():
        from rich.syntax import Syntax

        show(Syntax(source, "python", background_color="default", word_wrap=True))
    else:
        print(source)


def refuse(error: BoutonError) -> None:
    """A refusal, with its code in red."""
    from rich.text import Text

    text = Text(error.render())
    text.stylize("bold red", 0, len(error.code.value))
    make(stderr=True).print(text, soft_wrap=True)


def warn(message: str) -> None:
    """A word on stderr."""
    print(f"bouton: {message}", file=sys.stderr)
