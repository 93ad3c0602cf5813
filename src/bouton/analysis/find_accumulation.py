"""May what a regular block does in each step be added up with the neuron, until the synapse is next needed?

It may if a step is linear: what becomes of a synapse's variables is a sum of multiples of them and of variables kept with its
source, with factors that all synapses of a target share. Then a few numbers for each target, advanced once a step, say what has
become of any earlier value in all of its synapses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import Exact, is_settled, per_element
from bouton.analysis.find_linear import ONE, ZERO, add, divide, linear_form, negate, times
from bouton.analysis.find_places import POST, PRE, block_delay, differs, is_one_value
from bouton.equations.nodes import Binary, Expr, Name, Past, Statement, names, transform, walk
from bouton.model.blocks import DELIVERY, Block, TimeStep

Form = dict[str, Expr]
"""A sum: the factor of each variable in it."""


@dataclass(frozen=True)
class Accumulation:
    """What ``every`` does to ``variables`` of synapses is added up until the events of ``pre``.

    ``variables`` come after those that they depend on, members of one equation in turn. ``sources`` are the variables kept with
    presynaptic neurons on which they depend. ``terms`` maps a variable, and another or a source that it depends on, to the
    factor between them; ``own`` those without a differential equation to what the block multiplies them with, where it does and
    that is the same in all steps. Where it is not, it is a term of the variable and itself.
    ``groups`` are the equations of both. ``renewing`` are the other regular blocks that use variables or write sources, those
    that come before ``every`` in a step being ``early``.
    """

    pre: Block
    every: Block
    variables: tuple[str, ...]
    sources: tuple[str, ...]
    groups: tuple[Exact, ...]
    terms: Mapping[tuple[str, str], Expr]
    own: Mapping[str, Expr]
    renewing: tuple[Block, ...]
    early: frozenset[str]

    def uses(self, block: Block, facts: ProjectionFacts) -> bool:
        """True if an event block reads or writes variables, or writes sources."""
        return block is self.pre or bool(_mentioned(facts, block) & {*self.variables})


class _Refused(Exception):
    """Why the regular block runs at each step."""


def find_accumulation(
    facts: ProjectionFacts, kept: Mapping[str, str], order: tuple[str, ...], seen: frozenset[str]
) -> Accumulation | str:
    """The accumulation of a projection, or the reason why its regular block runs at each step.

    ``kept`` says which variables are kept with neurons, ``order`` is the complete order of a step, ``seen`` are the
    variables that recorders look at.
    """
    try:
        return _Search(facts, kept, order, seen).found()
    except _Refused as reason:
        return str(reason)


class _Search:
    def __init__(self, facts: ProjectionFacts, kept: Mapping[str, str], order: tuple[str, ...], seen: frozenset[str]) -> None:
        self.facts = facts
        self.model = facts.projection.model
        self.with_pre, self.with_post = (frozenset(n for n, side in kept.items() if side == which) for which in (PRE, POST))
        self.order = order
        self.seen = seen
        self.groups: dict[str, Exact] = {}

    def found(self) -> Accumulation:
        """The accumulation. Raises _Refused."""
        every, pre = self.blocks()
        forms = _Forms(self.facts, every, self.with_post).all()
        mentioned = [name for name in forms if name not in self.with_pre]
        variables = self.closed(mentioned)
        if not variables:
            raise _Refused("it changes nothing that each synapse keeps")
        sources = self.closed(n for v in mentioned for n, factor in forms[v].items() if n in self.with_pre and factor != ZERO)
        for name in (*variables, *sources):
            self.check_equation(name)
        own: Form = {}
        terms: dict[tuple[str, str], Expr] = {}
        for name in (*sources, *variables):
            for other, factor in forms.get(name, {name: ONE}).items():
                if name == other and self.is_own(name, factor):
                    own |= {} if factor == ONE else {name: factor}
                elif factor != ZERO:
                    self.check_factor(name, other, factor)
                    terms[name, other] = factor
            if forms.get(name, {name: ONE}).get(name, ZERO) == ZERO:
                raise _Refused(f"it sets {name} anew")
        variables = self.in_layers(variables, terms)
        self.check_variables(variables)
        renewing = self.renewing(every, pre, variables, sources)
        early = frozenset(block.name for block in renewing if self.place(block) < self.place(every))
        if early and (stepped := [name for name in variables if name in self.groups]):
            raise _Refused(f"{min(early)} uses {stepped[0]}, and comes first")
        groups = tuple(g for g in self.facts.integration if isinstance(g, Exact) and g in self.groups.values())
        return Accumulation(pre, every, variables, sources, groups, terms, own, renewing, early)

    def blocks(self) -> tuple[Block, Block]:
        """The regular block for every step, and the presynaptic one."""
        if self.facts.projection.grows:
            raise _Refused("synapses are made while it runs")
        regular = [block for block in self.model.every if isinstance(block.interval, TimeStep)]
        if len(regular) != 1:
            several = "there are several blocks for every step"
            raise _Refused("there is no block for every step, of interval bt.dt" if not regular else several)
        if len(self.model.on_pre) != 1:
            none = "there is no presynaptic block"
            raise _Refused(none if not self.model.on_pre else "there are several presynaptic blocks")
        (every,), (pre,) = regular, self.model.on_pre
        if not is_one_value(block_delay(self.facts, pre)):
            raise _Refused("presynaptic events reach the synapses of a neuron at different times")
        places = [self.order.index("integrate"), self.place(every)[0], self.place(pre)[0]]
        if places != sorted(places):
            raise _Refused("in this step order presynaptic events do not come last")
        return every, pre

    def place(self, block: Block) -> tuple[int, int]:
        """Where in a step a block runs."""
        regular = self.model.every
        return self.order.index(self.model.phase(block, self.order)), regular.index(block) if block in regular else 0

    def closed(self, names_of: Iterable[str]) -> tuple[str, ...]:
        """These variables, and those that are integrated together with them; notes their equations."""
        found: dict[str, None] = {}
        for name in names_of:
            group = next((g for g in self.facts.integration if name in g.variables), None)
            if isinstance(group, Exact):
                self.groups |= dict.fromkeys(group.variables, group)
            found |= dict.fromkeys((name,) if group is None else group.variables)
        return tuple(found)

    def check_equation(self, name: str) -> None:
        """Raises _Refused if a variable is advanced otherwise than by a matrix that is the same in all steps."""
        symbol, group = self.facts.scope.symbols[name], self.groups.get(name)
        if group is None and symbol.kind == "ode":
            raise _Refused(f"{name} is advanced otherwise")
        if group is None:
            return
        if group.noise:
            raise _Refused(f"{name} is noisy")
        if group.forcing:
            raise _Refused(f"the equation of {next(iter(group.forcing))} has a term without it")
        if any(per_element(c, self.facts.scope) for c in group.coefficients.values()):
            raise _Refused(f"each synapse has its own equation of {name}")

    def is_own(self, name: str, factor: Expr) -> bool:
        """True if the block multiplies a variable with the same in all steps. Raises _Refused if it must not multiply it."""
        if factor not in {ONE, ZERO} and name in self.groups:
            raise _Refused(f"it multiplies {name}, which has an equation")
        if factor not in {ONE, ZERO} and name in self.facts.weights:
            raise _Refused(f"it multiplies {name}, which is a weight")
        return is_settled(factor, self.facts.scope) and not per_element(factor, self.facts.scope)

    def check_factor(self, name: str, other: str, factor: Expr) -> None:
        """Raises _Refused if a term cannot be advanced once a target."""
        if name in self.with_pre:
            raise _Refused(f"it does more than multiply {name} with the same in all steps")
        if (group := self.groups.get(name)) is not None and other in group.variables:
            raise _Refused(f"{name} and {other} depend on one another")
        if (why := differs(self.facts, factor, POST, self.with_post)) is not None:
            raise _Refused(f"what it adds to {name} has factors of its own for each synapse: {why}")

    def in_layers(self, variables: tuple[str, ...], terms: Mapping[tuple[str, str], Expr]) -> tuple[str, ...]:
        """The variables, each after those on which the block lets it depend."""
        units = {name: (group.variables if (group := self.groups.get(name)) is not None else (name,)) for name in variables}
        sorter = TopologicalSorter({unit: [] for unit in units.values()})
        for name, other in terms:
            if other in units and name != other:
                sorter.add(units[name], units[other])
        try:
            return tuple(name for unit in sorter.static_order() for name in unit)
        except CycleError as error:
            first, second, *_ = dict.fromkeys(error.args[1])
            raise _Refused(f"{second[0]} and {first[0]} depend on one another") from None

    def check_variables(self, variables: tuple[str, ...]) -> None:
        """Raises _Refused if someone else reads or changes the variables who cannot be told what they are."""
        scope, group = self.facts.scope, frozenset(variables)
        for name in sorted(variables):
            symbol = scope.symbols[name]
            if symbol.shared:
                raise _Refused(f"{name} is shared")
            if symbol.equation is not None and (symbol.equation.low is not None or symbol.equation.high is not None):
                raise _Refused(f"{name} has bounds")
            if name in self.facts.weights and symbol.kind == "ode":
                raise _Refused(f"{name} is a weight with an equation")
            if name in self.seen:
                raise _Refused(f"a recorder looks at {name}")
        for equation in self.model.equations:
            if equation.name in group or (equation.kind == "expression" and "summed" not in equation.flags):
                continue
            for expression in (equation.value, equation.low, equation.high):
                if expression is not None and (used := names(scope.expand(expression)) & group):
                    raise _Refused(f"the equation of {equation.name} reads {min(used)}")
        for block in (*self.model.blocks, *self.model.every):
            for statement in block.statements:
                if any(isinstance(node, Past) and node.name in group for node in walk(scope.expand(statement.value))):
                    raise _Refused("its past is kept")

    def renewing(self, every: Block, pre: Block, variables: tuple[str, ...], sources: tuple[str, ...]) -> tuple[Block, ...]:
        """The other regular blocks that have to do with it. Raises _Refused if events that have come too early in a step."""
        for block in self.model.blocks:
            if (
                block is not pre
                and (used := _mentioned(self.facts, block) & {*variables})
                and self.place(block) < self.place(every)
            ):
                raise _Refused(f"{block.name} uses {min(used)}, and comes first")
        others = [block for block in self.model.every if block is not every]
        written = {block.name: {s.target for s in block.statements} & {*sources} for block in others}
        return tuple(b for b in others if written[b.name] or _mentioned(self.facts, b) & {*variables})


def _mentioned(facts: ProjectionFacts, block: Block) -> frozenset[str]:
    """What a block reads and writes."""
    return frozenset(n for s in block.statements for n in (s.target, *names(facts.scope.expand(s.value))))


class _Forms:
    """What a block makes of variables, as sums of multiples of what they were before it."""

    def __init__(self, facts: ProjectionFacts, block: Block, with_post: frozenset[str]) -> None:
        self.facts = facts
        self.block = block
        self.with_post = with_post
        self.forms: dict[str, Form] = {name: {name: ONE} for name in self._variables()}
        self.plain: dict[str, Expr] = {}
        self.moved: frozenset[str] = frozenset()
        """Weights that the block has changed."""

    def _variables(self) -> Iterator[str]:
        """The variables of the synapse and its source that the block mentions, in their order in the model."""
        mentioned = _mentioned(self.facts, self.block)
        for name, symbol in self.facts.scope.symbols.items():
            if name in mentioned - self.with_post and symbol.kind in {"ode", "variable"} and not symbol.shared:
                yield name

    def all(self) -> dict[str, Form]:
        """The variables' forms after the block. Raises _Refused."""
        variables = tuple(self.forms)
        for statement in self.block.statements:
            if statement.target not in self.with_post:
                self._follow(statement)
        return {name: self.forms[name] for name in variables}

    def _follow(self, statement: Statement) -> None:
        name = statement.target
        known = name in self.forms or name in self.plain
        if name == DELIVERY and name not in self.facts.scope.symbols:
            raise _Refused("it gives the neuron something")
        if later := names(self.facts.scope.expand(statement.value)) & self.moved - {name}:
            raise _Refused(f"it uses {min(later)}, which it has changed, and learning=False leaves as it was")
        symbol = self.facts.scope.find(name)
        if symbol is not None and symbol.kind != "unit" and name not in self.forms:  # a local name may be that of a unit
            raise _Refused(f"it changes {name}")
        value = transform(
            self.facts.scope.expand(statement.value), lambda n: self.plain.get(n.id) if isinstance(n, Name) else None
        )
        parts = linear_form(value, frozenset(self.forms))
        if parts is None:
            raise _Refused(f"what it does with {name} is not linear")
        form: Form = {}
        for other, factor in parts[0].items():
            form = _added(form, {n: times(factor, f) for n, f in self.forms[other].items()})
        if not form and statement.op in {"*=", "/="} and name in self.forms:
            change = times if statement.op == "*=" else divide
            self.forms[name] = {n: change(f, parts[1]) for n, f in self.forms[name].items()}
        elif not form and name not in self.facts.scope.symbols and name not in self.forms:  # a local name of the target's
            old = self.plain[name] if known and statement.op != "=" else None
            self.plain[name] = parts[1] if old is None else Binary(statement.op[0], old, parts[1])
        elif parts[1] != ZERO or name in self.plain or statement.op in {"*=", "/="}:
            raise _Refused(f"what it does with {name} is not proportional to variables of the synapse")
        else:
            signed = {n: negate(f) for n, f in form.items()} if statement.op == "-=" else form
            self.forms[name] = signed if statement.op == "=" else _added(self.forms[name], signed)
        self.moved |= {name} & {*self.facts.weights}


def _added(one: Form, other: Form) -> Form:
    return one | {name: add(one.get(name, ZERO), factor) for name, factor in other.items()}
