"""Published experiments, one file each, written in the public API; a file joins the list by existing."""

from __future__ import annotations

import importlib
import pkgutil

from bouton.errors import Code, SimulationError, nearest, one_of
from bouton.experiments.base import Check, Experiment, Result

__all__ = ["Check", "Experiment", "Result", "find", "names"]


def names() -> tuple[str, ...]:
    """The names of all experiments, in alphabetical order."""
    modules = (m.name for m in pkgutil.iter_modules(__path__))
    return tuple(sorted(m.replace("_", "-") for m in modules if m not in {"base", "references"}))


def find(name: str) -> Experiment:
    """The experiment of that name. Raises SimulationError (E604) with the nearest known one."""
    known = names()
    if name not in known:
        raise SimulationError(
            Code.NO_SUCH_EXPERIMENT,
            f"{name!r} is not an experiment",
            where="bouton.experiments",
            expected=one_of(known),
            hint=nearest(name, known),
        )
    module = importlib.import_module(f"bouton.experiments.{name.replace('-', '_')}")
    experiment: Experiment = module.EXPERIMENT
    return experiment
