"""What a protocol of the laboratory is: how a rule is driven, what was measured, and how that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, final

from bouton.errors import BoutonError, Code
from bouton.protocols.checks import check_asked
from bouton.units import ms

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    import bouton as bt

Ready: TypeAlias = Callable[..., "xr.Dataset"]
"""A protocol that was prepared for a rule: from parameters of the rule to the dataset."""


FINE = 0.1 * ms
"""The time step for rules with times that are no whole milliseconds."""


@final
@dataclass(frozen=True)
class Protocol:
    """A protocol. Calling it with a `bouton.SynapseModel` runs it and gives a labelled dataset.

    Attributes
    ----------
    name: as in ``bt.protocols.NAME``.
    title: one line for lists.
    papers: whose experiment it is, with DOI.
    stage: from a model, and options, to what gives the dataset, as often as it is called, with parameters of the model that it
        is called with; the dataset's ``attrs["score"]``, where there is one, is how far the rule is from what was measured.
    draw: the dataset as in the paper.
    columns: the dataset as columns of a table, by name with the unit.
    score: what the score is; empty without data to be held to.
    asks: ``weight`` if it asks how the weight changes, ``release`` if what is transmitted at each spike; a rule that has no such
        thing is refused.
    options: what the command line may set of ``stage``, with default values: numbers, words, or quantities (of which arrays are
        written as ``[5, 10] Hz``).
    """

    name: str
    title: str
    papers: tuple[str, ...]
    stage: Callable[..., Ready]
    draw: Callable[[xr.Dataset], Figure]
    columns: Callable[[xr.Dataset], Mapping[str, Any]]
    score: str = ""
    asks: str = "weight"
    options: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, rule: bt.SynapseModel, *arguments: Any, **options: Any) -> xr.Dataset:
        """The dataset for a rule; options are those of ``stage`` and of `bouton.protocols.play`.

        The time step, unless it is given, is 0.1 ms where a time of the rule is no multiple of the protocol's own.
        Raises NetworkError: E401 (it does not apply to this rule), E408 (the rule reads what must be given, such as ``neuron=``).
        """
        try:
            return self.prepare(rule, *arguments, **options)()
        except BoutonError as error:
            if error.code is not Code.OFF_GRID or "dt" in options:
                raise
        return self.prepare(rule, *arguments, **options, dt=FINE)()

    def prepare(self, rule: bt.SynapseModel, *arguments: Any, **options: Any) -> Ready:
        """The protocol for a rule, compiled once: called with parameters of the rule, as in ``ready(A_plus=0.02)``, it gives the
        dataset. A parameter stays as it was given last. Raises as a call does; called, it raises what `Staged.play` does.
        """
        check_asked(rule, self.asks, f"protocols.{self.name}")
        return self.stage(rule, *arguments, **options)

    def __repr__(self) -> str:
        return f"<bt.protocols.{self.name}: {self.title}>"
