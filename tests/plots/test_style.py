"""One style whatever the user's own settings are; colours that everybody tells apart; files in which text is text."""

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import rcParams

import bouton as bt
from bouton.errors import NetworkError
from bouton.plots import style
from bouton.plots.figures.network import LINES
from bouton.units import ms

# What is left of linear sRGB without a kind of cones: G. M. Machado, M. M. Oliveira & L. A. F. Fernandes, IEEE Trans. Vis.
# Comput. Graph. 15:1291 (2009), doi:10.1109/TVCG.2009.113, severity 1.
SEEN: Mapping[str, Any] = {
    "all cones": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
APART = 15.0  # CIE 1976; a difference is just seen at 2.3, and lines are thin


def lab(colour: str, seen: Any) -> Any:
    """L*a*b* (D65) of a colour as someone sees it."""
    part = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(np.asarray(seen) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    f = [np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest(colours: Iterable[str], seen: Any) -> float:
    return min(float(np.linalg.norm(lab(a, seen) - lab(b, seen))) for a, b in combinations(colours, 2))


@pytest.mark.parametrize("kind", SEEN)
def test_lines_are_told_apart_by_everybody(kind: str) -> None:
    assert nearest([style.COLOURS[name] for name in style.CYCLE], SEEN[kind]) > APART
    assert nearest([style.COLOURS[colour] for colour, _, _ in LINES.values()], SEEN[kind]) > APART


def test_matplotlibs_own_green_and_red_would_be_refused() -> None:
    usual = ["#2ca02c", "#d62728"]
    assert nearest(usual, SEEN["all cones"]) > APART > nearest(usual, SEEN["deuteranopia"])


def test_kinds_of_synapses_differ_also_in_their_lines() -> None:
    assert len({line for _, line, _ in LINES.values()}) == len(LINES)


def test_the_style_is_left_as_it_was_found() -> None:
    rcParams["font.size"], before = 23, rcParams["font.size"]
    try:
        with style.use():
            assert rcParams["font.size"] == 8
            axes = style.figure("column").subplots()
        assert rcParams["font.size"] == 23
    finally:
        rcParams["font.size"] = before
    assert axes.xaxis.label.get_size() == 8
    assert not axes.spines["top"].get_visible()
    assert axes.spines["left"].get_linewidth() < 1


def test_the_style_of_a_function() -> None:
    @style.use()
    def draw() -> float:
        return float(rcParams["axes.labelsize"])

    outside = rcParams["axes.labelsize"]
    assert draw() == 8
    assert rcParams["axes.labelsize"] == outside


@pytest.mark.parametrize("width, millimetres", [("column", 85), ("page", 178)])
def test_widths_are_those_of_a_journal(width: Any, millimetres: float) -> None:
    assert style.figure(width).get_figwidth() * 25.4 == pytest.approx(millimetres)


def test_text_stays_text(tmp_path: Path) -> None:
    axes = bt.plots.window(([-10, 10] * ms, [-1.0, 1.0]))
    for suffix in ("svg", "pdf", "png"):
        bt.plots.save(axes, tmp_path / f"figure.{suffix}")
    svg = (tmp_path / "figure.svg").read_text("utf-8")
    assert re.search("<text[^>]*>potentiation</text>", svg)
    assert "DejaVu Sans" in svg
    pdf = (tmp_path / "figure.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert b"/FontFile2" in pdf  # TrueType, whose text can be edited; a Type 3 font has none
    png = (tmp_path / "figure.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == int(85 / 25.4 * 300)


def test_the_same_figure_is_the_same_file(tmp_path: Path) -> None:
    for name in "ab":
        bt.plots.save(bt.plots.window(([-10, 10] * ms, [-1.0, 1.0])), tmp_path / f"{name}.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_figures_and_several_axes_are_saved(tmp_path: Path) -> None:
    made = style.figure("page")
    for number, drawn in enumerate((made.subplots(1, 2), made)):
        bt.plots.save(drawn, tmp_path / f"{number}.png", dpi=20)
        assert (tmp_path / f"{number}.png").stat().st_size


def test_what_cannot_be_saved_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"named \.jpeg.*\n.*\n.*\.png"):
        bt.plots.save(style.figure(), tmp_path / "figure.jpeg")
    with pytest.raises(NetworkError, match="is in no figure"):
        bt.plots.save([1, 2], tmp_path / "figure.png")


def test_axes_within_a_part_of_a_figure(tmp_path: Path) -> None:
    made = style.figure("page")
    axes = made.subfigures(1, 2)[1].subplots()
    assert style.root(axes) is made
    bt.plots.save(axes, tmp_path / "figure.png", dpi=20)
