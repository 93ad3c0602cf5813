"""Pairs, triplets and quadruplets of spikes, repeated 60 times at 1 Hz.

H.-X. Wang, R. C. Gerkin, D. W. Nauen & G.-Q. Bi, Nat. Neurosci. 8:187 (2005), doi:10.1038/nn1387: hippocampal cultures. The
standard errors are as two open programs have them that evaluate the fit of J.-P. Pfister & W. Gerstner, J. Neurosci. 26:9673
(2006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton import plots
from bouton.protocols.drive import begin, stage, start
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import ms

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

GROUPS: dict[str, tuple[tuple[float, ...], tuple[float, ...], float, float]] = {
    "pair 10": ((0.0,), (10.0,), 0.25, 0.05),
    "pair -10": ((10.0,), (0.0,), -0.17, 0.05),
    "pre-post-pre 5 -5": ((0.0, 10.0), (5.0,), -0.01, 0.04),
    "pre-post-pre 10 -10": ((0.0, 20.0), (10.0,), 0.03, 0.04),
    "pre-post-pre 15 -5": ((0.0, 20.0), (15.0,), 0.01, 0.03),
    "pre-post-pre 5 -15": ((0.0, 20.0), (5.0,), 0.24, 0.06),
    "post-pre-post -5 5": ((5.0,), (0.0, 10.0), 0.33, 0.04),
    "post-pre-post -10 10": ((10.0,), (0.0, 20.0), 0.34, 0.04),
    "post-pre-post -5 15": ((5.0,), (0.0, 20.0), 0.22, 0.08),
    "post-pre-post -15 5": ((15.0,), (0.0, 20.0), 0.29, 0.05),
    "quadruplet -89": ((0.0, 94.0), (5.0, 89.0), -0.003, 0.03),
    "quadruplet 84": ((5.0, 84.0), (0.0, 89.0), 0.06, 0.04),
    "quadruplet 20": ((5.0, 20.0), (0.0, 25.0), 0.21, 0.04),
}
"""Presynaptic and postsynaptic spikes of one repetition in ms; the change over the initial weight that was measured, and its
standard error."""
FIRST = 100.0


def triplets(
    rule: bt.SynapseModel, *, repetitions: int = 60, w: float | None = None, of: float | None = None, **options: Any
) -> Ready:
    """Repeat each group of spikes at 1 Hz, a synapse for each; ``options`` are those of `play`.

    The dataset is over ``group``: ``change``, the final weight less the initial one ``w``, over the weight ``of`` which the
    change is asked for; ``measured`` and ``error`` of the experiment. ``attrs["score"]`` is the mean of ((change -
    measured)/error)².
    """
    import xarray

    w, of = begin(rule, w, of)
    begins = FIRST + np.arange(repetitions) * 1000.0
    pre, post = ([np.add.outer(begins, group[side]).ravel() * ms for group in GROUPS.values()] for side in (0, 1))
    staged = stage(rule, pre, post, weigh=True, **{"dt": 1 * ms, **start(rule, w), **options})
    measured, error = (np.array([group[number] for group in GROUPS.values()]) for number in (2, 3))

    def evaluate(**values: Any) -> xr.Dataset:
        change = staged.play(**values).change() / of
        return xarray.Dataset(
            {"change": ("group", change), "measured": ("group", measured), "error": ("group", error)},
            coords={"group": list(GROUPS)},
            attrs={
                "rule": rule.name,
                "score": float((((change - measured) / error) ** 2).mean()),
                "source": "Wang, Gerkin, Nauen & Bi (2005)",
            },
        )

    return evaluate


def draw(found: xr.Dataset) -> Figure:
    """Bars for the rule, points for the experiment."""
    return plots.style.root(plots.bars(found))


PROTOCOL = Protocol(
    name="triplets",
    title="pairs, triplets and quadruplets, 60 times at 1 Hz",
    papers=("Wang, Gerkin, Nauen & Bi (2005), doi:10.1038/nn1387",),
    stage=triplets,
    draw=draw,
    columns=lambda found: {name: found[name].to_numpy() for name in ("group", "change", "measured", "error")},
    score="mean squared error in units of the standard error",
    options={"repetitions": 60, "w": None, "of": None, "dt": 1 * ms},
)
