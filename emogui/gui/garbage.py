"""Keeps Python's garbage collector on Tk's thread while a window is open.

The collector runs in whichever thread happens to allocate. If that is a worker, it finalises
what belongs to Tk (images, variables, the interpreter itself) there, and Tk then waits for its
own thread, for ever if the window is closing. So automatic collection is switched off, and the
window's loop collects instead.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from time import monotonic

YOUNG_S = 1.0
ALL_S = 60.0


class Collector:
    """Collects in the thread that calls ``turn``."""

    def __init__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._young = self._all = monotonic()

    def turn(self) -> None:
        """Collects if it is time: young objects each second, everything each minute."""
        now = monotonic()
        if now - self._all > ALL_S:
            self._all = self._young = now
            gc.collect()
        elif now - self._young > YOUNG_S:
            self._young = now
            gc.collect(1)

    @staticmethod
    def settle() -> None:
        """Takes all that exists now for lasting, so that later collections are short.

        To be called when everything is imported and loaded.
        """
        gc.freeze()

    def stop(self) -> None:
        """Collects what the window left behind, then lets Python collect by itself again."""
        gc.unfreeze()
        gc.collect()
        if self._was_enabled:
            gc.enable()


def return_memory() -> None:
    """Gives freed memory back to the system; takes some milliseconds, so call it in a worker.

    The threads of each source have heaps of their own, in which glibc would keep what was freed:
    a few MB more after each start and stop.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)
