"""OpenCV's cascade of Haar features (Viola and Jones; Lienhart's frontal face, "alt2").

Kept for comparison with older programs and for computers on which nothing else runs: it is slow,
sees upright frontal faces only, and gives neither a score nor landmarks.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from emogui.backend.detectors.base import (
    COLUMNS,
    Table,
    Thresholds,
    check_image,
    check_long_side,
    empty_table,
    scaled,
    to_detections,
)
from emogui.errors import DetectorError
from emogui.types import Detection, Image

CASCADE = "haarcascade_frontalface_alt2.xml"
THOROUGH_SIDE = 1280
"""Long side to which larger pictures are scaled in the thorough mode."""

_SCALE_STEP = 1.1
_NEIGHBOURS = 3
_SMALLEST = 20  # the cascade's own window
_HINT = (
    "opencv-python 5 has no Haar files; install version 4: "
    "python3 -m pip install --force-reinstall 'opencv-python<5'. Or choose another detector."
)


def cascade_path() -> Path:
    """The cascade's file inside the installed OpenCV.

    Raises:
        DetectorError: this OpenCV has no Haar files.
    """
    data = getattr(cv2, "data", None)
    folder = getattr(data, "haarcascades", None)
    if folder is None:
        raise DetectorError("This OpenCV comes without its Haar files.", _HINT)
    path = Path(folder) / CASCADE
    if not path.is_file():
        raise DetectorError(f"This OpenCV lacks the file {CASCADE}.", _HINT)
    return path


class Haar(Thresholds):
    """Upright frontal faces by OpenCV's cascade.

    Args:
        threshold: kept for the interface; every face has the score 1.0.

    Raises:
        DetectorError: OpenCV has no cascades, or lacks the file.
    """

    name = "haar"

    def __init__(self, threshold: float = 0.5) -> None:
        super().__init__(threshold)
        if not hasattr(cv2, "CascadeClassifier"):
            raise DetectorError("This OpenCV has no CascadeClassifier.", _HINT)
        path = cascade_path()
        self._cascade: Any = _read(path)
        self._busy = threading.Lock()

    def detect(self, image: Image, *, long_side: int | None = None) -> list[Detection]:
        """Finds faces; see :class:`emogui.backend.detectors.base.FaceDetector`.

        Pictures are never enlarged, since the cascade finds faces from 20 pixels on only.
        """
        check_image(image)
        height, width = image.shape[:2]
        side = THOROUGH_SIDE if long_side is None else check_long_side(long_side)
        factor = min(1.0, side / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if size != (width, height):
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        table = scaled(self._pass(cv2.equalizeHist(grey)), width / size[0], height / size[1])
        return to_detections(table, width, height)

    def _pass(self, grey: Any) -> Table:
        with self._busy:  # a cascade keeps its working memory inside
            boxes = self._cascade.detectMultiScale(
                grey, _SCALE_STEP, _NEIGHBOURS, minSize=(_SMALLEST, _SMALLEST)
            )
        if not len(boxes):
            return empty_table()
        found = np.asarray(boxes, np.float32)
        table = np.full((len(found), COLUMNS), np.nan, np.float32)
        table[:, :2] = found[:, :2]
        table[:, 2:4] = found[:, :2] + found[:, 2:]
        table[:, 4] = 1.0
        return table


def _read(path: Path) -> Any:
    """Reads a cascade through memory: OpenCV cannot open every Unicode path on Windows."""
    storage = cv2.FileStorage(
        path.read_text(encoding="utf-8"), cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY
    )
    cascade = cv2.CascadeClassifier()
    try:
        if not cascade.read(storage.getFirstTopLevelNode()):
            raise DetectorError(f"OpenCV cannot read its file {path.name}.", _HINT)
    finally:
        storage.release()
    return cascade
