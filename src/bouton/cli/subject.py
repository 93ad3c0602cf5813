"""What ``show`` and ``explain`` look at: an experiment's simulation, or a small one with a rule at work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bouton import experiments
from bouton.cli import names
from bouton.cli.chosen_rule import find_rule, make_model
from bouton.errors import Code, NetworkError

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation


def simulation_of(name: str, given: Iterable[str]) -> Simulation:
    """The simulation of an experiment; or of a rule with what is ``given``, between a few trains and cells that fire.

    Raises NameError_ (E206) for a name of neither, NetworkError (E401) for a rule that wants more than such cells have.
    """
    if not name.endswith((".py", ".toml")) and names.named("rules", name) is None:
        experiment = experiments.find(name)
        if list(given):
            raise NetworkError(Code.BAD_VALUE, f"--set with {name}", where="--set", expected="a rule, of which settings are")
        return experiment.simulation(experiment.complete({}), 1)
    from bouton.validation.battery import NotApplicable, simulation

    rule = find_rule(name)
    try:
        return simulation(rule, make_model(rule, given, None), free=True, backend="cpu")[0]
    except NotApplicable as reason:
        expected = "a rule that wants what these cells have"
        raise NetworkError(Code.BAD_VALUE, f"{rule.name}: {reason}", where=name, expected=expected) from None
