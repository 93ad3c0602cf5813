"""Refuse a wheel that lacks a file of the package, or carries one that is not of the package.

usage: wheel_contents.py WHEEL
"""

import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


def main(wheel: str) -> int:
    """Compare the wheel with the source tree; the exit status."""
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    present = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file()}
    present = {name for name in present if "__pycache__" not in name and ".egg-info/" not in name}
    for name in sorted(present - packed):
        print("not in the wheel:", name)
    for name in sorted(packed - present):
        print("in the wheel, not in src:", name)
    print(f"{Path(wheel).name}: {len(packed)} files")
    return int(packed != present)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
