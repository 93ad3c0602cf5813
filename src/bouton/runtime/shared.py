"""Variables of which one is kept for several projections: where they lie, and who stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bouton.plan.slots import STORES

if TYPE_CHECKING:
    from bouton.analysis.find_shared import Key, Sharing
    from bouton.plan.plan import Plan


def place_shared(plan: Plan, sharing: Sharing) -> tuple[dict[Key, Key], dict[Key, int]]:
    """The slots that lie where those of another projection are, and the values of the slots that say who stores.

    All who share a variable calculate its new value, and read the old one for that: the last of them stores it.
    """
    known = {slot.key for slot in plan.slots}
    stores = {key: 1 for key in known if key[1].endswith(STORES)}
    shared: dict[Key, Key] = {}
    for group in sharing.groups:
        (first, name), *others = group
        slots = [slot for slot in (name, f"{name}:at") if (first, slot) in known]
        shared |= {(owner, slot): (first, slot) for owner, _ in others for slot in slots}
        stores |= {(owner, name + STORES): 0 for owner, name in group[:-1]}
    return shared, stores
