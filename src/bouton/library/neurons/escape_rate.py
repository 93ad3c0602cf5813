"""The leaky integrate-and-fire neuron with escape noise: it fires at random, the more likely the higher its voltage is.

Sources
-------
W. Gerstner & W. M. Kistler, Spiking Neuron Models, Cambridge University Press (2002), doi:10.1017/CBO9780511815706, section 5.3:
the exponential escape rate, and the probability of a spike in a step.
J.-P. Pfister, T. Toyoizumi, D. Barber & W. Gerstner, Neural Comput. 18:1318 (2006), doi:10.1162/neco.2006.18.6.1318, and R. V.
Florian, Neural Comput. 19:1468 (2007), doi:10.1162/neco.2007.19.6.1468, derive rules for such neurons. Their numbers have not
been read: V_th and the membrane are those of `bouton.library.neurons.lif`, rho_0 and Delta_u choices of this library.
R. Jolivet, A. Rauch, H.-R. Lüscher & W. Gerstner, J. Comput. Neurosci. 21:35 (2006), doi:10.1007/s10827-006-7074-5:
``nest_pp_psc_delta``, the values that NEST's model of this name has by default and says to be from there.

Symbols
-------
C dv/dt = g_L (E_L − v) + I_ext + I_syn; ρ = ρ₀ exp((v − V_th)/Δu), ``rate``. In a step a neuron that is not refractory fires with
probability 1 − exp(−ρ dt), ρ being taken after the step's integration. Rules may read ``rate_post``.

``synapses``: see `bouton.library.inputs`. ``after``: a spike is followed by a ``reset`` to V_reset, where v stays for t_ref, or v
will ``continue``, and only further spikes are left out for t_ref.

What differs
------------
- NEST's pp_psc_delta counts v from rest, has a linear part of the rate besides, and may draw several spikes in a step if it has
  no dead time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.library.neurons.lif import MEMBRANE
from bouton.units import Hz, ms, mV

AFTER = {"reset": (" (unless refractory)", "v = V_reset"), "continue": ("", None)}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    kind = options["synapses"]
    still, reset = AFTER[options["after"]]
    return {
        "equations": f"""
            dv/dt = (g_L*(E_L - v) + I_ext{inputs.current(kind)})/C : mV{still}
            rate = rho_0*exp((v - V_th)/Delta_u) : Hz
            {inputs.equations(kind)}""",
        "threshold": "rand() < 1 - exp(-rate*dt)",
        "reset": reset,
        "refractory": "t_ref",
    }


NEURON = Neuron(
    name="EscapeRate",
    title="leaky integrate-and-fire with exponential escape noise",
    papers=(
        "Gerstner & Kistler (2002), doi:10.1017/CBO9780511815706",
        "Pfister, Toyoizumi, Barber & Gerstner (2006), doi:10.1162/neco.2006.18.6.1318",
    ),
    build=build,
    parameters={
        **MEMBRANE,
        "rho_0": Parameter(100 * Hz, "ρ₀", "rate at the threshold", 0, 1000),
        "Delta_u": Parameter(2 * mV, "Δu", "how soft the threshold is", 0.1, 10),
    },
    options={"synapses": tuple(inputs.SYNAPSES), "after": tuple(AFTER)},
    sets={
        "nest_pp_psc_delta": {
            **{"synapses": "delta", "after": "continue", "E_L": 0 * mV, "V_th": 0 * mV, "t_ref": 1 * ms},
            **{"rho_0": 1.238 * Hz, "Delta_u": 4 * mV},
        },
    },
    inputs=inputs.INPUTS,
    start=lambda p: {"v": p["E_L"]},
)
