"""What an experiment is: settings, simulations, a result that is held to published numbers, a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from bouton.errors import Code, SimulationError, nearest, one_of

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

    import bouton as bt
    from bouton.units import Quantity


@dataclass(frozen=True)
class Check:
    """A deviation from a reference, and the largest that passes."""

    what: str
    deviation: float
    limit: float

    @property
    def passed(self) -> bool:
        """True if the deviation is within the limit (NaN is not)."""
        return self.deviation <= self.limit


@dataclass(frozen=True)
class Result:
    """What a run of an experiment gave.

    ``values`` holds arrays and recordings by name, for the figure. ``timings`` are the seconds of all its
    simulations by kind (``analyse``, ``build``, ``compile``, ``run``), as `Simulation.timings`.
    ``dataset`` makes the labelled arrays to be saved, when asked.
    """

    values: Mapping[str, Any]
    checks: tuple[Check, ...]
    timings: Mapping[str, float]
    dataset: Callable[[], xarray.Dataset]

    @property
    def passed(self) -> bool:
        """True if every check passed."""
        return all(check.passed for check in self.checks)


@final
@dataclass(frozen=True)
class Experiment:
    """A published experiment.

    ``settings`` are its parameters with default values, quantities or numbers; ``simulation`` makes the
    (main) simulation for given settings and seed, without running it; ``run`` runs everything and
    compares with the reference where the settings are the default ones; ``figure`` draws a result.
    """

    name: str
    title: str
    source: str
    settings: Mapping[str, Any]
    simulation: Callable[[Mapping[str, Any], int], bt.Simulation]
    run_with: Callable[[Mapping[str, Any], int], Result]
    figure: Callable[[Result], Figure]
    tags: tuple[str, ...] = field(default=())

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Default settings with the given ones in their place. Raises SimulationError (E206)."""
        for name in given:
            if name not in self.settings:
                raise SimulationError(
                    Code.UNKNOWN_VARIABLE,
                    f"{name!r} is not a setting of {self.name!r}",
                    where="bouton run",
                    expected=one_of(self.settings),
                    hint=nearest(name, self.settings),
                )
        return {**self.settings, **given}

    def run(self, settings: Mapping[str, Any] | None = None, seed: int = 1) -> Result:
        """Run with some settings changed. Raises SimulationError (E206) for unknown ones."""
        return self.run_with(self.complete(settings or {}), seed)


def total_timings(*simulations: bt.Simulation) -> dict[str, float]:
    """The seconds of several simulations by kind."""
    kinds = simulations[0].timings
    return {kind: sum(s.timings[kind] for s in simulations) for kind in kinds}


def one_of_parts(duration: Quantity, parts: int, dt: Quantity) -> Quantity:
    """The length of so many equal parts of a duration, as whole time steps, of which it has at least one."""
    steps = round(float((duration / dt).to("").magnitude)) // parts
    return max(steps, 1) * dt
