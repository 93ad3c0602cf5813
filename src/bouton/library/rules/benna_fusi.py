"""Consolidation along a chain: what is written to the weight diffuses into slower and slower variables, and fades like 1/√t.

Sources
-------
M. K. Benna & S. Fusi, Nat. Neurosci. 19:1697 (2016), doi:10.1038/nn.4401. Sizes and conductances that are
powers of one number, and the leak of the last variable, are as in G. M. van de Ven's optimiser for deep networks
(github.com/GMvandeVen/complex-synapses).

Symbols
-------
``w`` the weight, of which the deviation from its rest is the first variable of the chain, u_1 = w − w_0; ``u_2`` … ``u_m`` the
others,

    C_k du_k/dt = g_{k−1} (u_{k−1} − u_k) + g_k (u_{k+1} − u_k),    u_{m+1} = 0,    C_k = n^{k−1},    g_k = n^{1−k}/τ,

without the first term for k = 1. Each variable is n² slower than the one before it. What is written at once fades like 1/√t from
τ to about τ n^{2m−2}, and exponentially after that; nothing but the leak g_m loses what has been written, as Σ C_k u_k is
conserved without it. The chain is at rest with the weight at w_0: who starts elsewhere and wants to stay there longer than that
gives ``u_2`` … values too.

``variables``: m. ``induction``, what is written to the weight: ``pairs``, A₊ w₁ and A₋ w₁ times the traces of the other side,
as `PairSTDP` does without bounds; ``events``, q at the spikes of the population connected as the event ``potentiation``, and −q
for ``depression`` (those of one neuron reach all synapses, of as many as there are targets the synapses of each), which are the
±1 of the paper; ``none``, to be composed with a rule that writes the weight and transmits it (``bt.rules.TripletSTDP() &
bt.rules.BennaFusi(induction="none")``). The weight has no equation then but is what ``u_1`` has become in a step, and ``u_1``
takes up what the rule has written in the step before, so that this diffuses one step later.

The equations are linear, and solved exactly. Learning off stops the whole chain. Not here are the paper's variables of few
levels, which move at random, and bounds: the weight takes either sign. The values of all parameters are choices of this
library.

Spikes of both sides in one step: the presynaptic block comes first, the postsynaptic one sees its trace. The weight is
transmitted as it is before this spike depresses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.model.blocks import dt
from bouton.units import ms, second

VARIABLES = ("4", "3", "5", "6", "7", "8")
INDUCTION: Mapping[str, Mapping[str, Any]] = {
    "pairs": {
        "on_pre": "transmit = w; w -= A_minus*w_1*y; x += 1",
        "on_post": "w += A_plus*w_1*x; y += 1",
    },
    "events": {"on_pre": "transmit = w", "on_event": {"potentiation": "w += q", "depression": "w -= q"}},
    "none": {"every": (dt, "u_1 += w - w_0 - u_1(t-dt); w = w_0 + u_1")},
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    last, composed = int(options["variables"]), options["induction"] == "none"
    first = "u_1" if composed else "(w - w_0)"
    chain = ["w : {unit}"] if composed else []
    chain.append(f"d{'u_1' if composed else 'w'}/dt = (u_2 - {first})/tau : {{unit}}")
    for k in range(2, last + 1):
        before = first if k == 2 else f"u_{k - 1}"
        after = f"(u_{k + 1} - u_{k})" if k < last else f"(-u_{k})"
        chain.append(f"du_{k}/dt = ({before} - u_{k} + {after}/n)/(n**{2 * k - 3}*tau) : {{unit}}")
    if options["induction"] == "pairs":
        chain += ["dx/dt = -x/tau_plus : 1", "dy/dt = -y/tau_minus : 1"]
    weights = ("w", *(f"u_{k}" for k in range(1 if composed else 2, last + 1)))
    return {"equations": "\n".join(chain), "weights": weights, **INDUCTION[options["induction"]]}


RULE = Rule(
    name="BennaFusi",
    part="chain",
    title="consolidation of the weight in a chain of ever slower variables",
    papers=("Benna & Fusi (2016), doi:10.1038/nn.4401",),
    build=build,
    parameters={
        "tau": Parameter(1 * second, "C₁/g₁", "time constant of the first variable", 0.01, 1e4),
        "n": Parameter(2.0, "n", "ratio of the sizes, and of the conductances, of neighbours", 1, 10),
        "w_0": Parameter(0.0, "w₀", "weight at rest", weight=True),
        "q": Parameter(0.01, "q", "what an event writes to the weight", weight=True),
        "A_plus": Parameter(0.005, "A₊", "potentiation by a pair at once", 0, 0.1),
        "A_minus": Parameter(0.005, "A₋", "depression by a pair at once", 0, 0.1),
        "tau_plus": Parameter(20 * ms, "τ₊", "time constant of potentiation", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ₋", "time constant of depression", 1, 200),
        "w_1": Parameter(1.0, "w₁", "the weight that A₊ and A₋ are measured in", weight=True),
    },
    options={"variables": VARIABLES, "induction": tuple(INDUCTION)},
)
