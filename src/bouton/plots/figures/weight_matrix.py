"""The weights between two populations as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.network.population import View, base_and_indices
from bouton.network.projection import Projection
from bouton.plots.given import Floats, Ids, of_synapses, refuse, with_unit
from bouton.plots.marks import whole_numbers
from bouton.plots.style import place, root, styled
from bouton.runtime.simulation import Simulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST = 400
"""So many neurons of a side have a row or column of their own; of more, neighbours share one."""


@styled
def weight_matrix(
    simulation: Any,
    projection: Any,
    *,
    variable: str = "w",
    limits: tuple[float, float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the weight from each presynaptic neuron (column) to each postsynaptic one (row) in colours. Returns the axes.

    Parameters
    ----------
    simulation, projection: the weights are those of now; of a view ``projection[…]``, some synapses.
    variable: which variable, sub-expression or parameter of the synapses to draw.
    limits: the values at both ends of the colours; by default the lowest and the highest. Where there are values of both signs,
        white is 0, and they are ± the largest.

    Where there is no synapse it stays white; several of a pair of neurons are added up. With more than 400 neurons on a side, a
    field is the mean over the pairs in it that have synapses.
    Raises NetworkError: E401 (no simulation, no projection), E409 (not of this simulation).
    """
    if not isinstance(simulation, Simulation):
        refuse(simulation, "weight_matrix", "a Simulation, and one of its projections")
    base = projection.base if isinstance(projection, View) else projection
    if not isinstance(base, Projection):
        refuse(projection, "weight_matrix", "a projection, made by Network.connect")
    synapses = simulation[projection]
    weights, unit = of_synapses(synapses, variable)
    columns, rows = (_numbers(base_and_indices(side)[1]) for side in (base.source, base.target))
    matrix, x, y = _matrix(np.asarray(synapses.sources), np.asarray(synapses.targets), weights, columns, rows)
    drawn = place(axes, 2.7)
    shown = np.ma.masked_invalid(matrix)
    both = bool((shown < 0).any() and (shown > 0).any())
    reach = float(np.abs(shown).max()) if shown.count() else 1.0
    low, high = limits or ((-reach, reach) if both else (shown.min(), shown.max()) if shown.count() else (0.0, 1.0))
    mesh = drawn.pcolormesh(x, y, shown, cmap="RdBu_r" if both else "viridis_r", vmin=low, vmax=high, rasterized=True)
    drawn.set(xlabel=f"Presynaptic neuron ({_name(base.source)})", ylabel=f"Postsynaptic neuron ({_name(base.target)})")
    drawn.invert_yaxis()
    for axis in (drawn.xaxis, drawn.yaxis):
        whole_numbers(axis)
    for side in drawn.spines.values():
        side.set_visible(True)
    root(drawn).colorbar(mesh, ax=drawn, label=with_unit(variable, unit))
    return drawn


def _numbers(indices: Ids) -> tuple[int, int]:
    """The first and the last neuron of one side."""
    return int(indices.min()), int(indices.max())


def _name(side: Any) -> str:
    return str((side.base if isinstance(side, View) else side).name)


def _matrix(
    sources: Ids, targets: Ids, weights: Floats, columns: tuple[int, int], rows: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """The fields [row, column], NaN where there is no synapse, and their edges: of columns, of rows."""
    counts = [last - first + 1 for first, last in (columns, rows)]
    wide, high = (-(-count // LARGEST) for count in counts)
    pairs, which = np.unique((targets.astype(np.int64) - rows[0]) * counts[0] + sources - columns[0], return_inverse=True)
    of_pair = np.bincount(which, weights, minlength=len(pairs))
    shape = (-(-counts[1] // high), -(-counts[0] // wide))
    fields = pairs // counts[0] // high * shape[1] + pairs % counts[0] // wide
    total, there = (np.bincount(fields, given, minlength=shape[0] * shape[1]) for given in (of_pair, None))
    matrix = np.where(there > 0, total / np.maximum(there, 1), np.nan).reshape(shape)
    x, y = (
        np.minimum(first + each * np.arange(size + 1), last + 1) - 0.5
        for (first, last), each, size in ((columns, wide, shape[1]), (rows, high, shape[0]))
    )
    return matrix, x, y
