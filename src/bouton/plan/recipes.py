"""Recipes: how slots that are fixed during a run follow from parameters, seed and step.

They are data; `bouton.runtime` computes them before a run and again after a parameter was set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bouton.analysis.find_integration import Exact
from bouton.equations.nodes import Expr
from bouton.plan.nodes import Slot


@dataclass(frozen=True)
class Propagator:
    """The exact solution of a linear group over ``fraction`` of a step.

    ``entries`` maps ``("P", i, j)``, ``("Q", i, j)`` (on the forcing), ``("q", i, "")`` (settled forcing,
    folded in) and ``("L", i, j)`` (noise) to slots. ``frozen`` variables are held constant. ``fixed`` are for each variable those
    whose settled forcing reaches it.
    """

    owner: str
    group: Exact
    fraction: float
    frozen: frozenset[str]
    fixed: Mapping[str, tuple[str, ...]]
    entries: Mapping[tuple[str, str, str], Slot]


@dataclass(frozen=True)
class Powers:
    """Powers of one-step propagators, from 0 to `LONGEST_SPAN`: ``on`` of those of ``groups`` and of the ``factors`` of
    variables without an equation, ``back`` of their inverses, without which those of ``variables`` cannot be stored.

    Both map row and column to slots. ``span`` is the number of steps, a power of two, over which inverses stay moderate;
    ``mask`` is one less.
    """

    owner: str
    groups: tuple[Exact, ...]
    factors: Mapping[str, Expr]
    variables: tuple[str, ...]
    on: Mapping[tuple[str, str], Slot]
    back: Mapping[tuple[str, str], Slot]
    span: Slot
    mask: Slot


@dataclass(frozen=True)
class DecayTable:
    """exp(rate·n) for any n: ``near[n & mask] * far[minimum(n >> shift, last)]``; ``soon`` has the first `SOON` of these."""

    soon: Slot
    near: Slot
    far: Slot
    mask: Slot
    shift: Slot
    last: Slot


@dataclass(frozen=True)
class Trace:
    """An event-driven variable dx/dt = a x + b: rate a·dt, its table of decays, rest value and drift."""

    owner: str
    a: Expr
    b: Expr | None
    rate: Slot
    table: DecayTable | None
    rest: Slot | None
    drift: Slot | None


@dataclass(frozen=True)
class Era:
    """The ``length`` in steps of an era in which ``rates`` change what is kept with targets, how far back it may ``reach``, and
    the ``least`` that a factor may be (one over it the largest); they depend on the precision of the ``numbers``. See
    `bouton.plan.lower_sums`."""

    owner: str
    rates: tuple[Slot, ...]
    length: Slot
    reach: Slot
    least: Slot
    numbers: Slot


@dataclass(frozen=True)
class Steps:
    """A time in steps: a refractory period, an interval or the delay of a past value."""

    owner: str
    time: Expr | float
    slot: Slot
    what: str
    least: int


@dataclass(frozen=True)
class DrawKey:
    """The Philox key of one place in the text that draws at random."""

    owner: str
    path: tuple[int, ...]
    slot: Slot


@dataclass(frozen=True)
class NetworkKey:
    """The Philox key of something that is drawn when a network is made, and again at each event."""

    owner: str
    path: tuple[int, ...]
    slot: Slot


@dataclass(frozen=True)
class Bins:
    """The bins of a timed array: data, steps in a bin, number of bins, values in a bin."""

    owner: str
    parameter: str
    data: Slot
    length: Slot
    count: Slot
    width: Slot


@dataclass(frozen=True)
class Given:
    """A number known when the plan is made."""

    slot: Slot
    value: float
