"""Eligibility propagation: what a weight did to the spikes of its neuron, times what the network learns they did wrong.

Sources
-------
G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein & W. Maass, Nat. Commun. 11:3625 (2020),
doi:10.1038/s41467-020-17236-y. Equations as NEST states them (``eprop_iaf_adapt_bsshslm_2020``), numbers as in the authors'
programs (github.com/IGITUGraz/eligibility_propagation): τ_a and β of that for the accumulation of evidence, all others of that
for the generation of a pattern. The running mean of the rate is as in NEST's ``eprop_iaf``.

Symbols
-------
Time is discrete: there is one value of everything for each dt, which is 1 ms in the paper. The rule is for neurons with

    v(t+1) = α v(t) + Σ w z_pre(t) − v_th z(t),    a(t+1) = ρ a(t) + z(t),    z(t) = 1 where v(t) > v_th + β a(t),

α = exp(−dt/τ_m) and ρ = exp(−dt/τ_a). They need ``psi``, the pseudo-derivative ∂z/∂v, for instance γ/v_th·max(0, 1 − |v − v_th −
β a|/v_th) and 0 while refractory, and ``L``, the learning signal dE/dz. v is measured like the weight, psi in the inverse of
that. With κ = exp(−dt/τ_out) and ``z_bar``, z̄(t) = α z̄(t−1) + z_pre(t),

    e(t) = psi(t) [z̄(t−1) − β ε(t)],    ε(t+1) = ρ ε(t) + e(t),    ē(t) = κ ē(t−1) + e(t),    dE/dw = Σ L(t) ē(t) = G.

``neuron``: ``lif``, without a and ε; ``alif``; or ``readout``, for y(t) = κ y(t−1) + Σ w z_pre(t), where z̄ with κ takes the place
of ē, and L is dE/dy. ``filter``: ``sum`` as above; or ``mean``, where all that enters z̄ and ē (v and y likewise) is multiplied by
1 − α and 1 − κ, as in the program. With ``mean`` weights are those of NEST's ``eprop_synapse_bsshslm_2020``, to rounding, but for
spikes in the first step of a trial, which do not meet the new weight there; NEST multiplies what enters ē by 1 − κ in any case.

L(t) depends on the spikes of t, so the neuron has it one step later: as a sum over synapses (``L_post = … (summed)``), or in a
readout as ``L = y(t-dt) - y_star(t)`` with a timed array that is late by a step. A presynaptic spike acts on v and psi of the
step after it: delays are 0.

``update``: ``trial``, of length ``T``, at whose end w −= η w_1² G and all traces begin anew; the state of the neurons is the
user's to set back. Trials follow one another from t = 0; the last L is taken in the first step of the next. Or ``step``, where
each step changes the weight by its term of the sum.
``regularisation``: ``none``, or ``rate``, where E has the further term c_reg/2 (f − f_target)² with the mean rate f in a trial.
With ``step`` f is a running mean, and its time constant stands for the length of the trial.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.library.rule import Parameter, Rule
from bouton.model.blocks import dt
from bouton.units import Hz, ms

ELIGIBILITY = {  # e(t), with z̄ of the step before
    "lif": ["e = psi_post*z_bar"],
    "alif": ["e = psi_post*(z_bar - beta*eps)", "eps = eps*exp(-dt/tau_a) + e"],
    "readout": [],
}

STAND_IN = {  # a neuron with threshold 1 that has to keep y, the filtered train of its spikes, at 1/2
    "equations": "dv/dt = -v/(30*ms) : 1\ndy/dt = -y/(30*ms) : 1\npsi = 0.3*maximum(0, 1 - abs(v - 1)) : 1\nL = y - 0.5 : 1",
    "reset": "v -= 1; y += 1",
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant. Raises NetworkError (E401) for the rate of a readout."""
    neuron, update, rate = options["neuron"], options["update"], options["regularisation"] == "rate"
    readout = neuron == "readout"
    if readout and rate:
        raise NetworkError(
            Code.BAD_VALUE,
            "neuron='readout' with regularisation='rate'",
            where="bt.rules.EProp",
            expected="regularisation='none', for a readout has no spikes",
        )
    inverse = "1/({unit})"
    state = {"z_bar": "1"} | ({} if readout else {"e_bar": inverse}) | ({"eps": inverse} if neuron == "alif" else {})
    tau, gradient = ("tau_out", "L_post*z_bar") if readout else ("tau_m", "L_post*e_bar")
    decays = [] if readout else [f"e_bar = e_bar*exp(-dt/tau_out) + {_entering('tau_out', 'e', options)}"]
    decays.append(f"z_bar *= exp(-dt/{tau})")
    equations, on_post = "w : {unit}", "f += 1/tau_f" if update == "step" else "n += 1"
    if update == "step":
        equations += "\ndf/dt = -f/tau_f : Hz" if rate else ""
        step = f"w -= eta*w_1**2*({gradient}{' + c_reg*(f - f_target)*e/tau_f' if rate else ''})"
        every: Any = (dt, "; ".join([*ELIGIBILITY[neuron], step, *decays]))
    else:
        state |= {"G": inverse} | ({"S": inverse, "n": "1"} if rate else {})
        total = f"G + {gradient}{' + c_reg*(n/T - f_target)*S/T' if rate else ''}"
        added = [f"G += {gradient}", *(["S += e"] if rate else [])]
        every = {
            "trial": ("T", "; ".join([f"w -= eta*w_1**2*({total})", *(f"{name} = 0" for name in state)])),
            "eligibility": (dt, "; ".join([*ELIGIBILITY[neuron], *added, *decays])),
        }
    return {
        "equations": "\n".join([equations, *(f"{name} : {of}" for name, of in state.items())]),
        "every": every,
        "on_pre": f"transmit = w; z_bar += {_entering(tau, '1', options)}",
        "on_post": on_post if rate else None,
        "weights": ("w",),
    }


def _entering(tau: str, what: str, options: Mapping[str, str]) -> str:
    return what if options["filter"] == "sum" else f"(1 - exp(-dt/{tau}))*{what}"


RULE = Rule(
    name="EProp",
    part="eprop",
    title="eligibility propagation for spiking neurons, with and without adaptation",
    papers=("Bellec et al. (2020), doi:10.1038/s41467-020-17236-y",),
    build=build,
    parameters={
        "eta": Parameter(1e-4, "η", "learning rate", 0, 1),
        "T": Parameter(1000 * ms, "T", "length of a trial", 1, 1e5),
        "tau_m": Parameter(30 * ms, "τ_m", "time constant of the neuron's membrane", 1, 200),
        "tau_out": Parameter(30 * ms, "τ_out", "time constant of the readout", 1, 200),
        "tau_a": Parameter(2000 * ms, "τ_a", "time constant of adaptation", 10, 20000),
        "beta": Parameter(
            1.7 * (1 - math.exp(-1 / 2000)) / (1 - math.exp(-1 / 20)), "β", "rise of the threshold by a spike", 0, 10, weight=True
        ),
        "c_reg": Parameter(300 * ms**2, "c_reg", "how much a rate other than f_target costs", 0, 1e5),
        "f_target": Parameter(10 * Hz, "f_target", "rate that is aimed at", 0, 100),
        "tau_f": Parameter(1000 * ms, "τ_f", "time constant of the running mean of the rate", 10, 1e5),
        "w_1": Parameter(1.0, "w₁", "the weight that η is measured in", weight=True),
    },
    options={
        "neuron": tuple(ELIGIBILITY),
        "update": ("trial", "step"),
        "regularisation": ("none", "rate"),
        "filter": ("sum", "mean"),
    },
    trial={"T": 20 * ms},
    sets={"bellec2020_pattern_generation": {"regularisation": "rate", "filter": "mean"}},
    needs=("psi", "L"),
    stand_in=STAND_IN,
    target="v",
)
