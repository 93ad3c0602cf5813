"""What one number called *delay* means in other simulators, as the delays of `bouton.Network.connect`.

=========  ==================  ===================  ==================  =======================================
simulator  ``axonal_delay``    ``dendritic_delay``  ``backprop_delay``  the delay d of a synapse there
=========  ==================  ===================  ==================  =======================================
nest       0                   d                    d                   all of it dendritic: a presynaptic spike is seen by the
                                                                        synapse when it is emitted, a postsynaptic one after d
brian2     d                   0                    0                   of ``on_pre`` unless said otherwise
annarchy   d                   0                    0                   a presynaptic spike is late by a step at least, a
                                                                        postsynaptic one is seen at once
=========  ==================  ===================  ==================  =======================================

What spikes of both sides in one step see of one another, in which order statements act, and which weight is transmitted,
belongs to a rule: its ``conventions``, taken with ``bt.rules.PairSTDP(convention="nest")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NameError_, nearest, one_of

_DELAYS: Mapping[str, tuple[str, ...]] = {
    "nest": ("dendritic_delay", "backprop_delay"),
    "brian2": ("axonal_delay",),
    "annarchy": ("axonal_delay",),
}


def delays(simulator: str, delay: Any) -> dict[str, Any]:
    """Arguments of `Network.connect` for what a simulator calls the delay, a time. Raises NameError_ (E206)."""
    if simulator not in _DELAYS:
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"{simulator!r} is not a simulator whose delays are known",
            where="conventions.delays",
            expected=one_of(_DELAYS),
            hint=nearest(simulator, _DELAYS),
        )
    return dict.fromkeys(_DELAYS[simulator], delay)
