"""Notebooks: each is in the manual, what came out is on its page, and a cell that fails or warns is noticed.

`make notebooks` executes the notebooks themselves, and then these tests; those that need a kernel are left out where the extra
`notebook` is not installed.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from manual import notebooks

ROOT = Path(__file__).parents[2]
FIVE = ("stdp-window", "short-term-plasticity", "homeostasis", "lif-stdp", "dendritic-prediction")
PNG = b"\x89PNG\r\n\x1a\n" + bytes([0, 0, 0, 13]) + b"IHDR" + (640).to_bytes(4) + (480).to_bytes(4)
FIGURE = {"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode(), "text/plain": "<Figure>"}}
FAULTS = {
    "raises": ("1 / 0", "ZeroDivisionError"),
    "warns": ("import warnings; warnings.warn('planted')", "UserWarning: planted"),
    "uses what will go": ("import warnings; warnings.warn('planted', DeprecationWarning)", "DeprecationWarning: planted"),
    "writes to the error stream": ("import sys; print('planted', file=sys.stderr)", "wrote:\nplanted"),
    "raises in a widget": ("from ipywidgets import interact\ninteract(lambda a: 1 / a, a=(0, 1))", "ZeroDivisionError"),
}


class Node(dict[str, Any]):
    """What nbformat reads: a dictionary whose keys are attributes, too."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def node(value: Any) -> Any:
    if isinstance(value, dict):
        return Node({key: node(each) for key, each in value.items()})
    return [node(each) for each in value] if isinstance(value, list) else value


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def cell(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def made(*cells: dict[str, Any], widgets: dict[str, Any] | None = None) -> Any:
    metadata = {"widgets": {notebooks.STATE: {"state": widgets}}} if widgets else {}
    return node({"cells": list(cells), "metadata": metadata})


@pytest.mark.parametrize("path", notebooks.paths(), ids=lambda path: path.stem)
def test_a_notebook_is_in_the_manual_and_says_what_opens_it(path: Path) -> None:
    page, text = (ROOT / "docs/notebooks.md").read_text("utf-8"), path.read_text("utf-8")
    assert f"](generated/notebooks/{path.stem}.md)" in page
    assert f"\ngenerated/notebooks/{path.stem}\n" in page
    assert text.startswith("---\njupyter:\n  jupytext:\n")
    assert text.count("\n# ") >= 1
    for link in re.findall(r"\]\(([^)#]+\.md)", text):
        assert (path.parent / link).is_file(), link


def test_the_first_experiments_have_one() -> None:
    assert set(FIVE) <= {path.stem for path in notebooks.paths()}


def test_outputs_stand_below_their_cell() -> None:
    page, figures = notebooks.page(
        made(
            {"cell_type": "markdown", "source": "# A title\n\n[there](../there.md)"},
            cell("print(1)", printed("1\n"), printed("2\n"), FIGURE),
            cell("a = 1"),
        ),
        "planted",
    )
    assert page.startswith("# A title\n\n[there](../../there.md)\n\n```ipython3\nprint(1)\n```\n\n`````{container} output\n")
    assert "```text\n1\n2\n```\n\n```{image} planted-1.png\n:alt: Figure 1 of this notebook\n:width: 320px\n```\n`````\n" in page
    assert "```ipython3\na = 1\n```\n\nThis page is a notebook" in page
    assert figures == {"planted-1.png": PNG}


def test_widgets_are_shown_as_they_stand() -> None:
    state = {
        "box": {"state": {"children": ["IPY_MODEL_slider", "IPY_MODEL_output"]}},
        "slider": {"state": {"description": "tau", "value": 20.0, "min": 5.0, "max": 80.0}},
        "output": {"state": {"outputs": [printed("shown\n"), FIGURE]}},
    }
    view = {"output_type": "display_data", "data": {notebooks.WIDGET: {"model_id": "box"}, "text/plain": "interactive(…)"}}
    page, figures = notebooks.page(made(cell("interact(show)", view), widgets=state), "planted")
    assert "*In the notebook these are sliders:* tau = 20 (5 to 80).\n\n```text\nshown\n```\n\n```{image} planted-1.png" in page
    assert len(figures) == 1


def test_only_what_has_changed_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "planted.md"
    path.write_text("# Planted\n", "utf-8")
    monkeypatch.setattr(notebooks, "paths", lambda: [path])
    folder = tmp_path / "written"
    folder.mkdir()
    (folder / "planted.key").write_text(notebooks.key(path), "utf-8")
    (folder / "gone.md").write_text("", "utf-8")
    (folder / "gone-1.png").write_bytes(PNG)
    assert notebooks.write_all(folder) == {}
    assert [file.name for file in folder.iterdir()] == ["planted.key"]
    path.write_text("# Planted anew\n", "utf-8")
    assert (folder / "planted.key").read_text("utf-8") != notebooks.key(path)


@pytest.mark.slow
@pytest.mark.parametrize("source, noticed", FAULTS.values(), ids=FAULTS)
def test_a_cell_that_fails_is_noticed(source: str, noticed: str, tmp_path: Path) -> None:
    """The guard itself."""
    pytest.importorskip("nbclient", reason="the extra 'notebook' is not installed")
    path = tmp_path / "planted.md"
    path.write_text(f"# Planted\n\n```python\na = 1\n```\n\n```python\n{source}\n```\n", "utf-8")
    with pytest.raises(notebooks.CellFailed, match=re.escape(noticed)):
        notebooks.execute(notebooks.read(path))
