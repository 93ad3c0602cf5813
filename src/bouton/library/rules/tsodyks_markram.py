"""Short-term plasticity of Tsodyks and Markram: facilitation and depression of release, without a weight.

Sources
-------
M. Tsodyks, K. Pawelzik & H. Markram, Neural Comput. 10:821 (1998), doi:10.1162/089976698300017502: both, three states.
H. Markram, Y. Wang & M. Tsodyks, PNAS 95:5323 (1998), doi:10.1073/pnas.95.9.5323: from spike to spike, two states.
G. Fuhrmann, I. Segev, H. Markram & M. Tsodyks, J. Neurophysiol. 87:140 (2002), doi:10.1152/jn.00258.2001.
W. Maass & H. Markram, Neural Netw. 15:155 (2002), doi:10.1016/S0893-6080(01)00144-7: the map that NEST's tsodyks2_synapse solves.

Symbols
-------
``x`` the resources that are ready, ``u`` the share of them that a spike releases, ``U`` that share at rest (U_SE). A spike
transmits u·x: a factor, to be composed with a rule that has a weight, as in ``bt.rules.TsodyksMarkram() & bt.rules.PairSTDP()``.
State is kept as what is missing, so that zero is rest: ``d`` = 1 - x, and ``g`` = u - U.

``form``: ``recovered`` (u decays to U; u·x is released; then u jumps by U·(1-u)) or ``facilitating`` (u decays to 0, jumps,
then u·x is released). Both release the same at each spike, and so does NEST's tsodyks2_synapse; only what u is between
spikes differs.
``facilitation``: ``none`` is the limit of τ_fac = 0, u = U.
``states``: ``two`` (what is released recovers at once with τ_rec), or ``three`` as in the paper of 1998 and NEST's
tsodyks_synapse: it is active first (``y``), for τ_in, then inactive (``z``), and only that recovers; x = 1 - y - z. τ_in is 3 ms
for the depressing synapse of the paper's figure 1, 1.5 ms for the facilitating one. The named sets are for two states.

Release reads the resources as they are before this spike takes from them. Postsynaptic spikes have no effect. Initial values
other than rest decay from t = 0.

``start``: ``decaying``, or ``waiting``: initial values are those of ``d_first``, and of ``g_first`` in the form ``recovered``,
which the first spike finds as they were set and which decay from then on. With three states it has no effect.
``decay``: ``full``, or ``step_less``, for two states: a spike finds them as they were a step before, and they go on so.
``advance``: ``exact``, or ``euler``, for the form ``facilitating`` with two states: by Euler's scheme, and a spike finds u and x
as they were before its step.

Conventions
-----------
NEST's tsodyks_synapse is ``form="facilitating"`` with ``states="three"``, tau_in being its tau_psc (its initial state decays from
t = 0); tsodyks2_synapse is the default form with ``start="waiting"``: 1 − d_first is its initial x, U + g_first its initial u.
With a tau_fac of 0 both are ``facilitation="none"``, tsodyks2_synapse with its u at U.

Brian2's examples have two states in the form ``facilitating``, or in the default form. ANNarchy's STP is the default form with
``step_less``. Norse's stp_step is ``facilitating`` with ``euler``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.library.rule import Parameter, Rule
from bouton.units import ms

FORM = {  # equations of u, what a spike does before its release, and after
    "recovered": ("dg/dt = -g/tau_fac : 1\nu = U + g : 1", "", "; g += jump"),
    "facilitating": ("du/dt = -u/tau_fac : 1", "u += U*(1 - u); ", ""),
    "none": ("u = U : 1", "", ""),
}
STATES = {  # equations of what is not ready, and the one that a release adds to
    "two": ("dd/dt = -d/tau_rec : 1\nx = 1 - d : 1", "d"),
    "three": ("dy/dt = -y/tau_in : 1\ndz/dt = y/tau_in - z/tau_rec : 1\nx = 1 - y - z : 1", "y"),
}
START = ("decaying", "waiting")
UNDECAYED = {"recovered": "g *= exp(dt/tau_fac); ", "facilitating": "u *= exp(dt/tau_fac); ", "none": ""}
EULER = {  # a spike finds both as they were before the step that it comes in
    "equations": "du/dt = -u/tau_fac : 1\ndd/dt = -d/tau_rec : 1\nx = 1 - d : 1",
    "on_pre": "u += U*(1 - u(t-dt)); release = u*(1 - d(t-dt)); transmit = release; d += release",
    "method": "euler",
}
ITS_OPTIONS = {"form": "facilitating", "facilitation": "decaying", "states": "two", "start": "decaying", "decay": "full"}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant. Raises NetworkError (E401) for what only some forms have."""
    if options["advance"] == "euler":
        if {**options, **ITS_OPTIONS} != options:
            raise _refused("advance='euler'", ", ".join(f"{key}={value!r}" for key, value in ITS_OPTIONS.items()))
        return EULER
    share, before, after = FORM["none" if options["facilitation"] == "none" else options["form"]]
    resources, taken = STATES[options["states"]]
    jump = "jump = U*(1 - u); " if after else ""  # u is read before anything is written
    if options["start"] == "waiting" and options["states"] == "two":
        resources = resources.replace("1 - d", "1 - d - d_first") + "\nd_first : 1"
        after += "; d += d_first; d_first = 0"
        if jump:
            share = share.replace("U + g", "U + g + g_first") + "\ng_first : 1"
            after += "; g += g_first; g_first = 0"
    if options["decay"] == "step_less":
        if options["states"] == "three":
            raise _refused("decay='step_less' with states='three'", "states='two'")
        before = f"{UNDECAYED['none' if options['facilitation'] == 'none' else options['form']]}d *= exp(dt/tau_rec); {before}"
    return {
        "equations": f"{share}\n{resources}",
        "on_pre": f"{before}{jump}release = u*x; transmit = release; {taken} += release{after}",
    }


def _refused(found: str, expected: str) -> NetworkError:
    return NetworkError(Code.BAD_VALUE, found, where="bt.rules.TsodyksMarkram", expected=expected)


RULE = Rule(
    name="TsodyksMarkram",
    part="stp",
    title="short-term facilitation and depression of release",
    papers=(
        "Tsodyks, Pawelzik & Markram (1998), doi:10.1162/089976698300017502",
        "Markram, Wang & Tsodyks (1998), doi:10.1073/pnas.95.9.5323",
    ),
    build=build,
    parameters={
        "U": Parameter(0.03, "U_SE", "share of the ready resources that the first spike releases", 0, 1),
        "tau_rec": Parameter(130 * ms, "τ_rec", "time constant of recovery", 1, 5000),
        "tau_fac": Parameter(530 * ms, "τ_facil", "time constant of facilitation", 1, 5000),
        "tau_in": Parameter(3 * ms, "τ_in", "time constant of inactivation", 0.1, 100),
    },
    options={
        "form": ("recovered", "facilitating"),
        "facilitation": ("decaying", "none"),
        "states": tuple(STATES),
        "start": START,
        "decay": ("full", "step_less"),
        "advance": ("exact", "euler"),
    },
    conventions={
        "nest": {"start": "waiting"},
        "brian2": {"form": "facilitating"},
        "annarchy": {"decay": "step_less"},
        "norse": {"form": "facilitating", "advance": "euler"},
    },
    sets={
        "tsodyks1998_facilitating": {"U": 0.03, "tau_rec": 130 * ms, "tau_fac": 530 * ms},
        "tsodyks1998_depressing": {"facilitation": "none", "U": 0.5, "tau_rec": 800 * ms},
    },
)
