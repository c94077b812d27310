"""What becomes of the frames of a video: a result each, whatever goes wrong, and a picture."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from emogui.bulk.video import VideoAnalysis
from emogui.errors import EmoguiError, SourceError
from emogui.output.annotate import annotate
from emogui.output.durable import Existing
from emogui.output.privacy import FaceHider, Hiding
from emogui.output.video import VideoWriter
from emogui.types import Frame, FrameResult

logger = logging.getLogger(__name__)


def results_of(
    video: VideoAnalysis, template: FrameResult
) -> Iterator[tuple[Frame | None, FrameResult]]:
    """Analyses the frames of a video one after another.

    Args:
        video: the analysis, freshly opened.
        template: has source, model, detector and labels for the results of what fails.

    Yields:
        Each frame with its result. What goes wrong with a frame, or ends the file, is the
        ``error`` of a result of its own; the latter has no frame.
    """
    following = 0
    try:
        for frame in video:
            following = frame.index + 1
            yield frame, _result_of(video, frame, template)
    except SourceError as error:
        yield None, replace(template, frame=following, error=str(error))


def _result_of(video: VideoAnalysis, frame: Frame, template: FrameResult) -> FrameResult:
    try:
        return video.analyze(frame)
    except EmoguiError as error:
        failure = str(error)
    except Exception as error:  # one frame must not end a long job
        logger.debug("Unforeseen error with frame %d", frame.index, exc_info=True)
        failure = f"Something unforeseen went wrong: {type(error).__name__}: {error}"
    return replace(template, frame=frame.index, time_s=frame.time_s, error=failure)


class AnnotatedVideo:
    """Frames with framed faces, as a video at their own times.

    The file is made with the first frame: a video that cannot be read leaves none.

    Args:
        path: the file.
        existing: what to do where there is one.
        fps: frames a second as the file's header states them.
        hide: hide the faces; None shows them. Frames whose analysis failed are then left out.
    """

    def __init__(
        self, path: Path, existing: Existing, *, fps: float, hide: Hiding | str | None
    ) -> None:
        self._path, self._existing, self._fps = path, existing, fps
        self._hider = FaceHider(hide) if hide else None
        self._writer: VideoWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, trace)

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Adds a frame.

        Raises:
            EmoguiError: the file cannot be written.
        """
        if self._hider is not None and result.error:
            return
        if self._writer is None:
            self._writer = VideoWriter(self._path, self._existing, fps=self._fps)
        image = frame.image if self._hider is None else self._hider.hide(frame.image, result)
        self._writer.write(annotate(image, result), frame.time_s)
