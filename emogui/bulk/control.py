"""How a batch is watched, held and ended from outside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from emogui.bulk.checkpoint import Counts


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a batch is.

    Attributes:
        done, total: inputs.
        skipped: those of them that an earlier run had done.
        counts: what was done, all runs together.
        source: the input whose result was written last.
        frame, frames: within a video, the frames that are done and how many there are to do, as
            far as the file tells; 0 and None elsewhere.
        warning: what is wrong with an input that was analysed all the same; mostly empty.
    """

    done: int
    total: int
    skipped: int
    counts: Counts
    source: str = ""
    frame: int = 0
    frames: int | None = None
    warning: str = ""


Tell = Callable[[Progress], None]
"""Called in the thread that runs the batch, after each picture and each frame."""


class BatchControl:
    """Holds and ends a batch; any thread may call these."""

    def __init__(self) -> None:
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether it was told to end."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """Whether it was told to wait."""
        return not self._goes_on.is_set()

    def pause(self) -> None:
        """Has the batch wait; what is under way is finished."""
        self._goes_on.clear()

    def resume(self) -> None:
        """Lets it go on."""
        self._goes_on.set()

    def cancel(self) -> None:
        """Ends it; what was done is kept, and another run goes on from there."""
        self._cancelled = True
        self._goes_on.set()

    def wait(self) -> bool:
        """Waits while it is held; returns whether to go on."""
        while not self._goes_on.wait(0.5):
            pass
        return not self._cancelled
