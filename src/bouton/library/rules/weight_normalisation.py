"""Normalisation: the weights of a neuron are multiplied by one factor that gives them a fixed norm.

Sources
-------
C. von der Malsburg, Kybernetik 14:85 (1973), doi:10.1007/BF00288907: the sum of the weights is kept.
E. Oja, J. Math. Biol. 15:267 (1982), doi:10.1007/BF00275687: the sum of their squares.
K. D. Miller & D. J. C. MacKay, Neural Comput. 6:100 (1994), doi:10.1162/neco.1994.6.1.100: what a multiplicative constraint does.

Symbols
-------
``w`` the weight; ``norm`` the norm that the weights of one projection onto one neuron have together. The neuron needs a variable
``total : 1``, which becomes their norm in units of ``norm`` (its square for ``l2``) at the start of each step.

``kind``: ``l1``, Σ|w|, or ``l2``, √Σw². ``limit``: ``fixed``, or ``upper``, where weights of a lower norm are left as they are.
``interval``: the weights are normalised at its multiples, from t = 0, before the spikes of the step. Weights that are all
zero stay so.

``delivery``: ``none``, to be composed with a rule that transmits the weight (``bt.rules.PairSTDP() &
bt.rules.WeightNormalisation()``), or ``weight``, for a synapse that has no other rule. The value of ``norm`` is no paper's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import ms

KIND = {  # what is summed, and the norm in units of the wanted one
    "l1": ("abs(w)/norm", "total_post"),
    "l2": ("(w/norm)**2", "sqrt(total_post)"),
}
LIMIT = {"fixed": "where({norm} > 0, {norm}, 1)", "upper": "maximum({norm}, 1)"}
DELIVERY = {"none": {}, "weight": {"on_pre": "transmit = w"}}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    summed, norm = KIND[options["kind"]]
    return {
        "equations": f"w : {{unit}}\ntotal_post = {summed} : 1 (summed)",
        "every": ("interval", f"w /= {LIMIT[options['limit']].format(norm=norm)}"),
        "weights": ("w",),
        **DELIVERY[options["delivery"]],
    }


RULE = Rule(
    name="WeightNormalisation",
    part="normal",
    title="weights of a neuron multiplied to a fixed norm",
    papers=(
        "von der Malsburg (1973), doi:10.1007/BF00288907",
        "Oja (1982), doi:10.1007/BF00275687",
        "Miller & MacKay (1994), doi:10.1162/neco.1994.6.1.100",
    ),
    build=build,
    parameters={
        "norm": Parameter(1.0, "‖w‖", "norm of the weights of a neuron", weight=True),
        "interval": Parameter(100 * ms, "T", "time between normalisations", 0.1, 10000),
    },
    options={"kind": tuple(KIND), "limit": tuple(LIMIT), "delivery": tuple(DELIVERY)},
    needs=("total",),
)
