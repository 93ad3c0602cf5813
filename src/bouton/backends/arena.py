"""Flat arrays that begin where pages of memory do, and large ones in large pages where the system has them.

A large page (2 MiB) needs one entry of the processor's table of addresses in the place of 512: what neurons keep is looked up in
no order, and would miss that table at each event.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64
"""Bytes of a line of memory."""
PAGE = 4096
"""Bytes at whose multiples processors stop asking for lines that may follow."""
LARGE = 2**21
"""Bytes of a large page."""


def cleared(size: int, dtype: str) -> NDArray[Any]:
    """``size`` zeros."""
    nbytes = size * np.dtype(dtype).itemsize
    if nbytes < LARGE // 2 or not hasattr(mmap, "MADV_HUGEPAGE"):
        return _aligned(np.zeros(nbytes + PAGE, dtype=np.uint8), PAGE, nbytes).view(dtype)
    pages = mmap.mmap(-1, -(-nbytes // LARGE) * LARGE + LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a system without large pages does with small ones
        pages.madvise(mmap.MADV_HUGEPAGE)
    return _aligned(np.frombuffer(pages, dtype=np.uint8), LARGE, nbytes).view(dtype)


def _aligned(room: NDArray[np.uint8], to: int, nbytes: int) -> NDArray[np.uint8]:
    begin = -room.ctypes.data % to
    return room[begin : begin + nbytes]


def give_back() -> None:
    """Return to the system what the C library keeps of memory that was needed for a while, where it can be asked to."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)
