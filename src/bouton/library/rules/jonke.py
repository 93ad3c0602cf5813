"""Spike-timing-dependent plasticity with an exponential dependence on the weight and a constant offset.

Sources
-------
Z. Jonke, R. Legenstein, S. Habenschuss & W. Maass, J. Neurosci. 37:8511 (2017), doi:10.1523/JNEUROSCI.2078-16.2017 (the preprint,
arXiv:1705.07614, is one of three papers that NEST's ``jonke_synapse`` cites). The equations and the one set of parameters are
those of NEST's documentation and of what NEST does, not of the paper. NEST calls it an approximation of the rule of B. Nessler,
M. Pfeiffer, L. Buesing & W. Maass, PLoS Comput. Biol. 9:e1003037 (2013), doi:10.1371/journal.pcbi.1003037.

Symbols
-------
``x``, ``y`` the traces of presynaptic and postsynaptic spikes; ``w`` the weight. A postsynaptic spike changes the weight by
λ·s·(exp(μ₊·w/w_0)·x - β), a presynaptic one by λ·s·(-α·exp(μ₋·w/w_0)·y - β). λ is ``lambda_``.
NEST measures μ in the inverse unit of the weight: this unit is ``w_0``. Each spike costs the offset once, whatever it pairs with.

``scale``: s is ``w_0`` (as in NEST's code: there is no factor) or ``w_max`` (as in NEST's documentation).
``bounds``: ``one_sided`` (as in NEST: ``w_max`` bounds at postsynaptic spikes only and 0 at presynaptic ones only, so that
the offset may take the weight below 0 until the next presynaptic spike) or ``hard``, both always.
``simultaneous``: what spikes of both sides in one step see of one another. With ``pre_first`` the presynaptic block comes first,
the postsynaptic one sees its trace. With ``apart`` neither sees the other; with ``apart_post_first`` it also potentiates before
it depresses (as in NEST). Both cost time, as postsynaptic events do not wait for the next presynaptic one.
``transmitted``: the weight as it is ``before`` this spike depresses it, or ``after``.

Conventions
-----------
NEST's jonke_synapse: ``w_0``, ``one_sided``, ``apart_post_first`` and ``after``; τ₋ is that of its neuron.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import POLICIES, order, seen
from bouton.units import ms

SCALE = ("w_0", "w_max")
BOUNDS = {  # flags of the weight, and what bounds it at a presynaptic and at a postsynaptic spike
    "one_sided": ("", "maximum({}, 0)", "minimum({}, w_max)"),
    "hard": (" (min=0, max=w_max)", "{}", "{}"),
}
TRANSMITTED = {"before": "transmit = w; {depress}", "after": "{depress}; transmit = w"}


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    scale = options["scale"]
    flags, low, high = BOUNDS[options["bounds"]]
    x, y = (seen(options["simultaneous"], *trace) for trace in (("x", "tau_plus"), ("y", "tau_minus")))
    depressed = low.format(f"w - lambda_*{scale}*(alpha*exp(mu_minus*w/w_0)*{y} + beta)")
    potentiated = high.format(f"w + lambda_*{scale}*(exp(mu_plus*w/w_0)*{x} - beta)")
    return {
        "equations": f"w : {{unit}}{flags}\ndx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1",
        "on_pre": f"{TRANSMITTED[options['transmitted']].format(depress=f'w = {depressed}')}; x += 1",
        "on_post": f"w = {potentiated}; y += 1",
        **order(options["simultaneous"]),
    }


RULE = Rule(
    name="Jonke",
    part="jonke",
    title="spike-timing-dependent plasticity, exponential in the weight, with an offset",
    papers=("Jonke, Legenstein, Habenschuss & Maass (2017), doi:10.1523/JNEUROSCI.2078-16.2017",),
    build=build,
    parameters={
        "lambda_": Parameter(0.01, "λ", "step size", 0, 0.1),
        "alpha": Parameter(1.0, "α", "depression relative to potentiation", 0, 10),
        "beta": Parameter(0.0, "β", "depression by every spike, relative to potentiation", 0, 1),
        "mu_plus": Parameter(0.0, "μ₊", "exponent of the weight in potentiation", -10, 10),
        "mu_minus": Parameter(0.0, "μ₋", "exponent of the weight in depression", -10, 10),
        "tau_plus": Parameter(20 * ms, "τ₊", "time constant of potentiation", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ₋", "time constant of depression", 1, 200),
        "w_0": Parameter(1.0, "w₀", "weight that the exponents are relative to", weight=True),
        "w_max": Parameter(100.0, "W_max", "upper bound of the weight", weight=True),
    },
    options={
        "scale": SCALE,
        "bounds": tuple(BOUNDS),
        "simultaneous": POLICIES,
        "transmitted": tuple(TRANSMITTED),
    },
    conventions={"nest": {"scale": "w_0", "bounds": "one_sided", "simultaneous": "apart_post_first", "transmitted": "after"}},
    sets={"nest_default": {}},
)
