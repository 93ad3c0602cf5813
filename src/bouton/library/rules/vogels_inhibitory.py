"""Inhibitory spike-timing-dependent plasticity that holds the postsynaptic rate at a target.

Sources
-------
T. P. Vogels, H. Sprekeler, F. Zenke, C. Clopath & W. Gerstner, Science 334:1569 (2011), doi:10.1126/science.1211095.
F. Zenke's network for the Brian twister of 2012 (brian-team/brian, examples/twister/FriedemannZenke.py), "adapted from" the
paper by one of its authors: the numbers, with weights in nS.

Symbols
-------
``x``, ``y`` the traces of presynaptic and postsynaptic spikes; ``w`` the weight. Pairs in either order potentiate by
η·exp(-|Δt|/τ), and each presynaptic spike depresses by η·α with α = 2·ρ₀·τ: where the postsynaptic cell fires at ρ₀,
independently of the presynaptic one, both cancel. ``eta`` is measured like the weight.

``bounds``: ``zero`` below; ``hard``, also ``w_max``, what a presynaptic spike changes being added up first (as in Brian2);
``hard_in_turn``, where its potentiation is bounded before its depression is taken off (as in NEST).
``sign``: ``positive``, or ``negative`` for weights from -w_max to 0, with the same rule for their magnitude.
``simultaneous``: what spikes of both sides in one step see of one another. With ``pre_first`` the presynaptic block comes first,
the postsynaptic one sees its trace: such a pair potentiates by η (as in Brian2 and ANNarchy). With ``apart`` neither sees the
other, and it does not; with ``apart_post_first`` the postsynaptic block also comes first (as in NEST). Both cost time, as
postsynaptic events do not wait for the next presynaptic one.
``transmitted``: the weight as it is ``before`` this spike changes it, or ``after``.

Conventions
-----------
NEST's vogels_sprekeler_synapse: ``hard_in_turn``, ``apart_post_first`` and ``after``; its α is 2·ρ₀·τ, and τ that of synapse
and neuron (tau_minus).

Brian2's example: ``hard`` and ``after``; its alpha is 2·ρ₀·τ.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import POLICIES, order, seen
from bouton.units import Hz, ms

BOUNDS = {  # the bounds of positive and of negative weights
    "zero": ("min=0", "max=0"),
    "hard": ("min=0, max=w_max", "min=-w_max, max=0"),
    "hard_in_turn": ("min=0, max=w_max", "min=-w_max, max=0"),
}
SIGN = {"positive": ("+=", "-="), "negative": ("-=", "+=")}  # what makes the magnitude larger, and smaller
TRANSMITTED = {"before": "transmit = w; {change}", "after": "{change}; transmit = w"}


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    up, down = SIGN[options["sign"]]
    x, y = (seen(options["simultaneous"], trace, "tau") for trace in ("x", "y"))
    bounds = BOUNDS[options["bounds"]][options["sign"] == "negative"]
    # A write is bounded: two in turn are not the same as one of the sum.
    change = f"w {up} eta*{y}; w {down} eta*alpha" if options["bounds"] == "hard_in_turn" else f"w {up} eta*({y} - alpha)"
    return {
        "equations": f"""
            w : {{unit}} ({bounds})
            alpha = 2*rho_0*tau : 1
            dx/dt = -x/tau : 1
            dy/dt = -y/tau : 1""",
        "on_pre": f"{TRANSMITTED[options['transmitted']].format(change=change)}; x += 1",
        "on_post": f"w {up} eta*{x}; y += 1",
        **order(options["simultaneous"]),
    }


RULE = Rule(
    name="VogelsInhibitory",
    part="inhibitory",
    title="inhibitory plasticity that balances excitation: a target for the postsynaptic rate",
    papers=("Vogels, Sprekeler, Zenke, Clopath & Gerstner (2011), doi:10.1126/science.1211095",),
    build=build,
    parameters={
        "tau": Parameter(20 * ms, "τ_STDP", "time constant of both traces", 1, 200),
        "eta": Parameter(0.01, "η", "potentiation by a pair at once", 0, 0.1, weight=True),
        "rho_0": Parameter(3 * Hz, "ρ₀", "target of the postsynaptic rate", 0, 100),
        "w_max": Parameter(100.0, "w_max", "upper bound of the weight's magnitude", weight=True),
    },
    options={
        "bounds": tuple(BOUNDS),
        "sign": tuple(SIGN),
        "simultaneous": POLICIES,
        "transmitted": tuple(TRANSMITTED),
    },
    conventions={
        "nest": {"bounds": "hard_in_turn", "simultaneous": "apart_post_first", "transmitted": "after"},
        "brian2": {"bounds": "hard", "transmitted": "after"},
    },
    sets={"zenke2012_brian_twister": {"bounds": "hard"}},
)
