"""Scales and mirrors live frames in a thread of its own, so that Tk's thread only pastes."""

from __future__ import annotations

import itertools
import logging
import math
import threading
from dataclasses import dataclass

from PIL import Image as PilImage

from emogui.gui.viewport import MAX_FIT
from emogui.live.mailbox import Mailbox
from emogui.types import Frame

logger = logging.getLogger(__name__)

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Wish:
    """How frames are to be drawn.

    Attributes:
        width, height: of the view, in pixels.
        mirrored: left to right.
        most_pixels: a larger picture would take too long to paste.
    """

    width: int
    height: int
    mirrored: bool
    most_pixels: int


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A frame as it is to be pasted.

    Attributes:
        frame: what it was made from.
        picture: RGB, scaled and perhaps mirrored.
        scale: its pixels for each pixel of the frame.
        mirrored: whether it is.
    """

    frame: Frame
    picture: PilImage.Image
    scale: float
    mirrored: bool


def fitted_scale(width: int, height: int, wish: Wish) -> float:
    """Pixels of the view for each pixel of a frame of that size."""
    affordable = math.sqrt(wish.most_pixels / (width * height))
    return min(wish.width / width, wish.height / height, MAX_FIT, affordable)


def render(frame: Frame, wish: Wish) -> Rendered:
    """Scales a frame into a view."""
    import cv2

    height, width = frame.image.shape[:2]
    scale = fitted_scale(width, height, wish)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = frame.image
    if size != (width, height):
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = cv2.resize(image, size, interpolation=method)  # type: ignore[assignment]
    if wish.mirrored:
        image = cv2.flip(image, 1)  # type: ignore[assignment]
    return Rendered(frame, PilImage.fromarray(image), scale, wish.mirrored)


class LiveRenderer:
    """A thread that draws the newest frame as is wished; frames in between are left out."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._last: Frame | None = None
        self._lock = threading.Lock()
        self._in: Mailbox[Frame] = Mailbox()
        self._out: Mailbox[Rendered] = Mailbox()
        self._thread = threading.Thread(
            target=self._run, name=f"live-render-{next(_numbers)}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Takes a frame from any thread; returns at once."""
        self._in.put(frame)

    def wish(self, wish: Wish) -> None:
        """Has the next frames drawn differently, and the last one again."""
        with self._lock:
            if wish == self._wish:
                return
            self._wish, last = wish, self._last
        if last is not None:
            self._in.offer(last)

    def take(self) -> Rendered | None:
        """The newest picture that was not taken yet; never waits."""
        return self._out.take()

    def stop(self) -> None:
        """Ends the thread soon; returns at once."""
        self._in.close()
        self._out.close()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while (frame := self._in.take(None)) is not None:
            with self._lock:
                self._last, wish = frame, self._wish
            try:
                self._out.put(render(frame, wish))
            except Exception:
                logger.exception("A frame could not be drawn")
