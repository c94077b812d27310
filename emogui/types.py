"""The frozen data classes that travel through emogui.

Pictures are RGB ``uint8`` arrays of shape (height, width, 3); boxes and landmarks are in pixels
of the picture they belong to, with the origin at its top left corner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""An RGB picture, uint8, shape (height, width, 3)."""

Point = tuple[float, float]
"""(x, y) in pixels."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """An upright rectangle in whole pixels: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def area(self) -> int:
        return self.w * self.h

    def iou(self, other: FaceBox) -> float:
        """Intersection over union with another box, 0 to 1."""
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        if across <= 0 or down <= 0:
            return 0.0
        shared = across * down
        return shared / (self.area + other.area - shared)

    def clipped(self, width: int, height: int) -> FaceBox:
        """The part of the box inside a picture of that size (zero-sized if there is none)."""
        left, top = min(max(self.x, 0), width), min(max(self.y, 0), height)
        right, bottom = min(max(self.right, 0), width), min(max(self.bottom, 0), height)
        return FaceBox(left, top, max(0, right - left), max(0, bottom - top))

    def as_dict(self) -> dict[str, int]:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points of a face, as the picture shows them (``left_eye`` is the one on the left)."""

    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that a detector found.

    Attributes:
        box: clipped to the picture.
        score: the detector's own score, 0 to 1; 1.0 where the detector has none.
        landmarks: five points, or None where the detector gives none.
    """

    box: FaceBox
    score: float
    landmarks: Landmarks | None = None


@dataclass(frozen=True, slots=True)
class FaceResult:
    """One face of one picture and how it appears to feel.

    Attributes:
        face_id: number of the face within the picture, or of its track within a video.
        box: the detector's box in the picture.
        detection_score: 0 to 1.
        landmarks: five points, or None.
        probabilities: emotion to probability, in the order of the model's labels; they sum to 1.
        uncertain: True when the emotion should not be relied on.
        uncertain_reason: why, in words a user can read; None when not uncertain.
    """

    face_id: int
    box: FaceBox
    detection_score: float
    landmarks: Landmarks | None
    probabilities: Mapping[str, float]
    uncertain: bool = False
    uncertain_reason: str | None = None

    @property
    def emotion(self) -> str:
        """The most probable emotion."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The probability of that emotion."""
        return max(self.probabilities.values())

    def as_dict(self) -> dict[str, Any]:
        """The face as in the JSON Lines output."""
        return {
            "face_id": self.face_id,
            "box": self.box.as_dict(),
            "detection_score": round(self.detection_score, 4),
            "emotion": self.emotion,
            "confidence": round(self.confidence, 4),
            "uncertain": self.uncertain,
            "uncertain_reason": self.uncertain_reason,
            "probabilities": {k: round(v, 4) for k, v in self.probabilities.items()},
        }


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Everything found in one picture or frame.

    Attributes:
        source: path, address or camera as the user gave it; ``""`` for a bare array.
        frame: number of the frame, 0 for a picture.
        time_s: time of the frame in its video, in seconds; 0.0 for a picture.
        width, height: size of the picture in pixels; None where it could not be read.
        faces: largest first.
        model, detector: their names; labels: the head's name (``"ferplus"`` or ``"fer2013"``).
        timings_ms: stage (``"detect"``, ``"crop"``, ``"classify"``, ``"total"``) to milliseconds.
        error: why the picture could not be analysed; None when it was.
    """

    source: str = ""
    frame: int = 0
    time_s: float = 0.0
    width: int | None = None
    height: int | None = None
    faces: tuple[FaceResult, ...] = ()
    model: str = ""
    detector: str = ""
    labels: str = "ferplus"
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The result as one line of the JSON Lines output."""
        return {
            "source": self.source,
            "frame": self.frame,
            "time_s": round(self.time_s, 4),
            "width": self.width,
            "height": self.height,
            "faces": [face.as_dict() for face in self.faces],
            "model": self.model,
            "detector": self.detector,
            "timings_ms": {k: round(v, 2) for k, v in self.timings_ms.items()},
            "error": self.error,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture on its way in from a camera or a video.

    Attributes:
        image: RGB uint8 (height, width, 3).
        index: number of the frame in its source, from 0.
        time_s: time in the source, in seconds.
        captured_at: ``time.monotonic()`` at which it was due (a played file) or read (a camera).
        session: number of the session that delivered it, so that a late one can be dropped.
        epoch: how often its player had been told to jump, so that one from before the last jump
            can be dropped; 0 where nothing jumps.
    """

    image: Image
    index: int
    time_s: float
    captured_at: float
    session: int = 0
    epoch: int = 0
