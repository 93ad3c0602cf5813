"""Hodgkin and Huxley's neuron, with the channels of the squid's giant axon.

Source
------
A. L. Hodgkin & A. F. Huxley, J. Physiol. 117:500 (1952), doi:10.1113/jphysiol.1952.sp004764, with voltages counted upwards from
rest at -65 mV, and 100 pF of membrane (10⁻⁴ cm² at 1 µF/cm²), as in NEST's hh_psc_alpha.

Symbols
-------
See `bouton.library.channels`: ``v``, and the gates ``m``, ``h`` and ``n``, with rates that are functions of v − V_rest.

``synapses``: see `bouton.library.inputs`; jumps of v are left out, which could carry it over V_spike unseen.
``scheme``: ``exponential_euler`` for each variable, stable, but of first order: at 1 nA intervals are 5 % long with steps of 0.1
ms, 2.5 % with 0.05 ms; or ``rk4``, right to 0.1 % with steps up to 0.05 ms, and unstable with 0.1 ms.

A spike is where v has come to lie above V_spike: ``v > V_spike and v(t-dt) <= V_spike``. It resets nothing, and there is one for
each upstroke also without a refractory period. V_spike is a choice of this library.

What differs
------------
- NEST sees a spike at the first falling step after the peak, some tenths of a millisecond later, and none for 2 ms. It advances
  adaptively.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import channels, inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.units import ms, mV, nS, pA, pF

RATES: channels.Rates = {
    **{"alpha_m": ("linear", 1.0, 25, 10), "beta_m": ("exponential", 4.0, 0, 18)},
    **{"alpha_h": ("exponential", 0.07, 0, 20), "beta_h": ("sigmoid", 1.0, 30, 10)},
    **{"alpha_n": ("linear", 0.1, 10, 10), "beta_n": ("exponential", 0.125, 0, 80)},
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    return channels.texts(RATES, "V_rest", options)


NEURON = Neuron(
    name="HodgkinHuxley",
    title="sodium and potassium channels of the squid's giant axon",
    papers=("Hodgkin & Huxley (1952), doi:10.1113/jphysiol.1952.sp004764",),
    build=build,
    parameters={
        "C": Parameter(100 * pF, "C_M", "capacitance", 50, 500),
        "g_L": Parameter(30 * nS, "g_l", "leak conductance", 1, 50),
        "g_Na": Parameter(12000 * nS, "g_Na", "conductance of all sodium channels", 0, 50000),
        "g_K": Parameter(3600 * nS, "g_K", "conductance of all potassium channels", 0, 20000),
        "E_L": Parameter(-54.402 * mV, "V_l", "leak's reversal potential", -80, -50),
        "E_Na": Parameter(50 * mV, "V_Na", "reversal potential of sodium", 30, 60),
        "E_K": Parameter(-77 * mV, "V_K", "reversal potential of potassium", -100, -70),
        "V_rest": Parameter(-65 * mV, "V_r", "voltage from which rates are counted", -75, -55),
        "V_spike": Parameter(-20 * mV, "V_spike", "voltage that makes a spike when it is crossed", -40, 20),
        "t_ref": Parameter(0 * ms, "t_ref", "time after a spike in which none is seen", 0, 5),
        "I_ext": Parameter(0 * pA, "I", "external current", 0, 2000),
        **inputs.PARAMETERS,
    },
    options=channels.OPTIONS,
    sets={"hodgkin_huxley1952": {}},
    inputs=channels.INPUTS,
    start=lambda p: {"v": p["V_rest"], **channels.steady(RATES, 0.0)},
)
