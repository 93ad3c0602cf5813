"""What compiled code depends on besides its own text."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
from functools import cache


@cache
def fingerprint() -> str:
    """Versions of bouton, Numba, llvmlite and NumPy, and a hash of the kernels that generated code calls."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("bouton", "numba", "llvmlite", "numpy")]
    digest = hashlib.sha256()
    for package, files in (("bouton.kernels", ("functions", "random", "sources", "taps")), ("bouton.random", ("philox",))):
        for file in files:
            digest.update((importlib.resources.files(package) / f"{file}.py").read_bytes())
    return "; ".join([*versions, digest.hexdigest()])
