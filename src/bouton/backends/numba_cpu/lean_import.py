"""Import Numba without `scipy.linalg`.

The first compiled call makes Numba look for a BLAS in `scipy.linalg`, which takes up to a quarter of a second;
bouton's kernels use none. Numba looks again whenever a function that needs one is compiled, so that hiding
the module for that moment takes nothing from other users of Numba in the process.
"""

from __future__ import annotations

import sys
from typing import Any, cast


def import_numba() -> None:
    """Load Numba and what it loads at the first call."""
    if "scipy.linalg" in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    sys.modules["scipy.linalg"] = cast(Any, None)
    try:
        from numba.np import arraymath
    finally:
        del sys.modules["scipy.linalg"]
    arraymath._HAVE_BLAS = True  # SciPy is installed with bouton; what Numba asks before it looks
