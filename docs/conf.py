"""How Sphinx builds the manual (`make docs`). Nothing in it comes from another host."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from manual import gallery  # found in the folder above

project = "bouton"
author = "the bouton developers"
project_copyright = f"2026, {author}"
release = version = importlib.metadata.version("bouton")

extensions = ["myst_parser", "sphinx.ext.autodoc", "manual", "sphinx_gallery.gen_gallery"]
exclude_patterns = ["adr/README.md", "_ext", "notebooks", "gallery"]  # the last two are shown executed: generated/…
default_role = "py:obj"
highlight_language = "text"
nitpicky = False  # docstrings name what is no part of the API, too

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 100

sphinx_gallery_conf = gallery.CONFIGURATION

html_theme = "furo"
html_title = f"bouton {release}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["manual.css"]
