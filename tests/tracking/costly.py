"""An analyzer whose every stage takes a known time of a clock of its own, and a source in time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from emogui.tracking.results import TrackedResult
from emogui.tracking.sequence import SequenceAnalyzer
from emogui.types import Detection, FaceBox, FaceResult, Frame, FrameResult, Image

FPS = 30.0
SIDE = 40


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def pass_ms(self, ms: float) -> None:
        self.now += ms / 1e3


def box(number: int) -> FaceBox:
    return FaceBox(10 + 62 * (number % 5), 20 + 70 * (number // 5), SIDE, SIDE)


@dataclass
class Costly:
    """The stages of an analyzer.

    Attributes:
        detect_ms: a look of the detector.
        batch_ms, face_ms: the network, for a batch and in addition for each of its faces.
        faces: how many there are.
        looks: how often the detector looked.
    """

    detect_ms: float
    batch_ms: float
    face_ms: float
    faces: int
    clock: Clock = field(default_factory=Clock)
    looks: int = 0
    uncertain_below: float = 0.5

    @property
    def whole_ms(self) -> float:
        return self.detect_ms + self.batch_ms + self.faces * self.face_ms

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]:
        self.looks += 1
        self.clock.pass_ms(self.detect_ms)
        return [Detection(box(k), 0.9) for k in range(self.faces)]

    def clear_from(self, long_side: int | None) -> float:
        return 0.4

    def crops(self, image: Image, boxes: Sequence[FaceBox]) -> np.ndarray:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return np.array([grey[b.y : b.bottom, b.x : b.right][:SIDE, :SIDE] for b in boxes])

    def classify(self, crops: np.ndarray) -> list[dict[str, float]]:
        if len(crops):
            self.clock.pass_ms(self.batch_ms + len(crops) * self.face_ms)
        return [{"neutral": 0.3, "happiness": 0.7} for _ in crops]

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


@dataclass
class Live:
    """A source of 30 frames a second before a mailbox in which the newest frame wins.

    Attributes:
        stages: what analyses them.
        changing: whether the faces look different in every frame.
    """

    stages: Costly
    changing: bool = False

    def __post_init__(self) -> None:
        noise = np.random.default_rng(1)
        still = noise.integers(0, 256, (170, 320, 3), dtype=np.uint8)
        self._images = [still]
        if self.changing:
            self._images = [
                np.clip(still * 0.7 + noise.integers(0, 60, still.shape), 0, 255).astype(np.uint8)
                for _ in range(7)
            ]
        self._last = -1
        self.follow = SequenceAnalyzer(self.stages, clock=self.stages.clock)

    def play(self, seconds: float) -> tuple[int, list[TrackedResult]]:
        """Goes on for so long; returns how many frames came, and the results that there are."""
        clock, before, results = self.stages.clock, self._last, list[TrackedResult]()
        end = before + round(seconds * FPS)
        while (newest := max(math.floor(clock.now * FPS + 1e-6), self._last + 1)) <= end:
            clock.now = max(clock.now, newest / FPS)
            image = self._images[newest % len(self._images)]
            results.append(self.follow(Frame(image, newest, newest / FPS, clock.now)))
            self._last = newest
        return self._last - before, results
