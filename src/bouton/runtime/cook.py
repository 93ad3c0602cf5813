"""The numbers that a plan's recipes ask for, from parameters as they are set now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bouton.model.timed_array import TimedArray
from bouton.plan.recipes import Bins, DrawKey, Era, Given, NetworkKey, Powers, Propagator, Steps, Trace
from bouton.random.philox import stream_key
from bouton.runtime.grid import to_steps
from bouton.runtime.propagators import LEAST, era_steps, power_tables, propagator_entries, trace_numbers

if TYPE_CHECKING:
    from bouton.runtime.state import State


def cook(state: State, recipe: object) -> None:
    """Put the numbers of a recipe into ``fixed``, and the dimensions that follow from them."""
    match recipe:
        case Propagator(owner=owner):
            entries = propagator_entries(recipe, state.dt, state.evaluator(owner))
            state.fixed |= {recipe.entries[k].key: v for k, v in entries.items()}
        case Powers(owner=owner):
            span, on, back = power_tables(recipe, state.dt, state.evaluator(owner))
            state.fixed |= {recipe.span.key: span, recipe.mask.key: span - 1}
            state.fixed |= {slot.key: on[key] for key, slot in recipe.on.items()}
            state.fixed |= {slot.key: back[key] for key, slot in recipe.back.items()}
        case Trace(owner=owner):
            numbers = trace_numbers(recipe, state.dt, state.evaluator(owner))
            slots = {"rate": recipe.rate, "rest": recipe.rest, "drift": recipe.drift}
            if (table := recipe.table) is not None:
                slots |= {word: getattr(table, word) for word in ("soon", "near", "far", "mask", "shift", "last")}
                state.dimensions |= {(owner, s.shape[0]): len(numbers[w]) for w, s in (("near", table.near), ("far", table.far))}
            state.fixed |= {s.key: numbers[n] for n, s in slots.items() if s is not None}
        case Era(length=length, reach=reach, least=least):
            single = any(slot.key == recipe.numbers.key and slot.dtype == "f4" for slot in state.plan.slots)
            steps = era_steps([float(np.max(np.abs(state.fixed[slot.key]))) for slot in recipe.rates], single=single)
            state.fixed |= {length.key: steps[0], reach.key: steps[1], least.key: LEAST[single]}
        case Steps():
            _steps(state, recipe)
        case Given(slot=slot, value=value):
            state.fixed[slot.key] = value
        case NetworkKey(path=path, slot=slot):
            state.fixed[slot.key] = np.array(stream_key(state.network_seed, *path))
        case DrawKey(path=path, slot=slot):
            state.fixed[slot.key] = np.array(stream_key(state.seed, *path))
        case Bins():
            _bins(state, recipe)
        case _:
            raise AssertionError(recipe)


def _steps(state: State, recipe: Steps) -> None:
    value_of = state.evaluator(recipe.owner)
    seconds = recipe.time if isinstance(recipe.time, float) else value_of(recipe.time)
    where = state.by_name[recipe.owner].scope.where
    steps = to_steps(seconds, state.dt, recipe.what, where, least=recipe.least)
    state.fixed[recipe.slot.key] = steps
    name = recipe.slot.name
    if ":ago" in name:
        key = (recipe.slot.owner, f"depth past {name.split(':')[0]}")
        state.dimensions[key] = max(state.dimensions.get(key, 1), power_of_two(int(steps)))


def _bins(state: State, recipe: Bins) -> None:
    value = state.given[recipe.owner, recipe.parameter]
    if isinstance(value, TimedArray):
        data, where = value.data, f"{recipe.owner!r}, {recipe.parameter}"
        length = int(to_steps(value.seconds, state.dt, "the bin of the TimedArray", where, least=1))
        rows, columns = data.shape if data.ndim == 2 else (len(data), 1)
    else:
        data, length, rows, columns = np.asarray(value), 2**62, 1, int(np.size(value))
    state.dimensions[recipe.owner, f"data {recipe.parameter}"] = data.size
    state.fixed |= {
        recipe.data.key: data.ravel(),
        recipe.length.key: length,
        recipe.count.key: rows,
        recipe.width.key: columns,
    }


def power_of_two(least: int) -> int:
    """The smallest power of two that is not below ``least``: rows of rings are found by a mask."""
    return 1 << (least - 1).bit_length()
