"""Building one kernel: names of the text become arguments, elements and locals.

A kernel sees up to three objects: the one it belongs to (``self``) and, for synapses, the populations
``pre`` and ``post``. Each has facts, an index expression and a suffix for its arguments' names.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bouton.analysis.facts import Facts, PopulationFacts, ProjectionFacts
from bouton.analysis.symbols import Symbol
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Name, Num, Past, Unary, names, transform
from bouton.plan.drawn_values import drawn_value
from bouton.plan.nodes import CLOCK, DT, STEP, Arg, For, If, Kernel, Let, Slot, Statement, Store
from bouton.plan.recipes import DecayTable
from bouton.plan.slots import Slots

_WORDS = """
    step clock dt n i j p at row place age group key pre post entry spikes counts width mask last groups first permutation
    count previous repeat since when pending first_since rarely chunk more few ahead following later at_next beginning
    prefetch_line scratch FEW first_steps uniform_pair pair MEAN_LIMIT LATEST next_spike low high sources_begin sources_end
    source source_of target_of numbers connections marks guide draw draws bits gap scratch_i8 scratch_i1 flags flagged
    lowest row_starts row_stops n_rows dense target begin end shift start stop weights spike_weight math range abs float
    slots size kernel f8 f4 i2 i4 i8 f8_value f4_value i4_value i8_value single double minimum maximum int32 decay chosen
    clip sign heaviside floor uniform normal binomial poisson
"""
_RESERVED = frozenset(_WORDS.split())
"""Names that backends use in printed kernels."""


@dataclass
class Side:
    """An object a kernel sees: its facts, the index of the element at hand, the suffix of its names."""

    facts: Facts
    index: Expr
    suffix: str


@dataclass
class KernelBuilder:
    """Collects arguments and statements of one kernel."""

    slots: Slots
    sides: dict[str, Side]
    args: dict[str, tuple[Slot, bool]] = field(default_factory=dict)
    prologue: list[Statement] = field(default_factory=list)
    head: list[Statement] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    bound: dict[str, Expr] = field(default_factory=dict)
    fresh: dict[str, Expr] = field(default_factory=dict)
    time: Expr = field(default_factory=lambda: Binary("*", Name(STEP), Name(DT)))
    clock: Expr = field(default_factory=lambda: Name(CLOCK))
    held: dict[str, tuple[Expr, Expr | None]] = field(default_factory=dict)
    then: dict[Expr, Expr] = field(default_factory=dict)
    levels: dict[str, tuple[Slot, Name]] = field(default_factory=dict)
    """Traces that are read as a level of each element times a decay, which is the same for all."""
    draws: bool = False
    taken: set[str] = field(default_factory=set)

    # --- arguments and locals ---------------------------------------------------------------------

    def free_name(self, wanted: str) -> str:
        """A name that is neither Python's, the kernel's own nor in use."""
        name, number = wanted, 1
        while name in _RESERVED or keyword.iskeyword(name) or name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name

    def array(self, slot: Slot, name: str) -> str:
        """The argument for a slot, taken as an array."""
        return self._argument(slot, name, array=True)

    def scalar(self, slot: Slot, name: str) -> Name:
        """The argument for a slot of one element, taken as a number."""
        return Name(self._argument(slot, name, array=False))

    def _argument(self, slot: Slot, name: str, *, array: bool) -> str:
        for known, (bound, is_array) in self.args.items():
            if bound == slot and is_array == array:
                return known
        fresh = self.free_name(name)
        self.args[fresh] = (slot, array)
        return fresh

    def fixed(self, slot: Slot, name: str) -> None:
        """An argument that the domain uses under exactly this name."""
        self.args[name] = (slot, slot.shape != ("1",))

    def over(self, ranges: Mapping[str, Slot]) -> None:
        """Go through the elements of a range."""
        for name, slot in ranges.items():
            self.fixed(slot, name)

    def local(self, wanted: str, value: Expr, origin: str = "", *, prologue: bool = False) -> Name:
        """A new local scalar."""
        name = self.free_name(wanted)
        (self.prologue if prologue else self.body).append(Let(name, value, origin))
        return Name(name)

    def constant(self, wanted: str, value: Expr) -> Name:
        """A local with one value for all elements."""
        known = next((s.name for s in self.prologue if isinstance(s, Let) and s.value == value), None)
        return Name(known) if known is not None else self.local(wanted, value, prologue=True)

    def build(self, name: str, domain: str, **options: Any) -> tuple[Kernel, dict[str, Slot]]:
        """The finished kernel and the slots of its arguments, of which no two may be one."""
        arrays = [slot.key for slot, array in self.args.values() if array]
        assert len(set(arrays)) == len(arrays), arrays
        args = tuple(Arg(n, slot.dtype, array) for n, (slot, array) in self.args.items())
        kernel = Kernel(name, domain, args, tuple(self.prologue), tuple(self.body), tuple(self.head), **options)
        return kernel, {n: slot for n, (slot, _) in self.args.items()}

    @contextmanager
    def heading(self) -> Iterator[None]:
        """Put statements into the head, which runs once for all synapses of a neuron."""
        self.body, self.head, known, self.fresh = self.head, self.body, self.fresh, {}
        try:
            yield
        finally:
            self.body, self.head, self.fresh = self.head, self.body, known

    @contextmanager
    def loop(self, name: str, begin: Expr, end: Expr) -> Iterator[None]:
        """Put statements into a loop of their own, which comes next."""
        outside, self.body = self.body, []
        try:
            yield
        finally:
            outside.append(For(name, begin, end, tuple(self.body)))
            self.body = outside

    # --- expressions ------------------------------------------------------------------------------

    def translate(self, node: Expr, side: str = "self") -> Expr:
        """An expression of the text as one of the plan."""

        def replace(inner: Expr) -> Expr | None:
            if self.then and inner in self.then:
                return self.then[inner]
            match inner:
                case Name(id=name):
                    return self._name(name, side)
                case Past():
                    return self._past(inner, side)
                case Call(func=func, args=args) if FUNCTIONS[func].random:
                    return self.draw(func, tuple(self.translate(a, side) for a in args))
                case Call(func=func, args=args) if func in {"min", "minimum", "max", "maximum"}:
                    return self._extreme(func, tuple(self.translate(a, side) for a in args))
                case Binary(op="**", left=left, right=Num(value=value)) if value in {2.0, 3.0, 4.0}:
                    return _power(self.translate(left, side), int(value))
            return None

        return transform(node, replace)

    def _name(self, name: str, side: str) -> Expr:
        if side == "self" and name in self.bound:
            return self.bound[name]
        if name == "spike_weight":  # known in presynaptic blocks only, so that no object's scope holds it
            return Name(name)
        symbol = self.sides[side].facts.scope.find(name)
        assert symbol is not None, name
        return self.place(symbol, symbol.owner if symbol.owner in {"pre", "post"} else side)

    def place(self, symbol: Symbol, side: str) -> Expr:
        """Where the value of a symbol stands."""
        match symbol.kind:
            case "unit":
                return Num(symbol.factor)
            case "known":
                return self._known(symbol.base, side)
            case "parameter" | "constant" | "variable" | "ode" if symbol.shared:
                slot = self._value_slot(symbol, side)
                return (
                    self.scalar(slot, self._argument_name(symbol, side))
                    if slot.role == "fixed"
                    else self._item(symbol, side, Num(0))
                )
            case "parameter" | "constant" | "variable" | "ode":
                return self._variable(symbol, side)
            case "expression":
                return self._expression(symbol, side)
            case "timed":
                return self._timed(symbol, side)
            case "linked":
                return self._linked(symbol, side)
        raise AssertionError(symbol)

    def _argument_name(self, symbol: Symbol, side: str) -> str:
        return symbol.base + self.sides[side].suffix

    def _value_slot(self, symbol: Symbol, side: str) -> Slot:
        return self.slots.value(self.sides[side].facts, symbol.base)

    def _item(self, symbol: Symbol, side: str, index: Expr) -> Item:
        return Item(self.array(self._value_slot(symbol, side), self._argument_name(symbol, side)), index)

    def _variable(self, symbol: Symbol, side: str) -> Expr:
        facts = self.sides[side].facts
        if isinstance(facts, ProjectionFacts) and self.slots.trace(facts, symbol.base) is not None:
            return self.read_trace(symbol.base)
        if isinstance(facts, ProjectionFacts) and facts.regeneration is not None:
            self.bound[symbol.base] = self.local(symbol.base, drawn_value(self, facts, symbol.base))
            return self.bound[symbol.base]
        return self._item(symbol, side, self.index_of(symbol.base, side))

    def index_of(self, base: str, side: str = "self") -> Expr:
        """The index of a variable's or parameter's value for the element at hand."""
        kept = self.slots.kept_with(self.sides[side].facts, base)
        return self.sides[kept if kept in {"pre", "post"} else side].index

    def _expression(self, symbol: Symbol, side: str) -> Expr:
        if side == "self" and symbol.base in self.fresh:
            return self.fresh[symbol.base]
        assert symbol.equation is not None
        assert symbol.equation.value is not None
        return self.translate(symbol.equation.value, side)

    def _known(self, base: str, side: str) -> Expr:
        match base:
            case "t":
                return self.time
            case "dt":
                return Name(DT)
            case "pi":
                return Num(math.pi)
            case "spike_weight":
                return Name("spike_weight")
            case "refractory":
                return self.refractory(side)
        last = self._last(side)
        never = Compare("<", last, Num(0))
        return Call("where", (never, Unary("-", Num(math.inf)), Binary("*", last, Name(DT))))

    def _last(self, side: str) -> Item:
        facts = self.sides[side].facts
        assert isinstance(facts, PopulationFacts)
        slot = self.slots.last(facts)
        if side == "self":
            self.fixed(slot, "last")
            return Item("last", self.sides[side].index)
        return Item(self.array(slot, f"last{self.sides[side].suffix}"), self.sides[side].index)

    def refractory(self, side: str = "self") -> Expr:
        """The condition that the neuron is refractory."""
        facts = self.sides[side].facts
        assert isinstance(facts, PopulationFacts)
        period = self.slots.refractory(facts)
        if period is None:
            return Compare("<", Num(1), Num(0))
        name = f"refractory{self.sides[side].suffix}"
        if period.shape != ("1",):
            return Compare("<", Binary("-", Name(STEP), self._last(side)), Item(self.array(period, name), self.sides[side].index))
        latest = Call("int32", (Binary("-", Name(STEP), self.scalar(period, name)),))  # as narrow as what it is compared with
        return Compare(">", self._last(side), self.constant("latest", latest))

    def rested(self) -> Expr:
        """The condition that the neuron is not refractory, for one that can be."""
        period = self.refractory()
        assert isinstance(period, Compare)
        return Compare({"<": ">=", ">": "<="}[period.op], period.left, period.right)

    def _timed(self, symbol: Symbol, side: str) -> Expr:
        bins = self.slots.bins(self.sides[side].facts, symbol.base)
        base = self._argument_name(symbol, side)
        length, count = self.scalar(bins.length, f"{base}_bin"), self.scalar(bins.count, f"{base}_bins")
        now = Call("minimum", (Binary("//", Name(STEP), length), Binary("-", count, Num(1))))
        if symbol.shared:
            return Item(self.array(bins.data, base), now)
        width = self.scalar(bins.width, f"{base}_width")
        return Item(self.array(bins.data, base), Binary("+", Binary("*", now, width), self.sides[side].index))

    def _linked(self, symbol: Symbol, side: str) -> Expr:
        facts = self.sides[side].facts
        slot, shared = self.slots.link(facts, symbol.base)
        index = Num(0) if shared else self.sides["post" if isinstance(facts, ProjectionFacts) else side].index
        return Item(self.array(slot, f"{symbol.base}{self.sides[side].suffix}"), index)

    def _past(self, node: Past, side: str) -> Expr:
        if node.delay is None:
            return self._name(node.name, side)
        symbol = self.sides[side].facts.scope.find(node.name)
        assert symbol is not None
        here = symbol.owner if symbol.owner in {"pre", "post"} else side
        facts = self.sides[here].facts
        name = self._argument_name(symbol, here)
        history = Item(self.array(self.slots.history(facts, symbol.base), f"{name}_past"), self.sides[here].index)
        if isinstance(facts, ProjectionFacts):
            return history
        ago = self.scalar(self.slots.past_steps(facts, symbol.base, node.delay, self.sides[side].facts), f"{name}_ago")
        mask = self.scalar(self.slots.mask(facts, f"past {symbol.base}"), f"{name}_mask")
        n = self.scalar(self.slots.size(facts), f"n{self.sides[here].suffix}")
        row = Binary("*", Binary("&", Binary("-", Name(STEP), ago), mask), n)
        return Item(history.array, Binary("+", row, history.index))

    def learning(self, facts: ProjectionFacts) -> Expr:
        """The condition that the weights of a projection may change."""
        slot = self.slots.get(facts.name, ":learning", "i8", "1", role="fixed")
        return Compare("!=", self.scalar(slot, "learning"), Num(0))

    # --- random numbers ---------------------------------------------------------------------------

    def draw(self, func: str, args: tuple[Expr, ...] = ()) -> Expr:
        """A draw keyed by its place in the text, the element, the step and the repeat of the event."""
        self.draws = True
        site = self.slots.draw_site(self.sides["self"].facts)
        key = self.array(site, site.name.replace(" ", "_"))
        words = (Item(key, Num(0)), Item(key, Num(1)), self.sides["self"].index, Name(STEP), self.repeat())
        plan_name = {"rand": "uniform", "randn": "normal", "binomial": "binomial_draw", "poisson": "poisson_draw"}[func]
        return self.local(func, Call(plan_name, (*args, *words)))

    def repeat(self) -> Expr:
        """Which of several events of one neuron in one step this is."""
        return Num(0)

    def _extreme(self, func: str, args: tuple[Expr, ...]) -> Expr:
        result = args[0]
        for other in args[1:]:
            result = Call("minimum" if func.startswith("min") else "maximum", (result, other))
        return result

    # --- traces: value at the last write, times the decay since -------------------------------------

    def read_trace(self, name: str) -> Expr:
        """The value now of an event-driven variable of this projection."""
        if name in self.bound:
            return self.bound[name]
        current = self.local(name, self.trace_value(name))
        self.bound[name] = current
        return current

    def trace_value(self, name: str) -> Expr:
        """The closed form since the last write."""
        side = self.sides["self"]
        assert isinstance(side.facts, ProjectionFacts)
        recipe = self.slots.trace(side.facts, name)
        assert recipe is not None
        index = self.index_of(name)
        if name in self.levels:
            level, decayed = self.levels[name]
            return Binary("*", Item(self.array(level, f"{name}_level"), index), decayed)
        if name in self.held:
            stored, at = self.held[name]
            assert at is not None
        else:
            stored = Item(self.array(self.slots.value(side.facts, name), f"{name}_stored"), index)
            at = Item(self.array(self.slots.written(side.facts, name), f"{name}_at"), index)
        passed: Expr = Binary("-", self.clock, at)
        if self.clock != Name(CLOCK):  # of an earlier event, or of one that is not counted
            passed = Call("maximum", (passed, Num(0)))

        def settled(slot: Slot, word: str) -> Expr:
            if slot.shape == ("1",):
                return self.scalar(slot, f"{name}_{word}")
            return Item(self.array(slot, f"{name}_{word}"), side.index)

        if recipe.table is not None:
            decay = self._looked_up(recipe.table, passed)
        else:
            decay = Call("exp", (Binary("*", settled(recipe.rate, "rate"), passed),))
        if recipe.rest is None or recipe.drift is None:
            return Binary("*", stored, decay)
        rest, drift = settled(recipe.rest, "rest"), settled(recipe.drift, "drift")
        relaxed = Binary("+", rest, Binary("*", Binary("-", stored, rest), decay))
        return Binary("+", relaxed, Binary("*", drift, passed))

    def decay(self, name: str, passed: Expr) -> Expr:
        """The decay over a number of steps of an event-driven variable with one rate for all."""
        facts = self.sides["self"].facts
        recipe = self.slots.trace(facts, name)
        assert recipe is not None
        assert recipe.table is not None
        return self._looked_up(recipe.table, passed)

    def _looked_up(self, table: DecayTable, passed: Expr) -> Expr:
        """The decay over a number of steps."""
        base = table.near.name.removesuffix(":near")
        mask, shift, last = (self.scalar(s, f"{base}_{s.name.split(':')[1]}") for s in (table.mask, table.shift, table.last))
        steps = passed if isinstance(passed, Name) else self.local("passed", passed)
        tables = (Name(self.array(getattr(table, word), f"{base}_{word}")) for word in ("soon", "near", "far"))
        return Call("decay", (steps, *tables, mask, shift, last))

    def write_trace(self, name: str, value: Expr, origin: str) -> None:
        """Set an event-driven variable to a value now."""
        facts = self.sides["self"].facts
        assert isinstance(facts, ProjectionFacts)
        stored = self.array(self.slots.value(facts, name), f"{name}_stored")
        at = self.array(self.slots.written(facts, name), f"{name}_at")
        current = self.local(name, value, origin)
        index = self.index_of(name)
        self.store(name, Store(stored, index, "=", current), Store(at, index, "=", Name(CLOCK)))
        self.bound[name] = current

    def store(self, name: str, *stores: Store) -> None:
        """Store a variable, unless that is left to another projection that shares it."""
        slot = self.slots.stores(self.sides["self"].facts, name)
        if slot is None:
            self.body.extend(stores)
        else:
            self.body.append(If(Compare("!=", self.scalar(slot, f"{name}_stores"), Num(0)), stores))

    # --- sub-expressions ----------------------------------------------------------------------------

    def need(self, node: Expr) -> None:
        """Make the sub-expressions that ``node`` reads locals, unless they still hold."""
        scope = self.sides["self"].facts.scope
        for name in sorted(names(node)):
            symbol = scope.symbols.get(name)
            if symbol is None or symbol.kind != "expression" or name in self.fresh:
                continue
            assert symbol.equation is not None
            assert symbol.equation.value is not None
            self.need(symbol.equation.value)
            self.fresh[name] = self.local(name, self.translate(symbol.equation.value), origin=f"{name} = …")

    def changed(self, variable: str) -> None:
        """Forget the sub-expressions that depend on a variable just written."""
        scope = self.sides["self"].facts.scope
        for name in list(self.fresh):
            if variable in names(scope.expand(Name(name))):
                del self.fresh[name]

    @contextmanager
    def replaying(self, when: Expr, clock: Expr, bound: dict[str, Expr]) -> Iterator[None]:
        """Translate as at an earlier step, with variables as they were then."""
        saved = self.time, self.clock, self.bound, self.fresh
        self.time, self.clock, self.bound, self.fresh = Binary("*", when, Name(DT)), clock, bound, {}
        try:
            yield
        finally:
            self.time, self.clock, self.bound, self.fresh = saved

    @contextmanager
    def at(self, time: Expr, bound: dict[str, Expr]) -> Iterator[None]:
        """Translate with other values of time and variables, as at a stage within the step."""
        saved = self.time, self.bound
        self.time, self.bound = time, {**self.bound, **bound}
        try:
            yield
        finally:
            self.time, self.bound = saved


def _power(base: Expr, exponent: int) -> Expr:
    """Small powers by multiplication: the same bits in every backend."""
    if exponent == 2:
        return Binary("*", base, base)
    square = _power(base, 2)
    return Binary("*", square, base) if exponent == 3 else Binary("*", square, square)


def bounded(builder: KernelBuilder, symbol: Symbol, value: Expr) -> Expr:
    """The value clamped to the symbol's bounds."""
    equation = symbol.equation
    if equation is None:
        return value
    if equation.low is not None:
        value = Call("maximum", (value, builder.translate(equation.low)))
    if equation.high is not None:
        value = Call("minimum", (value, builder.translate(equation.high)))
    return value
