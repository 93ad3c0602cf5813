"""Heterosynaptic depression: while a neuron's weights together exceed a limit, each of them is reduced by the same amount.

Sources
-------
I. R. Fiete, W. Senn, C. Z. H. Wang & R. H. R. Hahnloser, Neuron 65:563 (2010), doi:10.1016/j.neuron.2010.02.003: the limit of
summed weights, as in their program for figure 2 (sim_for_paper.m, read as A. Leifer adapted it for a course).
K. D. Miller & D. J. C. MacKay, Neural Comput. 6:100 (1994), doi:10.1162/neco.1994.6.1.100: what a subtractive constraint does.

Symbols
-------
``w`` the weight, ``W_max`` the limit of the sum of all weights of one projection onto a neuron (and from one):

    Δw_ij = −η ( max(0, Σ_k w_ik − W_max) + max(0, Σ_k w_kj − W_max) ).

``eta`` is the share of the excess that each weight gives in an interval (the program's product of η and ε): a sum of n weights
comes down by n·η of its excess, and oscillates where n·η > 1. Small weights are lost first, and stop at 0; weights are not
negative. Below the limit nothing happens. `WeightNormalisation` multiplies, and keeps the weights' ratios; this rule is slow,
one-sided, and lets weights compete.

``sums``: ``incoming``, the first term only, for which the postsynaptic neuron needs a variable ``total : 1``, or ``both``, for
which the presynaptic neuron needs ``sent : 1`` besides. They become the sums in units of ``W_max``, at the start of each step.
``interval``: weights change at its multiples, from t = 0, before the spikes of the step. (In the program a step is about a burst
long, and the sums contain what STDP changes in the same step.)

``delivery``: ``none``, to be composed with a rule that transmits the weight (``bt.rules.PairSTDP() &
bt.rules.Heterosynaptic()``), or ``weight``, for a synapse that has no other rule. The values of parameters are choices of this
library, none is from the papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import ms

SUMS = {  # further equations, and the excess in units of W_max
    "incoming": ("", "maximum(total_post - 1, 0)"),
    "both": ("sent_pre = w/W_max : 1 (summed)", "(maximum(total_post - 1, 0) + maximum(sent_pre - 1, 0))"),
}
DELIVERY = {"none": {}, "weight": {"on_pre": "transmit = w"}}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    more, excess = SUMS[options["sums"]]
    return {
        "equations": f"w : {{unit}}\ntotal_post = w/W_max : 1 (summed)\n{more}",
        "every": ("interval", f"w = maximum(w - eta*W_max*{excess}, 0)"),
        "weights": ("w",),
        **DELIVERY[options["delivery"]],
    }


RULE = Rule(
    name="Heterosynaptic",
    part="heterosynaptic",
    title="depression of all weights of a neuron while their sum exceeds a limit",
    papers=(
        "Fiete, Senn, Wang & Hahnloser (2010), doi:10.1016/j.neuron.2010.02.003",
        "Miller & MacKay (1994), doi:10.1162/neco.1994.6.1.100",
    ),
    build=build,
    parameters={
        "interval": Parameter(10 * ms, "T", "time between changes", 0.1, 10000),
        "eta": Parameter(0.01, "η", "share of the excess that each weight gives in an interval", 0, 1),
        "W_max": Parameter(1.0, "W_max", "limit of the sum of a neuron's weights", weight=True),
    },
    options={"sums": tuple(SUMS), "delivery": tuple(DELIVERY)},
    needs=("total",),
    trial={"W_max": 0.3},  # below which nothing happens
)
