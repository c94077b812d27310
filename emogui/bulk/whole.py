"""Analyses all of a video file into files: results, the annotated video, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from emogui.backend.picture_analyzer import PictureAnalyzer
from emogui.bulk.frames import AnnotatedVideo, results_of
from emogui.bulk.video import VideoAnalysis
from emogui.output.durable import Existing
from emogui.output.privacy import Hiding
from emogui.output.streams import ResultStream
from emogui.types import FrameResult

_SUFFIXES = (".jsonl", ".csv", ".mp4")


@dataclass(frozen=True, slots=True)
class WholeVideoFiles:
    """What to write; nothing that exists is overwritten.

    Attributes:
        json, csv, video: the files; None for none.
        labels: the labels of the table.
        hide: hide the faces in the video; None shows them.
    """

    json: Path | None = None
    csv: Path | None = None
    video: Path | None = None
    labels: Sequence[str] | None = None
    hide: Hiding | None = None

    @classmethod
    def in_folder(
        cls,
        folder: str | Path,
        source: str,
        *,
        results: bool,
        video: bool,
        labels: Sequence[str] | None = None,
        hide: Hiding | None = None,
    ) -> Self:
        """Files called after the video, ``NAME-emogui.jsonl`` and so on.

        A number is added where one of them exists.

        Args:
            folder: where.
            source: the video.
            results: write the results, as JSON Lines and as a table.
            video: write the annotated video.
            labels: see above.
            hide: see above.
        """
        name, number = f"{Path(source).stem}-emogui", 1
        base = name
        while any(Path(folder, base + suffix).exists() for suffix in _SUFFIXES):
            number += 1
            base = f"{name}-{number}"
        json, csv, mp4 = (Path(folder, base + suffix) for suffix in _SUFFIXES)
        return cls(
            json=json if results else None,
            csv=csv if results else None,
            video=mp4 if video else None,
            labels=labels,
            hide=hide,
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files that are written."""
        return tuple(path for path in (self.json, self.csv, self.video) if path is not None)


@dataclass(frozen=True, slots=True)
class WholeVideoOutcome:
    """What came of it.

    Attributes:
        frames: frames that have a result.
        failed: those of them that could not be analysed, and the end of a file that cannot be
            read on.
        warnings: what is wrong with the part that was read, a sentence each.
        complete: False where it was cancelled.
    """

    frames: int
    failed: int
    warnings: tuple[str, ...]
    complete: bool


def analyze_whole(
    path: str,
    analyzer: PictureAnalyzer,
    files: WholeVideoFiles,
    template: FrameResult,
    *,
    tell: Callable[[int, int | None], None] = lambda _done, _of: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> WholeVideoOutcome:
    """Analyses every frame of a video, as fast as this computer can.

    Args:
        path: the video.
        analyzer: an ``emogui.Analyzer``, for this call alone.
        files: what to write; of use whatever ends the program.
        template: see `results_of`.
        tell: called after each frame with how many are done, and how many there are as far as
            the file tells.
        cancelled: asked before each frame; True ends it, and what was written is kept.

    Raises:
        SourceError: the video cannot be opened; no file is made then.
        EmoguiError: a file cannot be opened or written; what was written is kept.
    """
    done = failed = 0
    complete = True
    with VideoAnalysis(path, analyzer) as video, ExitStack() as stack:
        sinks = [
            stack.enter_context(ResultStream(name, table=table, labels=files.labels))
            for name, table in ((files.json, False), (files.csv, True))
            if name is not None
        ]
        annotated = None
        if files.video is not None:
            annotated = stack.enter_context(
                AnnotatedVideo(files.video, Existing.REFUSE, fps=video.fps, hide=files.hide)
            )
        for frame, result in results_of(video, template):
            for sink in sinks:
                sink.write(result)
            if annotated is not None and frame is not None:
                annotated.write(frame, result)
            done += frame is not None
            failed += result.error is not None
            tell(done, video.total)
            if cancelled():
                complete = False
                break
        return WholeVideoOutcome(done, failed, video.warnings, complete)
