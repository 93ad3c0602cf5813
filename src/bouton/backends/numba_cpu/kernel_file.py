"""Generated source on disk: real files that people can read and debuggers can show, with machine code beside them."""

from __future__ import annotations

import importlib.util
import linecache
import sys
import time
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bouton.backends.cache_folder import give_up, usable_folder, write_whole
from bouton.backends.numba_cpu import objects
from bouton.backends.numba_cpu.emit import Module
from bouton.backends.numba_cpu.lean_import import import_numba


@dataclass(frozen=True)
class Origin:
    """How a process came by a kernel: the seconds that compiling took, None if its machine code was in the cache."""

    function: str
    seconds: float | None


def origins() -> tuple[Origin, ...]:
    """Those of all kernels of this process so far, in the order in which they were needed."""
    return tuple(_origins.values())


def load(modules: tuple[Module, ...]) -> dict[str, int]:
    """The addresses of compiled modules by name, from the cache if they are there."""
    missing = [m for m in modules if m.name not in _addresses]
    if missing:
        folder = usable_folder("kernels")
        if folder is not None:
            _addresses.update(objects.read(folder, [m.name for m in missing]))
        for module in missing:
            _origins[module.name] = Origin(module.function, None)
            if module.name not in _addresses:
                _addresses[module.name] = _compile(module, folder)
    return {m.name: _addresses[m.name] for m in modules}


_addresses: dict[str, int] = {}
_origins: dict[str, Origin] = {}
_compiled: list[Any] = []  # holds what the addresses point to


def _compile(module: Module, folder: Path | None) -> int:
    import_numba()
    begin = time.perf_counter()
    loaded = _from_memory(module) if folder is None else _kept(module, folder)
    compiled = getattr(loaded, module.function)
    _compiled.append(compiled)
    address = int(compiled.address)
    _origins[module.name] = Origin(module.function, time.perf_counter() - begin)
    return address


def _kept(module: Module, folder: Path) -> types.ModuleType:
    """A module compiled from a file, with its machine code kept beside it."""
    try:
        loaded = _from_file(module, folder / f"{module.name}.py")
        objects.write(folder, module.name, getattr(loaded, module.function))
    except OSError as error:
        give_up(f"{folder} cannot be written ({error.strerror or error})")
        return _from_memory(module)
    return loaded


def _from_file(module: Module, path: Path) -> types.ModuleType:
    text = module.text.encode()
    if not path.exists() or path.read_bytes() != text:
        write_whole(path, text)
    spec = importlib.util.spec_from_file_location(module.name, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module.name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[module.name]
        raise
    return loaded


def _from_memory(module: Module) -> types.ModuleType:
    text = module.text
    name = f"<{module.name}>"
    loaded = types.ModuleType(module.name)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), loaded.__dict__)  # printed from the white-listed tree
    sys.modules[module.name] = loaded
    return loaded
