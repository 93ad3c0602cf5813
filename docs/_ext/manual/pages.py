"""The texts of all pages that the library writes about itself, in reStructuredText."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bouton import experiments, protocols
from bouton.errors import BoutonError, Code
from bouton.experiments import Experiment
from bouton.library import neurons, rules
from bouton.library.entry import Entry
from bouton.library.neuron import Neuron
from bouton.library.rule import Rule
from bouton.protocols.protocol import Protocol
from manual import figures, refusals
from manual.models import printed, value
from manual.notebooks import NOTEBOOKS
from manual.texts import block, heading, indented, inline, of_docstring, table

ROOT = Path(__file__).parents[3]
BAD = ROOT / "tests/analysis/bad"
SIMULATORS = {"nest": "NEST", "brian2": "Brian2", "annarchy": "ANNarchy", "norse": "Norse"}
LEADS = {
    "rules": "Published rules of synaptic plasticity. Each page is made from the file of the rule: nothing on it was written a "
    "second time. :doc:`/rules` tells how they are chosen and combined, and how one of your own is used.",
    "neurons": "Published neurons. ``bt.neurons.NAME(…)`` is a model for :py:obj:`bouton.Population`, and "
    "``bt.neurons.NAME.at_rest(cell)`` gives the state it begins in.",
    "protocols": "Ways of driving a rule with given spikes, as in the laboratory. :doc:`/protocols` is an introduction.",
    "experiments": "Published experiments, each one short file. ``bouton run NAME`` runs one and holds it to the numbers of its "
    "original.",
}
FIGURES = "generated/figures"
Pages = dict[str, str]
"""Texts by the names of their files."""


def everything(drawn: Path | None = None) -> Pages:
    """All pages, with the lists of each kind; with the figures of a folder, if there is one."""
    found: Pages = {}
    shelves: dict[str, list[Any]] = {
        "rules": [rules.find(file) for file in rules.files()],
        "neurons": [neurons.find(file) for file in neurons.files()],
        "protocols": [protocols.find(name) for name in protocols.names()],
        "experiments": [experiments.find(name) for name in experiments.names()],
    }
    for kind, members in shelves.items():
        for each in members:
            found[f"{kind}/{each.name}.rst"] = page(each, drawn)
        found[f"{kind}/index.rst"] = _index(kind, members)
    examples = refusals.examples(BAD)
    for code in Code:
        found[f"errors/{code.value}.rst"] = refusals.page(code, examples[code])
    found["errors/index.rst"] = refusals.index(examples)
    found["conventions.txt"] = conventions(shelves["rules"])
    return found


def write(pages: Pages, folder: Path) -> None:
    """Write pages, leaving those alone that have not changed; pages of what there is no more go, in the same folders."""
    for kind in {Path(name).parent for name in pages} - {Path()}:
        for path in sorted((folder / kind).glob("*.rst")):
            if path.relative_to(folder).as_posix() not in pages:
                path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def page(of: Rule | Neuron | Protocol | Experiment, drawn: Path | None = None) -> str:
    """The page of one thing."""
    match of:
        case Rule() | Neuron():
            parts = _entry(of, drawn)
        case Protocol():
            parts = _protocol(of, drawn)
        case _:
            parts = _experiment(of, drawn)
    return "\n\n".join(part for part in parts if part) + "\n"


# --- rules and neurons --------------------------------------------------------------------------------------


def _entry(of: Rule | Neuron, drawn: Path | None) -> Iterator[str]:
    module = inspect.getmodule(of.build)
    first, *sections = sections_of(of_docstring(inspect.getdoc(module)))
    sources = [section for section in sections if section.startswith("Sources\n")]
    yield heading(of.name, "=")
    yield ".. py:currentmodule:: bouton"
    yield first
    yield _papers(of.papers)
    yield block(usage(of), "python")
    yield _figure(f"{type(of).__name__.lower()}-{of.name}", drawn)
    yield from (heading("Model", "-"), _default(of), block(printed(of(**trial(of)))))
    yield from (section for section in sections if section not in sources)
    if isinstance(of, Rule) and of.conventions:
        yield "Options with which it does so:"
        yield _given(of.conventions, lambda name: f'bt.rules.{of.name}(convention="{name}")', "convention")
    yield from (heading("Parameters", "-"), _parameters(of))
    if of.options:
        yield heading("Options", "-")
        rows = [(f"``{name}``", ", ".join(f"``{choice}``" for choice in choices)) for name, choices in of.options.items()]
        yield f"The first choice of each is taken unless another is named.\n\n{table(('option', 'choices'), rows, (20, 80))}"
    if of.sets:
        yield heading("Named sets", "-")
        yield "Values of a paper that differ from those above."
        yield _given(of.sets, lambda name: f'bt.{of.shelf.partition(".")[2]}.{of.name}("{name}")', "set")
    if isinstance(of, Rule):
        yield from _of_rule(of)
    else:
        yield heading("Inputs", "-")
        rows = [(f"``{name}``", inline(meaning)) for name, meaning in of.inputs.items()]
        yield f"What ``connect(…, target=…)`` may name.\n\n{table(('target', 'what it is'), rows, (20, 80))}"
    yield from sources
    yield f"This page is made from ``src/{of.build.__module__.replace('.', '/')}.py``."


def _of_rule(rule: Rule) -> Iterator[str]:
    if rule.needs:
        yield heading("What it needs", "-")
        names = ", ".join(f"``{name}``" for name in rule.needs)
        brings = f" :doc:`bt.neurons.{rule.neuron} </generated/neurons/{rule.neuron}>` has them." if rule.neuron else ""
        yield f"The postsynaptic neuron must have {names}.{brings}"
    if rule.claims:
        yield heading("Held to", "-")
        rows = [
            (f"``{c.protocol}``", f"``{c.chosen}``" if c.chosen else "", value(c.options), f"{c.limit:g}") for c in rule.claims
        ]
        yield table(("protocol", "set", "options", "score at most"), rows)


def sections_of(text: str) -> list[str]:
    """A text in the pieces that its headings begin; what stands before the first of them is the first."""
    return [piece.strip() for piece in re.split(r"\n(?=[^\n]+\n-{4,}\n)", text)]


def usage(of: Rule | Neuron) -> str:
    """How a model is made: as it is, with a set, with an option, and as in another simulator."""
    shelf = of.shelf.partition(".")[2]
    name, given = f"bt.{shelf}.{of.name}", ", ".join(f"{key}={_written(each)}" for key, each in trial(of).items())
    calls = [f"{name}({given})"]
    calls += [f'{name}("{chosen}")' for chosen in list(of.sets)[:1]]
    options = [
        (option, choices[1]) for option, choices in of.options.items() if len(choices) > 1 and _goes(of, option, choices[1])
    ]
    for option, choice in options[:1]:
        arguments = ", ".join([f'{option}="{choice}"', *([given] if given else [])])
        calls.append(f"{name}({arguments})")
    if isinstance(of, Rule):
        calls += [f'{name}(convention="{simulator}")' for simulator in list(of.conventions)[:1] if not given]
    variable = "rule" if shelf == "rules" else "cell"
    units = sorted({unit for each in trial(of).values() for unit in re.findall(r"[A-Za-z]+", _unit(each))})
    imports = ["import bouton as bt", *([f"from bouton.units import {', '.join(units)}"] if units else [])]
    return "\n".join([*imports, "", *(f"{variable} = {call}" for call in calls)])


def trial(of: Entry) -> Mapping[str, Any]:
    """What a model cannot be made without, or shows nothing without."""
    return of.trial if isinstance(of, Rule) else {}


def _goes(of: Rule | Neuron, option: str, choice: str) -> bool:
    """True if an option can be chosen by itself."""
    try:
        of(**trial(of), **{option: choice})
    except BoutonError:  # some choices go together only
        return False
    return True


def _default(of: Rule | Neuron) -> str:
    chosen = ", ".join(f"``{name}={choices[0]}``" for name, choices in of.options.items())
    return f"As it is with {chosen}:" if chosen else "All of it:"


def _parameters(of: Rule | Neuron) -> str:
    rows = []
    for name, each in of.parameters.items():
        span = "" if each.low is None and each.high is None else f"{value(each.low)} to {value(each.high)}"
        unit = "in the unit of the weight" if each.weight and not hasattr(each.value, "units") else ""
        shown = " ".join(word for word in (value(each.value), unit) if word)
        rows.append((f"``{name}``", inline(each.symbol), inline(each.meaning), inline(shown), inline(span)))
    lead = (
        "What the chosen options do not mention is no parameter of the model. The range is what is sensible to try, in the unit "
        "of the default value."
    )
    return f"{lead}\n\n{table(('name', 'symbol', 'what it is', 'default', 'range'), rows, (16, 10, 44, 18, 12))}"


def _given(sets: Mapping[str, Mapping[str, Any]], call: Any, what: str) -> str:
    rows = [(f"``{call(name)}``", inline(value(each)) or "the defaults") for name, each in sets.items()]
    return table((what, "what it sets"), rows, (40, 60))


def _written(given: Any) -> str:
    """A value as Python."""
    if not hasattr(given, "units"):
        return repr(given)
    unit = _unit(given)
    return f"{value(given.magnitude)} * {unit}"


def _unit(given: Any) -> str:
    return f"{given.units:~C}" if hasattr(given, "units") else ""


def _papers(papers: tuple[str, ...]) -> str:
    return "\n".join(f"* {inline(paper)}" for paper in papers)


def _figure(name: str, drawn: Path | None) -> str:
    shown = figures.caption(drawn, name) if drawn is not None else None
    return "" if shown is None else f".. figure:: /{FIGURES}/{name}.svg\n   :alt: {name}\n\n{indented(shown)}"


# --- protocols and experiments ------------------------------------------------------------------------------


def _protocol(of: Protocol, drawn: Path | None) -> Iterator[str]:
    module = inspect.getmodule(of.stage)
    first, _, rest = of_docstring(inspect.getdoc(module)).partition("\n\n")
    yield heading(of.name, "=")
    yield ".. py:currentmodule:: bouton.protocols"
    yield first
    yield _papers(of.papers)
    name = figures.PROTOCOLS.get(of.name, figures.SHOWN[of.asks])
    yield block(
        f"import bouton as bt\n\nrule = bt.rules.{name[0]}({', '.join(map(repr, name[1]))})\n"
        f"found = bt.protocols.{of.name}(rule)\nfigure = bt.protocols.{of.name}.draw(found)",
        "python",
    )
    chosen = f" --parameters {name[1][0]}" if name[1] else ""
    yield f"On the command line: ``bouton protocol {of.name} {name[0]}{chosen} --out figure.png``."
    yield _figure(f"protocol-{of.name}", drawn)
    yield heading("What it does", "-")
    yield rest.strip()
    yield of_docstring(inspect.getdoc(of.stage), headings=False).strip()
    if of.score:
        yield f"The score is the {inline(of.score)}; a rule without an error has 0."
    yield f"It asks {_ASKS[of.asks]}."
    yield heading("Options", "-")
    rows = [(f"``{key}``", inline(value(each))) for key, each in of.options.items()]
    yield f"{table(('option', 'default'), rows, (20, 80))}"
    yield "Others are those of :py:obj:`bouton.protocols.play`."


_ASKS = {"weight": "how the weight changes, and takes rules that have one", "release": "what is transmitted at each spike"}


def _experiment(of: Experiment, drawn: Path | None) -> Iterator[str]:
    module = importlib.import_module(f"bouton.experiments.{of.name.replace('-', '_')}")
    first, _, rest = of_docstring(inspect.getdoc(module)).partition("\n\n")
    yield heading(of.name, "=")
    yield ".. py:currentmodule:: bouton"
    yield first
    told = (
        f" A :doc:`notebook </generated/notebooks/{of.name}>` tells it in small."
        if (NOTEBOOKS / f"{of.name}.md").exists()
        else ""
    )
    yield f"From {inline(of.source)}.{told}"
    yield block(f"bouton run {of.name}", "text")
    yield _figure(f"experiment-{of.name}", drawn)
    yield rest.strip()
    yield heading("Settings", "-")
    rows = [(f"``{key}``", inline(value(each))) for key, each in of.settings.items()]
    yield f"``--set NAME=VALUE`` changes one.\n\n{table(('setting', 'default'), rows, (30, 70))}"
    yield heading("The program", "-")
    source = f"/../src/{module.__name__.replace('.', '/')}.py"
    yield f".. literalinclude:: {source}\n   :language: python\n   :start-at: from __future__"


# --- lists --------------------------------------------------------------------------------------------------


def _index(kind: str, members: list[Any]) -> str:
    rows = [(f":doc:`{each.name} <{each.name}>`", inline(each.title)) for each in members]
    parts = [
        heading(kind.capitalize(), "="),
        LEADS[kind],
        table(("name", "what it is"), rows, (30, 70)),
        ".. toctree::\n   :hidden:\n\n" + indented("\n".join(each.name for each in members)),
    ]
    return "\n\n".join(parts) + "\n"


def conventions(members: list[Rule]) -> str:
    """Which rules know what other simulators do, for a page that includes this."""
    rows = []
    for rule in members:
        if rule.conventions:
            known = (_said(rule.conventions[name]) if name in rule.conventions else "" for name in SIMULATORS)
            rows.append((f":doc:`{rule.name} </generated/rules/{rule.name}>`", *known))
    return table(("rule", *SIMULATORS.values()), rows, (20, 20, 20, 20, 20)) + "\n"


def _said(options: Mapping[str, Any]) -> str:
    return ", ".join(f"``{name}={choice}``" for name, choice in options.items()) or "the defaults"


# --- what a page may not do ---------------------------------------------------------------------------------

FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|embed)\b[^>]*?\bsrc=["']((?:https?:)?//[^"']+)"""
    r"""|<link\b(?=[^>]*\brel=["'](?:stylesheet|preload|preconnect|icon|shortcut icon)["'])"""
    r"""[^>]*?\bhref=["']((?:https?:)?//[^"']+)"""
)


def fetched(html: str) -> list[str]:
    """The addresses on other hosts that a page would be completed from."""
    return [script or link for script, link in FETCHED.findall(html)]
