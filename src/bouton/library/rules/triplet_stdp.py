"""Spike-timing-dependent plasticity of triplets of spikes.

Sources
-------
J.-P. Pfister & W. Gerstner, J. Neurosci. 26:9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006: tables 3 and 4.
Time constants of the fast traces: G.-Q. Bi & M.-M. Poo, Annu. Rev. Neurosci. 24:139 (2001), doi:10.1146/annurev.neuro.24.1.139.
The data it was fitted to: P. J. Sjöström, G. G. Turrigiano & S. B. Nelson, Neuron 32:1149 (2001),
doi:10.1016/S0896-6273(01)00542-6; H.-X. Wang, R. C. Gerkin, D. W. Nauen & G.-Q. Bi, Nat. Neurosci. 8:187 (2005),
doi:10.1038/nn1387.

Symbols
-------
``r1``, ``r2`` the fast and the slow trace of presynaptic spikes, ``o1``, ``o2`` those of postsynaptic spikes; ``w`` the weight.
A presynaptic spike changes the weight by -w_0·o1·(A₂⁻ + A₃⁻·r2), a postsynaptic one by w_0·r1·(A₂⁺ + A₃⁺·o2). The slow trace is
that of the same side, before this spike is added to it (the paper's t - ε). Without A₃ it is `PairSTDP`, additive.

The paper gives changes relative to the weight before a protocol: this weight is ``w_0``.

``pairing``: ``all_to_all`` (traces add up) or ``nearest`` (a spike sets the traces of its side to 1).
``bounds``: ``none``, for protocols, so that what one changes does not depend on where it starts (a weight may become negative);
``hard``, from 0 to ``w_max``, for networks.
``simultaneous``: what spikes of both sides in one step see of one another. With ``pre_first`` the presynaptic block comes first,
the postsynaptic one sees its trace r1 (as in Brian2 and ANNarchy, and as in `PairSTDP`); with ``apart`` neither sees the
other, and with ``apart_post_first`` it also potentiates before it depresses (as in NEST). Both cost time, as postsynaptic
events do not wait for the next presynaptic one.
``transmitted``: the weight as it is ``before`` this spike depresses it, or ``after``.

Conventions
-----------
NEST's stdp_triplet_synapse, for weights above 0: ``hard``, ``apart_post_first`` and ``after``; τ₋ and τ_y are its neuron's
(tau_minus, tau_minus_triplet), w_0 the unit of its weight.

Brian2, written in the way of its examples: ``hard``, a spike being delivered before it changes the weight.

Sets are named by preparation, model and pairing: those of visual cortex are rows of table 3, of hippocampus of table 4. A time
constant that a row leaves empty has no effect there; its default stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Claim, Parameter, Rule
from bouton.library.simultaneous import POLICIES, order, seen
from bouton.units import ms

PAIRING = {  # what becomes of the traces at a presynaptic spike, and at a postsynaptic one
    "all_to_all": ("r1 += 1; r2 += 1", "o1 += 1; o2 += 1"),
    "nearest": ("r1 = 1; r2 = 1", "o1 = 1; o2 = 1"),
}
BOUNDS = {"none": "", "hard": " (min=0, max=w_max)"}
TRANSMITTED = {"before": "transmit = w; {depress}", "after": "{depress}; transmit = w"}


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    pre, post = PAIRING[options["pairing"]]
    r1, o1 = (seen(options["simultaneous"], *trace) for trace in (("r1", "tau_plus"), ("o1", "tau_minus")))
    change = TRANSMITTED[options["transmitted"]].format(depress=f"w -= w_0*{o1}*(A2_minus + A3_minus*r2)")
    return {
        "equations": f"""
            w : {{unit}}{BOUNDS[options["bounds"]]}
            dr1/dt = -r1/tau_plus : 1
            dr2/dt = -r2/tau_x : 1
            do1/dt = -o1/tau_minus : 1
            do2/dt = -o2/tau_y : 1""",
        "on_pre": f"{change}; {pre}",
        "on_post": f"w += w_0*{r1}*(A2_plus + A3_plus*o2); {post}",
        **order(options["simultaneous"]),
    }


def row(pairing: str, *amplitudes: float, **taus: float) -> Mapping[str, object]:
    """A row of table 3 or 4: A₂⁺, A₃⁺, A₂⁻, A₃⁻, and the slow time constants in ms."""
    names = ("A2_plus", "A3_plus", "A2_minus", "A3_minus")
    times = {key: tau * ms for key, tau in taus.items()}
    return {"pairing": pairing, **dict(zip(names, amplitudes, strict=True)), **times}


RULE = Rule(
    name="TripletSTDP",
    part="triplet",
    title="spike-timing-dependent plasticity of triplets of spikes",
    papers=("Pfister & Gerstner (2006), doi:10.1523/JNEUROSCI.1425-06.2006",),
    build=build,
    parameters={
        "tau_plus": Parameter(16.8 * ms, "τ₊", "time constant of the fast presynaptic trace", 1, 200),
        "tau_minus": Parameter(33.7 * ms, "τ₋", "time constant of the fast postsynaptic trace", 1, 200),
        "tau_x": Parameter(101 * ms, "τₓ", "time constant of the slow presynaptic trace", 1, 2000),
        "tau_y": Parameter(125 * ms, "τ_y", "time constant of the slow postsynaptic trace", 1, 2000),
        "A2_plus": Parameter(5e-10, "A₂⁺", "potentiation by a pair", 0, 0.1),
        "A3_plus": Parameter(6.2e-3, "A₃⁺", "potentiation by a triplet post-pre-post", 0, 0.1),
        "A2_minus": Parameter(7e-3, "A₂⁻", "depression by a pair", 0, 0.1),
        "A3_minus": Parameter(2.3e-4, "A₃⁻", "depression by a triplet pre-post-pre", 0, 0.1),
        "w_0": Parameter(1.0, "w₀", "weight that the amplitudes are relative to", weight=True),
        "w_max": Parameter(1.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={
        "pairing": tuple(PAIRING),
        "bounds": tuple(BOUNDS),
        "simultaneous": POLICIES,
        "transmitted": tuple(TRANSMITTED),
    },
    conventions={
        "nest": {"bounds": "hard", "simultaneous": "apart_post_first", "transmitted": "after"},
        "brian2": {"bounds": "hard"},
    },
    sets={
        "visual_cortex_full_all_to_all": row("all_to_all", 5e-10, 6.2e-3, 7e-3, 2.3e-4, tau_x=101, tau_y=125),
        "visual_cortex_minimal_all_to_all": row("all_to_all", 0.0, 6.5e-3, 7.1e-3, 0.0, tau_y=114),
        "visual_cortex_minimal_nearest": row("nearest", 0.0, 5e-2, 8e-3, 0.0, tau_y=40),
        "hippocampus_full_all_to_all": row("all_to_all", 6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3, tau_x=946, tau_y=27),
        "hippocampus_full_nearest": row("nearest", 4.6e-3, 9.1e-3, 3e-3, 7.5e-9, tau_x=575, tau_y=47),
    },
    claims=(  # the errors of the fits are 0.34 and 2.9 in the paper; data and parameters have two digits
        Claim("frequency", "visual_cortex_full_all_to_all", 0.37),
        Claim("frequency", "visual_cortex_minimal_all_to_all", 0.37),
        Claim("frequency", "visual_cortex_minimal_nearest", 0.37),
        Claim("triplets", "hippocampus_full_all_to_all", 2.9),
        Claim("triplets", "hippocampus_full_nearest", 2.9),
    ),
)
