"""Spike-timing-dependent plasticity modulated by reward: at once (MSTDP), or through an eligibility trace (MSTDPET).

Sources
-------
R. V. Florian, Neural Comput. 19:1468 (2007), doi:10.1162/neco.2007.19.6.1468, section 4.1. The time constants, sizes and γ are
those of its sections 4.1 and 4.3 as others have transcribed them in replications of its figure 1 and of its experiment 4.3.

Symbols
-------
``x`` and ``y`` the traces of presynaptic and postsynaptic spikes (P⁺ = A₊ x, P⁻ = −A₋ y; the paper's A₋ is negative, here it is
the size), ``r`` the reward. Each postsynaptic spike counts ζ = A₊ x, each presynaptic one ζ = −A₋ y.

``rule``: ``mstdp``, where a spike changes the weight by γ r ζ with the reward at that time, or ``mstdpet``, where it adds ζ/τ_z
to the eligibility ``z``, which decays with τ_z, and dw/dt = γ r z.

``reward``: ``linked``, a variable of a population, ``link={"r": …}``; with mstdpet the weight is advanced by exponential_euler,
with the eligibility of the middle of a step and the reward of its start. ``events``, for mstdpet: each spike of the population
connected as the event ``reward`` changes the weight by γ R z, R being the reward times how long it lasts. The paper's reward in
a step of 1 ms acts on what spikes left in the step before; here, on what they have left until then.

Spikes of both sides in one step: the presynaptic block comes first, the postsynaptic one sees its trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.library.rule import Parameter, Rule
from bouton.units import ms

BOUNDS = "{unit} (min=w_min, max=w_max)"
TRACES = "dx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1"
ELIGIBILITY = "dz/dt = -z/tau_z : second**-1"
LINKED = "r : 1 (linked)"


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant. Raises NetworkError (E401) for events without an eligibility that they could act on."""
    match options["rule"], options["reward"]:
        case "mstdp", "linked":
            return {
                "equations": f"{LINKED}\nw : {BOUNDS}\n{TRACES}",
                "on_pre": "transmit = w; w -= gamma*r*A_minus*y; x += 1",
                "on_post": "w += gamma*r*A_plus*x; y += 1",
            }
        case "mstdp", _:
            raise NetworkError(
                Code.BAD_VALUE,
                "rewards as events with rule='mstdp', which keeps nothing for them to act on",
                where="bt.rules.Florian",
                expected="rule='mstdpet', or reward='linked'",
            )
    spikes = {"on_pre": "transmit = w; z -= A_minus*y/tau_z; x += 1", "on_post": "z += A_plus*x/tau_z; y += 1"}
    if options["reward"] == "linked":
        equations = f"{LINKED}\ndw/dt = gamma*r*z : {BOUNDS}\n{ELIGIBILITY}\n{TRACES}"
        return {"equations": equations, "method": {"w": "exponential_euler"}, "weights": ("w",), **spikes}
    return {"equations": f"w : {BOUNDS}\n{ELIGIBILITY}\n{TRACES}", "on_event": {"reward": "w += gamma*R*z"}, **spikes}


RULE = Rule(
    name="Florian",
    part="reward",
    title="spike-timing-dependent plasticity modulated by reward, at once or through an eligibility trace",
    papers=("Florian (2007), doi:10.1162/neco.2007.19.6.1468",),
    build=build,
    parameters={
        "tau_plus": Parameter(20 * ms, "τ₊", "time constant of potentiation", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ₋", "time constant of depression", 1, 200),
        "tau_z": Parameter(25 * ms, "τ_z", "time constant of the eligibility", 1, 5000),
        "A_plus": Parameter(1.0, "A₊", "size of a pair at once, presynaptic spike first", 0, 10),
        "A_minus": Parameter(1.0, "A₋", "size of a pair at once, postsynaptic spike first", 0, 10),
        "gamma": Parameter(0.01, "γ", "learning rate", weight=True),
        "R": Parameter(1 * ms, "r δt", "reward of an event, times how long it lasts", 0, 1000, signed=True),
        "w_min": Parameter(0.0, "w_min", "lower bound of the weight", weight=True),
        "w_max": Parameter(10.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={"rule": ("mstdp", "mstdpet"), "reward": ("linked", "events")},
    sets={
        "florian2007_section4.3_MSTDP": {"rule": "mstdp", "gamma": 0.01},
        "florian2007_section4.3_MSTDPET": {"rule": "mstdpet", "gamma": 0.25},
    },
)
