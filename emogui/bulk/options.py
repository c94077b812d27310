"""What a batch is asked to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from emogui.errors import UsageError
from emogui.tracking.sequence import FRAME_SIDE

SUBTITLE_FORMATS: Final[tuple[str, ...]] = ("srt", "vtt", "eaf")
"""SubRip, WebVTT, and ELAN's own annotation documents."""

TIME_LIMIT_S: Final = 60.0
"""A picture, or a video without a further frame, is given up after so many seconds of decoding."""

MEMORY_MB: Final = 3072
"""Memory that a decoding process may take beyond what it needs to start."""

FAST_SIDE: Final = 640
"""Long side of the single look that ``--fast`` takes, in pixels."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What a batch is asked to do, beside its inputs.

    Attributes:
        model, detector, detector_model, threshold, labels: see ``emogui.Analyzer``.
        picture_side: long side, in pixels, at which faces are looked for in pictures, once; None
            looks thoroughly, as ``emogui analyze`` does.
        video_side: the same for the frames of videos.
        every: of videos, take frame 0 and every so many frames the next one.
        fps: instead, take at most so many frames a second of the file's own time.
        smoothing_s: time constant of each face's probabilities in videos, in seconds; 0 for none.
        any_suffix: take every file of a folder, whatever its suffix.
        jsonl: write ``frames.jsonl`` too.
        parquet: write ``faces.parquet/`` too.
        annotate: save annotated copies.
        crops: save each face as the network saw it, before it was made grey and resized.
        hide: ``"blur"`` or ``"box"``: hide the faces in annotated copies; None shows them.
        subtitles: formats of :data:`SUBTITLE_FORMATS` to write for each video.
        time_limit_s: see :data:`TIME_LIMIT_S`.
        memory_mb: see :data:`MEMORY_MB`.
        workers: decoding processes; None takes one for each two processors.

    Raises:
        UsageError: options contradict each other or make no sense.
    """

    model: str = "resnet50"
    detector: str = "centerface"
    detector_model: str | None = None
    threshold: float | None = None
    labels: str = "ferplus"
    picture_side: int | None = None
    video_side: int = FRAME_SIDE
    every: int | None = None
    fps: float | None = None
    smoothing_s: float = 0.0
    any_suffix: bool = False
    jsonl: bool = False
    parquet: bool = False
    annotate: bool = False
    crops: bool = False
    hide: str | None = None
    subtitles: tuple[str, ...] = ()
    time_limit_s: float = TIME_LIMIT_S
    memory_mb: int = MEMORY_MB
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.every is not None and self.fps is not None:
            raise UsageError("Either every nth frame or a rate can be asked for, not both.")
        if self.every is not None and self.every < 1:
            raise UsageError(f"Every {self.every}th frame cannot be taken.", "Give 1 or more.")
        if self.fps is not None and not 0 < self.fps < float("inf"):
            raise UsageError(f"{self.fps} frames a second cannot be taken.", "Give a number > 0.")
        if not 0 <= self.smoothing_s < float("inf"):
            raise UsageError(f"{self.smoothing_s} is no time for smoothing.", "Give 0 or more.")
        if self.hide is not None and self.hide not in ("blur", "box"):
            raise UsageError(f"Faces cannot be hidden by '{self.hide}'.", "Give blur or box.")
        if self.hide and not self.annotate:
            raise UsageError("Hiding faces is for annotated copies.", "Ask for those too.")
        if self.hide and self.crops:
            raise UsageError("Crops show the faces.", "Leave out the crops or the hiding.")
        unknown = [name for name in self.subtitles if name not in SUBTITLE_FORMATS]
        if unknown:
            raise UsageError(
                f"There are no subtitles called '{unknown[0]}'.",
                f"Choose of {', '.join(SUBTITLE_FORMATS)}.",
            )
        if not self.time_limit_s > 0 or self.memory_mb < 256 or (self.workers or 1) < 1:
            raise UsageError(
                "The limits make no sense.",
                "Give seconds above 0, at least 256 MB of memory and one worker.",
            )

    def fingerprint(self) -> dict[str, Any]:
        """What must not change when a batch goes on: everything that changes what is written."""
        found = asdict(self)
        for name in ("time_limit_s", "memory_mb", "workers"):
            del found[name]
        found["subtitles"] = sorted(self.subtitles)
        return found
