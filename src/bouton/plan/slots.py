"""The registry of slots: who asks for an array first, makes it known; the plan lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bouton.analysis.facts import Facts, NetworkFacts, PopulationFacts, ProjectionFacts
from bouton.analysis.find_integration import Exact, per_element
from bouton.analysis.find_linear import ZERO
from bouton.equations.nodes import Expr, Name
from bouton.errors import Code, NameError_, NetworkError, nearest, one_of
from bouton.network.population import AbstractPopulation, Population
from bouton.network.projection import Projection
from bouton.plan.nodes import Slot
from bouton.plan.recipes import Bins, DecayTable, DrawKey, Steps, Trace
from bouton.units import TIME, in_base

Places: TypeAlias = Mapping[str, Mapping[str, str]]
"""The variables of projections that are kept with neurons: projection → variable → ``pre`` or ``post``."""
STORES = ":stores"
"""Ends the names of slots that say whether a projection stores a variable, or leaves that to one that shares it."""


class Slots:
    """Slots and recipes of one plan.

    Variables and parameters have slots of their own name; every other slot's name holds a colon or a blank, so that a
    variable may be called ``n`` or ``last``.
    """

    def __init__(self, facts: NetworkFacts, places: Places, shared: frozenset[str] = frozenset()) -> None:
        self.facts = facts
        self.places = places
        self.shared = shared
        self.known: dict[tuple[str, str], Slot] = {}
        self.recipes: list[object] = []
        self.initial: dict[tuple[str, str], float] = {}
        self.carried: frozenset[tuple[str, str]] = frozenset()
        """Variables of projections that are brought up to date by what is added up with targets."""
        self._traces: dict[tuple[str, str], Trace | None] = {}
        self._bins: dict[tuple[str, str], Bins] = {}
        self._sites: dict[str, int] = {}

    def get(self, owner: str, name: str, dtype: str, *shape: str, role: str = "state", fill: float = 0.0) -> Slot:
        """The slot of that name, made if it is new."""
        slot = self.known.setdefault((owner, name), Slot(owner, name, dtype, shape, role))
        if fill != 0.0:
            self.initial[slot.key] = fill
        return slot

    def adopt(self, slot: Slot) -> Slot:
        """Make a slot known that was described elsewhere."""
        return self.known.setdefault(slot.key, slot)

    def value(self, facts: Facts, base: str) -> Slot:
        """The values of a variable or parameter."""
        symbol = facts.scope.symbols[base]
        role = "fixed" if symbol.kind in {"parameter", "constant"} else "state"
        return self.get(facts.name, base, "f8", "1" if symbol.shared else self._extent(facts, base), role=role)

    def kept_with(self, facts: Facts, base: str) -> str:
        """``pre`` or ``post`` for a variable of synapses that is kept once a neuron; else ``self``."""
        return self.places.get(facts.name, {}).get(base, "self")

    def stores(self, facts: Facts, base: str) -> Slot | None:
        """Not 0 if this projection stores a variable that others may share with it; None if none ever does."""
        if base not in self.shared or self.kept_with(facts, base) == "self":
            return None
        return self.get(facts.name, f"{base}{STORES}", "i8", "1", role="fixed")

    def _extent(self, facts: Facts, base: str) -> str:
        kept = self.kept_with(facts, base)
        return "n" if kept == "self" else f"n {kept}"

    def size(self, facts: Facts) -> Slot:
        """The number of elements."""
        return self.get(facts.name, ":n", "i8", "1", role="fixed")

    def size_of_side(self, facts: ProjectionFacts, side: str) -> Slot:
        """The number of neurons on a side of a projection."""
        return self.get(facts.name, f":n {side}", "i8", "1", role="fixed")

    def sources(self, facts: ProjectionFacts) -> dict[str, Slot]:
        """The neurons that have synapses of a projection, or may get some: from ``sources_begin`` up to ``sources_end``."""
        words = ("begin", "end")
        return {f"sources_{word}": self.get(facts.name, f":sources {word}", "i8", "1", role="fixed") for word in words}

    def target(self, facts: ProjectionFacts) -> Slot:
        """The target of each synapse."""
        return self.get(facts.name, ":target", target_type(facts), "n", role="fixed")

    def range_of(self, facts: Facts, side: str = "") -> dict[str, Slot]:
        """The elements that a kernel goes through, of an object or of a side of a projection: from ``start`` up to ``stop``."""
        names = {word: f":{word} {side}".rstrip() for word in ("start", "stop")}
        return {word: self.get(facts.name, name, "i8", "1", role="fixed") for word, name in names.items()}

    def mask(self, facts: Facts, what: str) -> Slot:
        """One less than the rows in a ring of that purpose, a power of two: a step's row is ``step & mask``."""
        return self.get(facts.name, f"mask {what}", "i8", "1", role="fixed")

    # --- spikes -------------------------------------------------------------------------------------

    def spikes(self, facts: PopulationFacts) -> dict[str, Slot]:
        """The ring of spikes of a population, under the names that domains use."""
        name = facts.name
        return {
            "spikes": self.get(name, ":spikes", "i4", "depth spikes", "width"),
            "counts": self.get(name, ":counts", "i4", "depth spikes"),
            "width": self.get(name, ":width", "i8", "1", role="fixed"),
            "mask": self.mask(facts, "spikes"),
        }

    def spike_weights(self, facts: PopulationFacts) -> Slot:
        """Weights beside the ring of spikes."""
        return self.get(facts.name, "spike weights", "f8", "depth spikes", "width")

    def last(self, facts: PopulationFacts) -> Slot:
        """The step of each neuron's last spike."""
        return self.get(facts.name, ":last", "i4", "n", fill=float(-(2**30)))

    def refractory(self, facts: PopulationFacts) -> Slot | None:
        """The refractory period in steps, or None."""
        population = facts.population
        if not isinstance(population, Population) or population.model.refractory is None:
            return None
        given = population.model.refractory
        shared = not isinstance(given, str) or facts.scope.symbols[given].shared
        slot = self.get(facts.name, "refractory steps", "i8", "1" if shared else "n", role="fixed")
        time = Name(given) if isinstance(given, str) else float(in_base(given, TIME, where=f"{facts.name}, refractory"))
        self.add_recipe(Steps(facts.name, time, slot, "the refractory period", 0))
        return slot

    def add_recipe(self, recipe: object) -> None:
        """Keep a recipe, once."""
        if recipe not in self.recipes:
            self.recipes.append(recipe)

    # --- synaptic traces ----------------------------------------------------------------------------

    def trace(self, facts: Facts, base: str) -> Trace | None:
        """The recipe of an event-driven variable, or None if the variable is advanced every step."""
        key = (facts.name, base)
        if key not in self._traces:
            self._traces[key] = self._make_trace(facts, base)
        return self._traces[key]

    def _make_trace(self, facts: Facts, base: str) -> Trace | None:
        group = next((g for g in facts.integration if base in g.variables), None)
        if not (isinstance(group, Exact) and group.event_driven) or (facts.name, base) in self.carried:
            return None
        a, b = group.coefficients.get((base, base), ZERO), group.forcing.get(base)
        owner, scope = facts.name, facts.scope
        rate_shape = "n" if per_element(a, scope) else "1"
        rate = self.get(owner, f"{base}:rate", "f8", rate_shape, role="fixed")
        like = next((n for (o, n), r in self._traces.items() if o == owner and r is not None and r.a == a), base)
        table = None
        if rate_shape == "1":  # equal decays share a table
            soon = self.get(owner, f"{like}:soon", "f8", "soon", role="fixed")
            near = self.get(owner, f"{like}:near", "f8", f"near {like}", role="fixed")
            far = self.get(owner, f"{like}:far", "f8", f"far {like}", role="fixed")
            numbers = (self.get(owner, f"{like}:{word}", "i8", "1", role="fixed") for word in ("mask", "shift", "last"))
            table = DecayTable(soon, near, far, *numbers)
        rest = drift = None
        if b is not None:
            shape = "n" if per_element(b, scope) or rate_shape == "n" else "1"
            rest = self.get(owner, f"{base}:rest", "f8", shape, role="fixed")
            drift = self.get(owner, f"{base}:drift", "f8", shape, role="fixed")
        recipe = Trace(owner, a, b, rate, table, rest, drift)
        self.recipes.append(recipe)
        return recipe

    def written(self, facts: ProjectionFacts, base: str) -> Slot:
        """When each element of an event-driven variable was last written, in integrations."""
        return self.get(facts.name, f"{base}:at", "i4", self._extent(facts, base))

    # --- past values ----------------------------------------------------------------------------------

    def history(self, facts: Facts, base: str) -> Slot:
        """The ring of past end-of-step values."""
        if isinstance(facts, ProjectionFacts):
            return self.get(facts.name, f"{base}:past", "f8", "n")
        return self.get(facts.name, f"{base}:past", "f8", f"depth past {base}", "n")

    def past_steps(self, facts: Facts, base: str, delay: Expr, reader: Facts) -> Slot:
        """A delay of a past value in steps."""
        delays = self.facts.past[facts.name, base]
        slot = self.get(facts.name, f"{base}:ago {delays.index(delay)}", "i8", "1", role="fixed")
        self.add_recipe(Steps(reader.name, delay, slot, f"the delay of a past value of {base!r}", 1))
        return slot

    # --- given functions of time, other populations, random numbers ------------------------------------

    def bins(self, facts: Facts, parameter: str) -> Bins:
        """The slots of a timed array."""
        key = (facts.name, parameter)
        if key not in self._bins:
            owner = facts.name
            self._bins[key] = Bins(
                owner,
                parameter,
                self.get(owner, f"{parameter}:data", "f8", f"data {parameter}", role="fixed"),
                self.get(owner, f"{parameter}:bin", "i8", "1", role="fixed"),
                self.get(owner, f"{parameter}:bins", "i8", "1", role="fixed"),
                self.get(owner, f"{parameter}:width", "i8", "1", role="fixed"),
            )
            self.recipes.append(self._bins[key])
        return self._bins[key]

    def link(self, facts: Facts, base: str) -> tuple[Slot, bool]:
        """The slot a linked variable stands for, and whether it is one value for all."""
        owner = facts.projection if isinstance(facts, ProjectionFacts) else facts.population
        assert isinstance(owner, (Projection, Population))
        given = owner.link[base]
        population, name = given if isinstance(given, tuple) else (given, base)
        other = linked_population(self.facts, population, facts)
        symbol = other.scope.symbols.get(name)
        if symbol is None or symbol.kind not in {"ode", "variable", "constant", "parameter"}:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"{base!r} is linked to {name!r}, which is not a variable of {other.name!r}",
                where=facts.scope.where,
                expected=one_of(other.scope.symbols),
                hint=nearest(name, other.scope.symbols),
            )
        return self.value(other, name), symbol.shared or other.population.size == 1

    def draw_site(self, facts: Facts) -> Slot:
        """The key of the next place in this object's text that draws at random."""
        number = self._sites.get(facts.name, 0)
        self._sites[facts.name] = number + 1
        slot = self.get(facts.name, f"draw {number}", "i8", "two", role="fixed")
        kind = 2 if isinstance(facts, ProjectionFacts) else 1
        self.recipes.append(DrawKey(facts.name, (kind, facts.index, number), slot))
        return slot


def target_type(facts: ProjectionFacts) -> str:
    """The type of the numbers of targets: two bytes if that is enough, and synapses stay where they are."""
    return "i2" if facts.post.population.size <= 2**15 and not facts.projection.grows else "i4"


def linked_population(facts: NetworkFacts, population: object, reader: Facts) -> PopulationFacts:
    """The facts of a population given for a link or event, of a size that fits.

    Raises NetworkError: E409 (not in the network), E407 (size).
    """
    other = next((p for p in facts.populations if p.population is population), None)
    if other is None or not isinstance(population, AbstractPopulation):
        raise NetworkError(
            Code.NOT_IN_NETWORK,
            f"{population!r:.60} is linked but not in the network",
            where=reader.scope.where,
            expected="a population that was added",
        )
    size = reader.post.population.size if isinstance(reader, ProjectionFacts) else reader.population.size
    if population.size not in {1, size}:
        raise NetworkError(
            Code.BAD_SHAPE,
            f"{other.name!r} has {population.size} neurons",
            where=reader.scope.where,
            expected=f"1 or {size}",
        )
    return other
