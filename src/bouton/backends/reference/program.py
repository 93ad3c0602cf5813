"""The interpreter: expressions become closures over Python lists, domains become loops."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, final

from bouton.backends.memory import Memory, Taps
from bouton.backends.program import AbstractProgram
from bouton.backends.reference.builtins import BUILTINS
from bouton.backends.reference.drawn import draw_targets
from bouton.backends.reference.functions import FUNCTIONS, divide, power
from bouton.equations.nodes import Binary, Compare, Expr, Item, Logic, Name, Num, Unary
from bouton.equations.nodes import Call as Apply
from bouton.plan.nodes import AGES, Emit, For, If, Let, Log, Slot, Statement, Store
from bouton.plan.plan import Call, Plan
from bouton.plan.show import show_plan

Frame = dict[str, Any]
Evaluate = Callable[[Frame], Any]
Execute = Callable[[Frame], None]

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divide,
    "**": power,
    "//": operator.floordiv,
    "&": operator.and_,
    ">>": operator.rshift,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluator(node: Expr) -> Evaluate:
    """A function of a frame (names to numbers and lists) that evaluates an expression."""
    match node:
        case Num(value=value):
            return lambda f: value
        case Name(id=name):
            return lambda f: f[name]
        case Item(array=array, index=index):
            at = evaluator(index)
            return lambda f: f[array][at(f)]
        case Unary(op="-", operand=operand):
            inner = evaluator(operand)
            return lambda f: -inner(f)
        case Unary(operand=operand):
            inner = evaluator(operand)
            return lambda f: not inner(f)
        case Binary(op=op, left=left, right=right):
            return _pair(_BINARY[op], left, right)
        case Compare(op=op, left=left, right=right):
            return _pair(_COMPARE[op], left, right)
        case Logic(op=op, operands=operands):
            parts = [evaluator(o) for o in operands]
            return (lambda f: all(p(f) for p in parts)) if op == "and" else (lambda f: any(p(f) for p in parts))
        case Apply(func="where", args=args):
            condition, yes, no = (evaluator(a) for a in args)
            return lambda f: yes(f) if condition(f) else no(f)
        case Apply(func=func, args=args):
            function, given = FUNCTIONS[func], [evaluator(a) for a in args]
            return lambda f: function(*(g(f) for g in given))
    raise AssertionError(f"not part of a plan: {node!r}")


def _pair(function: Callable[[Any, Any], Any], left: Expr, right: Expr) -> Evaluate:
    first, second = evaluator(left), evaluator(right)
    return lambda f: function(first(f), second(f))


def executor(statements: tuple[Statement, ...]) -> Execute:
    """A function that runs statements on a frame."""
    parts = [_execute(s) for s in statements]

    def run(frame: Frame) -> None:
        for part in parts:
            part(frame)

    return run


def _execute(statement: Statement) -> Execute:
    match statement:
        case Let(name=name, value=value):
            given = evaluator(value)
            return lambda f: f.__setitem__(name, given(f))
        case Store(array=array, index=index, op=op, value=value):
            return _store(array, evaluator(index), op, evaluator(value))
        case If(condition=condition, body=body):
            test, inner = evaluator(condition), executor(body)
            return lambda f: inner(f) if test(f) else None
        case For(name=name, begin=begin, end=end, body=body):
            return _for(name, evaluator(begin), evaluator(end), executor(body))
        case Emit():
            return _emit
        case Log(name=name, value=value):
            given = evaluator(value)
            return lambda f: _log(f, name, given(f))


def _store(array: str, index: Evaluate, op: str, value: Evaluate) -> Execute:
    if op == "=":
        return lambda f: f[array].__setitem__(index(f), value(f))
    combine = operator.add if op == "+=" else operator.mul

    def change(frame: Frame) -> None:
        at = index(frame)
        frame[array][at] = combine(frame[array][at], value(frame))

    return change


def _for(name: str, begin: Evaluate, end: Evaluate, body: Execute) -> Execute:
    def run(frame: Frame) -> None:
        for value in range(begin(frame), end(frame)):
            frame[name] = value
            body(frame)

    return run


def _emit(frame: Frame) -> None:
    row = frame["step"] & frame["mask"]
    frame["spikes"][row * frame["width"] + frame["counts"][row]] = frame["i"]
    frame["counts"][row] += 1
    frame["last"][frame["i"]] = frame["step"]


def _log(frame: Frame, name: str, value: float) -> None:
    at = frame[f"{name}_count"][0]
    frame[f"{name}_steps"][at] = frame["step"]
    frame[f"{name}_synapses"][at] = frame["j"]
    frame[f"{name}_values"][at] = value
    frame[f"{name}_count"][0] = at + 1


# --- domains: each generator sets the indices in the frame and yields once for an iteration -------------


def _once(frame: Frame, call: Call) -> Iterator[None]:
    del frame, call
    yield


def _elements(frame: Frame, call: Call) -> Iterator[None]:
    del call
    for i in range(frame["start"], frame["stop"]):
        frame["i"] = i
        yield


def _threshold(frame: Frame, call: Call) -> Iterator[None]:
    frame["counts"][frame["step"] & frame["mask"]] = 0
    yield from _elements(frame, call)


def _spiked(frame: Frame, call: Call) -> Iterator[None]:
    del call
    row = frame["step"] & frame["mask"]
    for place in range(frame["counts"][row]):
        frame["i"] = frame["spikes"][row * frame["width"] + place]
        yield


def _synapses(frame: Frame, call: Call) -> Iterator[None]:
    del call
    for j in range(frame["start"], frame["stop"]):
        frame["j"] = j
        yield


def _rows(frame: Frame, call: Call) -> Iterator[None]:
    head = executor(call.kernel.head)
    for pre in range(frame["n_rows"]):
        frame["pre"] = pre
        head(frame)
        for j in range(frame["row_starts"][pre], frame["row_stops"][pre]):
            frame["j"] = j
            if "target" in frame:
                frame["post"] = frame["target"][j]
            yield


def _events(frame: Frame, call: Call) -> Iterator[None]:
    assert call.pathway is not None
    head = executor(call.kernel.head)
    row, group = (frame["step"] - frame["age"]) & frame["mask"], frame["group"]
    previous, repeat = -1, 0
    for place in range(frame["counts"][row]):
        key = frame["spikes"][row * frame["width"] + place]
        repeat = repeat + 1 if key == previous else 0
        previous = key
        if call.kernel.selects and not frame["sources_begin"] <= key < frame["sources_end"]:
            continue
        frame["key"], frame["repeat"] = key, repeat
        if call.kernel.weighted:
            frame["spike_weight"] = frame["weights"][row * frame["width"] + place]
        head(frame)
        if not call.kernel.body:
            continue
        if call.kernel.drawn is not None:
            yield from draw_targets(frame, call.kernel.drawn)
            continue
        at = key * frame["groups"] + group if call.kernel.keyed else group
        for p in range(frame["first"][at], frame["first"][at + 1]):
            frame["j"] = frame["permutation"][p] if call.kernel.permuted else p
            yield


_DOMAINS: dict[str, Callable[[Frame, Call], Iterator[None]]] = {
    "once": _once,
    "elements": _elements,
    "threshold": _threshold,
    "spiked": _spiked,
    "synapses": _synapses,
    "rows": _rows,
    "events": _events,
}


@final
class ReferenceProgram(AbstractProgram):
    """Runs a plan step by step, call by call."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.memory: Memory | None = None
        self.kept: dict[tuple[str, str], list[Any]] = {}
        self.bodies = {k: (executor(k.prologue), executor(k.body)) for k in plan.kernels() if k.domain != "builtin"}

    @property
    def sources(self) -> dict[str, str]:
        """The plan as text: it is what is interpreted."""
        return {"plan": show_plan(self.plan)}

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        self._keep(memory)
        changing = [s for s in memory.slots if s.role == "state" or _is_count(s)]
        lists = self.kept | {s.key: memory.view(s.key).tolist() for s in changing}
        lists |= {key: lists[other] for key, other in memory.shared.items()}
        step = first
        while step < stop and not self._full(taps, lists, memory):
            self._step(step, dt, lists, memory, taps, first)
            step += 1
        for slot in changing:
            memory.view(slot.key)[:] = lists[slot.key]
            if _is_count(slot):
                _hand_over(slot, lists, memory)
        return step

    def settle(self, step: int, dt: float, memory: Memory) -> None:
        """See `AbstractProgram.settle`."""
        self._between(self.plan.settling, step, dt, memory)

    def renew(self, step: int, dt: float, memory: Memory) -> None:
        """See `AbstractProgram.renew`."""
        self._between(self.plan.renewing, step, dt, memory)

    def _keep(self, memory: Memory) -> None:
        """What is fixed changes only with the memory, and records are only appended to."""
        if memory is not self.memory:
            self.memory = memory
            self.kept = {s.key: memory.view(s.key).tolist() for s in memory.slots if s.role != "state"}

    def _between(self, calls: tuple[Call, ...], step: int, dt: float, memory: Memory) -> None:
        """Make calls outside of a step."""
        if not calls:
            return
        self._keep(memory)
        lists = self.kept | {s.key: memory.view(s.key).tolist() for s in memory.slots if s.role == "state"}
        lists |= {key: lists[other] for key, other in memory.shared.items()}
        for call in calls:
            self._call(call, step, step + 1, dt, lists)
            for slot in call.slots.values():
                if slot.role == "state":
                    memory.view(slot.key)[:] = lists[slot.key]

    def _full(self, taps: Taps, lists: dict[tuple[str, str], list[Any]], memory: Memory) -> bool:
        if any(row[5] - count < row[2] for row, count in zip(taps.spikes, taps.spike_counts, strict=True)):
            return True
        counts = [lists[s.key][0] for s in memory.slots if _is_count(s)] if len(taps.logs) else []
        return any(capacity - max(counts, default=0) < most for _, _, capacity, most in taps.logs)

    def _step(
        self,
        step: int,
        dt: float,
        lists: dict[tuple[str, str], list[Any]],
        memory: Memory,
        taps: Taps,
        first: int,
    ) -> None:
        for position, phase in enumerate(self.plan.phases):
            clock = step + phase.clock_offset
            events = [call for call in phase.calls if call.pathway is not None]
            direct = [call for call in phase.calls if call.pathway is None]
            before = phase.calls.index(events[0]) if events else len(direct)
            for call in direct[:before]:
                self._directly(call, step, clock, dt, lists)
            for number, age in enumerate(lists[AGES.key] if events else ()):  # by time of emission, then block by block
                for call in events:
                    self._event(call, number, age, step, clock, dt, lists)
            for call in direct[before:]:
                self._directly(call, step, clock, dt, lists)
            if phase.name == "threshold":
                _take_spikes(step, lists, memory, taps, first)
            _take_samples(position, step, lists, memory, taps)

    def _directly(self, call: Call, step: int, clock: int, dt: float, lists: dict[tuple[str, str], list[Any]]) -> None:
        due = call.every is None or (step + call.offset) % lists[call.every.key][0] == 0
        if due and (call.when is None or lists[call.when.key][0] != 0):
            self._call(call, step, clock, dt, lists)

    def _event(
        self, call: Call, number: int, age: int, step: int, clock: int, dt: float, lists: dict[tuple[str, str], list[Any]]
    ) -> None:
        """Events of one age, the ``number``-th of all, for one block."""
        assert call.pathway is not None
        group = lists[call.pathway.projection, f"{call.pathway.name}:group of age"][number]
        if group >= 0:
            self._loop(call, {**self._frame(call, lists), "step": step, "clock": clock, "dt": dt, "age": age, "group": group})

    def _frame(self, call: Call, lists: dict[tuple[str, str], list[Any]]) -> Frame:
        frame: Frame = {a.name: lists[call.slots[a.name].key] for a in call.kernel.args}
        for arg in call.kernel.args:
            if not arg.array:
                frame[arg.name] = frame[arg.name][0]
        return frame

    def _call(self, call: Call, step: int, clock: int, dt: float, lists: dict[tuple[str, str], list[Any]]) -> None:
        frame = self._frame(call, lists)
        if call.kernel.domain == "builtin":
            BUILTINS[call.kernel.name](frame, step, dt)
            return
        self._loop(call, {**frame, "step": step, "clock": clock, "dt": dt})

    def _loop(self, call: Call, frame: Frame) -> None:
        prologue, body = self.bodies[call.kernel]
        prologue(frame)
        for _ in _DOMAINS[call.kernel.domain](frame, call):
            body(frame)


def _is_count(slot: Slot) -> bool:
    return slot.role == "log" and slot.name.endswith(" count")


def _hand_over(count: Slot, lists: dict[tuple[str, str], list[Any]], memory: Memory) -> None:
    """Write the entries of a record of events back to memory."""
    entries = lists[count.key][0]
    for word in ("steps", "synapses", "values"):
        key = (count.owner, count.name.replace(" count", f" {word}"))
        memory.view(key)[:entries] = lists[key][:entries]


def _locate(memory: Memory, arena: str, place: int) -> tuple[tuple[str, str], int]:
    """The slot that holds a place of an arena, and the element."""
    for key, (where, start, stop) in memory.place.items():
        if where == arena and start <= place < stop:
            return key, place - start
    raise AssertionError(place)


def _take_samples(position: int, step: int, lists: dict[tuple[str, str], list[Any]], memory: Memory, taps: Taps) -> None:
    for row in range(taps.positions[position], taps.positions[position + 1]):
        interval, offset, begin, end, out = taps.samples[row].tolist()
        if (step + offset) % interval == 0:
            target = out + taps.sample_rows[row] * (end - begin)
            for number, place in enumerate(taps.elements[begin:end].tolist()):
                key, element = _locate(memory, "state_f8", place)
                taps.sample_values[target + number] = lists[key][element]
            taps.sample_rows[row] += 1


def _take_spikes(step: int, lists: dict[tuple[str, str], list[Any]], memory: Memory, taps: Taps, first: int) -> None:
    for row, (ring, counts, width, mask, out, _) in enumerate(taps.spikes.tolist()):
        spikes = lists[_locate(memory, "state_i4", ring)[0]]
        count = lists[_locate(memory, "state_i4", counts)[0]][step & mask]
        for place in range(count):
            at = out + taps.spike_counts[row]
            taps.spike_steps[at] = step
            taps.spike_indices[at] = spikes[(step & mask) * width + place]
            taps.spike_counts[row] += 1
    for counts, mask, out in taps.rates.tolist():
        taps.rate_counts[out + step - first] = lists[_locate(memory, "state_i4", counts)[0]][step & mask]
