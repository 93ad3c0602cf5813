"""Synaptic scaling: all weights of a neuron grow and shrink by one factor until it fires at its target rate.

Sources
-------
G. G. Turrigiano, K. R. Leslie, N. S. Desai, L. C. Rutherford & S. B. Nelson, Nature 391:892 (1998), doi:10.1038/36103: that it
is one factor.
M. C. W. van Rossum, G. Q. Bi & G. G. Turrigiano, J. Neurosci. 20:8812 (2000), doi:10.1523/JNEUROSCI.20-23-08812.2000: the
equations.

Symbols
-------
``a`` the neuron's rate of spikes averaged over ``tau``, τ·da/dt = -a + Σδ(t - t_spike); ``a_goal`` its target;
dw/dt = β·w·(a_goal - a), and with ``control="integral"`` also + γ·w·∫(a_goal - a). ``lack`` is ∫(a_goal - a), the spikes that
the neuron lacks, since the weight was last scaled, ``before`` what it lacked until then, and ``owed`` the integral of both.

The equation of w is solved exactly: the weight follows at multiples of ``interval``, and is then what it would be with any
other interval (as long as no other rule changes it). Zero stays zero, and a weight keeps its sign.

``delivery``: ``none``, to be composed with a rule that transmits the weight (``bt.rules.PairSTDP() &
bt.rules.SynapticScaling()``), or ``weight``, for a synapse that has no other rule. The estimate ``a`` starts from 0 unless it is
given another value. A postsynaptic spike at a multiple of the interval comes after the scaling of its step. The values of
parameters are choices of this library, none is from the papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import Hz, ms, second

CONTROL = {  # further equations, exponent of the factor, what is kept of the time until now
    "proportional": ("", "beta*lack", "lack = 0"),
    "integral": (
        "before : 1\ndowed/dt = before + lack : second\n",
        "beta*lack + gamma*owed",
        "before += lack; lack = 0; owed = 0",
    ),
}
DELIVERY = {"none": {}, "weight": {"on_pre": "transmit = w"}}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    more, exponent, after = CONTROL[options["control"]]
    return {
        "equations": f"w : {{unit}}\nda/dt = -a/tau : Hz\ndlack/dt = a_goal - a : 1\n{more}",
        "on_post": "a += 1/tau",
        "every": ("interval", f"w *= exp({exponent}); {after}"),
        "weights": ("w",),
        **DELIVERY[options["delivery"]],
    }


RULE = Rule(
    name="SynapticScaling",
    part="scaling",
    title="scaling of all weights of a neuron towards a target rate",
    papers=(
        "Turrigiano et al. (1998), doi:10.1038/36103",
        "van Rossum, Bi & Turrigiano (2000), doi:10.1523/JNEUROSCI.20-23-08812.2000",
    ),
    build=build,
    parameters={
        "a_goal": Parameter(5.0 * Hz, "a_goal", "target rate", 0.1, 100),
        "tau": Parameter(10.0 * second, "τ", "time over which the rate is averaged", 0.1, 1000),
        "beta": Parameter(1e-3, "β", "share by which the weight grows for each spike that is lacking", 0, 0.1),
        "interval": Parameter(100 * ms, "T", "time between scalings", 0.1, 10000),
        "gamma": Parameter(1e-5 * Hz, "γ", "the same in each second for as long as it is lacking", 0, 0.01),
    },
    options={"control": tuple(CONTROL), "delivery": tuple(DELIVERY)},
)
