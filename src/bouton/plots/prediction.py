"""The dendrite that learns to predict its soma: what happens at the first and last repetitions, the weights, the copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.ensemble import copies_and_published
from bouton.plots.style import COLOURS, figure, letter, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS: Mapping[str, tuple[str, Any]] = {  # panel: label, and (trace, factor, colour, line, name) of what it shows
    "A": (
        "Potential (mV)",
        [
            ("V", 1, "sky", "-", "$V$ dendrite"),
            ("V_star", 1, "green", "-", "$V^*$ predicted"),
            ("U", 1, "blue", "-", "$U$ soma"),
            ("U_M", 1, "vermilion", "--", "$U_M$ taught"),
        ],
    ),
    "B": ("Conductance (nS)", [("g_I", 1, "blue", "-", "$g_I$"), ("g_E", 1, "vermilion", "-", "$g_E$")]),
    "C": ("Current (nA)", [("I", 1e-3, "purple", "-", "$I$ dendrite")]),
    "D": (
        "Rate (Hz)",
        [
            ("phi_U", 1e3, "blue", "-", r"$\varphi(U)$"),
            ("phi_V", 1e3, "green", "-", r"$\varphi(V^*)$"),
            ("difference", 1e3, "orange", "-", r"$\varphi(U) - \varphi(V^*)$"),
        ],
    ),
}


@styled
def dendritic_prediction(values: Mapping[str, Any], published: Mapping[str, tuple[float, float]]) -> Figure:
    """``values`` as in the experiment's result; ``published`` mean and SD of the original's runs, by name."""
    made = figure("page", 7.4)
    layout: list[Any] = [[f"{row}0"] * 3 + [f"{row}1"] * 3 for row in ROWS] + [["E", "E", "E", "F", "G", "H"]]
    panels = made.subplot_mosaic(layout, height_ratios=[1.5, 0.8, 0.8, 1.2, 1.5])
    traces = {name: recorded.of(0).magnitude for name, recorded in values["traces"].items()}
    traces["difference"] = traces["phi_U"] - traces["phi_V"]
    times, period = values["traces"]["U"].times.magnitude, values["period"]
    begin, stop = values["taught"]
    traces["U_M"] = np.where((times > begin) & (times <= stop), traces["U_M"], np.nan)
    for row, (label, lines) in ROWS.items():
        for column, edge in enumerate((begin, stop)):
            axes = panels[f"{row}{column}"]
            inside = np.abs(times - edge) <= 2 * period
            for name, factor, colour, line, text in lines:
                x, y = times[inside] / 1e3, factor * traces[name][inside]
                axes.plot(x, y, line, color=COLOURS[colour], label=text, linewidth=0.8)
            if row == "D":
                spikes = values["soma_spikes"][np.abs(values["soma_spikes"] - edge) <= 2 * period]
                axes.plot(spikes / 1e3, np.full(len(spikes), -125.0), "|", color=COLOURS["black"], label="spikes")
            _mark_teaching(axes, edge / 1e3, 2 * period / 1e3, taught_after=column == 0)
        left, right = panels[f"{row}0"], panels[f"{row}1"]
        letter(left, row, "First repetitions, teaching shaded" if row == "A" else "")
        left.set_ylabel(label)
        right.sharey(left)
        right.tick_params(labelleft=False)
        right.legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=4, borderaxespad=0, columnspacing=1.2)
        for axes in (left, right):
            axes.tick_params(labelbottom=row == "D")
            if row == "D":
                axes.set_xlabel("Time (s)")
    _weights(letter(panels["E"], "E"), values, begin, stop)
    _copies(panels, values, published)
    return made


def _mark_teaching(axes: Axes, edge: float, reach: float, *, taught_after: bool) -> None:
    """Shade the time of teaching within ``reach`` of the ``edge`` where it begins or stops."""
    axes.set_xlim(edge - reach, edge + reach)
    axes.axvspan(*((edge, edge + reach) if taught_after else (edge - reach, edge)), color="0.93", zorder=0, linewidth=0)


def _weights(axes: Axes, values: Mapping[str, Any], begin: float, stop: float) -> None:
    """The weight at each presynaptic spike of every tenth synapse."""
    from matplotlib import colormaps

    weights = values["weights"]
    axes.axvspan(begin / 1e3, stop / 1e3, color="0.93", zorder=0, linewidth=0)
    for synapse in range(0, weights.size, 10):
        times, weight = weights.of(synapse)
        colour = colormaps["viridis"](0.95 * synapse / weights.size)
        axes.step(times.magnitude / 1e3, weight.magnitude, where="post", linewidth=0.7, color=colour)
    axes.set(xlabel="Time (s)", ylabel="Weights (pA)", xlim=(0, values["traces"]["U"].times.magnitude[-1] / 1e3), ylim=(-5, None))


def _copies(panels: Mapping[str, Axes], values: Mapping[str, Any], published: Mapping[str, tuple[float, float]]) -> None:
    """Each copy next to the original's runs, and how far the soma does after teaching what it was taught."""
    labels = {"F": "Spikes while taught", "G": "Mean final weight (pA)", "H": "Correlation of $U$ with $U_M$"}
    for name, (what, (mean, sd)) in zip("FG", published.items(), strict=True):
        axes = letter(panels[name], name)
        copies_and_published(axes, 1, values[what], mean, sd, colour="blue", labels=(None, None))
        axes.set(xlim=(0.6, 1.4), xticks=(0.8, 1.18), xticklabels=("ours", "NEST"), ylabel=labels[name])
    axes, correlations = letter(panels["H"], "H"), values["correlations"]
    for copy in correlations.T:
        axes.plot(range(1, len(correlations) + 1), copy, "o-", markersize=2, linewidth=0.4, alpha=0.6, color=COLOURS["blue"])
    axes.set(xlim=(0.5, len(correlations) + 0.5), xticks=range(1, len(correlations) + 1), ylim=(None, 1))
    axes.set(xlabel="Repetition\nafter teaching", ylabel=labels["H"])
