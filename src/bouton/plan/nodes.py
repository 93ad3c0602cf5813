"""The intermediate representation: frozen values that backends print or interpret.

A kernel is a loop (its `domain`) around scalar statements that read and write elements of its
arguments. What is done in a step with kernels says `bouton.plan.plan`.
Expressions are those of `bouton.equations.nodes` with every name an argument or local of the kernel,
`Item` for elements, and the functions of `PLAN_FUNCTIONS` besides the language's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bouton.equations.nodes import Expr, Item, Name, transform, walk
from bouton.network.patterns.gaps import GUIDE, MARKS

DRAWS = frozenset({"uniform", "normal", "binomial_draw", "poisson_draw"})
"""Functions that draw at random: the parameters of a distribution, and the five words that name a draw."""
PLAN_FUNCTIONS = frozenset(
    {"expm1", "decay", "pending", "first_since", "rarely", "single", "double", "int32", "as_stored", *DRAWS}
)
"""``rarely`` is a condition that seldom holds; ``as_stored`` a number as memory would hold it, rounded in single precision."""

STEP, CLOCK, DT = "step", "clock", "dt"
"""Scalars that every kernel gets: the step's number, how many integrations are done, its length."""


RECENT, SUMMED, HISTORY = 4, 7, 64
"""Of the events that are deferred at a neuron: the last that are always looked at, those whose sum is, and all that can wait."""
WINDOW = HISTORY // 2
"""Steps, a power of two, after which it is asked whether a history was half full. In them it cannot overflow."""
SOON = 2**16
"""Steps for which decays are looked up at once."""
WHEEL = 1024
"""Places, each a step, of the wheel that holds the next spikes of Poisson trains; a power of two."""
LONGEST_SPAN = 128
"""Steps for which what regular blocks add is added up at most, before all synapses are brought up to date: sums over more lose
digits, and save next to nothing."""
MODERATE = 30.0
"""What powers and their inverses may grow to in a span, and products of factors at a target and one over them: a digit and a half
are lost (with two, long runs are off by more than 1e-12)."""
SIZES = {
    "windows": 2,
    "recent": RECENT,
    "summed": SUMMED + 1,
    "history": HISTORY,
    "wheel": WHEEL,
    "soon": SOON,
    "powers": LONGEST_SPAN + 1,
    "marks": MARKS,
    "guide": GUIDE,
}
"""Dimensions of one size everywhere."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An array of the running simulation.

    ``dtype`` is ``f8``, ``f4``, ``i2``, ``i4`` or ``i8``. ``shape`` names the factors of its size, looked up among the
    dimensions of its owner (``"1"`` is one). ``role``: ``state`` (changes during a run), ``fixed``
    (parameters, topology, tables) or ``log`` (records of events).
    """

    owner: str
    name: str
    dtype: str
    shape: tuple[str, ...]
    role: str = "state"

    @property
    def key(self) -> tuple[str, str]:
        """Owner and name."""
        return self.owner, self.name

    @property
    def item_bytes(self) -> int:
        """Bytes of an element."""
        return int(self.dtype[1:])


AGES = Slot("network", "ages", "i8", ("ages",), role="fixed")
"""All delays of events in steps, longest first: events of a phase run in the order of their emission."""


@dataclass(frozen=True, slots=True)
class Let:
    """A local scalar."""

    name: str
    value: Expr
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Store:
    """``array[index] op value`` with op one of ``= += *=``."""

    array: str
    index: Expr
    op: str
    value: Expr
    origin: str = ""


@dataclass(frozen=True, slots=True)
class If:
    """Statements under a condition."""

    condition: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class For:
    """Statements for each ``name`` from ``begin`` up to ``end`` (exclusive)."""

    name: str
    begin: Expr
    end: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Emit:
    """The neuron of this iteration spikes (in the domain ``threshold`` only)."""


@dataclass(frozen=True, slots=True)
class Log:
    """Append step, synapse and a value to the record of events called ``name``."""

    name: str
    value: Expr


Statement: TypeAlias = Let | Store | If | For | Emit | Log


def expressions(statement: Statement) -> Iterator[Expr]:
    """Every expression of a statement and of those inside it."""
    match statement:
        case Let(value=value) | Log(value=value):
            yield value
        case Store(index=index, value=value):
            yield index
            yield value
        case If(condition=condition, body=body):
            yield condition
            for inner in body:
                yield from expressions(inner)
        case For(begin=begin, end=end, body=body):
            yield begin
            yield end
            for inner in body:
                yield from expressions(inner)


def mapped(statement: Statement, function: Callable[[Expr], Expr]) -> Statement:
    """A statement with other expressions."""
    match statement:
        case Let(value=value) | Log(value=value):
            return dataclasses.replace(statement, value=function(value))
        case Store(index=index, value=value):
            return dataclasses.replace(statement, index=function(index), value=function(value))
        case If(condition=condition, body=body):
            return If(function(condition), tuple(mapped(inner, function) for inner in body))
        case For(name=name, begin=begin, end=end, body=body):
            return For(name, function(begin), function(end), tuple(mapped(inner, function) for inner in body))
    return statement


def renamed(statement: Statement, names: Mapping[str, str]) -> Statement:
    """A statement with other names for arguments and locals."""

    def expression(node: Expr) -> Expr:
        return transform(node, replace)

    def replace(node: Expr) -> Expr | None:
        match node:
            case Name(id=name) if name in names:
                return Name(names[name])
            case Item(array=array, index=index) if array in names:
                return Item(names[array], expression(index))
        return None

    def named(node: Statement) -> Statement:
        match node:
            case Let(name=name):
                return dataclasses.replace(node, name=names.get(name, name))
            case Store(array=array):
                return dataclasses.replace(node, array=names.get(array, array))
            case If(body=body):
                return dataclasses.replace(node, body=tuple(map(named, body)))
            case For(name=name, body=body):
                return dataclasses.replace(node, name=names.get(name, name), body=tuple(map(named, body)))
        return node

    return named(mapped(statement, expression))


def stores(statements: Iterable[Statement]) -> Iterator[Store]:
    """Every store among statements and inside them."""
    for statement in statements:
        if isinstance(statement, Store):
            yield statement
        elif isinstance(statement, (If, For)):
            yield from stores(statement.body)


@dataclass(frozen=True, slots=True)
class Arg:
    """An argument of a kernel: an array, or the first element of its slot."""

    name: str
    dtype: str
    array: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """How events find the targets of a source where synapses are not stored; see `bouton.plan.lower_drawn`.

    ``kind`` and ``skip_self`` are those of `bouton.network.patterns.base.Row`. ``numbered`` says that the kernel reads ``j``,
    ``placed`` that targets are looked up in a view.
    """

    kind: str
    skip_self: bool
    numbered: bool
    placed: bool


@dataclass(frozen=True)
class Kernel:
    """A loop around statements.

    Domains and the index they define: ``once`` (none), ``elements`` (``i`` from ``start`` up to ``stop``), ``threshold``
    (``i``; collects `Emit`), ``spiked`` (``i``: neurons that spiked in this step), ``synapses`` (``j``, as ``i``), ``rows``
    (``pre``: each source; ``j``: its synapses, ``post`` their targets if the kernel has the argument ``target``),
    ``events`` (``key``: each neuron that spiked ``age`` steps ago; ``j``: its synapses of that delay),
    ``builtin`` (a model-independent kernel of that name, without body). ``head`` runs once a row or key, before its
    synapses; ``before`` for every element of a threshold, before it is asked whether it spikes. For events, ``keyed`` says
    that the spiking neuron selects synapses, ``permuted`` that they are not stored in that order, ``counted`` and
    ``weighted`` that the kernel reads ``repeat`` and ``spike_weight``; ``drawn``, how synapses and ``post`` are found if they
    are not stored. Neurons that are not from ``sources_begin`` up to ``sources_end``, if these are arguments, are passed over,
    head and all.
    """

    name: str
    domain: str
    args: tuple[Arg, ...]
    prologue: tuple[Statement, ...] = ()
    body: tuple[Statement, ...] = ()
    head: tuple[Statement, ...] = ()
    before: tuple[Statement, ...] = ()
    keyed: bool = True
    permuted: bool = False
    counted: bool = False
    weighted: bool = False
    drawn: Drawn | None = None

    @property
    def selects(self) -> bool:
        """True if only some of the neurons that spike can have synapses."""
        return any(arg.name == "sources_begin" for arg in self.args)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements."""
        return self.prologue + self.head + self.before + self.body

    def mentions(self, name: str) -> bool:
        """True if a statement reads or writes an argument, or reads a local."""
        return any(store.array == name for store in stores(self.statements)) or any(
            (isinstance(node, Name) and node.id == name) or (isinstance(node, Item) and node.array == name)
            for statement in self.statements
            for expression in expressions(statement)
            for node in walk(expression)
        )

    def renamed(self, names: Mapping[str, str]) -> Kernel:
        """The kernel with other names for arguments and locals."""
        parts = (self.prologue, self.head, self.before, self.body)
        prologue, head, before, body = (tuple(renamed(s, names) for s in part) for part in parts)
        args = tuple(dataclasses.replace(arg, name=names.get(arg.name, arg.name)) for arg in self.args)
        return dataclasses.replace(self, args=args, prologue=prologue, head=head, before=before, body=body)
