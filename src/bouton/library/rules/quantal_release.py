"""Quantal release: short-term plasticity of Tsodyks and Markram at sites that release a vesicle or fail to.

Sources
-------
G. Fuhrmann, I. Segev, H. Markram & M. Tsodyks, J. Neurophysiol. 87:140 (2002), doi:10.1152/jn.00258.2001.
A. Loebel, G. Silberberg, D. Helbig, H. Markram, M. Tsodyks & M. J. E. Richardson, Front. Comput. Neurosci. 3:27 (2009),
doi:10.3389/neuro.10.027.2009.
W. Maass & H. Markram, Neural Netw. 15:155 (2002), doi:10.1016/S0893-6080(01)00144-7: u from spike to spike.

Symbols
-------
``n`` sites; each holds one vesicle or is empty. A spike releases each vesicle with probability ``u``, and an empty site is
filled again after a time that is exponential with τ_rec. ``released`` is the number of vesicles that the last spike released; the
synapse transmits released/n, a factor, so that the weight of a rule that this is composed with is what all sites transmit
together (as in NEST's quantal_stp_synapse). State is zero at rest: ``empty`` counts the empty sites as the last spike left
them, ``g`` = u - U, and ``e`` is the probability that a site left empty then is so still.

``facilitation``: ``none`` (u = U; with the defaults of NEST's quantal_stp_synapse) or ``decaying`` (u is what it is in
`TsodyksMarkram`; τ_fac is of its facilitating synapse). The mean over synapses is what
`TsodyksMarkram` releases, and what one spike releases is binomial, n times with its u·x. Sites are filled and vesicles drawn at
presynaptic spikes only: nothing is drawn between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import ms

FACILITATION = {  # equations of u, and what a spike does to it after its release
    "none": ("u = U : 1", ""),
    "decaying": ("dg/dt = -g/tau_fac : 1\nu = U + g : 1", "; g += U*(1 - u)"),
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    share, after = FACILITATION[options["facilitation"]]
    return {
        "equations": f"{share}\nde/dt = -e/tau_rec : 1\nempty : 1\nreleased : 1",
        "on_pre": "empty -= binomial(empty, 1 - e); released = binomial(n - empty, u); transmit = released/n; "
        f"empty += released; e = 1{after}",
        "weights": (),  # learning off must not stop the vesicles
    }


RULE = Rule(
    name="QuantalRelease",
    part="quanta",
    title="stochastic release of vesicles, with facilitation and depression",
    papers=(
        "Fuhrmann, Segev, Markram & Tsodyks (2002), doi:10.1152/jn.00258.2001",
        "Loebel et al. (2009), doi:10.3389/neuro.10.027.2009",
    ),
    build=build,
    parameters={
        "n": Parameter(1, "N", "sites of release", 1, 100),
        "U": Parameter(0.5, "U_SE", "probability that the first spike releases a vesicle", 0, 1),
        "tau_rec": Parameter(800 * ms, "τ_rec", "time constant of the refilling of a site", 1, 5000),
        "tau_fac": Parameter(530 * ms, "τ_facil", "time constant of facilitation", 1, 5000),
    },
    options={"facilitation": tuple(FACILITATION)},
)
