"""What the project's files say about one another agrees."""

import importlib.metadata
import importlib.resources
import re
import tomllib
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_one_version_everywhere() -> None:
    assert importlib.metadata.version("bouton") == PROJECT["version"]
    assert f"\nversion: {PROJECT['version']}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_dependencies_have_a_lower_bound_and_no_upper_one(requirement: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+>=[0-9.]+", requirement)


def test_bare_dependencies_stay_light() -> None:
    names = {re.split(r"\W", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert not names & {"torch", "mpi4py", "panel", "bokeh"}


@pytest.mark.parametrize("name", ["py.typed", "units/definitions.txt"])
def test_package_data_is_installed(name: str) -> None:
    assert importlib.resources.files("bouton").joinpath(name).is_file()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="planted"):
        warnings.warn("planted", UserWarning, stacklevel=1)


def test_changelog_fragments_are_named_as_their_readme_says() -> None:
    kinds = "added|changed|deprecated|removed|fixed"
    fragments = {path.name for path in (ROOT / "changelog.d").iterdir()} - {"README.md"}
    assert [name for name in fragments if not re.fullmatch(rf"[a-z0-9-]+\.({kinds})\.md", name)] == []


def test_every_decision_record_is_in_the_index() -> None:
    index = (ROOT / "docs/adr/README.md").read_text("utf-8")
    assert [path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md") if path.name not in index] == []
