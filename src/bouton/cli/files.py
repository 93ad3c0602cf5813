"""Files that commands write: refused before anything runs, if it can be known then."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bouton.errors import Code, NetworkError

OPTION = "--out"


def check_folder(folder: Path) -> None:
    """Make a folder to write in. Raises NetworkError (E401)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        raise unwritable(folder, error, "a folder, or a place in which one can be made") from None


def check_file(path: Path) -> None:
    """See whether a file can be written; one that is there stays as it is. Raises NetworkError (E401)."""
    try:
        new = not path.exists()
        with path.open("ab"):
            pass
        if new:
            path.unlink()
    except (OSError, ValueError) as error:  # ValueError: a null byte
        raise unwritable(path, error, "a file in a folder that is there") from None


def unwritable(path: Path, error: OSError | ValueError, expected: str) -> NetworkError:
    """The refusal of a place that cannot be written."""
    why = getattr(error, "strerror", None) or error
    return NetworkError(Code.BAD_VALUE, f"{path} cannot be written ({why})", where=OPTION, expected=expected)
