"""Numbers of exact solutions: propagators of linear equations, with forcing and noise.

C. Van Loan (1978), Computing integrals involving the matrix exponential, IEEE Trans. Autom. Control
23:395, for the integrals; a lone variable needs none of that.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.backends.cache_folder import usable_folder, write_whole
from bouton.equations.nodes import Expr
from bouton.errors import Code, NetworkError
from bouton.plan.nodes import LONGEST_SPAN, MODERATE, SOON
from bouton.plan.recipes import Powers, Propagator, Trace

Evaluate = Callable[[Expr], Any]
Array = NDArray[np.float64]


def propagator_entries(recipe: Propagator, dt: float, value_of: Evaluate) -> dict[tuple[str, str, str], Any]:
    """The numbers of a recipe's entries, each a float or an array with one for each element."""
    h = dt * recipe.fraction
    names = recipe.group.variables
    a = _matrix(recipe, value_of)
    noise = _noise(recipe, value_of)
    p, q, factor = _lone(a, noise, h) if len(names) == 1 else _coupled(a, noise, h)
    at = {name: number for number, name in enumerate(names)}
    result: dict[tuple[str, str, str], Any] = {}
    for kind, row, column in recipe.entries:
        if kind == "q":
            forcing = recipe.group.forcing
            terms = [q[..., at[row], at[source]] * np.asarray(value_of(forcing[source])) for source in recipe.fixed[row]]
            result[kind, row, column] = sum(terms[1:], terms[0])
        else:
            matrix = {"P": p, "Q": q, "L": factor}[kind]
            result[kind, row, column] = matrix[..., at[row], at[column]]
    return result


def power_tables(
    recipe: Powers, dt: float, value_of: Evaluate
) -> tuple[int, dict[tuple[str, str], Array], dict[tuple[str, str], Array]]:
    """The span, and the entries of the powers of propagators and of their inverses, each of shape (LONGEST_SPAN + 1,).

    Of a lone variable of which less than exp(-`STEEPEST`) is left after a step, so much is taken to be left.

    Raises NetworkError (E401) for variables with time constants so short that there is no inverse.
    """
    on: dict[tuple[str, str], Array] = {}
    back: dict[tuple[str, str], Array] = {}
    grown = np.ones(LONGEST_SPAN + 1)

    def enter(names: Sequence[str], step: Array, inverse: Array) -> None:
        with np.errstate(over="ignore", invalid="ignore"):  # beyond the span they are not used
            powers = [
                np.array([*accumulate(repeat(once, LONGEST_SPAN), np.matmul, initial=np.eye(len(names)))])
                for once in (step, inverse)
            ]
            sizes = [*map(np.abs, powers), np.abs(powers[0]) @ np.abs(powers[1])]  # their diagonals do not depend on units
            for size in sizes:
                np.maximum(grown, np.diagonal(size, axis1=1, axis2=2).max(axis=1), out=grown)
        for table, wanted, entries in ((on, recipe.on, powers[0]), (back, recipe.back, powers[1])):
            table |= {(i, j): entries[:, names.index(i), names.index(j)] for i, j in wanted if i in names}

    for group in recipe.groups:
        a = _matrix(Propagator(recipe.owner, group, 1.0, frozenset(), {}, {}), value_of)
        if len(group.variables) == 1:
            a = np.maximum(a, -STEEPEST / dt)
        solve = _lone if len(group.variables) == 1 else _coupled
        with np.errstate(over="ignore", invalid="ignore"):  # of which too little is left has no inverse
            enter(group.variables, solve(a, None, dt)[0], solve(a, None, -dt)[0])
    for name, factor in recipe.factors.items():
        once = float(value_of(factor))
        once = math.copysign(max(abs(once), math.exp(-STEEPEST)), once)
        enter((name,), np.array([[once]]), np.array([[1.0 / once]]))
    for (row, _), powers in back.items():
        if row in recipe.variables and not np.isfinite(powers[1]):
            raise NetworkError(
                Code.BAD_VALUE,
                f"nothing is left of {row!r} after a time step, so that what is added up cannot be told from it",
                where=f"projection {recipe.owner!r}",
                expected="time constants that are not far below dt",
                hint="Simulation(…, defer=False) does without adding up",
            )
    span = LONGEST_SPAN
    while span > 1 and not grown[span] <= MODERATE:
        span //= 2
    on, back = ({k: np.where(np.isfinite(v), v, 0.0) for k, v in table.items()} for table in (on, back))
    return span, on, back


def _matrix(recipe: Propagator, value_of: Evaluate) -> Array:
    """A, shape (…, d, d); rows of frozen variables are zero."""
    names = recipe.group.variables
    entries = {
        (i, j): np.asarray(value_of(c), dtype=np.float64) if (c := recipe.group.coefficients.get((r, s))) is not None else None
        for i, r in enumerate(names)
        for j, s in enumerate(names)
        if r not in recipe.frozen
    }
    return _fill(entries, (len(names), len(names)))


def _noise(recipe: Propagator, value_of: Evaluate) -> Array | None:
    """B with one column for each ξ, or None."""
    if not recipe.group.noise:
        return None
    names = recipe.group.variables
    sources = tuple(dict.fromkeys(xi for _, xi in recipe.group.noise))
    entries = {
        (names.index(variable), sources.index(xi)): np.asarray(value_of(c), dtype=np.float64)
        for (variable, xi), c in recipe.group.noise.items()
        if variable not in recipe.frozen
    }
    return _fill(entries, (len(names), len(sources)))


def _fill(entries: Mapping[tuple[int, int], Array | None], shape: tuple[int, int]) -> Array:
    given = {k: v for k, v in entries.items() if v is not None}
    lead = np.broadcast_shapes(*(v.shape for v in given.values())) if given else ()
    matrix = np.zeros((*lead, *shape))
    for (i, j), value in given.items():
        matrix[..., i, j] = value
    return matrix


def _lone(a: Array, b: Array | None, h: float) -> tuple[Array, Array, Array]:
    """One variable: exp(ah), its integral, and the standard deviation of the noise."""
    rate = a[..., 0, 0]
    p = np.vectorize(math.exp, otypes=[float])(rate * h)
    q = _integral(rate, h)
    sd = np.zeros_like(rate) if b is None else np.sqrt((b[..., 0, :] ** 2).sum(axis=-1) * _integral(2.0 * rate, h))
    return p[..., None, None], q[..., None, None], np.asarray(sd)[..., None, None]


def _integral(rate: Array, h: float) -> Array:
    """∫₀ʰ exp(rate·s) ds."""
    safe = np.where(rate == 0.0, 1.0, rate)
    return np.where(rate == 0.0, h, np.expm1(safe * h) / safe)


def _coupled(a: Array, b: Array | None, h: float) -> tuple[Array, Array, Array]:
    """Several variables: exp(Ah), its integral, and a factor of the noise's covariance."""
    d = a.shape[-1]
    block = np.zeros((*a.shape[:-2], 2 * d, 2 * d))
    block[..., :d, :d] = a
    block[..., :d, d:] = np.eye(d)
    both = _exponential(block * h)
    p, q = both[..., :d, :d], both[..., :d, d:]
    if b is None:
        return p, q, np.zeros_like(p)
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    loan = np.zeros((*lead, 2 * d, 2 * d))
    loan[..., :d, :d] = -a
    loan[..., :d, d:] = b @ np.swapaxes(b, -1, -2)
    loan[..., d:, d:] = np.swapaxes(a, -1, -2)
    grown = _exponential(loan * h)
    covariance = np.swapaxes(grown[..., d:, d:], -1, -2) @ grown[..., :d, d:]
    values, vectors = np.linalg.eigh((covariance + np.swapaxes(covariance, -1, -2)) / 2.0)
    return p, q, vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]


def _exponential(matrix: Array) -> Array:
    """exp(matrix), shape (…, d, d), not to be written to."""
    return _kept_exponential(np.ascontiguousarray(matrix).tobytes(), matrix.shape)


@lru_cache(maxsize=256)
def _kept_exponential(content: bytes, shape: tuple[int, ...]) -> Array:
    """exp of a matrix, kept between processes: importing SciPy takes longer than most networks to build."""
    matrix = np.frombuffer(content).reshape(shape)
    words = (content, repr(shape).encode(), importlib.metadata.version("scipy").encode())
    folder = usable_folder("propagators") if matrix.nbytes <= _KEPT else None
    path = None if folder is None else folder / hashlib.sha256(b"\0".join(words)).hexdigest()
    size = _DIGEST + matrix.nbytes
    if path is not None and path.is_file() and len(found := path.read_bytes()) == size:
        digest, numbers = found[:_DIGEST], found[_DIGEST:]
        if hashlib.sha256(numbers).digest() == digest:
            return np.frombuffer(numbers).reshape(matrix.shape)
    from scipy.linalg import expm

    result = np.ascontiguousarray(expm(matrix))
    result.setflags(write=False)
    if path is not None:
        with contextlib.suppress(OSError):
            write_whole(path, hashlib.sha256(result.tobytes()).digest() + result.tobytes())
    return result


_DIGEST = 32
_KEPT = 2**16  # bytes of a matrix up to which its exponential is kept


def trace_numbers(recipe: Trace, dt: float, value_of: Evaluate) -> dict[str, Any]:
    """Rate·dt, the tables of decays, rest value and drift a step of an event-driven variable."""
    a = np.asarray(value_of(recipe.a), dtype=np.float64)
    rate = np.maximum(a * dt, -STEEPEST)
    result: dict[str, Any] = {"rate": rate}
    if recipe.table is not None:
        shift, near, far = decay_tables(float(rate))
        result |= {
            "soon": _soon(float(rate)),
            "near": near,
            "far": far,
            "mask": len(near) - 1,
            "shift": shift,
            "last": len(far) - 1,
        }
    if recipe.b is not None:
        b = np.asarray(value_of(recipe.b), dtype=np.float64)
        still = a == 0.0
        result["rest"] = np.where(still, 0.0, -b / np.where(still, 1.0, a))
        result["drift"] = np.where(still, b * dt, 0.0)
    return result


STEEPEST = 40.0
"""What loses more than 17 digits in a step may as well lose just so many: its inverse stays a number."""
_GROWS, _REACHES = 32.0, {True: 40.0, False: 300.0}
"""Exponents: up to which numbers grow in an era, and with which it reaches back, in single precision or not."""
_LONGEST_ERA = 2**24
LEAST = {True: 1e-18, False: 1e-150}
"""What a source's factor may be at least, and one over it at most: its products with sums stay numbers of full precision."""


def era_steps(rates: Sequence[float], *, single: bool) -> tuple[int, int]:
    """How many steps an era lasts in which numbers change at these rates a step, and how many it reaches back."""
    rate = max(*rates, _GROWS / _LONGEST_ERA)
    return max(int(_GROWS / rate), 1), int(_REACHES[single] / rate)


@lru_cache(maxsize=256)
def decay_tables(rate: float) -> tuple[int, Array, Array]:
    """exp(rate·n) for n below 2**shift, and for multiples of that until nothing is left of it (or it overflows).

    Many simulations share a few tables.
    """
    steps = min(_NOTHING_LEFT / abs(rate), 2.0**31) if rate else 1.0
    shift = max(math.ceil(math.log2(max(steps, 1.0)) / 2), 4)
    near = np.array([math.exp(rate * n) for n in range(1 << shift)])
    far = np.array([_decay(rate, n << shift) for n in range((int(steps) >> shift) + 2)])
    for table in (near, far):
        table.setflags(write=False)
    return shift, near, far


@lru_cache(maxsize=64)
def _soon(rate: float) -> Array:
    """The first products of these, so that most decays are found at once: the same bits."""
    shift, near, far = decay_tables(rate)
    n = np.arange(SOON)
    with np.errstate(over="ignore"):  # what grows is infinite in the end
        soon = near[n & (len(near) - 1)] * far[np.minimum(n >> shift, len(far) - 1)]
    soon.setflags(write=False)
    return np.asarray(soon)


_NOTHING_LEFT = 746.0  # the logarithm of the smallest number is -745.1


def _decay(rate: float, n: int) -> float:
    try:
        return math.exp(rate * n)
    except OverflowError:
        return math.inf
