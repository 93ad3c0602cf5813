"""What does single precision lose: what rules add to weights, and the rates of slow variables?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_increments import Increment, find_increments
from bouton.equations.show import show_statement
from bouton.plan.recipes import Propagator
from bouton.runtime.propagators import propagator_entries

if TYPE_CHECKING:
    from bouton.runtime.state import State


SHIFT = 0.01
"""The relative error of a rate from which on it is told."""


def losses(state: State) -> Iterator[str]:
    """What to tell before the first run in single precision."""
    yield from lost_increments(state)
    yield from shifted_rates(state)


def shifted_rates(state: State) -> Iterator[str]:
    """What to tell of each variable that changes so little in a step that its propagator, close to 1, is rounded badly."""
    for recipe in state.plan.recipes:
        if not isinstance(recipe, Propagator) or recipe.fraction != 1.0 or recipe.frozen:
            continue
        for (kind, row, column), value in propagator_entries(recipe, state.dt, state.evaluator(recipe.owner)).items():
            if kind == "P" and row == column:
                change = 1.0 - np.asarray(value)
                error = np.abs(1.0 - np.asarray(value, dtype=np.float32) - change)
                shift = float(np.max(error[change != 0.0] / np.abs(change[change != 0.0]), initial=0.0))
                if shift > SHIFT:
                    yield (
                        f"{state.by_name[recipe.owner].scope.where}, d{row}/dt: {row} changes so little in a step that single "
                        f"precision shifts its rate by {shift:.1%}. Try precision='double'"
                    )


def lost_increments(state: State) -> Iterator[str]:
    """What to tell of each statement that adds less to a weight than single precision resolves."""
    for facts in state.facts.projections:
        found = find_increments(facts)
        for each in found:
            added, size = _largest(state, facts, each), _size(state, facts, each.weight, found)
            resolved = float(np.spacing(np.float32(size)))
            if 0.0 < added < resolved:
                yield (
                    f"{facts.scope.where}, {each.block.name}: '{show_statement(each.statement)}' changes {each.weight} by "
                    f"{added:.2g} at most, and single precision resolves {resolved:.2g} of {size:.3g} (in base units): such "
                    "changes are lost. Try precision='double'"
                )


def _largest(state: State, facts: ProjectionFacts, increment: Increment) -> float:
    """The most that a statement adds; not a number if that is not known."""
    with np.errstate(all="ignore"):
        return max(float(np.max(np.abs(state.evaluator(facts.name)(case)), initial=0.0)) for case in increment.cases)


def _size(state: State, facts: ProjectionFacts, weight: str, found: tuple[Increment, ...]) -> float:
    """How large weights are or may become: the largest now, or a finite upper bound that is larger."""
    now = float(np.max(np.abs(state.memory.view((facts.name, weight))), initial=0.0))
    bounds = {bound for each in found if each.weight == weight for bound in each.bounds}
    values = [float(np.max(state.evaluator(facts.name)(bound), initial=0.0)) for bound in bounds]
    return max([now, *(value for value in values if np.isfinite(value))])
