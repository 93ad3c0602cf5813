"""A rule held to all that is known: protocols with what was measured, other simulators' numbers, and the battery."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import bouton as bt
from bouton import protocols
from bouton.errors import BoutonError
from bouton.library.rule import Claim, Rule
from bouton.protocols.cells import cell_for
from bouton.protocols.checks import has_weight
from bouton.protocols.drive import begin
from bouton.protocols.protocol import Protocol
from bouton.validation import battery
from bouton.validation.recorded import Recorded, recorded

if TYPE_CHECKING:
    import xarray as xr

SHORTER = {"rates": {"synapses": 20}}
"""Options with which protocols that only draw a picture, and are held to nothing, take less time."""


@final
@dataclass(frozen=True)
class Verdict:
    """What came of holding a rule to one thing.

    ``kind``: ``protocol``, ``simulator`` or ``battery``; ``against`` and ``chosen``: to what, and with which parameters or
    convention. ``deviation`` may be ``limit`` at most; without a limit it is only told. ``note`` says why there is no
    deviation, or what failed. ``dataset`` is what the protocol gave.
    """

    rule: str
    kind: str
    against: str
    chosen: str = ""
    deviation: float | None = None
    limit: float | None = None
    failed: bool = False
    note: str = ""
    dataset: xr.Dataset | None = None

    @property
    def passed(self) -> bool | None:
        """True or False; None where nothing is claimed, or a check does not apply."""
        if self.failed:
            return False
        if self.deviation is None:
            return None if self.note else True
        if self.limit is None:
            return None
        return not math.isnan(self.deviation) and self.deviation <= self.limit


def validate(rule: Rule) -> Iterator[Verdict]:
    """Hold a rule to every protocol, to the recordings of other simulators and to the battery, one verdict after another.

    Raises what a `Simulation` refuses of a rule that cannot be run at all.
    """
    with suppress(battery.NotApplicable):
        battery.simulation(rule, battery.model_of(rule))
    for name in protocols.names():
        protocol = protocols.find(name)
        claims: list[Claim | None] = [claim for claim in rule.claims if claim.protocol == name]
        for claim in claims or [None]:
            yield _of_protocol(rule, protocol, claim)
    for each in recorded(rule.name):
        yield _of_simulator(rule, each)
    for check in battery.CHECKS:
        yield _of_battery(rule, check)


def _of_protocol(rule: Rule, protocol: Protocol, claim: Claim | None) -> Verdict:
    chosen = "" if claim is None or claim.chosen is None else claim.chosen
    try:
        model = rule(**rule.trial) if claim is None else rule(claim.chosen)
        options = {**(_options(rule, model, protocol) if claim is None else claim.options)}
        options |= cell_for(model, neuron=rule.neuron, target=rule.target)
        dataset = protocol(model, **options)
    except BoutonError as error:  # a protocol that does not apply says why
        return Verdict(rule.name, "protocol", protocol.name, chosen, note=error.message, failed=claim is not None)
    score = dataset.attrs.get("score")
    return Verdict(
        rule.name,
        "protocol",
        protocol.name,
        chosen,
        deviation=None if score is None else float(score),
        limit=None if claim is None else claim.limit,
        note="" if score is not None else "drawn only: nothing was measured to be held to",
        dataset=dataset,
    )


def _options(rule: Rule, model: bt.SynapseModel, protocol: Protocol) -> dict[str, Any]:
    """How a protocol is run with a rule that says nothing of it: from the middle of the weights, on a cell that it lives on."""
    options: dict[str, Any] = {k: v for k, v in SHORTER.get(protocol.name, {}).items() if k in protocol.options}
    if protocol.options.get("w") is not None and has_weight(model):
        options["w"] = begin(model, None, None)[0] or protocol.options["w"]
    return options


def _of_simulator(rule: Rule, each: Recorded) -> Verdict:
    convention = str(each.about["given"].get("convention", ""))
    try:
        return Verdict(rule.name, "simulator", each.name, convention, each.deviation(rule), each.limit)
    except BoutonError as error:
        return Verdict(rule.name, "simulator", each.name, convention, note=error.message, failed=True)


def _of_battery(rule: Rule, check: battery.Check) -> Verdict:
    try:
        check.run(rule)
    except battery.NotApplicable as reason:
        return Verdict(rule.name, "battery", check.name, note=str(reason))
    except (AssertionError, BoutonError) as error:
        return Verdict(rule.name, "battery", check.name, note=str(error).strip().splitlines()[0], failed=True)
    return Verdict(rule.name, "battery", check.name)
