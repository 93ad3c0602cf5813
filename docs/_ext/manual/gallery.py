"""The gallery: short scripts of ``docs/gallery``, which Sphinx-Gallery runs and makes into pages with what they saved.

A script saves one figure, in a file of its own name: who runs it finds that in the folder, and its page shows the same file.
(Figures of `bouton.plots` are unknown to pyplot, where Sphinx-Gallery looks by itself.)
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "docs/gallery"
WRITTEN = "generated/gallery"
KEY = "library.key"
CONFIGURATION: dict[str, Any] = {
    "examples_dirs": "gallery",
    "gallery_dirs": WRITTEN,
    "nested_sections": False,
    "filename_pattern": r"\.py$",  # all are run
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("manual.gallery.take_saved",),
    "reset_modules": (),
    "capture_repr": (),
    "abort_on_example_error": True,
    "doc_module": ("bouton",),
    "backreferences_dir": f"{WRITTEN}/uses",
    "notebook_extensions": set(),  # a script is what it is
    "download_all_examples": False,
    "write_computation_times": False,
    "min_reported_time": 3600,
    "show_signature": False,
}
"""What Sphinx-Gallery is told."""


def paths() -> list[Path]:
    """All scripts there are."""
    return sorted(SCRIPTS.rglob("*.py"))


def take_saved(block: Any, about: dict[str, Any], configuration: dict[str, Any]) -> str:
    """Move the figure that a block of a script has saved to its page."""
    from sphinx_gallery.scrapers import figure_rst

    saved = Path(about["src_file"]).with_suffix(".png")
    if f'"{saved.name}"' not in block.content:  # a file of that name may lie there from a run by hand
        return ""
    image = next(about["image_path_iterator"])
    shutil.move(saved, image)
    rst: str = figure_rst([image], configuration["src_dir"])
    return rst


def forget_old(folder: Path) -> bool:
    """Remove all that was written if the library has changed since, or which scripts there are: their own changes Sphinx-Gallery
    sees by itself. Returns whether anything was removed."""
    now = key()
    known = folder / KEY
    if known.exists() and known.read_text("utf-8") == now:
        return False
    found = folder.exists()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    known.write_text(now, "utf-8")
    return found


def key() -> str:
    """A hash of the library, of the names of scripts, and of this file."""
    digest = hashlib.sha256("\n".join(path.relative_to(SCRIPTS).as_posix() for path in paths()).encode())
    for each in [Path(__file__), *sorted((ROOT / "src/bouton").rglob("*.py"))]:
        digest.update(each.read_bytes())
    return digest.hexdigest()
