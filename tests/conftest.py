"""What all tests share: Hypothesis without deadlines, and a kernel cache that belongs to the tests."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# The first example of a property may compile a kernel, which takes longer than any sensible deadline.
settings.register_profile("bouton", deadline=None)
settings.load_profile("bouton")
# Of batteries that compile a model or more for each example: so many that all of them take ten minutes.
settings.register_profile("compiled", deadline=None, max_examples=int(os.environ.get("BOUTON_EXAMPLES", "20")))

_owned: list[tempfile.TemporaryDirectory[str]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Give the session a kernel cache of its own, before any test module imports bouton.

    The process that starts makes the directory and names it in the environment; the workers of xdist, started
    later, inherit the name, so that all share what one of them compiles. Whoever names a directory keeps it.
    """
    if hasattr(config, "workerinput") or "BOUTON_CACHE_DIR" in os.environ:
        return
    directory = tempfile.TemporaryDirectory(prefix="bouton-test-cache-")
    _owned.append(directory)
    os.environ["BOUTON_CACHE_DIR"] = directory.name


def pytest_unconfigure() -> None:
    """Remove the cache with the session that made it."""
    while _owned:
        _owned.pop().cleanup()
        os.environ.pop("BOUTON_CACHE_DIR", None)


@pytest.fixture(scope="session")
def kernel_cache() -> Path:
    """The session's kernel cache, warm from earlier tests."""
    return Path(os.environ["BOUTON_CACHE_DIR"])


@pytest.fixture
def empty_kernel_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel cache for one test alone, for tests of the cache itself."""
    directory = tmp_path / "kernels"
    monkeypatch.setenv("BOUTON_CACHE_DIR", str(directory))
    return directory


FEW = {"tests/library/rules": 1, "tests/library/neurons": 1, "tests/backends": 1}
"""Of a test with parameters in these folders so many cases are fast; a model for each would have to be compiled."""
WHOLE = ("test_backends_agree.py", "test_random_networks.py")
FIRST = ("dendritic_prediction", "homeostasis", "lif_stdp", "short_term_plasticity", "stdp_window")
"""Experiments of which a whole run belongs to the fast tests; those of others (the fixture ``result``) are slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put into the slow tier what would take the fast one beyond its three minutes."""
    seen: dict[str, int] = {}
    for item in items:
        folder, file = item.path.parent.as_posix(), item.path.name
        whole = folder.endswith("tests/experiments") and "result" in getattr(item, "fixturenames", ())
        if whole and file.removeprefix("test_").removesuffix(".py") not in FIRST:
            item.add_marker(pytest.mark.slow)
        few = next((n for name, n in FEW.items() if folder.endswith(name)), None)
        if few is None or file in WHOLE or not hasattr(item, "callspec") or item.get_closest_marker("slow"):
            continue
        test = item.nodeid.partition("[")[0]
        seen[test] = seen.get(test, 0) + 1
        if seen[test] > few:
            item.add_marker(pytest.mark.slow)
