"""Single precision: state, parameters and tables of four bytes, and arithmetic that is done with them.

Numbers are of four kinds. *Integers* stay. What is stored is *real*, of four bytes. *Wide* numbers are calculated in
double: literals, dt, time, and what follows from these and integers only; where one meets a real number, it is rounded,
once. *Draws* at random and what follows from them are wide too; what decides on them (the other side of a comparison) and
what they are drawn with are calculated in double, so that precision shifts no probability and changes no stream. Each
change of kind is written out, as ``single(…)`` or ``double(…)``: nothing is left to a compiler's rules of promotion.

What kernels of sources read besides state (rates, periods) stays double: sources spike alike in both precisions.
Recipes and totals are not rewritten: they name slots by owner and name.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Unary, walk
from bouton.plan.nodes import DRAWS, DT, Arg, For, If, Kernel, Let, Log, Slot, Statement, Store, expressions
from bouton.plan.plan import Call as PlanCall
from bouton.plan.plan import Plan

INTEGER, WIDE, DRAW, REAL = range(4)
"""Kinds of numbers; two that meet make the larger kind."""
BELOW_ONE = 1.0 - 2.0**-24
"""The largest real number below 1, which a uniform draw is not rounded to."""


def single(plan: Plan) -> Plan:
    """The plan in single precision."""
    kept = _read_by_sources(plan) | _read_by_draws(plan)

    def slot_of(slot: Slot) -> Slot:
        return dataclasses.replace(slot, dtype="f4") if slot.dtype == "f8" and slot not in kept else slot

    kernels: dict[tuple[Kernel, tuple[str, ...]], Kernel] = {}

    def call_of(call: PlanCall) -> PlanCall:
        slots = {name: slot_of(slot) for name, slot in call.slots.items()}
        dtypes = tuple(slots[arg.name].dtype for arg in call.kernel.args)
        if (call.kernel, dtypes) not in kernels:
            kernels[call.kernel, dtypes] = _kernel(call.kernel, dtypes)
        return dataclasses.replace(call, kernel=kernels[call.kernel, dtypes], slots=slots)

    return dataclasses.replace(
        plan,
        phases=tuple(dataclasses.replace(phase, calls=tuple(map(call_of, phase.calls))) for phase in plan.phases),
        slots=tuple(map(slot_of, plan.slots)),
        settling=tuple(map(call_of, plan.settling)),
        renewing=tuple(map(call_of, plan.renewing)),
    )


def _read_by_sources(plan: Plan) -> frozenset[Slot]:
    """Fixed slots that no kernel of a model reads."""
    calls = [*(call for _, call in plan.calls()), *plan.between]
    read: dict[bool, set[Slot]] = {True: set(), False: set()}
    for call in calls:
        read[call.kernel.domain == "builtin"].update(slot for slot in call.slots.values() if slot.role == "fixed")
    return frozenset(read[True] - read[False])


def _read_by_draws(plan: Plan) -> frozenset[Slot]:
    """What values of synapses that are not stored are drawn with: they are drawn in double and rounded, as stored ones are."""
    return frozenset(
        call.slots[inner.id]
        for _, call in plan.calls()
        for statement in call.kernel.statements
        for expression in expressions(statement)
        for node in walk(expression)
        if isinstance(node, Call) and node.func == "as_stored"
        for inner in walk(node)
        if isinstance(inner, Name) and inner.id in call.slots
    )


def _kernel(kernel: Kernel, dtypes: tuple[str, ...]) -> Kernel:
    args = tuple(Arg(arg.name, dtype, arg.array) for arg, dtype in zip(kernel.args, dtypes, strict=True))
    typed = _Typed({arg.name: REAL if arg.dtype[0] == "f" else INTEGER for arg in args} | {DT: WIDE, "spike_weight": REAL})
    return dataclasses.replace(
        kernel,
        args=args,
        prologue=typed.statements(kernel.prologue),
        head=typed.statements(kernel.head),
        before=typed.statements(kernel.before),
        body=typed.statements(kernel.body),
    )


@dataclass
class _Typed:
    """The kinds of names in a kernel; those that are not known, of the domain, are integers. ``uniform`` draws lie below 1."""

    kinds: dict[str, int]
    uniform: set[str] = field(default_factory=set)

    # --- statements ---------------------------------------------------------------------------------------

    def statements(self, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(map(self.statement, statements))

    def statement(self, node: Statement) -> Statement:
        match node:
            case Let(name=name, value=value):
                kind = self.kinds.setdefault(name, self.kind(value))
                if isinstance(value, Call) and value.func == "uniform":
                    self.uniform.add(name)
                return dataclasses.replace(node, value=self.expression(value, kind))
            case Store(array=array, value=value):
                return dataclasses.replace(node, value=self.expression(value, self.kinds[array]))
            case Log(value=value):
                return dataclasses.replace(node, value=self.expression(value, REAL))
            case If(condition=condition, body=body):
                return If(self.condition(condition), self.statements(body))
            case For(body=body):
                return dataclasses.replace(node, body=self.statements(body))
        return node

    # --- expressions --------------------------------------------------------------------------------------

    def kind(self, node: Expr) -> int:
        """What an expression is."""
        match node:
            case Num(value=value):
                return INTEGER if isinstance(value, int) else WIDE
            case Name(id=name):
                return self.kinds.get(name, INTEGER)
            case Item(array=array):
                return self.kinds[array]
            case Unary(operand=operand):
                return self.kind(operand)
            case Binary(op="/" | "**", left=left, right=right):
                return max(WIDE, self.kind(left), self.kind(right))
            case Binary(left=left, right=right):
                return max(self.kind(left), self.kind(right))
            case Call(func="where", args=(_, yes, no)):
                return max(self.kind(yes), self.kind(no))
            case Call(func="pending" | "first_since" | "int32"):
                return INTEGER
            case Call(func="decay" | "as_stored"):
                return REAL
            case Call(func="minimum" | "maximum" | "abs" | "clip", args=args):
                return max(map(self.kind, args))
            case Call(func=func, args=args):
                return DRAW if func in DRAWS else max(WIDE, *map(self.kind, args))
        raise AssertionError(f"not a number: {node!r}")

    def expression(self, node: Expr, kind: int) -> Expr:
        """An expression as a number of that kind."""
        return self.real(node) if kind == REAL else self.wide(node)

    def real(self, node: Expr) -> Expr:
        """An expression rounded to single as soon as it meets real numbers, or at last."""
        if self.kind(node) != REAL:
            below = isinstance(node, Name) and node.id in self.uniform
            wide = self.wide(node)
            return Call("single", (Call("minimum", (wide, Num(BELOW_ONE))) if below else wide,))
        if isinstance(node, Call) and node.func == "as_stored":
            return Call("single", (self.wide(node.args[0]),))
        return self._with_parts(node, REAL)

    def wide(self, node: Expr) -> Expr:
        """An expression calculated in double, or with integers where it has nothing else."""
        if isinstance(node, (Name, Item)) and self.kind(node) == REAL:
            return Call("double", (node,))
        if isinstance(node, Call) and node.func == "as_stored":
            return Call("double", (self.real(node),))
        return self._with_parts(node, WIDE)

    def _with_parts(self, node: Expr, kind: int) -> Expr:
        match node:
            case Unary(operand=operand):
                return dataclasses.replace(node, operand=self.expression(operand, kind))
            case Binary(left=left, right=right):
                return dataclasses.replace(node, left=self.expression(left, kind), right=self.expression(right, kind))
            case Call(func="where", args=(condition, yes, no)):
                parts = (self.condition(condition), self.expression(yes, kind), self.expression(no, kind))
                return dataclasses.replace(node, args=parts)
            case Call(func="pending" | "first_since" | "int32" | "decay"):
                return node
            case Call(args=args):
                return dataclasses.replace(node, args=tuple(self.expression(arg, kind) for arg in args))
        return node

    def condition(self, node: Expr) -> Expr:
        """A condition; draws are compared in double."""
        match node:
            case Compare(left=left, right=right):
                kinds = self.kind(left), self.kind(right)
                kind = WIDE if DRAW in kinds else max(kinds)
                return dataclasses.replace(node, left=self.expression(left, kind), right=self.expression(right, kind))
            case Logic(operands=operands):
                return dataclasses.replace(node, operands=tuple(map(self.condition, operands)))
            case Unary(operand=operand):
                return dataclasses.replace(node, operand=self.condition(operand))
            case Call(func="rarely", args=(inner,)):
                return dataclasses.replace(node, args=(self.condition(inner),))
        return node
