"""The video of a recording: hidden faces, drawn results, a time line without jumps."""

from __future__ import annotations

from pathlib import Path

from emogui.output.annotate import annotate
from emogui.output.durable import Existing
from emogui.output.privacy import FaceHider, Hiding
from emogui.output.video import VideoWriter
from emogui.types import Frame, FrameResult

_JUMP_S = 1 / 30
"""Time between two frames with a jump of the player between them."""


class VideoTrack:
    """Draws results into frames and writes them as a video.

    Args:
        path: the file.
        existing: what to do where there is one.
        hide: hide the faces; None shows them.

    Raises:
        EmoguiError: the file cannot be opened.
    """

    def __init__(self, path: Path, existing: Existing, hide: Hiding | None) -> None:
        self._writer = VideoWriter(path, existing)
        self._hider = None if hide is None else FaceHider(hide)
        self._last: Frame | None = None
        self._time_s = 0.0

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._writer.size

    def write(self, frame: Frame, result: FrameResult | None) -> bool:
        """Adds a frame.

        Args:
            frame: it is not changed.
            result: what is to be seen in it; None where nobody looked.

        Returns:
            Whether it was added: not where faces are to be hidden and nobody looked for any.

        Raises:
            EmoguiError: the file cannot be written.
        """
        image = frame.image
        if self._hider is not None:
            if result is None:
                return False
            image = self._hider.hide(image, result)
        if result is not None:
            image = annotate(image, result)
        self._writer.write(image, self._time_of(frame))
        return True

    def close(self) -> None:
        """Finishes the file; a second call does nothing.

        Raises:
            EmoguiError: the rest cannot be written.
        """
        self._writer.close()

    def _time_of(self, frame: Frame) -> float:
        """Seconds on a line that goes on where the source jumps or starts again."""
        before, self._last = self._last, frame
        if before is not None:
            since = frame.time_s - before.time_s
            jumped = (frame.session, frame.epoch) != (before.session, before.epoch) or since < 0
            self._time_s += _JUMP_S if jumped else since
        return self._time_s
