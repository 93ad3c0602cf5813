"""A neuron with sodium and potassium channels of hippocampal pyramidal cells.

Sources
-------
R. D. Traub & R. Miles, Neuronal Networks of the Hippocampus, Cambridge University Press (1991), simplified as benchmark 3 in R.
Brette et al., J. Comput. Neurosci. 23:349 (2007), doi:10.1007/s10827-007-0038-6; equations and numbers from Brian2's example
COBAHH and NEST's hh_cond_exp_traub, which agree.

Symbols
-------
See `bouton.library.channels`: ``v``, and the gates ``m``, ``h`` and ``n``, with rates that are functions of v − V_T.

``synapses``: see `bouton.library.inputs`; jumps of v are left out, which could carry it over V_spike unseen.
``scheme``: ``exponential_euler`` for each variable, stable, but of first order: at 0.5 nA intervals are 9 % long with steps of
0.1 ms, 5 % with 0.05 ms; or ``rk4``, right to 0.3 % with steps up to 0.05 ms, and unstable with 0.1 ms.

A spike is where v has come to lie above V_spike: ``v > V_spike and v(t-dt) <= V_spike``. It resets nothing.

What differs
------------
- Brian2's example, which uses exponential_euler with 0.1 ms too, fires at v > -20 mV if it did not for 3 ms: again, if v still is
  up there then.
- NEST sees a spike at the first falling step after the peak, and advances adaptively.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import channels, inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.units import ms, mV, nS, pA, pF

RATES: channels.Rates = {
    **{"alpha_m": ("linear", 1.28, 13, 4), "beta_m": ("linear", 1.4, 40, -5)},
    **{"alpha_h": ("exponential", 0.128, 17, 18), "beta_h": ("sigmoid", 4.0, 40, 5)},
    **{"alpha_n": ("linear", 0.16, 15, 5), "beta_n": ("exponential", 0.5, 10, 40)},
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    return channels.texts(RATES, "V_T", options)


def rest(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """At the leak's reversal potential, near which it rests, with the gates as they stand there."""
    above = float((parameters["E_L"] - parameters["V_T"]).to(mV).magnitude)
    return {"v": parameters["E_L"], **channels.steady(RATES, above)}


NEURON = Neuron(
    name="TraubMiles",
    title="sodium and potassium channels of hippocampal pyramidal cells",
    papers=("Brette et al. (2007), doi:10.1007/s10827-007-0038-6",),
    build=build,
    parameters={
        "C": Parameter(200 * pF, "C_m", "capacitance", 50, 500),
        "g_L": Parameter(10 * nS, "g_L", "leak conductance", 1, 50),
        "g_Na": Parameter(20000 * nS, "g_Na", "conductance of all sodium channels", 0, 50000),
        "g_K": Parameter(6000 * nS, "g_Kd", "conductance of all potassium channels", 0, 20000),
        "E_L": Parameter(-60 * mV, "E_L", "leak's reversal potential", -80, -50),
        "E_Na": Parameter(50 * mV, "E_Na", "reversal potential of sodium", 30, 60),
        "E_K": Parameter(-90 * mV, "E_K", "reversal potential of potassium", -100, -70),
        "V_T": Parameter(-63 * mV, "V_T", "voltage from which rates are counted", -75, -45),
        "V_spike": Parameter(-20 * mV, "-20 mV", "voltage that makes a spike when it is crossed", -40, 20),
        "t_ref": Parameter(3 * ms, "3 ms", "time after a spike in which none is seen", 0, 5),
        "I_ext": Parameter(0 * pA, "I", "external current", 0, 2000),
        **inputs.PARAMETERS,
        "tau_exc": Parameter(5 * ms, "τ_e", "time constant of excitatory inputs", 0.1, 20),
        "tau_inh": Parameter(10 * ms, "τ_i", "time constant of inhibitory inputs", 0.1, 20),
        "E_inh": Parameter(-80 * mV, "E_i", "reversal potential of inhibitory conductances", -100, -50),
    },
    options=channels.OPTIONS,
    sets={"brette2007_cobahh": {"synapses": "conductance_exponential"}},
    inputs=channels.INPUTS,
    start=rest,
)
