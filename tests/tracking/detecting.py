"""The real detector with a network that only counts: what following faces needs, and quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emogui.backend.crop import CropRule, crop_face, prepare
from emogui.backend.detectors import create_detector
from emogui.types import Detection, FaceBox, FaceResult, FrameResult, Image


class Detecting:
    """The stages of an analyzer; the detector can be told to be blind.

    Attributes:
        looks: how often the detector looked.
        batches: how many faces went through the network, a batch each.
        happy: what the network says.
    """

    uncertain_below = 0.5

    def __init__(self) -> None:
        self.detector = create_detector("centerface")
        self.looks, self.batches = 0, list[int]()
        self.happy, self.blind = 0.8, False

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]:
        self.looks += 1
        if self.blind:
            return []
        threshold = self.clear_from(long_side) * (0.5 if faint else 1.0)
        return self.detector.detect(image, long_side=long_side, threshold=threshold)  # type: ignore[call-arg]

    def clear_from(self, long_side: int | None) -> float:
        return 0.4

    def crops(self, image: Image, boxes: Sequence[FaceBox]) -> np.ndarray:
        return prepare([crop_face(image, box, CropRule()) for box in boxes], 96)[..., 0]

    def classify(self, crops: np.ndarray) -> list[dict[str, float]]:
        self.batches.append(len(crops))
        return [{"neutral": 1 - self.happy, "happiness": self.happy} for _ in crops]

    def result(
        self,
        image: Image,
        faces: Sequence[FaceResult],
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        timings_ms: Mapping[str, float] | None = None,
    ) -> FrameResult:
        height, width = image.shape[:2]
        return FrameResult(
            source, frame, time_s, width, height, tuple(faces), timings_ms=timings_ms or {}
        )
