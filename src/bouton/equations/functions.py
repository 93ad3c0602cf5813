"""The functions of the language, as a table: arguments, dimensions and whether they draw at random."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """What is known of a function.

    ``rule`` says how dimensions go through it: ``"plain"`` (numbers to number), ``"same"`` (all
    arguments alike, result alike), ``"sqrt"``, ``"sign"`` (any to number), ``"where"``.
    """

    min_args: int
    max_args: int
    rule: str
    random: bool = False


FUNCTIONS: dict[str, Function] = {
    "exp": Function(1, 1, "plain"),
    "log": Function(1, 1, "plain"),
    "sin": Function(1, 1, "plain"),
    "cos": Function(1, 1, "plain"),
    "tanh": Function(1, 1, "plain"),
    "sqrt": Function(1, 1, "sqrt"),
    "abs": Function(1, 1, "same"),
    "floor": Function(1, 1, "plain"),
    "sign": Function(1, 1, "sign"),
    "heaviside": Function(1, 1, "sign"),
    "clip": Function(3, 3, "same"),
    "min": Function(2, 8, "same"),
    "max": Function(2, 8, "same"),
    "minimum": Function(2, 8, "same"),
    "maximum": Function(2, 8, "same"),
    "where": Function(3, 3, "where"),
    "rand": Function(0, 0, "plain", random=True),
    "randn": Function(0, 0, "plain", random=True),
    "binomial": Function(2, 2, "plain", random=True),
    "poisson": Function(1, 1, "plain", random=True),
}

KNOWN_NAMES = frozenset({"t", "dt", "lastspike", "refractory", "spike_weight", "pi"})
"""Names with a meaning everywhere; a model may not declare them."""
