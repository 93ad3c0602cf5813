"""Columns of numbers: on the screen, in a file, or as the figure that belongs to them."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FIGURES = (".png", ".pdf", ".svg")


def show(columns: Mapping[str, Any], out: Path | None, draw: Callable[[], Any] | None = None) -> None:
    """Columns as CSV on the screen or in a file, or the figure that ``draw`` makes."""
    if out is None:
        _write(sys.stdout, columns)
    elif draw is not None and out.suffix in FIGURES:
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
