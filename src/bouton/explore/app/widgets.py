"""Widgets of our own: sliders that drop what is not the newest, and text that can be copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from bouton.explore.fields import Field

_HERE = Path(__file__).parent


class Sliders(JSComponent):  # type: ignore[misc]  # Panel has no types
    """A slider and a text field for each of some parameters.

    ``asked`` is called with what was moved (numbers by name) and typed (texts by name), and a serial number; setting ``echo`` to
    that number says that it was answered, and the next message comes.
    """

    fields: list[dict[str, Any]] = param.List(default=[])
    values: dict[str, float] = param.Dict(default={})
    errors: dict[str, str] = param.Dict(default={})
    side: str = param.String(default="a")
    echo: int = param.Integer(default=0)

    _esm: ClassVar[str] = (_HERE / "sliders.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [(_HERE / "sliders.css").read_text("utf-8")]

    def __init__(self, asked: Callable[[Mapping[str, Any], Mapping[str, Any], int], None], **params: Any) -> None:
        super().__init__(**params)
        self._asked = asked

    def show(self, fields: Mapping[str, Field], values: Mapping[str, float]) -> None:
        """Other parameters, with their values."""
        shown = [
            {
                "name": each.name,
                "symbol": each.symbol,
                "meaning": each.meaning,
                "unit": each.unit,
                "low": min(each.low, values[each.name]) if not each.logarithmic else each.low,
                "high": max(each.high, values[each.name]),
                "step": each.step,
                "log": each.logarithmic,
            }
            for each in fields.values()
        ]
        self.param.update(values=dict(values), errors={}, fields=shown)

    def _handle_msg(self, data: Any) -> None:
        """A message of the page, of which nothing is trusted."""
        if not isinstance(data, dict) or not isinstance(data.get("serial"), int):
            return
        moved, typed = (part if isinstance(part, dict) else {} for part in (data.get("moved"), data.get("typed")))
        self._asked(moved, typed, data["serial"])


class Message(JSComponent):  # type: ignore[misc]  # Panel has no types
    """Why something was refused; nothing is shown while it is empty."""

    text: str = param.String(default="")
    label: str = param.String(default="message")

    _esm: ClassVar[str] = (_HERE / "message.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [(_HERE / "text.css").read_text("utf-8")]

    def __init__(self, **params: Any) -> None:
        super().__init__(**{"margin": (2, 10), **params})


class Text(JSComponent):  # type: ignore[misc]  # Panel has no types
    """Text with a button that copies it; nothing is shown while it is empty."""

    text: str = param.String(default="")
    label: str = param.String(default="text")

    _esm: ClassVar[str] = (_HERE / "text.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [(_HERE / "text.css").read_text("utf-8")]


class Checks(JSComponent):  # type: ignore[misc]  # Panel has no types
    """Boxes to tick: ``options`` are titles by name, ``value`` the names of those that are ticked."""

    label: str = param.String(default="")
    options: dict[str, str] = param.Dict(default={})
    value: list[str] = param.List(default=[])

    _esm: ClassVar[str] = (_HERE / "checks.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [(_HERE / "checks.css").read_text("utf-8")]


class Address(JSComponent):  # type: ignore[misc]  # Panel has no types
    """The query of the page's address, without another entry in the browser's history."""

    query: str = param.String(default="")

    _esm: ClassVar[str] = """
export function render({ model }) {
  model.on("query", () => history.replaceState(history.state, "", model.query ? `?${model.query}` : location.pathname))
}
"""
