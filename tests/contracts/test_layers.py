"""The direction of imports holds, and import-linter is seen to refuse what breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    # The path comes first, so that the copy is examined and not the installed bouton.
    program = f"import sys; sys.path.insert(0, {str(root / 'src')!r}); import importlinter.cli as c; c.lint_imports_command()"
    command = [sys.executable, "-c", program, "--config", "pyproject.toml", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_rooms_import_one_way(copied_tree: Path) -> None:
    result = lint_imports(copied_tree)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "module, line, contract",
    [
        ("units/__init__.py", "import bouton.network", "Rooms import one way"),
        ("errors.py", "from bouton.units import registry", "Rooms import one way"),
        ("experiments/planted.py", "import numba", "Experiments are written in the public API"),
        ("experiments/planted.py", "import bouton.network.network", "Experiments are written in the public API"),
        ("no_room_of_ours/__init__.py", "", "Rooms import one way"),
    ],
)
def test_a_planted_import_is_refused(copied_tree: Path, module: str, line: str, contract: str) -> None:
    path = copied_tree / "src/bouton" / module
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(copied_tree)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout
