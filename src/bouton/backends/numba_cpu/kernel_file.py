"""Generated source on disk: real files that Numba can cache, people can read and debuggers can show.

The folder belongs to the user alone (mode 0700, owner checked). Without a folder that can be written,
everything works from memory and is compiled anew each time; a warning says so, once.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any

import platformdirs

from bouton.backends.numba_cpu import objects
from bouton.backends.numba_cpu.emit import Module
from bouton.backends.numba_cpu.lean_import import import_numba

_warned = False


def cache_directory() -> Path:
    """Where kernels are kept: ``$BOUTON_CACHE_DIR``, or the user's cache folder."""
    given = os.environ.get("BOUTON_CACHE_DIR")
    return Path(given) if given else Path(platformdirs.user_cache_dir("bouton", appauthor=False))


def usable_directory() -> Path | None:
    """The folder for kernels, made if need be; None if it cannot be used safely."""
    folder = cache_directory() / "kernels"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid"):
            status = folder.stat()
            if status.st_uid != os.getuid():
                _refuse(f"{folder} belongs to another user")
                return None
            if status.st_mode & 0o077:
                folder.chmod(0o700)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        _refuse(f"{folder} cannot be written ({error.strerror or error})")
        return None
    return folder


def _refuse(why: str) -> None:
    global _warned  # noqa: PLW0603  (said once a process)
    if not _warned:
        warnings.warn(
            f"{why}; kernels are compiled anew in every process. Set BOUTON_CACHE_DIR to a folder of your own.",
            RuntimeWarning,
            stacklevel=4,
        )
    _warned = True


def load(modules: tuple[Module, ...]) -> dict[str, int]:
    """The addresses of compiled modules by name, from the cache if they are there."""
    missing = [m for m in modules if m.name not in _addresses]
    if missing:
        folder = usable_directory()
        if folder is not None:
            _addresses.update(objects.read(folder, [m.name for m in missing]))
        for module in missing:
            if module.name not in _addresses:
                _addresses[module.name] = _compile(module, folder)
    return {m.name: _addresses[m.name] for m in modules}


_addresses: dict[str, int] = {}
_compiled: list[Any] = []  # holds what the addresses point to


def _compile(module: Module, folder: Path | None) -> int:
    import_numba()
    loaded = _from_memory(module) if folder is None else _kept(module, folder)
    compiled = getattr(loaded, module.function)
    _compiled.append(compiled)
    return int(compiled.address)


def _kept(module: Module, folder: Path) -> types.ModuleType:
    """A module compiled from a file, with its machine code kept beside it."""
    try:
        loaded = _from_file(module, folder / f"{module.name}.py")
        objects.write(folder, module.name, getattr(loaded, module.function))
    except OSError as error:
        _refuse(f"{folder} cannot be written ({error.strerror or error})")
        return _from_memory(module)
    return loaded


def _from_file(module: Module, path: Path) -> types.ModuleType:
    text = module.text.encode()
    if not path.exists() or path.read_bytes() != text:
        objects.write_whole(path, text)
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
