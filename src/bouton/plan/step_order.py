"""The order of one time step, and the phases a user's own order stands for."""

from __future__ import annotations

from bouton.analysis.facts import NetworkFacts
from bouton.errors import Code, ModelError, nearest, one_of
from bouton.model.blocks import STEPS
from bouton.network.population import Population

DEFAULT_ORDER = ("integrate", "threshold", "on_pre", "on_post", "reset")
"""Integrate, (regular blocks,) thresholds, presynaptic events due now, postsynaptic events due now,
(third events,) reset."""

_FOLLOWS = {"every": "integrate", "on_pre_late": "on_post", "on_event": "on_post"}


def event_blocks(facts: NetworkFacts) -> dict[str, list[str]]:
    """Names of the network's blocks by the group that runs them when they are not named themselves."""
    groups: dict[str, list[str]] = {"on_pre": [], "on_post": [], "on_event": [], "every": []}
    for projection in facts.projections:
        model = projection.projection.model
        for block in (*model.blocks, *model.every):
            groups.setdefault(model.phase(block, ()), []).append(block.name)
    for population in facts.populations:
        if isinstance(population.population, Population):
            groups["every"].extend(b.name for b in population.population.model.every)
    return groups


def complete_order(order: tuple[str, ...], facts: NetworkFacts) -> tuple[str, ...]:
    """The order with the groups that need not be written put in their places.

    Raises ModelError (E504) for unknown, repeated or missing steps and for a reset before the threshold.
    """
    blocks = event_blocks(facts)
    names = {n for group in blocks.values() for n in group} - set(STEPS)
    for step in order:
        if step not in STEPS and step not in names:
            known = {*STEPS, *names}
            raise _refuse(f"{step!r} is not a step", one_of(known), nearest(step, known))
        if order.count(step) > 1:
            raise _refuse(f"{step!r} occurs twice", "each step once")
    full = list(order)
    for group in ("on_pre", "on_post"):
        if group not in full and any(n not in full for n in blocks[group]):
            missing = sorted({n for n in blocks[group] if n not in full})
            raise _refuse(f"nothing runs {', '.join(missing)}", f"{group!r} or the blocks' names in the order")
    for step in ("integrate", "threshold", "reset"):
        if step not in full:
            raise _refuse(f"{step!r} is missing", "integrate, threshold and reset in every order")
    late = {"on_event": "on_pre_late"} if "on_pre_late" in blocks else {}
    for group, before in (_FOLLOWS | late).items():
        if group not in full and group in blocks:
            place = full.index(before) if before in full else _last_of(full, blocks[before])
            full.insert(place + 1, group)
    if full.index("reset") < full.index("threshold"):
        raise _refuse("'reset' comes before 'threshold'", "the reset after the threshold")
    return tuple(full)


def _last_of(order: list[str], names: list[str]) -> int:
    return max((order.index(n) for n in names if n in order), default=order.index("threshold"))


def _refuse(message: str, expected: str, hint: str | None = None) -> ModelError:
    return ModelError(Code.BAD_STEP_ORDER, message, where="step_order", expected=expected, hint=hint)
