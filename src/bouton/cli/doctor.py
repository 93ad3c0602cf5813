"""``bouton doctor``: what bouton finds on this machine."""

from __future__ import annotations

import os
import platform
import warnings
from dataclasses import dataclass
from typing import Any

from bouton.cli import console
from bouton.cli.options import JSON

LIBRARIES = ("bouton", "numpy", "numba", "llvmlite", "scipy", "pint", "xarray", "h5netcdf", "h5py", "pandas", "matplotlib")
SIMD = ("avx512f", "avx2", "avx", "sse4.2", "fma", "sve2", "sve", "neon")


@dataclass(frozen=True)
class Extra:
    """An optional part: the modules it rests on, what it is for and how to get them."""

    name: str
    modules: tuple[str, ...]
    purpose: str
    install: str


EXTRAS = (
    Extra("torch", ("torch",), "rules as differentiable PyTorch functions", "pip install torch"),
    Extra("cuda", ("numba_cuda",), "running on an NVIDIA GPU", "pip install 'numba-cuda[cu12]'"),
    Extra("mpi", ("mpi4py",), "running on several machines", "pip install mpi4py mpich"),
    Extra("explore", ("panel", "bokeh"), "rules with sliders and experiments in the browser", "pip install panel bokeh"),
    Extra("docs", ("sphinx", "sphinx_gallery"), "building the manual", "pip install sphinx"),
)


def doctor(as_json: bool = JSON) -> None:
    """Report versions, the processor, the cache of compiled kernels, and what is missing for which extra."""
    found = {"versions": _versions(), "processor": _processor(), "cache": _cache(), "extras": _extras()}
    if as_json:
        console.show_json(found)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for section, rows in found.items():
        for number, (name, value) in enumerate(rows.items()):
            table.add_row("" if number else section, name, _line(value))
    console.show(table)


def _line(value: Any) -> str:
    match value:
        case {"missing": missing, "purpose": purpose, "install": install, "offered": offered}:
            state = f"missing {', '.join(missing)}; {install}" if missing else "installed"
            return f"{purpose}{'' if offered else ' (not yet offered)'}: {state}"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case None:
            return "–"
    return str(value)


def _versions() -> dict[str, str | None]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def version(name: str) -> str | None:
    """The version of what is installed under that name, or None."""
    import importlib.metadata

    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> dict[str, Any]:
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "usable cores": usable,
        "cpu": binding.get_host_cpu_name(),
        "simd": [name for name in SIMD if features.get(name)],
    }


def _cache() -> dict[str, Any]:
    from bouton.backends.cache_folder import cache_directory, usable_folder

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folder = usable_folder("kernels")
    files = [] if folder is None else [path for path in folder.rglob("*") if path.is_file()]
    return {
        "folder": str(folder or cache_directory()),
        "usable": folder is not None,
        "trouble": str(caught[0].message) if caught else None,
        "kernels": sum(path.suffix == ".py" for path in files),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 2),
    }


def _extras() -> dict[str, Any]:
    import importlib.metadata
    import importlib.util

    offered = (importlib.metadata.metadata("bouton").get_all("Provides-Extra") or []) if version("bouton") else []
    return {
        extra.name: {
            "purpose": extra.purpose,
            "missing": [module for module in extra.modules if importlib.util.find_spec(module) is None],
            "install": f"pip install 'bouton[{extra.name}]'" if extra.name in offered else extra.install,
            "offered": extra.name in offered,
        }
        for extra in EXTRAS
    }
