"""Where results are kept between processes: kernels, and the numbers of exact solutions.

The folder belongs to the user alone (mode 0700, owner checked). Without a folder that can be written, everything
works from memory and is computed anew each time; a warning says so, once.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

import platformdirs

_warned = False


def cache_directory() -> Path:
    """The folder: ``$BOUTON_CACHE_DIR``, or the user's cache folder."""
    given = os.environ.get("BOUTON_CACHE_DIR")
    return Path(given) if given else Path(platformdirs.user_cache_dir("bouton", appauthor=False))


def usable_folder(name: str) -> Path | None:
    """A folder in it, made if need be; None if it cannot be used safely."""
    folder = cache_directory() / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid"):
            status = folder.stat()
            if status.st_uid != os.getuid():
                give_up(f"{folder} belongs to another user")
                return None
            if status.st_mode & 0o077:
                folder.chmod(0o700)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        give_up(f"{folder} cannot be written ({error.strerror or error})")
        return None
    return folder


def give_up(why: str) -> None:
    """Warn, once a process."""
    global _warned  # noqa: PLW0603
    if not _warned:
        warnings.warn(
            f"{why}; kernels are compiled anew in every process. Set BOUTON_CACHE_DIR to a folder of your own.",
            RuntimeWarning,
            stacklevel=4,
        )
    _warned = True


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that others may read at any time: it is renamed when whole. Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
