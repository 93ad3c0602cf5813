"""The controls of one side: which rule, which set and options, its sliders, its texts if they are one's own, its formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, final

import panel as pn

from bouton.errors import BoutonError
from bouton.explore import latex
from bouton.explore.app.widgets import Message, Sliders
from bouton.explore.choice import OWN, Choice, Own, Variant, guests, mistake, resolve
from bouton.explore.fields import Field, read_field
from bouton.explore.limits import check_number, explained
from bouton.library import rules

NONE, TRIED = "(its own values)", "(values to try it with)"
"""What menus call no named set: the rule's own values, of which some may be others, with which one sees what it does."""
TEXTS = {
    "equations": "Equations",
    "on_pre": "At a presynaptic spike",
    "on_post": "At a postsynaptic spike",
    "parameters": "Parameters",
}
ROWS = {"equations": 5, "on_pre": 2, "on_post": 2, "parameters": 5}


@final
class Side:
    """Controls for a `Choice`; ``changed`` is called with the new one, and the serial number of a slider's message."""

    def __init__(self, side: str, choice: Choice, changed: Callable[[str, Choice, int | None], None]) -> None:
        self.side, self.choice, self._changed = side, choice, changed
        self._filling = False
        name = side.upper()
        menu = [*guests(), *dir(rules), OWN]
        self.rule = pn.widgets.Select(label=f"Rule {name}", options=menu, sizing_mode="stretch_width")
        self.chosen = pn.widgets.Select(label=f"Parameter set {name}", options=[NONE], sizing_mode="stretch_width")
        self.options = pn.Column(sizing_mode="stretch_width", margin=0)
        self.sliders = Sliders(self._slid, side=side, sizing_mode="stretch_width", margin=(5, 10))
        self.formulas = pn.pane.LaTeX("", renderer="katex", sizing_mode="stretch_width", stylesheets=[MATHEMATICS])
        self.trouble = Message(label=f"message on rule {name}", sizing_mode="stretch_width")
        self.texts = {
            key: pn.widgets.TextAreaInput(
                label=f"{title} {name}", rows=ROWS[key], max_length=4000, sizing_mode="stretch_width", stylesheets=[MONOSPACE]
            )
            for key, title in TEXTS.items()
        }
        self.mistakes = {key: Message(label=f"message on {key} {name}", sizing_mode="stretch_width") for key in TEXTS}
        own = [part for key in TEXTS for part in (self.texts[key], self.mistakes[key])]
        self.own = pn.Column(*own, sizing_mode="stretch_width", visible=False, margin=0)
        self.column = pn.Column(
            self.rule, self.chosen, self.options, self.own, self.trouble, self.sliders, sizing_mode="stretch_width", margin=0
        )
        self.rule.param.watch(self._take_rule, "value")
        self.chosen.param.watch(self._take_set, "value")
        for text in self.texts.values():
            text.param.watch(self._take_texts, "value")

    def show(self, choice: Choice) -> None:
        """Fill all controls for a choice. Of one that is refused it is said why, and sliders and formulas stay as they are."""
        self.choice = choice
        try:
            variant = resolve(choice)
            values = variant.values(choice)
        except (BoutonError, ArithmeticError) as error:
            self._fill(choice, None)
            self.refuse(error)
            return
        self._fill(choice, variant)
        self.accept()
        self.sliders.show(variant.fields, values)

    def _fill(self, choice: Choice, variant: Variant | None) -> None:
        self._filling = True
        try:
            self._fill_rule(choice)
            if variant is not None:
                self._fill_variant(choice, variant)
        finally:
            self._filling = False

    def _fill_rule(self, choice: Choice) -> None:
        name = OWN if choice.own is not None else choice.rule
        if name in self.rule.options:
            self.rule.value = name
        self.own.visible = choice.own is not None
        for key, text in self.texts.items():
            if choice.own is not None:
                text.value = getattr(choice.own, key)

    def _fill_variant(self, choice: Choice, variant: Variant) -> None:
        self.chosen.visible = bool(variant.rule.sets)
        none = TRIED if variant.rule.trial else NONE
        self.chosen.options = [none, *variant.rule.sets]
        self.chosen.value = choice.chosen or none
        selects = []
        for name, choices in variant.rule.options.items():
            if len(choices) > 1:
                select = pn.widgets.Select(
                    label=f"{name} {self.side.upper()}",
                    options=list(choices),
                    value=variant.options[name],
                    sizing_mode="stretch_width",
                )
                select.param.watch(lambda event, name=name: self._take_option(name, event.new), "value")
                selects.append(select)
        self.options.objects = selects
        parts = [
            f"<h3>{heading}</h3>" + "".join(rf"<p>$ \displaystyle {formula} $</p>" for formula in formulas)
            for heading, formulas in latex.lines(variant.model, variant.symbols())
        ]
        self.formulas.object = "".join(parts)

    def refuse(self, error: Exception) -> None:
        """Say why a choice is refused: at the text in which the mistake is, if they are one's own."""
        self.accept()
        own = self.choice.own is not None and isinstance(error, BoutonError)
        place = self.mistakes[mistake(error)] if own else self.trouble  # type: ignore[arg-type]  # it is one of ours
        place.text = explained(error)

    def accept(self) -> None:
        """Nothing is refused any more."""
        for place in (self.trouble, *self.mistakes.values()):
            place.text = ""

    def _take(self, choice: Choice) -> None:
        self.show(choice)
        self._changed(self.side, choice, None)

    def _take_rule(self, event: Any) -> None:
        if not self._filling:
            self._take(Choice(own=Own()) if event.new == OWN else Choice(event.new))

    def _take_set(self, event: Any) -> None:
        if not self._filling:
            self._take(replace(Choice(self.choice.rule), chosen=None if event.new in {NONE, TRIED} else event.new))

    def _take_option(self, name: str, value: str) -> None:
        if self._filling:
            return
        chosen = self.choice.with_option(name, value)
        try:  # numbers that the other variant does not have are left behind
            fields = resolve(chosen).fields
            chosen = replace(chosen, parameters=tuple(pair for pair in chosen.parameters if pair[0] in fields))
        except BoutonError:
            pass
        self._take(chosen)

    def _take_texts(self, _: Any) -> None:
        if not self._filling and self.choice.own is not None:
            self._take(Choice(own=Own(**{key: text.value or "" for key, text in self.texts.items()})))

    def _slid(self, moved: Mapping[str, Any], typed: Mapping[str, Any], serial: int) -> None:
        """What a page says of sliders and their text fields."""
        errors = dict(self.sliders.errors)
        try:
            fields = resolve(self.choice).fields
        except BoutonError:
            fields = {}
        values: dict[str, float] = {}
        for given, read in ((moved, _moved), (typed, _typed)):
            for name, value in given.items():
                if name not in fields:
                    continue
                errors.pop(name, None)
                try:
                    values[name] = read(fields[name], value)
                except (BoutonError, ArithmeticError) as error:
                    errors[name] = explained(error)
        if errors != self.sliders.errors:
            self.sliders.errors = errors
        if not values:
            self.sliders.echo = serial
            return
        self.choice = self.choice.with_parameters(values)
        if typed:
            self.sliders.values = {**self.sliders.values, **values}
        self._changed(self.side, self.choice, serial)


def _moved(field: Field, number: Any) -> float:
    return check_number(number, field.name)


def _typed(field: Field, text: Any) -> float:
    return read_field(field, str(text))


MONOSPACE = "textarea { font-family: monospace; font-size: 12px; }"

MATHEMATICS = """
h3 { font: 600 13px sans-serif; margin: 10px 0 2px; color: #333; }
p { margin: 5px 0 5px 14px; overflow-x: auto; font-size: 15px; }
.katex-html { display: none; }
.katex-mathml { position: static !important; clip: auto !important; clip-path: none !important; width: auto !important;
  height: auto !important; overflow: visible !important; }
"""
"""Panel brings no fonts for KaTeX's own layout: shown is the MathML that it writes for screen readers, in the browser's fonts."""
