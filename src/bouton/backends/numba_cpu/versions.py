"""What compiled code depends on besides its own text."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path

import bouton.errors


@cache
def fingerprint() -> str:
    """Versions of Numba, llvmlite and NumPy, the processor, and a hash of the kernels that generated code calls."""
    from llvmlite import binding

    parts = [f"{name} {importlib.metadata.version(name)}" for name in ("numba", "llvmlite", "numpy")]
    parts += [binding.get_process_triple(), binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    digest = hashlib.sha256()
    for folder, files in _FILES.items():
        for file in files:
            digest.update((_PACKAGE / folder / f"{file}.py").read_bytes())
    return "; ".join([*parts, digest.hexdigest()])


def text_of(name: str) -> str:
    """The text of a file of `bouton.kernels`, which is not imported: that would load Numba."""
    return (_PACKAGE / "kernels" / f"{name}.py").read_text("utf-8")


_PACKAGE = Path(bouton.errors.__file__).parent
_FILES = {"kernels": ("functions", "random", "slots", "sources"), "random": ("philox",)}
