"""Generated source on disk: real files that Numba can cache, people can read and debuggers can show.

The folder belongs to the user alone (mode 0700, owner checked). Without a folder that can be written,
everything works from memory and is compiled anew each time; a warning says so, once.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
import pickle
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any

import platformdirs

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


def load(kernels: tuple[Module, ...], loop: Module) -> Any:
    """The compiled loop of a plan, from the cache if it is there."""
    import_numba()
    modules = (*kernels, loop)
    folder = usable_directory()
    if folder is None:
        return _load_all(modules, None)
    try:
        return _load_all(modules, folder)
    except _DAMAGED:
        _forget(modules, folder)
    except OSError as error:
        _refuse(f"{folder} cannot be written ({error.strerror or error})")
        _forget(modules, None)
        return _load_all(modules, None)
    return _load_all(modules, folder)


_DAMAGED = (EOFError, pickle.UnpicklingError)
"""What reading a cache raises that an interrupted machine left half written."""


def _forget(modules: tuple[Module, ...], folder: Path | None) -> None:
    """Unload modules, and delete what Numba keeps of them in a folder."""
    for module in modules:
        sys.modules.pop(module.name, None)
        for kept in () if folder is None else (folder / "__pycache__").glob(f"{module.name}.*.nb?"):
            kept.unlink(missing_ok=True)


def _load_all(modules: tuple[Module, ...], folder: Path | None) -> Any:
    """The function of the last module, which rests on the others."""
    loaded = [_module(module, folder) for module in modules]
    return getattr(loaded[-1], modules[-1].function)


def _module(module: Module, folder: Path | None) -> types.ModuleType:
    if module.name in sys.modules:
        return sys.modules[module.name]
    loaded = _from_memory(module) if folder is None else _from_file(module, folder / f"{module.name}.py")
    return loaded


def _from_file(module: Module, path: Path) -> types.ModuleType:
    text = module.text.encode()
    if not path.exists() or path.read_bytes() != text:
        draft = path.with_name(f"{path.name}.{os.getpid()}")  # renamed when whole: others may read at any time
        try:
            draft.write_bytes(text)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
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
    text = module.text.replace("cache=True, ", "")
    name = f"<{module.name}>"
    loaded = types.ModuleType(module.name)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), loaded.__dict__)  # printed from the white-listed tree
    sys.modules[module.name] = loaded
    return loaded
