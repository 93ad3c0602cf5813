"""Pair-based spike-timing-dependent plasticity: four pairing schemes, five dependences on the weight.

Sources
-------
G.-Q. Bi & M.-M. Poo, Annu. Rev. Neurosci. 24:139 (2001), doi:10.1146/annurev.neuro.24.1.139: the two time constants.
S. Song, K. D. Miller & L. F. Abbott, Nat. Neurosci. 3:919 (2000), doi:10.1038/78829: additive, all pairs, hard bounds.
J. Rubin, D. D. Lee & H. Sompolinsky, Phys. Rev. Lett. 86:364 (2001), doi:10.1103/PhysRevLett.86.364: multiplicative.
M. C. W. van Rossum, G. Q. Bi & G. G. Turrigiano, J. Neurosci. 20:8812 (2000), doi:10.1523/JNEUROSCI.20-23-08812.2000:
depression in proportion to the weight, potentiation independent of it.
R. Gütig, R. Aharonov, S. Rotter & H. Sompolinsky, J. Neurosci. 23:3697 (2003), doi:10.1523/JNEUROSCI.23-09-03697.2003: eq. 3,
between the first two.
A. Morrison, A. Aertsen & M. Diesmann, Neural Comput. 19:1437 (2007), doi:10.1162/neco.2007.19.6.1437: eq. 5, a power law.
Pairing schemes: A. Morrison, M. Diesmann & W. Gerstner, Biol. Cybern. 98:459 (2008), doi:10.1007/s00422-008-0233-1, section 4.1.2
and figure 7.

Symbols
-------
``x``, ``y`` the traces of presynaptic and postsynaptic spikes; ``w`` the weight, ``w_max`` its bound (none for the power
law). A pair changes the weight by A₊·w_max·f₊(w)·exp(-Δt/τ₊) or -A₋·w_max·f₋(w)·exp(-|Δt|/τ₋); with the power law by
A₊·w_0·(w/w_0)^μ and A₋·w in the place of A·w_max·f(w).

``pairing``: ``all_to_all``; ``nearest_symmetric`` (each spike with the last one of the other side); ``nearest_presynaptic`` (each
presynaptic spike with the last postsynaptic one before and the first one after it); ``nearest_reduced`` (neighbours only).
Spikes of both sides in one step: the presynaptic block comes first, the postsynaptic one sees its trace (as in Brian2 and
ANNarchy). The weight is transmitted as it is before this spike depresses it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Parameter, Rule
from bouton.units import ms

PAIRING = {  # what becomes of the traces at a presynaptic spike, and at a postsynaptic one
    "all_to_all": ("x += 1", "y += 1"),
    "nearest_symmetric": ("x = 1", "y = 1"),
    "nearest_presynaptic": ("x += 1", "y = 1; x = 0"),
    "nearest_reduced": ("x = 1; y = 0", "y = 1; x = 0"),
}
DEPENDENCE = {  # the sizes of potentiation and depression
    "additive": ("A_plus*w_max", "A_minus*w_max"),
    "multiplicative": ("A_plus*(w_max - w)", "A_minus*w"),
    "van_rossum": ("A_plus*w_max", "A_minus*w"),
    "guetig": ("A_plus*w_max*(1 - w/w_max)**mu", "A_minus*w_max*(w/w_max)**mu"),
    "power": ("A_plus*w_0*(w/w_0)**mu", "A_minus*w"),
}


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    pre, post = PAIRING[options["pairing"]]
    up, down = DEPENDENCE[options["dependence"]]
    high = "" if options["dependence"] == "power" else ", max=w_max"
    return {
        "equations": f"w : {{unit}} (min=0{high})\ndx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1",
        "on_pre": f"transmit = w; w -= {down}*y; {pre}",
        "on_post": f"w += {up}*x; {post}",
    }


RULE = Rule(
    name="PairSTDP",
    part="stdp",
    title="pair-based spike-timing-dependent plasticity",
    papers=(
        "Song, Miller & Abbott (2000), doi:10.1038/78829",
        "Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1",
    ),
    build=build,
    parameters={
        "tau_plus": Parameter(20 * ms, "τ₊", "time constant of potentiation", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ₋", "time constant of depression", 1, 200),
        "A_plus": Parameter(0.005, "A₊", "potentiation by a pair at once, as a share of the bound", 0, 0.1),
        "A_minus": Parameter(0.00525, "A₋", "depression by a pair at once, as a share of the bound", 0, 0.1),
        "mu": Parameter(0.4, "μ", "exponent of the dependence on the weight", 0, 1),
        "w_max": Parameter(1.0, "w_max", "upper bound of the weight", weight=True),
        "w_0": Parameter(1.0, "w₀", "weight at which a power law potentiates by A₊ of it", weight=True),
    },
    options={"pairing": tuple(PAIRING), "dependence": tuple(DEPENDENCE)},
    sets={
        "song2000": {},
        "bi_poo2001": {"tau_plus": 16.8 * ms, "tau_minus": 33.7 * ms},
    },
)
