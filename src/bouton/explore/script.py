"""What a page shows as a program: "copy as Python"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np

from bouton.explore.choice import Choice, Variant, guests, resolve
from bouton.explore.requests import Code, Request, request
from bouton.explore.view import View
from bouton.library.own import of_model
from bouton.model.blocks import TimeStep


def script(view: View) -> str:
    """A program that gives the numbers of each panel and draws them. Raises what the choice and its panels refuse."""
    write, body = Writer(), []
    for side in ("a", "b"):
        choice = view.choice(side)
        if choice is None:
            continue
        variant, of = resolve(choice), "" if view.b is None else f"_{side}"
        body += ["", *rule_lines(write, f"rule{of}", choice, variant)]
        asked = {panel: request(panel, view, variant) for panel in view.panels}
        cell = next((each.cell for each in asked.values() if each.cell), None)
        if cell is not None:
            body.append(f"cell{of} = bt.protocols.cell_for({', '.join([f'rule{of}', *write.given(cell)])})")
        for panel, each in asked.items():
            body += [write.call(f"{panel}{of}", f"rule{of}", each, f"cell{of}"), *_shown(f"{panel}{of}", panel)]
    numpy = ["import numpy as np", ""] if write.numpy else []
    units = [f"from bouton.units import {', '.join(sorted(write.units))}"] if write.units else []
    return "\n".join([*numpy, "import bouton as bt", *units, *body]) + "\n"


def _shown(result: str, panel: str) -> list[str]:
    if panel == "traces":
        return [f"print({result}.to_dataset())"]
    return [f"print({result})", f'bt.protocols.{panel}.draw({result}).savefig("{result}.png")']


def rule_lines(write: Writer, to: str, choice: Choice, variant: Variant) -> list[str]:
    """The assignment of a choice's model."""
    values = variant.quantities(choice)
    if choice.own is not None:
        own = choice.own
        texts = {"on_pre": own.on_pre, "on_post": own.on_post}
        lines = [f"{to} = bt.SynapseModel(", f"    {_text(own.equations)},"]
        lines += [f"    {key}={_text(text)}," for key, text in texts.items() if text.strip()]
        return [*lines, f"    parameters={write(values)},", '    name="own",', ")"]
    if choice.rule in guests():
        whole = of_model(variant.model, variant.rule.title).build({})
        inside = [f"    {key}={write(text)}," for key, text in whole.items()]
        return [f"{to} = bt.SynapseModel(", *inside, f"    parameters={write({**variant.model.parameters, **values})},", ")"]
    words = [] if choice.chosen is None else [repr(choice.chosen)]
    words += [f"{name}={value!r}" for name, value in variant.options.items() if _is_said(name, value, choice, variant)]
    tried = {} if choice.chosen is not None else {k: v for k, v in variant.rule.trial.items() if k in variant.model.parameters}
    given = {**tried, **{name: values[name] for name, _ in choice.parameters}}
    words += [f"{name}={write(value)}" for name, value in given.items()]
    return [f"{to} = bt.rules.{variant.rule.name}({', '.join(words)})"]


def _is_said(option: str, value: str, choice: Choice, variant: Variant) -> bool:
    """Whether an option has to be given, since it is not so already."""
    chosen = variant.rule.sets[choice.chosen] if choice.chosen is not None else {}
    return bool(value != chosen.get(option, variant.rule.options[option][0]))


def _text(text: str) -> str:
    """A text as a program has it: nothing that stands in it ends it."""
    if "\n" not in text or '"""' in text or "\\" in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text.strip()}\n"""'


@final
class Writer:
    """Values as a program has them; it notes what has to be imported for them."""

    def __init__(self) -> None:
        self.units: set[str] = set()
        self.numpy = False

    def call(self, to: str, rule: str, asked: Request, cell: str = "cell") -> str:
        """The assignment of what a request gives; ``cell`` is what that is called which `bt.protocols.cell_for` has given."""
        words = [rule, *map(self, asked.arguments), *self.given(asked.options)]
        if asked.cell:
            words.append(f"**{cell}")
        return f"{to} = bt.protocols.{asked.name}({', '.join(words)})"

    def __call__(self, value: Any) -> str:
        """A value as text."""
        match value:
            case Code():
                self.numpy |= "np." in value.text
                self.units |= set(value.units)
                return value.text
            case object(magnitude=magnitude, units=units):
                return f"{self(magnitude)} * {self._unit(f'{units:~}')}"
            case np.ndarray():
                return f"[{', '.join(map(self, value.tolist()))}]"
            case Mapping():
                return f"{{{', '.join(f'{key!r}: {self(each)}' for key, each in value.items())}}}"
            case tuple():
                return f"({''.join(f'{self(each)}, ' for each in value).strip()})"
            case TimeStep():
                return "bt.dt"
            case float():
                return repr(float(f"{value:.15g}"))
        return repr(value)

    def given(self, options: Mapping[str, Any]) -> list[str]:
        """Arguments by name."""
        return [f"{key}={self(value)}" for key, value in options.items()]

    def _unit(self, text: str) -> str:
        plain = text.replace("µ", "u").replace("μ", "u").replace("Ω", "ohm")
        if not plain.isidentifier():
            return f"bt.units.parse_unit({text!r})"
        self.units.add(plain)
        return plain
