"""Columns of numbers: on the screen, in a file, as the figure that belongs to them, or as data."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bouton.cli import console, files
from bouton.errors import Code, NetworkError

FIGURES = (".png", ".pdf", ".svg")


def check(out: Path | None, *, drawn: bool) -> None:
    """Refuse before anything runs what cannot be written after it. Raises NetworkError (E401)."""
    if out is None:
        return
    if out.suffix.lower() in FIGURES and not drawn:
        raise NetworkError(
            Code.BAD_VALUE, f"there is no figure for {out}", where=files.OPTION, expected="a file of columns: .csv"
        )
    files.check_file(out)


def show(
    columns: Mapping[str, Any],
    out: Path | None,
    draw: Callable[[], Any] | None = None,
    *,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Columns as CSV on the screen or in a file, or the figure that ``draw`` makes; with ``about`` also as JSON on the screen."""
    if about is not None:
        console.show_json({**about, "file": None if out is None else str(out), "columns": dict(columns)})
    elif out is None:
        _write(sys.stdout, columns)
    if out is not None:
        try:
            _save(columns, out, draw)
        except OSError as error:
            raise files.unwritable(out, error, "a file in a folder with room for it") from None


def _save(columns: Mapping[str, Any], out: Path, draw: Callable[[], Any] | None) -> None:
    if draw is not None and out.suffix.lower() in FIGURES:
        from bouton.plots.style import save

        os.environ.setdefault("MPLBACKEND", "agg")
        save(draw(), out)
    else:
        with out.open("w", newline="", encoding="utf-8") as file:
            _write(file, columns)


def _write(file: Any, columns: Mapping[str, Any]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.17g}"
