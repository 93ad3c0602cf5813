"""A kernel called outside of any plan."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.backends.numba_cpu.emit import module_of
from bouton.backends.numba_cpu.kernel_file import load
from bouton.plan.nodes import Kernel

_KERNEL = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_double, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)


def call_alone(kernel: Kernel, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Call a kernel once, in step 0, with arrays of the arguments' kinds of numbers by the names of arguments."""
    assert all(arrays[arg.name].dtype == arg.dtype and arrays[arg.name].flags.c_contiguous for arg in kernel.args)
    module = module_of(kernel)
    entry: Any = _KERNEL(load((module,))[module.name])
    given = [arrays[arg.name] for arg in kernel.args]
    slots = np.array([(array.ctypes.data, array.size) for array in given], dtype=np.int64)
    entry(0, 0, 0.0, 0, 0, slots.ctypes.data)
