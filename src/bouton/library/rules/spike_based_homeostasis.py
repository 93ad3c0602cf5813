"""Homeostasis by counting: each presynaptic spike adds to the weight, each postsynaptic one takes from it.

Sources
-------
O. Breitwieser, "Towards a Neuromorphic Implementation of Spike-Based Expectation Maximization", Master's thesis, Heidelberg
(2015), as in Brian2's example ``spike_based_homeostasis`` (S. Schmitt, 2021; it cites the thesis) and in its port to Arbor
(github.com/tetzlab/FIPPA). Brian2: M. Stimberg, R. Brette & D. F. M. Goodman, eLife 8:e47314 (2019), doi:10.7554/eLife.47314.

Symbols
-------
``w`` the weight. Where the presynaptic neuron fires at a rate r, the postsynaptic one is drawn to r·Δw₊/Δw₋, whatever else drives
it: a weight that neither grows nor shrinks has seen r·Δw₊ of the one and as much of the other. Of n such inputs each asks for
the rate that is its own.

``bounds``: ``hard``, from 0 to ``w_max`` (as in Brian2), or ``rectified``, none, where a negative weight transmits nothing (as in
Arbor). The weight is transmitted as it is before this spike adds to it. Spikes of both sides in one step: the presynaptic block
comes first, which only a bound can tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Parameter, Rule

BOUNDS = {"hard": (" (min=0, max=w_max)", "w"), "rectified": ("", "maximum(w, 0)")}  # of the weight, and what is transmitted


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    bounds, transmitted = BOUNDS[options["bounds"]]
    return {
        "equations": f"w : {{unit}}{bounds}",
        "on_pre": f"transmit = {transmitted}; w += dw_plus",
        "on_post": "w -= dw_minus",
    }


RULE = Rule(
    name="SpikeBasedHomeostasis",
    part="homeostasis",
    title="a weight that presynaptic spikes raise and postsynaptic ones lower",
    papers=("Breitwieser (2015), Master's thesis, as in Brian2: Stimberg, Brette & Goodman (2019), doi:10.7554/eLife.47314",),
    build=build,
    parameters={
        "dw_plus": Parameter(0.05, "Δw₊", "what a presynaptic spike adds", 0, 1, weight=True),
        "dw_minus": Parameter(0.05, "Δw₋", "what a postsynaptic spike takes", 0, 1, weight=True),
        "w_max": Parameter(2.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={"bounds": tuple(BOUNDS)},
    sets={"brian2_spike_based_homeostasis": {"bounds": "hard", "dw_plus": 0.05, "dw_minus": 0.05, "w_max": 2.0}},
)
