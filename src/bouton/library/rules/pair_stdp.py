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

``simultaneous``: what spikes of both sides in one step see of one another. With ``pre_first`` the presynaptic block comes first,
the postsynaptic one sees its trace (as in Brian2 and ANNarchy). With ``apart`` neither sees the other: a pair without a lag is no
pair, and the earlier spikes take its place; with ``nearest_reduced`` the postsynaptic one still allows a depression, by the
latest one before it. ``apart_post_first``: likewise, and potentiation comes before depression. Both cost time, as
postsynaptic events do not wait for the next presynaptic one. With ``together``, for
``all_to_all``, each sees the other, and what both change is added up before it is bounded; this asks when the neurons last
spiked, and so wants no delays.
``transmitted``: the weight as it is ``before`` this spike depresses it, or ``after``.
``start``: ``empty``, or ``spike_at_0``, as if there had been a presynaptic spike at t = 0, for ``nearest_symmetric`` and
``nearest_reduced``; with other pairings it has no effect.
``decay``: ``full``, or ``step_less``: a presynaptic spike finds both traces as they were a step before, and they go on so.
``advance``: traces are ``exact``, or advanced by Euler's scheme, ``euler``.

Conventions
-----------
NEST's stdp_synapse, stdp_pl_synapse_hom (``dependence="power"``, w_0 being the unit of its weight), stdp_nn_symm_synapse,
stdp_nn_pre_centered_synapse and stdp_nn_restr_synapse (the pairings after the first, in the same order): ``apart_post_first``,
``after`` and ``spike_at_0``. Its λ is A₊, αλ is A₋, τ₋ is that of its neuron.

Brian2's examples do what the defaults do. ANNarchy's STDP: ``step_less``. Norse's stdp_step_linear: ``together`` and ``euler``;
its η·a·dt/τ is A·w_max for additive, and A for multiplicative_relu, which is ``dependence="multiplicative"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import POLICIES, order, seen
from bouton.units import ms

NOW = "where(t - lastspike_{} < dt/2, 1, 0)"  # whether this side has spiked in this step
PAIRING = {  # what becomes of the traces at a presynaptic spike, and at a postsynaptic one
    "all_to_all": ("x += 1", "y += 1"),
    "nearest_symmetric": ("x = 1", "y = 1"),
    "nearest_presynaptic": ("x += 1", "y = 1; x = 0"),
    "nearest_reduced": ("x = 1; y = 0", "y = 1; x = 0"),
}
RESET_APART = {  # a postsynaptic spike takes from x what was there before a presynaptic one of this step
    "nearest_presynaptic": ("x += 1", "y = 1; x -= x(t-dt)*exp(-dt/tau_plus)"),
    "nearest_reduced": ("x = 1; paired = 0", "y = 1; x = floor(x); paired = 1"),  # only a trace of this step is 1
}
TRANSMITTED = {"before": "transmit = w; {depress}", "after": "{depress}; transmit = w"}
START = ("empty", "spike_at_0")
FIRST = " + (1 - begun(t-dt))*exp(-t/tau_plus)"  # the trace of a spike at t = 0, until another takes its place
DECAY = {"full": "", "step_less": "x *= exp(dt/tau_plus); y *= exp(dt/tau_minus); "}  # until a presynaptic spike
DEPENDENCE = {  # the sizes of potentiation and depression
    "additive": ("A_plus*w_max", "A_minus*w_max"),
    "multiplicative": ("A_plus*(w_max - w)", "A_minus*w"),
    "van_rossum": ("A_plus*w_max", "A_minus*w"),
    "guetig": ("A_plus*w_max*(1 - w/w_max)**mu", "A_minus*w_max*(w/w_max)**mu"),
    "power": ("A_plus*w_0*(w/w_0)**mu", "A_minus*w"),
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant. Raises NetworkError (E401) for spikes ``together`` that are not all paired."""
    pairing, apart = options["pairing"], options["simultaneous"].startswith("apart")
    pre, post = RESET_APART.get(pairing, PAIRING[pairing]) if apart else PAIRING[pairing]
    x, y = (seen(options["simultaneous"], *trace) for trace in (("x", "tau_plus"), ("y", "tau_minus")))
    up, down = DEPENDENCE[options["dependence"]]
    more = "\npaired : 1" if "paired" in pre else ""
    y = f"{y}*paired" if "paired" in pre else y
    if options["start"] == "spike_at_0" and pairing in {"nearest_symmetric", "nearest_reduced"}:
        more += "\nbegun : 1"
        x, pre = f"({x}{FIRST})", f"{pre}; begun = 1"
        post = f"{post}; begun = 1" if pairing == "nearest_reduced" else post
    depress, potentiate = f"w -= {down}*{y}", f"w += {up}*{x}"
    if options["simultaneous"] == "together":
        depress, potentiate = together(options, up, down)
    change = TRANSMITTED[options["transmitted"]].format(depress=depress)
    high = "" if options["dependence"] == "power" else ", max=w_max"
    return {
        "equations": f"w : {{unit}} (min=0{high})\ndx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1{more}",
        "on_pre": f"{DECAY[options['decay']]}{change}; {pre}",
        "on_post": f"{potentiate}; {post}",
        **order(options["simultaneous"]),
    } | ({"method": {"x": "euler", "y": "euler"}} if options["advance"] == "euler" else {})


def together(options: Mapping[str, str], up: str, down: str) -> tuple[str, str]:
    """What two spikes of one step do, in the presynaptic block; and a postsynaptic one alone. Raises NetworkError (E401)."""
    if (options["pairing"], options["start"]) != ("all_to_all", "empty"):
        raise NetworkError(
            Code.BAD_VALUE,
            f"simultaneous='together' with pairing={options['pairing']!r} and start={options['start']!r}",
            where="bt.rules.PairSTDP",
            expected="pairing='all_to_all' and start='empty'",
        )
    both = f"both = {NOW.format('post')}; w += both*{up}*(x + 1) - {down}*(y + both)"
    return both, f"w += (1 - {NOW.format('pre')})*{up}*x"


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
    options={
        "pairing": tuple(PAIRING),
        "dependence": tuple(DEPENDENCE),
        "simultaneous": (*POLICIES, "together"),
        "transmitted": tuple(TRANSMITTED),
        "start": START,
        "decay": tuple(DECAY),
        "advance": ("exact", "euler"),
    },
    conventions={
        "nest": {"simultaneous": "apart_post_first", "transmitted": "after", "start": "spike_at_0"},
        "brian2": {},
        "annarchy": {"decay": "step_less"},
        "norse": {"simultaneous": "together", "advance": "euler"},
    },
    sets={
        "song2000": {},
        "bi_poo2001": {"tau_plus": 16.8 * ms, "tau_minus": 33.7 * ms},
    },
)
