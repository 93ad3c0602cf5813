"""The notebooks of ``docs/notebooks``: executed without a screen, and made into pages with what came out.

``python -m manual.notebooks`` (``make notebooks``) executes all of them and fails where a cell raises, warns or writes to the
error stream. What came out is kept beside the page: the manual executes only those that have changed since, or whose library has.

A notebook is Markdown that jupytext and Jupyter open; it can be read on its own, and the page is the same text with outputs.
(myst-nb makes such pages, too, but reads all others as well, keeps a database, and has widgets fetch scripts from another host.)
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
NOTEBOOKS = ROOT / "docs/notebooks"
WRITTEN = ROOT / "docs/generated/notebooks"
WORKERS = 2
LONGEST = 120
"""Seconds that a cell may take."""
BEFORE = """
import warnings
warnings.simplefilter("error")
for kind in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):  # Jupyter's own libraries are full of them
    warnings.simplefilter("ignore", kind)
    warnings.filterwarnings("error", category=kind, module=r"__main__|bouton")
"""
"""What is executed in front of every notebook and shown nowhere: a warning is an error."""
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
DENSITY = 2
"""Pixels of a figure for one of the page."""
INSIDE = "`" * 5
"""A fence around outputs, longer than theirs."""


class CellFailed(Exception):
    """A cell that raised, warned, or wrote to the error stream."""


def paths() -> list[Path]:
    """All notebooks there are."""
    return sorted(NOTEBOOKS.glob("*.md"))


def read(path: Path) -> Any:
    """A notebook as Jupyter has it."""
    import jupytext

    return jupytext.read(path)


def execute(notebook: Any) -> Any:
    """The notebook with its outputs. Raises CellFailed."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    notebook.cells.insert(0, nbformat.v4.new_code_cell(BEFORE))
    with tempfile.TemporaryDirectory() as folder:  # cells may write files; IPython reads no profile of somebody's
        client = NotebookClient(
            notebook,
            timeout=LONGEST,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR"],
        )
        try:
            client.execute(env={**os.environ, "IPYTHONDIR": folder})
        except (CellExecutionError, CellTimeoutError) as failed:
            raise CellFailed(re.sub(r"\x1b\[[0-9;]*m", "", str(failed))) from None  # without colours
    del notebook.cells[0]
    for cell in notebook.cells:
        for output in (each for part in cell.get("outputs", ()) for each in _flat(part, _widgets(notebook))):
            if output.output_type == "error" or output.get("name") == "stderr":
                said = output.get("text") or f"{output.get('ename')}: {output.get('evalue')}"
                raise CellFailed(f"{cell.source}\n\nwrote:\n{said}")
    return notebook


# --- pages --------------------------------------------------------------------------------------------------


def page(notebook: Any, name: str) -> tuple[str, dict[str, bytes]]:
    """The page of an executed notebook, and its figures by the names of their files."""
    figures: dict[str, bytes] = {}
    widgets = _widgets(notebook)
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            parts.append(cell.source.replace("](../", "](../../"))  # the page lies one folder deeper
            continue
        parts.append(f"```ipython3\n{cell.source}\n```")
        shown = "\n\n".join(_shown(cell.outputs, widgets, name, figures))
        if shown:
            parts.append(f"{INSIDE}{{container}} output\n{shown}\n{INSIDE}")
    parts.append(f"This page is a notebook, `docs/notebooks/{name}.md`; [how to run it](../../notebooks.md).")
    return "\n\n".join(parts) + "\n", figures


def _shown(outputs: Iterable[Any], widgets: Mapping[str, Any], name: str, figures: dict[str, bytes]) -> Iterator[str]:
    """Each output as Markdown: a figure, or what would be printed; of widgets, how they stand and what they show."""
    for printed, group in groupby(outputs, lambda output: output.output_type == "stream"):
        if printed:  # in however many pieces it came
            text = "".join(output.text for output in group).rstrip()
            yield f"```text\n{text}\n```"
            continue
        for output in group:
            yield from _of_data(output, widgets, name, figures)


def _of_data(output: Any, widgets: Mapping[str, Any], name: str, figures: dict[str, bytes]) -> Iterator[str]:
    """What a cell displays, as a figure if it is one."""
    data = output.get("data", {})
    if WIDGET in data:
        yield from _widget(data[WIDGET]["model_id"], widgets, name, figures)
    elif "image/png" in data:
        file = f"{name}-{len(figures) + 1}.png"
        figures[file] = base64.b64decode(data["image/png"])
        width = int.from_bytes(figures[file][16:20]) // DENSITY  # a PNG says it there
        yield f"```{{image}} {file}\n:alt: Figure {len(figures)} of this notebook\n:width: {width}px\n```"
    elif "text/plain" in data:
        yield f"```text\n{data['text/plain']}\n```"


def _widget(model: str, widgets: Mapping[str, Any], name: str, figures: dict[str, bytes]) -> Iterator[str]:
    """A page does not move: the values of sliders, and what is shown with them."""
    parts = list(_parts(model, widgets))
    sliders = [each for each in parts if "description" in each and "min" in each]
    values = ", ".join(f"{each['description']} = {each['value']:g} ({each['min']:g} to {each['max']:g})" for each in sliders)
    yield f"*In the notebook these are sliders:* {values}."
    yield from _shown([output for each in parts for output in each.get("outputs", ())], widgets, name, figures)


def _parts(model: str, widgets: Mapping[str, Any]) -> Iterator[Any]:
    """The state of a widget and of those inside it."""
    state = widgets[model]["state"]
    yield state
    for child in state.get("children", ()):
        yield from _parts(child.removeprefix("IPY_MODEL_"), widgets)


def _widgets(notebook: Any) -> Mapping[str, Any]:
    state: Mapping[str, Any] = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    return state


def _flat(output: Any, widgets: Mapping[str, Any]) -> Iterator[Any]:
    """An output, or those that a widget shows."""
    data = output.get("data", {})
    if WIDGET in data:
        yield from (each for part in _parts(data[WIDGET]["model_id"], widgets) for each in part.get("outputs", ()))
    else:
        yield output


# --- what was executed before -------------------------------------------------------------------------------


def key(path: Path) -> str:
    """A hash of a notebook, of the library, and of this file."""
    digest = hashlib.sha256(path.read_bytes())
    for each in [Path(__file__), *sorted((ROOT / "src/bouton").rglob("*.py"))]:
        digest.update(each.read_bytes())
    return digest.hexdigest()


def write_one(path: Path, folder: Path) -> float:
    """Execute a notebook and write its page and figures; the seconds it took. Raises CellFailed."""
    begin = time.perf_counter()
    made = key(path)  # of the files as they were before
    text, figures = page(execute(read(path)), path.stem)
    for old in folder.glob(f"{path.stem}-*.png"):
        old.unlink()
    for file, content in figures.items():
        (folder / file).write_bytes(content)
    (folder / f"{path.stem}.md").write_text(text, "utf-8")
    (folder / f"{path.stem}.key").write_text(made, "utf-8")
    return time.perf_counter() - begin


def write_all(folder: Path = WRITTEN, *, anew: bool = False) -> dict[str, float]:
    """Execute what has changed, or all; the seconds of each. What belongs to no notebook any more goes. Raises CellFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    found = paths()
    names = {path.stem for path in found}
    for file in folder.iterdir():
        if (re.sub(r"-\d+$", "", file.stem) if file.suffix == ".png" else file.stem) not in names:
            file.unlink()
    due = [path for path in found if anew or not _is_kept(path, folder)]
    if not due:
        return {}
    with ProcessPoolExecutor(min(WORKERS, len(due)), mp_context=get_context("spawn")) as pool:
        return dict(zip((path.stem for path in due), pool.map(write_one, due, [folder] * len(due)), strict=True))


def _is_kept(path: Path, folder: Path) -> bool:
    kept = folder / f"{path.stem}.key"
    return kept.exists() and kept.read_text("utf-8") == key(path)


def main() -> int:
    """Execute all notebooks, and say how long each took or what failed."""
    try:
        seconds = write_all(anew=True)
    except CellFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    for name, taken in seconds.items():
        print(f"{name:24}{taken:6.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
