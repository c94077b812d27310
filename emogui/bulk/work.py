"""The work on one input, from its file to its results, in this process: pictures and videos alike.

It needs nothing of a batch but its options, and keeps nothing, so that any engine can call it; the
pipeline of `emogui.bulk.engine` gives the same results quicker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emogui.backend.analyzer import Analyzer
from emogui.bulk.frames import results_of
from emogui.bulk.options import BatchOptions
from emogui.bulk.video import VideoAnalysis
from emogui.bulk.worklist import WorkItem
from emogui.errors import EmoguiError, SourceError
from emogui.media.content import holds_video
from emogui.media.image import load_image
from emogui.media.source import VIDEO_SUFFIXES
from emogui.types import Frame, FrameResult, Image

logger = logging.getLogger(__name__)


def make_analyzer(options: BatchOptions) -> Analyzer:
    """The analyzer that the options ask for.

    Raises:
        ModelError: there is no such network, or it cannot be loaded.
        DetectorError: there is no such detector, or it cannot be loaded.
        UsageError: the network has no such labels.
    """
    from emogui.backend.detectors import create_detector

    detector = create_detector(
        options.detector, threshold=options.threshold, model_file=options.detector_model
    )
    return Analyzer(options.model, detector, options.labels)


def failed_result(analyzer: Analyzer, path: str, failure: str | None) -> FrameResult:
    """The result of what could not be read or analysed."""
    return FrameResult(
        source=path,
        model=analyzer.classifier.name,
        detector=analyzer.detector.name,
        labels=analyzer.classifier.head,
        error=failure,
    )


def words_for(error: BaseException) -> str:
    """Why a picture could not be read or analysed, for the user."""
    if isinstance(error, EmoguiError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The picture is too large for the memory of this computer."
    return f"Something unforeseen went wrong: {type(error).__name__}: {error}"


def analyze_picture(
    analyzer: Analyzer, path: str, long_side: int | None = None
) -> tuple[FrameResult, Image | None]:
    """A picture's result and its pixels; whatever goes wrong becomes the result's error.

    Args:
        analyzer: the detector and network.
        path: the picture.
        long_side: as in ``Analyzer.analyze``.
    """
    try:
        image = load_image(path)
        if long_side is None:
            result = analyzer.analyze(image, source=path)
        else:
            result = analyzer.analyze(image, source=path, long_side=long_side)
        return replace(result, source=path), image
    except Exception as caught:  # one picture must not end a long job
        if not isinstance(caught, EmoguiError | MemoryError):
            logger.debug("Unforeseen error with %s", path, exc_info=True)
        return failed_result(analyzer, path, words_for(caught)), None


def results_of_item(
    item: WorkItem, analyzer: Analyzer, options: BatchOptions
) -> Iterator[tuple[Image | Frame | None, FrameResult]]:
    """Analyses one input.

    Args:
        item: the input.
        analyzer: the detector and network; not shared with another thread meanwhile.
        options: of the batch.

    Yields:
        A picture with its result, or each wanted frame of a video with its own. What goes wrong is
        the ``error`` of a result; what could not be read has None instead of a picture.
    """
    if item.problem is not None:
        yield None, failed_result(analyzer, item.path, item.problem)
        return
    if not holds_video(Path(item.path), VIDEO_SUFFIXES):
        result, image = analyze_picture(analyzer, item.path, options.picture_side)
        yield image, result
        return
    try:
        with VideoAnalysis(
            item.path,
            analyzer,
            every=options.every,
            fps=options.fps,
            smoothing_s=options.smoothing_s,
            long_side=options.video_side,
        ) as video:
            yield from results_of(video, failed_result(analyzer, item.path, None))
    except SourceError as error:  # it cannot be opened
        yield None, failed_result(analyzer, item.path, str(error))
