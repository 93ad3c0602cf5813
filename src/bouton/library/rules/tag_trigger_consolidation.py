"""Tags, a trigger, consolidation: spikes set tags at random, many tags trigger proteins, which make tagged synapses last.

Sources
-------
C. Clopath, L. Ziegler, E. Vasilaki, L. Büsing & W. Gerstner, PLoS Comput. Biol. 4:e1000248 (2008),
doi:10.1371/journal.pcbi.1000248. The numbers, and equations where they say more, are those of the authors' program (ModelDB
118199, with the amplitudes that they corrected in 2009).

Symbols
-------
``h`` the tag of potentiation, 0 or 1, ``l`` that of depression, 0 or −1, of which a synapse has one at most; ``z`` the late
state, bistable with 0 and 1; ``p`` the proteins of the neuron; w = w_0 (1 + g_h h + g_l l + g_z z) is transmitted. Without a
tag, a presynaptic spike sets l with probability A_LTD [ū₋ − θ_LTD]₊, and h is set at the rate A_LTP x [v − θ_LTP]₊ [ū₊ − θ_LTD]₊,
with ``x`` the trace of presynaptic spikes, τ_x dx/dt = −x + Σ δ(t − t_pre). Tags are lost at the rates 1/τ_h and 1/τ_l, and

    dp/dt = (1 − p)/τ_pm Θ(Σ(h − l) − N_p) − p/τ_pd,    τ_z dz/dt = z(1 − z)(z − κ) + γ (h + l) p,

with the sum over the synapses of the neuron in this projection.

The neuron brings ``v``, the voltage, ``u_plus`` and ``u_minus``, the voltage filtered with 100 ms and 1 s in the authors'
program (``du_plus/dt = (v - u_plus)/(100*ms) : mV``), and ``tags : 1``, which becomes the number of tags. How long a spike of
``v`` lasts decides how much it potentiates (1 ms there). All is 0 at the beginning; the program starts with z = 1 at 30 % of the
synapses. To block the proteins, as in experiments, give N_p a value above the number of synapses between two runs.

``interval``: at its multiples, from t = 0, tags are drawn and lost, and z is advanced by Euler's method, which errs by about
interval/τ_z. What adds up to the rate of h since the last draw is ``q``, so that the interval does not change the probability
that a tag is set, only when it is seen; it is also drawn before a presynaptic spike might set the other tag. The program draws
both in each millisecond of a stimulus, in either order. Loss is drawn once in an interval for the tags that were there before.

Nothing depends on the order of spikes in a step: postsynaptic ones act through the voltage. The weight is transmitted as it is
before this spike sets a tag, and the voltages that it reads are those after the step's integration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import ms, mV, second

EQUATIONS = """
w = w_0*(1 + g_h*h + g_l*l + g_z*z) : {unit}
h : 1
l : 1
z : 1
dq/dt = A_LTP*x*maximum(v_post - theta_LTP, 0)*maximum(u_plus_post - theta_LTD, 0) : 1
dx/dt = -x/tau_x : second**-1
tags_post = h - l : 1 (summed)
dp/dt = (1 - p)/tau_pm*where(tags_post > N_p, 1, 0) - p/tau_pd : 1
"""
SET = "(1 - h)*(1 + l)*where(rand() < 1 - exp(-q), 1, 0)"
DEPRESS = "(1 - h)*(1 + l)*where(rand() < A_LTD*maximum(u_minus_post - theta_LTD, 0), 1, 0)"
DRIFT = "(z*(1 - z)*(z - kappa) + gamma*(h + l)*p)/tau_z"


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    stay = "where(rand() < exp(-interval/tau_{}), 1, 0)"
    return {
        "equations": EQUATIONS,
        "on_pre": f"transmit = w; h += {SET}; q = 0; l -= {DEPRESS}; x += 1/tau_x",
        "every": (
            "interval",
            f"h = h*{stay.format('h')} + {SET}; q = 0; l *= {stay.format('l')}; z += interval*{DRIFT}",
        ),
        "method": {"q": "exponential_euler", "p": "exponential_euler"},
        "weights": ("h", "l", "z", "q"),
    }


RULE = Rule(
    name="TagTriggerConsolidation",
    part="tags",
    title="stochastic tags, a trigger for proteins, and bistable consolidation",
    papers=("Clopath, Ziegler, Vasilaki, Büsing & Gerstner (2008), doi:10.1371/journal.pcbi.1000248",),
    build=build,
    parameters={
        "A_LTD": Parameter(1e-2 / mV, "A_LTD", "size of the probability of a tag of depression", 1e-4, 1),
        "A_LTP": Parameter(1e-3 / mV**2, "A_LTP", "size of the rate of a tag of potentiation", 1e-5, 0.1),
        "theta_LTD": Parameter(-70.6 * mV, "θ_LTD", "filtered voltage above which tags are set", -80, -30),
        "theta_LTP": Parameter(-50.0 * mV, "θ_LTP", "voltage above which tags of potentiation are set", -60, 0),
        "tau_x": Parameter(100 * ms, "τ_x", "time constant of the presynaptic trace", 1, 1000),
        "tau_h": Parameter(3600 * second, "1/k_h", "mean life of a tag of potentiation", 60, 36000),
        "tau_l": Parameter(5400 * second, "1/k_l", "mean life of a tag of depression", 60, 36000),
        "N_p": Parameter(60.0, "N_p", "number of tags above which proteins are made", 0, 1e4),
        "tau_pm": Parameter(360 * second, "τ_pm", "time constant of the making of proteins", 10, 3600),
        "tau_pd": Parameter(3600 * second, "τ_pd", "time constant of the decay of proteins", 60, 36000),
        "tau_z": Parameter(360 * second, "τ_z", "time constant of the late state", 10, 3600),
        "kappa": Parameter(0.5, "κ", "late state between the two stable ones", 0, 1),
        "gamma": Parameter(0.1, "γ", "pull of tags on the late state where there are proteins", 0, 1),
        "interval": Parameter(100 * ms, "T", "time between draws of tags", 0.1, 10000),
        "g_h": Parameter(1.0, "g_h", "share of a tag of potentiation in the weight"),
        "g_l": Parameter(0.5, "g_l", "share of a tag of depression in the weight"),
        "g_z": Parameter(2.0, "g_z", "share of the late state in the weight"),
        "w_0": Parameter(1.0, "w₀", "weight without tags at the late state 0", weight=True),
    },
    sets={"clopath2008_modeldb118199": {}},
    needs=("v", "u_minus", "u_plus", "tags"),
    neuron="AdExClopath",
    trial={  # minutes and hours a thousand times as fast, and proteins from the first tag on
        **{"tau_h": 3.6 * second, "tau_l": 5.4 * second, "tau_pm": 0.36 * second, "tau_pd": 3.6 * second, "tau_z": 0.36 * second},
        **{"interval": 10 * ms, "N_p": 0.0},
    },
    span=4 * second,
)
