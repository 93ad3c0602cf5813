"""Print the lower bound of every dependency in pyproject.toml as a pin (`make lowest`)."""

import tomllib
from pathlib import Path


def lowest_versions() -> list[str]:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    return [requirement.replace(">=", "==") for requirement in project["dependencies"]]


if __name__ == "__main__":
    print("\n".join(lowest_versions()))
