"""The part of ``emogui analyze`` that is about videos."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from emogui.commands.console import progress
from emogui.errors import SourceError

if TYPE_CHECKING:
    from emogui.backend.analyzer import Analyzer
    from emogui.types import FrameResult


def add_video_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that concern videos alone."""
    group = parser.add_argument_group("videos")
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--every", type=_count, metavar="N", help="analyse every Nth frame (default: every one)"
    )
    which.add_argument(
        "--fps", type=_rate, metavar="R", help="analyse at most R frames a second of the video"
    )
    group.add_argument(
        "--smoothing",
        type=_seconds,
        default=0.0,
        metavar="S",
        help="smooth each face's probabilities over S seconds (0: as the network gave them)",
    )
    group.add_argument(
        "--long-side",
        type=_count,
        metavar="PIXELS",
        help="look for faces in frames scaled to this long side; more finds smaller faces (320)",
    )


def is_video(path: str) -> bool:
    """Whether an input is a video, told by its content; a GIF is when it moves."""
    from emogui.media.content import holds_video
    from emogui.media.source import VIDEO_SUFFIXES

    return holds_video(Path(path), VIDEO_SUFFIXES)


def analyze_video(
    args: argparse.Namespace,
    analyzer: Analyzer,
    path: str,
    sinks: Sequence[Callable[[FrameResult], None]],
    annotated: Path | None,
) -> bool:
    """Analyses a video and writes one result a frame.

    Args:
        args: with ``every``, ``fps``, ``smoothing``, ``long_side``, ``hide_faces`` and
            ``progress``.
        analyzer: the detector and network.
        path: the video.
        sinks: each takes every result, in order.
        annotated: where to save the video with framed faces; None for nowhere.

    Returns:
        Whether all went well. What goes wrong with a frame, or ends the file, is the error of a
        result of its own; what is wrong with a part of the file is told on standard error.
    """
    from emogui.bulk.frames import AnnotatedVideo, results_of
    from emogui.bulk.video import VideoAnalysis
    from emogui.bulk.work import failed_result
    from emogui.output.durable import Existing
    from emogui.tracking.sequence import FRAME_SIDE

    template = failed_result(analyzer, path, None)
    good = True
    try:
        with ExitStack() as stack:
            video = stack.enter_context(
                VideoAnalysis(
                    path,
                    analyzer,
                    every=args.every,
                    fps=args.fps,
                    smoothing_s=args.smoothing,
                    long_side=args.long_side or FRAME_SIDE,
                )
            )
            pictures = None
            if annotated is not None:
                hide, replace = args.hide_faces, Existing.REPLACE
                pictures = stack.enter_context(
                    AnnotatedVideo(annotated, replace, fps=video.fps, hide=hide)
                )
            results = results_of(video, template)
            for frame, result in progress(results, video.total, "frames", args.progress):
                good = good and result.error is None
                for sink in sinks:
                    sink(result)
                if pictures is not None and frame is not None:
                    pictures.write(frame, result)
            for warning in video.warnings:
                print(f"emogui: {warning}", file=sys.stderr)
            return good
    except SourceError as error:  # it cannot be opened
        for sink in sinks:
            sink(failed_result(analyzer, path, str(error)))
        return False


def _count(text: str) -> int:
    """Reads a whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got '{text}'")
    return value


def _rate(text: str) -> float:
    """Reads a number above 0."""
    value = _number(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got '{text}'")
    return value


def _seconds(text: str) -> float:
    """Reads a number of 0 or more."""
    value = _number(text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"expected 0 or a number of seconds, got '{text}'")
    return value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
