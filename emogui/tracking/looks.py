"""What the detector found in frames that are still to be analysed.

Where the detector looks at every frame, what it finds in one depends on no other: it can look at
the next frame in the thread that reads them, while the network runs on the one before.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from emogui.types import Detection, Image


@dataclass(frozen=True, slots=True)
class Look:
    """A look of the detector at a frame: what it found, and the milliseconds that it took."""

    found: list[Detection]
    ms: float


class LooksAhead:
    """Keeps looks until their frames come; one thread looks, another one takes.

    Args:
        detect: finds the faces of a picture; may be called in several threads.

    Attributes:
        now: the same function, for a picture that is analysed at once.
    """

    def __init__(self, detect: Callable[[Image], list[Detection]]) -> None:
        self.now = detect
        # By the picture, which is held by whoever is to analyse it, not here: what is known of
        # one that nobody wants any more goes with it.
        self._looks: dict[int, tuple[weakref.ref[Image], Look]] = {}

    def look(self, image: Image) -> None:
        """Looks at a picture that will be taken later. When that fails, it is not there then."""
        start = time.perf_counter()
        try:
            found = self.now(image)
        except Exception:  # it is raised where the picture is analysed
            return
        key, looks = id(image), self._looks
        gone = weakref.ref(image, lambda _: looks.pop(key, None))
        looks[key] = gone, Look(found, 1e3 * (time.perf_counter() - start))

    def take(self, image: Image) -> Look | None:
        """The look at this very picture, if there was one."""
        _, look = self._looks.pop(id(image), (None, None))
        return look

    def __len__(self) -> int:
        return len(self._looks)
