"""What is published: version 1 of the schema. docs/publishing.md describes it for receivers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Final, Literal

from emogui.types import FrameResult
from emogui.version import __version__

SCHEMA: Final = "emogui"
VERSION: Final = 1
"""Goes up when a receiver of the version before could misread a message; what is merely added
does not raise it."""

EventKind = Literal[
    "recording_started", "recording_ended", "face_appeared", "face_left", "mark"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What the frames of one recording have in common.

    A recording here is a stretch in which the faces keep their numbers: it ends with the source,
    and where detection is switched off or another network is chosen.

    Attributes:
        id: random, of 32 hexadecimal digits; tells nothing of who or where.
        source: what runs; of a file its name without the folders.
        model, detector, head: names, as in `FrameResult`; labels: in the order of probabilities.
    """

    id: str
    source: str
    model: str
    detector: str
    head: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A frame's result on its way out; it does not hold the picture.

    Attributes:
        recording: which one it belongs to.
        result: the result.
        captured_at: ``time.monotonic()`` of the frame.
    """

    recording: RecordingInfo
    result: FrameResult
    captured_at: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        kind: what.
        recording: id of the recording; ``""`` where none runs.
        time_s: time in the source, in seconds.
        at: ``time.monotonic()`` of the frame, or of the moment of a mark.
        face_id: number of the face; None where it is about none.
    """

    kind: EventKind
    recording: str
    time_s: float
    at: float
    face_id: int | None = None


Message = RecordingInfo | Event | Published


def hello_fields(recording: RecordingInfo | None) -> dict[str, Any]:
    """The message that opens a connection and every recording.

    Args:
        recording: the present one; None before the first.
    """
    return {
        "type": "hello",
        "schema": SCHEMA,
        "version": VERSION,
        "program": f"emogui {__version__}",
        "recording": recording.id if recording else None,
        "source": recording.source if recording else None,
        "model": recording.model if recording else None,
        "detector": recording.detector if recording else None,
        "head": recording.head if recording else None,
        "labels": list(recording.labels) if recording else [],
    }


def frame_fields(published: Published) -> dict[str, Any]:
    """A frame, with the fields of a line of ``emogui analyze`` and three more."""
    return {
        "type": "frame",
        "recording": published.recording.id,
        "captured_at": wall_clock(published.captured_at),
        "sent_at": wall_clock(time.monotonic()),
        **published.result.as_dict(),
    }


def event_fields(event: Event) -> dict[str, Any]:
    """An event."""
    return {
        "type": "event",
        "event": event.kind,
        "recording": event.recording or None,
        "face_id": event.face_id,
        "time_s": round(event.time_s, 4),
        "captured_at": wall_clock(event.at),
        "sent_at": wall_clock(time.monotonic()),
    }


def to_json(message: Message | None) -> str:
    """A message as JSON text; None is the hello before the first recording."""
    if isinstance(message, Published):
        fields = frame_fields(message)
    elif isinstance(message, Event):
        fields = event_fields(message)
    else:
        fields = hello_fields(message)
    return json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def wall_clock(monotonic_s: float) -> float:
    """A moment of ``time.monotonic()`` in seconds since 1970 (UTC), to the tenth millisecond."""
    return round(time.time() - (time.monotonic() - monotonic_s), 4)
