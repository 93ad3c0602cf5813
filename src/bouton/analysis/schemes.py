"""The explicit integration schemes, as tables of coefficients that check themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tableau:
    """A Runge–Kutta method (Butcher 1964): nodes ``c``, weights ``b``, lower triangle ``a``.

    ``stochastic``: with increments of noise it converges, to Itô's (Euler–Maruyama) or Stratonovich's
    (Heun; Rümelin 1982) solution.
    """

    name: str
    order: int
    c: tuple[float, ...]
    b: tuple[float, ...]
    a: tuple[tuple[float, ...], ...]
    stochastic: bool = False

    def __post_init__(self) -> None:
        if not math.isclose(sum(self.b), 1.0) or not len(self.a) == len(self.b) == len(self.c):
            raise ValueError(f"{self.name}: the weights do not sum to 1")
        for stage, (row, node) in enumerate(zip(self.a, self.c, strict=True)):
            if len(row) != stage or not math.isclose(sum(row), node, abs_tol=1e-15):
                raise ValueError(f"{self.name}: row {stage} does not sum to its node")


EULER = Tableau("euler", order=1, c=(0.0,), b=(1.0,), a=((),))
EULER_MARUYAMA = Tableau("euler_maruyama", order=1, c=(0.0,), b=(1.0,), a=((),), stochastic=True)
RK2 = Tableau("rk2", order=2, c=(0.0, 0.5), b=(0.0, 1.0), a=((), (0.5,)))
HEUN = Tableau("heun", order=2, c=(0.0, 1.0), b=(0.5, 0.5), a=((), (1.0,)), stochastic=True)
RK4 = Tableau("rk4", order=4, c=(0.0, 0.5, 0.5, 1.0), b=(1 / 6, 1 / 3, 1 / 3, 1 / 6), a=((), (0.5,), (0.0, 0.5), (0.0, 0.0, 1.0)))

TABLEAUS = {t.name: t for t in (EULER, EULER_MARUYAMA, RK2, HEUN, RK4)}
SCHEMES = frozenset(TABLEAUS) | {"exact", "exponential_euler"}
"""All names that ``method=`` accepts."""
