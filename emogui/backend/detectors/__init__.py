"""Face detectors behind one interface, chosen by name.

>>> from emogui.backend.detectors import create_detector
>>> faces = create_detector("centerface").detect(image)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from emogui.backend.crop import CropRule
from emogui.backend.detectors.base import FaceDetector, check_threshold
from emogui.errors import DetectorError

__all__ = ["DETECTORS", "DetectorInfo", "FaceDetector", "create_detector"]


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """What can be told about a detector without loading it.

    Attributes:
        name: as on the command line and in results.
        title: as in menus.
        description: one sentence.
        default_threshold: for pictures, 0 to 1.
        live_threshold: for one pass at 320 pixels or fewer, where scores are lower.
        needs_file: whether the user must name a model file.
        crop: the rule that turns this detector's boxes into the framing of FER-2013; detectors
            draw their boxes differently (measured by benchmarks/crop_rule.py).
    """

    name: str
    title: str
    description: str
    default_threshold: float
    live_threshold: float
    needs_file: bool
    crop: CropRule


DETECTORS: Mapping[str, DetectorInfo] = MappingProxyType(
    {
        info.name: info
        for info in (
            DetectorInfo(
                "centerface",
                "CenterFace",
                "Finds small, turned and dim faces; fast. The usual choice.",
                default_threshold=0.5,
                live_threshold=0.4,
                needs_file=False,
                crop=CropRule(1.12, 0.0, -0.01),
            ),
            DetectorInfo(
                "haar",
                "Haar cascade (OpenCV)",
                "Finds upright frontal faces only; slow. For comparison with older programs.",
                default_threshold=0.5,
                live_threshold=0.5,
                needs_file=False,
                crop=CropRule(1.04, 0.0, 0.01),
            ),
            DetectorInfo(
                "yunet",
                "YuNet (OpenCV)",
                "Fast, finds turned faces too; needs a model file that you name.",
                default_threshold=0.6,
                live_threshold=0.6,
                needs_file=True,
                crop=CropRule(1.12, 0.0, -0.01),
            ),
        )
    }
)
"""The detectors by name, the default first."""


def create_detector(
    name: str, *, threshold: float | None = None, model_file: str | Path | None = None
) -> FaceDetector:
    """Builds a detector.

    Args:
        name: one of :data:`DETECTORS`.
        threshold: lowest score of a face, 0 to 1, at every size; None for the detector's own, of
            which there is one for pictures and one for a live camera.
        model_file: for the detectors that need one; the others take none.

    Returns:
        A detector that may be used from several threads.

    Raises:
        DetectorError: the name is unknown, the threshold is not within 0 to 1, or a file or
            library is missing or wrong.
    """
    if name not in DETECTORS:
        raise DetectorError(
            f"There is no face detector '{name}'.", f"Choose one of: {', '.join(DETECTORS)}."
        )
    info = DETECTORS[name]
    level = check_threshold(info.default_threshold if threshold is None else threshold)
    live = info.live_threshold if threshold is None else level
    if name == "yunet":
        from emogui.backend.detectors.yunet import YuNet

        return YuNet(model_file, level, live)
    if model_file:
        raise DetectorError(
            f"The detector '{name}' takes no model file, but '{model_file}' was named.",
            "Leave the file out, or choose 'yunet'.",
        )
    if name == "haar":
        from emogui.backend.detectors.haar import Haar

        return Haar(level)
    from emogui.backend.detectors.centerface import CenterFace

    return CenterFace(level, live)
