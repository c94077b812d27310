"""What is remembered from one frame to the next, beside the places of the faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emogui.tracking.appearance import Look
from emogui.types import FaceBox, Image, Landmarks

MISSED_S = 0.6
"""So long a face that the detector does not find is followed by its pixels alone: a brief turn."""


@dataclass(slots=True, eq=False)
class KnownFace:
    """What is known of a track beside its place.

    Attributes:
        score, landmarks: as the detector gave them last, the landmarks moved along since.
        detected_s: when that was.
        patch: the small picture in which it was seen whole last, and its box there.
        pixels: its pixels in there, once they have been compared.
        crop, probabilities, classified_s: what went through the network last, what came out of
            it, and when.
    """

    score: float
    landmarks: Landmarks | None
    detected_s: float
    patch: tuple[Image, FaceBox] | None = None
    pixels: Look | None = None
    crop: npt.NDArray[np.uint8] | None = None
    probabilities: Mapping[str, float] | None = None
    classified_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What is to be known of the frame before."""

    time_s: float
    epoch: int
    shape: tuple[int, ...]

    def is_another_scene(self, before: Moment) -> bool:
        """Whether nothing can be followed to here from the moment before."""
        elapsed = self.time_s - before.time_s
        jumped = self.epoch != before.epoch and elapsed > MISSED_S
        return elapsed < 0 or jumped or self.shape != before.shape
