"""What the user chose to analyse pictures with, and how an analyzer is made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from emogui.backend.picture_analyzer import PictureAnalyzer
from emogui.types import FrameResult, Image

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation

DEFAULT_MODEL = "resnet50"
DEFAULT_LABELS = "ferplus"
DEFAULT_DETECTOR = "centerface"


@dataclass(frozen=True, slots=True)
class Choice:
    """Model, head, detector and threshold; equal choices need the same analyzer.

    Attributes:
        model: name of a shipped network, or the folder of one.
        labels: name of the head (``"ferplus"`` or ``"fer2013"``).
        detector: name of the face detector.
        detector_file: model file of a detector that needs one; ``""`` otherwise.
        threshold: lowest detection score of a face, 0 to 1; None for the detector's own.
    """

    model: str = DEFAULT_MODEL
    labels: str = DEFAULT_LABELS
    detector: str = DEFAULT_DETECTOR
    detector_file: str = ""
    threshold: float | None = None


class WindowAnalyzer(PictureAnalyzer, Protocol):
    """The part of ``emogui.Analyzer`` that the window uses."""

    def explain(
        self,
        image: Image,
        result: FrameResult,
        *,
        faces: Sequence[int] | None = None,
        emotion: str | None = None,
        load_keras: bool = True,
    ) -> tuple[Explanation, ...]: ...

    def warm_up(self) -> None: ...


AnalyzerFactory = Callable[[Choice], WindowAnalyzer]
"""Makes an analyzer; slow (it reads models), so only ever called in a worker thread."""


def make_analyzer(choice: Choice) -> WindowAnalyzer:
    """Loads the models of a choice. Takes up to a second or so; call it in a worker thread.

    Raises:
        ModelError: the network cannot be used.
        DetectorError: the detector cannot be built, for example because its file is missing.
    """
    from emogui.backend.analyzer import Analyzer
    from emogui.backend.detectors import create_detector

    detector = create_detector(
        choice.detector,
        threshold=choice.threshold,
        model_file=choice.detector_file or None,
    )
    return Analyzer(choice.model, detector, choice.labels)
