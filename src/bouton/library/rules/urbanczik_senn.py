"""Dendritic prediction of somatic spiking: synapses on a dendrite change with the error of what it predicts for the soma.

Sources
-------
R. Urbanczik & W. Senn, Neuron 81:521 (2014), doi:10.1016/j.neuron.2013.11.030. The equations are held to those of NEST's
``urbanczik_synapse``, and the numbers are those of NEST's example of it, ``urbanczik_synapse_example``, not of the paper.

Symbols
-------
``S`` the soma's spikes; ``phi`` (φ) the rate of them that the dendrite predicts from its potential V*; ``h`` the slope of ln φ;
``psp`` what presynaptic spikes evoke in the dendrite, exp(−t/τ_L) − exp(−t/τ_s) each, and ``psc`` their current, exp(−t/τ_s):

    PI = [S − φ(V*)] h(V*) psp,    τ_Δ dΔ/dt = PI − Δ,    dw/dt = η w_1 τ_L τ_s/(τ_L − τ_s) Δ.

``Delta`` is τ_Δ Δ. Of η and w_1 only the product matters: whoever measures h in another unit puts that into one of them.

The neuron needs ``e``, the error of a step, S − φ dt times h: a block of each step with ``e = -phi*dt*h``, and ``e += h`` in its
reset. As in NEST it acts on the synapses one step later, with the psp of that step. No step is spent on a synapse: what all
steps add is added up with the neuron and reaches the weight at the next presynaptic spike, exactly. Until then it is in ``u``.

``bounds``: ``hard``, the weight is between w_min and w_max when it is transmitted, and goes on from there; or ``in_use`` (as in
NEST), where what the bounds cut off is kept in ``cut``, so that a weight that was driven beyond one takes as long to come back.
The weight is transmitted as it is when the presynaptic spike arrives, in NEST likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.model.blocks import dt
from bouton.units import ms

BOUNDS = {  # more state, and the weight that a presynaptic spike meets
    "hard": ("", "w = clip(w + u, w_min, w_max)"),
    "in_use": ("cut : {unit}\n", "free = w + cut + u; w = clip(free, w_min, w_max); cut = free - w"),
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    state, weight = BOUNDS[options["bounds"]]
    return {
        "equations": f"w : {{unit}}\n{state}"
        "du/dt = eta*w_1*tau_L*tau_s/(tau_L - tau_s)*Delta/tau_Delta : {unit}\n"
        "dDelta/dt = -Delta/tau_Delta : 1\n"
        "dpsp/dt = (1/tau_s - 1/tau_L)*psc - psp/tau_L : 1\n"
        "dpsc/dt = -psc/tau_s : 1",
        "every": (dt, "Delta += psp*e_post(t-dt)"),
        "on_pre": f"{weight}; u = 0; transmit = w; psc += 1",
        "weights": ("w", "cut") if state else ("w",),
    }


RULE = Rule(
    name="UrbanczikSenn",
    part="dendrite",
    title="dendritic prediction of somatic spiking",
    papers=("Urbanczik & Senn (2014), doi:10.1016/j.neuron.2013.11.030",),
    build=build,
    parameters={
        "eta": Parameter(2.55 / ms, "η", "learning rate", 0, 100),
        "tau_Delta": Parameter(100 * ms, "τ_Δ", "time constant of the low pass", 1, 10000),
        "tau_L": Parameter(10 * ms, "τ_L", "time constant of the dendrite's membrane", 1, 100),
        "tau_s": Parameter(3 * ms, "τ_s", "time constant of the synaptic current, another than τ_L", 0.1, 50),
        "w_1": Parameter(1.0, "w₁", "the weight that η is measured in", weight=True),
        "w_min": Parameter(0.0, "w_min", "lower bound of the weight", weight=True),
        "w_max": Parameter(1350.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={"bounds": tuple(BOUNDS)},
    sets={"nest_example": {"bounds": "in_use"}},
    needs=("e",),
    neuron="UrbanczikSenn",
    target="I",
)
