"""Machine code of kernels: made by Numba, kept as object files, run without Numba.

An object file is kept only if it refers to nothing but functions of the C library; it is loaded only if its
checksum is right. Whatever else goes wrong ends in compiling again.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bouton.backends.cache_folder import write_whole

_DIGEST = 32
_LIBRARY = (
    *("exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "pow", "ldexp", "sqrt", "cbrt", "fmod"),
    *("sin", "cos", "sincos", "tan", "sinh", "cosh", "tanh", "floor", "ceil", "trunc", "rint", "round"),
    *("expf", "exp2f", "exp10f", "expm1f", "logf", "log2f", "log10f", "log1pf", "powf", "ldexpf", "sqrtf", "cbrtf", "fmodf"),
    *("sinf", "cosf", "sincosf", "tanf", "sinhf", "coshf", "tanhf", "floorf", "ceilf", "truncf", "rintf", "roundf"),
    *("memset", "memset_pattern16", "memcpy", "memmove"),
)
"""What machine code may call."""


def write(folder: Path, name: str, compiled: Any) -> None:
    """Keep the machine code of a compiled kernel, if it can stand alone. Raises OSError."""
    library = compiled._library
    declared = {f.name for f in library._final_module.functions if f.is_declaration}
    if not all(function in _LIBRARY or function.startswith("llvm.") for function in declared):
        return
    _, _, (machine_code, _) = library.serialize_using_object_code()
    symbol = compiled._wrapper_name.encode()
    content = len(symbol).to_bytes(4, "little") + symbol + machine_code
    write_whole(folder / f"{name}.o", hashlib.sha256(content).digest() + content)


def read(folder: Path, names: Iterable[str]) -> dict[str, int]:
    """The addresses of those of the kernels that are kept."""
    symbols: dict[str, str] = {}
    objects: dict[str, bytes] = {}
    for name in names:
        try:
            content = (folder / f"{name}.o").read_bytes()
        except FileNotFoundError:
            continue
        digest, content = content[:_DIGEST], content[_DIGEST:]
        if hashlib.sha256(content).digest() == digest:
            end = 4 + int.from_bytes(content[:4], "little")
            symbols[name], objects[name] = content[4:end].decode(), content[end:]
    if not objects:
        return {}
    from llvmlite import binding

    engine = _engine()
    for machine_code in objects.values():
        engine.add_object_file(binding.ObjectFileRef.from_data(machine_code))
    engine.finalize_object()
    return {name: engine.get_function_address(symbol) for name, symbol in symbols.items()}


@cache
def _engine() -> Any:
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    for name, address in _library().items():
        binding.add_symbol(name, address)
    target = binding.Target.from_triple(binding.get_process_triple())
    return binding.create_mcjit_compiler(binding.parse_assembly(""), target.create_target_machine(jit=True))


def _library() -> dict[str, int]:
    """Addresses of the functions that machine code may call: those that Numba would take."""
    if os.name == "posix":
        library = ctypes.CDLL(None)
        return {n: ctypes.cast(getattr(library, n), ctypes.c_void_p).value or 0 for n in _LIBRARY if hasattr(library, n)}
    from numba import _helperlib

    helpers: dict[str, int] = _helperlib.c_helpers  # type: ignore[attr-defined]
    return {name: helpers[name] for name in _LIBRARY if name in helpers}
