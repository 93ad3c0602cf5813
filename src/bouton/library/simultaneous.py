"""What spikes of both sides that reach a synapse in one step see of one another, for rules with a trace of each side.

``pre_first``: the presynaptic block comes first, the postsynaptic one sees its trace. ``apart``: neither sees the other; traces
are as they come from the step before, without a spike of this one. ``apart_post_first``: the same, and the postsynaptic
block comes first, so that it changes the weight before the presynaptic one does, which also transmits it then.
"""

from __future__ import annotations

from collections.abc import Mapping

POLICIES = ("pre_first", "apart", "apart_post_first")


def seen(policy: str, trace: str, tau: str) -> str:
    """The text of a trace, of the time constant ``tau``, as the other side sees it."""
    return f"{trace}(t-dt)*exp(-dt/{tau})" if policy.startswith("apart") else trace


def order(policy: str) -> Mapping[str, str]:
    """The argument of a `bouton.SynapseModel` that a policy needs, if any."""
    return {"simultaneous": "post_first"} if policy.endswith("post_first") else {}
