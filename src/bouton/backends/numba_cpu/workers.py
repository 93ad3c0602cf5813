"""The threads beside the first, all of them there before any begins: who waits for one that never comes waits for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import final

from bouton.errors import Code, SimulationError


@final
class Workers:
    """So many threads of this process.

    Raises SimulationError (E605) if the system does not give them.
    """

    def __init__(self, number: int) -> None:
        self._process = os.getpid()
        self._pool = ThreadPoolExecutor(number, "bouton")
        here = threading.Barrier(number + 1)
        try:
            for _ in range(number):
                self._pool.submit(here.wait)
        except RuntimeError as error:
            here.abort()
            self._pool.shutdown()
            raise SimulationError(
                Code.NO_ROOM,
                f"the system does not give {number + 1} threads",
                where="Simulation.run",
                expected=f"fewer threads: this machine has {os.cpu_count() or 1} processors",
            ) from error
        here.wait()

    @property
    def are_here(self) -> bool:
        """False in a process that was forked from theirs, into which threads do not come along."""
        return self._process == os.getpid()

    def submit(self, function: Callable[[int], int], part: int) -> Future[int]:
        """Let a thread that does nothing yet call a function with its part."""
        return self._pool.submit(function, part)
