"""The gallery: each script runs, is as short as an example should be, and saves the figure that its page shows."""

import ast
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from manual import gallery

import bouton as bt

PNG = b"\x89PNG\r\n\x1a\n"
MOST = 35
"""Lines, with the text at the top."""
WIDEST = 92
"""Characters of a line of code that a page shows without scrolling."""
every_script = pytest.mark.parametrize("path", gallery.paths(), ids=lambda path: path.stem)


@pytest.mark.slow  # the manual runs them as well
@every_script
def test_a_script_runs_and_saves_one_figure_of_its_name(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    assert [file.name for file in tmp_path.iterdir()] == [f"{path.stem}.png"]
    assert (tmp_path / f"{path.stem}.png").read_bytes().startswith(PNG)


@every_script
def test_a_script_is_short_and_begins_with_a_title(path: Path) -> None:
    text = path.read_text("utf-8")
    title, line, *rest = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert line == "=" * len(title)
    assert any(rest), "it says what is seen"
    assert len(text.splitlines()) <= MOST
    code = text.rpartition('"""')[2]
    assert [line for line in code.splitlines() if len(line) > WIDEST] == []


def test_each_figure_has_a_script_that_draws_it() -> None:
    texts = {path.stem: path.read_text("utf-8") for path in gallery.paths() if path.parent.name == "figures"}
    assert set(texts) == set(bt.plots.FIGURES)
    assert [name for name, text in texts.items() if f"bt.plots.{name}(" not in text] == []


def test_what_a_script_saved_moves_to_its_page(tmp_path: Path) -> None:
    pytest.importorskip("sphinx_gallery", reason="the extra 'docs' is not installed")
    script, image = tmp_path / "planted.py", tmp_path / "images/sphx_glr_planted_001.png"
    image.parent.mkdir()
    about = {"src_file": str(script), "image_path_iterator": iter([str(image)])}
    script.with_suffix(".png").write_bytes(PNG)
    before, last = (SimpleNamespace(content=text) for text in ("sim.run(1 * ms)", 'bt.plots.save(axes, "planted.png")'))
    assert gallery.take_saved(before, about, {"src_dir": str(tmp_path)}) == "", "it is not this block's"
    assert "/images/sphx_glr_planted_001.png" in gallery.take_saved(last, about, {"src_dir": str(tmp_path)})
    assert image.read_bytes() == PNG
    assert not script.with_suffix(".png").exists()


def test_pages_are_made_anew_when_the_library_or_the_list_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "written"
    assert not gallery.forget_old(folder), "there was nothing"
    page = folder / "planted.rst"
    page.write_text("", "utf-8")
    assert not gallery.forget_old(folder)
    assert page.exists()
    monkeypatch.setattr(gallery, "paths", lambda: [gallery.SCRIPTS / "planted.py"])
    assert gallery.forget_old(folder)
    assert not page.exists()
