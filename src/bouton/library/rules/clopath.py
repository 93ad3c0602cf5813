"""Voltage-based plasticity: depression at presynaptic spikes, potentiation while the postsynaptic voltage is high.

Sources
-------
C. Clopath, L. Büsing, E. Vasilaki & W. Gerstner, Nat. Neurosci. 13:344 (2010), doi:10.1038/nn.2479. The numbers, those for visual
cortex, are as in R. Larisch's replication for ReScience (2019), which takes them from the paper and the authors' program.

Symbols
-------
``x`` the trace of presynaptic spikes, τ_x dx/dt = −x + Σ δ(t − t_pre); of the postsynaptic neuron ``v``, the voltage, and
``u_minus`` and ``u_plus``, the voltage filtered with τ₋ and τ₊:

    dw/dt = −A_LTD Σ δ(t − t_pre) [ū₋ − θ₋]₊ + A_LTP x [v − θ₊]₊ [ū₊ − θ₋]₊.

The neuron brings them, for instance as ``du_minus/dt = (v - u_minus)/(10*ms) : mV`` and ``du_plus/dt = (v - u_plus)/(7*ms) :
mV``. A delay of the filtered voltages, as in other simulators, is written there too. How long a spike of ``v`` lasts decides
how much it potentiates: a neuron without an upstroke needs one.

``homeostasis``: ``none``, or ``square``, where A_LTD is multiplied by ``u_square``/u_ref², the neuron's slow mean of (v − E_L)².
``w_1`` is the weight in which A_LTD and A_LTP are measured.

``advance``: with ``steps`` potentiation is an equation of each synapse, advanced by exponential_euler with the trace of the
middle of a step and the voltages of its start, and the weight is within its bounds at all times. With ``events`` what each
step adds (Euler's scheme: trace and voltage after integration, the filtered voltage before it) is added up with the neuron,
and reaches a synapse at its next presynaptic spike, which is much faster; it is also then that the weight is brought back to
w_max. Since it only grows in between, all that is transmitted is the same, but who looks in between may see more. ``euler`` is
``steps`` by Euler's scheme, with trace and voltages of the start of a step.

``filtered``: with ``events``, potentiation reads u_plus as it was ``before`` the step, or ``now``, as v.
``transmitted``: the weight as it is ``before`` this spike depresses it, or ``after``. Depression reads the filtered voltage after
the step's integration.

Conventions
-----------
NEST's clopath_synapse: ``events``, ``now`` and ``after``, with ``square`` where A_LTD_const is False. What belongs to its neurons
is written in the neuron: u_minus and u_plus are delayed by delay_u_bars, and are 0 mV until then; u_square is the square of
u_bar_bar, not of what it is above E_L; the synapse sees all voltages after its delay.

Brian2, the equations of the synapse being clock-driven with the method exponential_euler, and the voltages given by a TimedArray:
``euler``. Voltages that a neuron integrates its synapses read as they are after the step there. It bounds where a user clips.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.model.blocks import dt
from bouton.units import ms, mV

FILTERED = {"before": "u_plus_post(t-dt)", "now": "u_plus_post"}
TRANSMITTED = {"before": "transmit = w; {depress}", "after": "{depress}; transmit = w"}
DEPRESSION = {"none": "", "square": "*u_square_post/u_ref_square"}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    size = f"A_LTD*w_1*maximum(u_minus_post - theta_minus, 0){DEPRESSION[options['homeostasis']]}"
    growth = "A_LTP*w_1*x*maximum(v_post - theta_plus, 0)*maximum(u_plus_post - theta_minus, 0)"
    transmitted = TRANSMITTED[options["transmitted"]]
    if options["advance"] == "events":
        change = transmitted.format(depress=f"w = maximum(w - {size}, 0)")
        return {
            "equations": "w : {unit}\ndx/dt = -x/tau_x : second**-1",
            "on_pre": f"w = minimum(w, w_max); {change}; x += 1/tau_x",
            "every": (dt, f"w += {growth.replace('u_plus_post', FILTERED[options['filtered']])}*dt"),
            "weights": ("w",),
        }
    return {
        "equations": f"dw/dt = {growth} : {{unit}} (min=0, max=w_max)\ndx/dt = -x/tau_x : second**-1",
        "on_pre": f"{transmitted.format(depress=f'w -= {size}')}; x += 1/tau_x",
        "method": {"w": "euler" if options["advance"] == "euler" else "exponential_euler"},
        "weights": ("w",),
    }


RULE = Rule(
    name="Clopath",
    part="voltage",
    title="voltage-based plasticity, with homeostasis on request",
    papers=("Clopath, Büsing, Vasilaki & Gerstner (2010), doi:10.1038/nn.2479",),
    build=build,
    parameters={
        "A_LTD": Parameter(14e-5 / mV, "A_LTD", "size of depression", 1e-6, 1e-2),
        "A_LTP": Parameter(8e-5 / mV**2, "A_LTP", "size of potentiation", 1e-6, 1e-2),
        "theta_minus": Parameter(-70.6 * mV, "θ₋", "filtered voltage above which there is plasticity", -80, -30),
        "theta_plus": Parameter(-45.3 * mV, "θ₊", "voltage above which there is potentiation", -60, 0),
        "tau_x": Parameter(15 * ms, "τ_x", "time constant of the presynaptic trace", 1, 100),
        "u_ref_square": Parameter(60 * mV**2, "u_ref²", "mean square depolarisation at which A_LTD is as given", 1, 1000),
        "w_1": Parameter(1.0, "w₁", "the weight that A_LTD and A_LTP are measured in", weight=True),
        "w_max": Parameter(3.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={
        "homeostasis": tuple(DEPRESSION),
        "advance": ("steps", "events", "euler"),
        "filtered": tuple(FILTERED),
        "transmitted": tuple(TRANSMITTED),
    },
    conventions={
        "nest": {"advance": "events", "filtered": "now", "transmitted": "after"},
        "brian2": {"advance": "euler"},
    },
    sets={"clopath2010_visual_cortex": {}},
    needs=("v", "u_minus", "u_plus"),
    neuron="AdExClopath",
)
