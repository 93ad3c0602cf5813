"""What a network is made of says what it is once, where it is made."""

from __future__ import annotations

from typing import Any, ClassVar

from bouton.errors import Code, NameError_


class AbstractFixed:
    """Attributes are set once. Values of variables are given where it is made, and belong to the simulation then.

    Raises NameError_ (E203) for anything else, which nobody would read.
    """

    __slots__ = ()

    _making: ClassVar[str]
    """The call that takes values."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(type(self), name) or (name != "name" and hasattr(self, name)):
            raise NameError_(
                Code.NOT_ASSIGNABLE,
                f"{name!r} is set on what only describes a network",
                where=repr(self),
                expected=f"values where it is made, as in {self._making}(…, {name}=…)",
                hint=f"sim[…].{name} = … between runs, where sim is the Simulation",
            )
        object.__setattr__(self, name, value)
