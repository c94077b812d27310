"""What a recording is to hold, and how one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from emogui.errors import EmoguiError
from emogui.output.durable import Existing
from emogui.output.privacy import Hiding

_JSON, _CSV, _VIDEO = SUFFIXES = (".jsonl", ".csv", ".mp4")
"""Of the files that lie side by side."""

_NAME: Final = "emogui-%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What to record, and where.

    Attributes:
        json, csv, video: the files (.jsonl, .csv, .mp4); None for none.
        labels: the labels of the table; None takes those of the first face.
        hide: hide the faces in the video; None shows them.
        existing: what to do where the files exist. A video is never appended to.
        every_frame: the source waits where the disk is slower, instead of frames of the video
            being left out; for files that are not played in real time.
    """

    json: Path | None = None
    csv: Path | None = None
    video: Path | None = None
    labels: Sequence[str] | None = None
    hide: Hiding | None = None
    existing: Existing = Existing.REFUSE
    every_frame: bool = False

    @classmethod
    def in_folder(
        cls,
        folder: str | Path,
        *,
        results: bool = True,
        video: bool = True,
        labels: Sequence[str] | None = None,
        hide: Hiding | None = None,
        now: datetime | None = None,
    ) -> RecordingPlan:
        """Files called ``emogui-YYYYmmdd-HHMMSS`` side by side in a folder.

        A number is added to the name where one of them exists; nothing is ever overwritten.

        Args:
            folder: where; it has to be there when the recording starts.
            results: record the results, as JSON Lines and as a table.
            video: record the annotated video.
            labels: see above.
            hide: see above.
            now: local time for the name; by default the present one.
        """
        name = (now or datetime.now()).strftime(_NAME)
        base, number = Path(folder) / name, 1
        while any(base.with_suffix(suffix).exists() for suffix in SUFFIXES):
            number += 1
            base = Path(folder) / f"{name}-{number}"
        return cls(
            json=base.with_suffix(_JSON) if results else None,
            csv=base.with_suffix(_CSV) if results else None,
            video=base.with_suffix(_VIDEO) if video else None,
            labels=labels,
            hide=hide,
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files that are written."""
        return tuple(path for path in (self.json, self.csv, self.video) if path is not None)


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """How a recording stands.

    Attributes:
        running: whether anything is being recorded.
        opened: whether all files were opened, or refused.
        seconds: since the start, or how long it took.
        results: results written.
        frames: frames written to the video.
        left_out: frames that the video lacks since the disk or the encoder was too slow.
        withheld: frames that the video lacks since their faces were to be hidden, and nobody
            had looked for any.
        size: bytes in the files.
        errors: what went wrong, for the user to see, in the order of time. A file that failed
            keeps what was written before; the others go on.
    """

    running: bool
    opened: bool
    seconds: float
    results: int
    frames: int
    left_out: int
    withheld: int
    size: int
    errors: tuple[EmoguiError, ...] = ()

    @property
    def error(self) -> EmoguiError | None:
        """The first thing that went wrong."""
        return self.errors[0] if self.errors else None
