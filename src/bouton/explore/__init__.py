"""The explorer: a page with a rule's sliders, figures and formulas, in a browser or a notebook.

``bt.explore(rule)`` is for notebooks; ``bouton explore RULE`` serves the page on this machine. What a page shows is a value
(`bouton.explore.view.View`), computed without any widget; what draws it (`bouton.explore.app`) needs Panel and Bokeh, which
``pip install 'bouton[explore]'`` brings.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bouton.errors import Code, NetworkError

if TYPE_CHECKING:
    from bouton.explore.view import View

NEEDED = ("panel", "bokeh")
INSTALL = "pip install 'bouton[explore]'"


def check_installed() -> None:
    """Raises NetworkError (E401) with what to install, if something is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NetworkError(
            Code.BAD_VALUE,
            f"the explorer needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed",
            where="bouton explore",
            hint=INSTALL,
        )


def view_of(thing: Any = None, **chosen: Any) -> View:
    """The view of a rule, a model or a name in ``bt.rules``; ``chosen`` are a ``set``, options, and parameters in their units.

    Raises NetworkError (E401) for something else, and what the rule refuses.
    """
    from bouton.explore.choice import Choice, invite, resolve
    from bouton.explore.view import View
    from bouton.library import rules
    from bouton.library.own import of_model
    from bouton.library.rule import Rule
    from bouton.model.synapse import SynapseModel
    from bouton.units import parse_unit

    name = thing
    if thing is None:
        name = Choice().rule
    elif isinstance(thing, SynapseModel):
        name = invite(of_model(thing, thing.name))
    elif isinstance(thing, Rule) and (thing.name not in dir(rules) or rules.named(thing.name) is not thing):
        name = invite(thing)
    elif isinstance(thing, Rule):
        name = thing.name
    if not isinstance(name, str):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{thing!r:.60} cannot be explored",
            where="explore",
            expected="a rule, a SynapseModel or a rule's name",
        )
    choice = Choice(name, chosen.pop("set", None))
    known = resolve(choice).rule.options
    for option in [key for key in chosen if key in known]:
        choice = choice.with_option(option, str(chosen.pop(option)))
    fields = resolve(choice).fields
    numbers = {}
    for key, value in chosen.items():
        unit = fields[key].unit if key in fields else ""
        numbers[key] = float(value.to(parse_unit(unit)).magnitude if unit and hasattr(value, "units") else value)
    choice = choice.with_parameters(numbers)
    resolve(choice).values(choice)  # refuses names that there are not
    return View(choice)


def explore(thing: Any = None, **chosen: Any) -> Any:
    """The explorer of a rule or model, to be shown in a notebook: ``bt.explore(bt.rules.PairSTDP, tau_plus=10 * ms)``."""
    check_installed()
    view = view_of(thing, **chosen)
    import panel as pn

    from bouton.explore.app.page import Page
    from bouton.explore.bench import Bench

    if pn.state.curdoc is None:
        pn.extension("katex", inline=True)
    return Page(view, Bench(), None)


class _Room(ModuleType):
    """A package that is a function as well: ``bt.explore(rule)`` is `explore`."""

    def __call__(self, thing: Any = None, **chosen: Any) -> Any:
        return explore(thing, **chosen)


sys.modules[__name__].__class__ = _Room
