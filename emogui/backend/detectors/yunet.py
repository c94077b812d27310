"""YuNet (Wu et al., 2023) through OpenCV's FaceDetectorYN, with a model file of the user's.

The file is not part of emogui. Its checksum must be one of those published in OpenCV's model zoo:
a network file from elsewhere could be damaged, or of a form that OpenCV runs wrongly in silence.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from emogui.backend.detectors.base import (
    COLUMNS,
    OVERLAP_SAME_FACE,
    Table,
    empty_table,
    scaled,
)
from emogui.backend.detectors.thorough import PassDetector
from emogui.errors import DetectorError
from emogui.types import Image

KNOWN_FILES = {
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4": (
        "face_detection_yunet_2023mar.onnx"
    ),
    "321aa5a6afabf7ecc46a3d06bfab2b579dc96eb5c3be7edd365fa04502ad9294": (
        "face_detection_yunet_2023mar_int8.onnx"
    ),
    "d0405ddda91a261af340e087219dfbac26cea1575aab2ccb7f2ed41e20708a82": (
        "face_detection_yunet_2023mar_int8.onnx, its first edition"
    ),
}
"""SHA-256 of the files that are accepted, as OpenCV's model zoo states them."""

WHERE = (
    "https://github.com/opencv/opencv_zoo/blob/main/models/face_detection_yunet/"
    "face_detection_yunet_2023mar.onnx"
)
_HINT = f"Download face_detection_yunet_2023mar.onnx (227 KB) from {WHERE} and name that file."
_MOST_FACES = 5000
_LARGEST_FILE = 10_000_000


class YuNet(PassDetector):
    """Fast and small; finds turned faces too and gives five landmarks.

    Args:
        model_file: the ONNX file.
        threshold: lowest score of a face, 0 to 1.
        live_threshold: the same for quick looks; None takes ``threshold``.

    Raises:
        DetectorError: no file is named, or it is missing, unreadable or not a known YuNet.
    """

    name = "yunet"

    def __init__(
        self,
        model_file: str | Path | None,
        threshold: float = 0.6,
        live_threshold: float | None = None,
    ) -> None:
        super().__init__(threshold, live_threshold)
        data = _checked(model_file)
        if not hasattr(cv2, "FaceDetectorYN"):
            raise DetectorError(
                "This OpenCV has no FaceDetectorYN.",
                "Install a newer one: python3 -m pip install 'opencv-python>=4.14,<5'",
            )
        try:
            # From memory, since OpenCV cannot open every Unicode path on Windows.
            self._net: Any = cv2.FaceDetectorYN.create(
                "onnx",
                np.frombuffer(data, np.uint8),
                np.empty(0, np.uint8),
                (320, 320),
                self.threshold,
                OVERLAP_SAME_FACE,
                _MOST_FACES,
            )
        except cv2.error as error:
            raise DetectorError(f"OpenCV cannot run '{model_file}': {error.err}.", _HINT) from error
        self._busy = threading.Lock()

    def _pass(self, image: Image, long_side: int, threshold: float) -> Table:
        height, width = image.shape[:2]
        factor = long_side / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if size != (width, height):
            method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
            image = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
        with self._busy:  # size and threshold belong to the object
            self._net.setInputSize(size)
            self._net.setScoreThreshold(threshold)
            _, faces = self._net.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        return scaled(table_of(faces), width / size[0], height / size[1])


def table_of(faces: Any) -> Table:
    """OpenCV's rows as a table.

    Args:
        faces: float32 (n, 15): left, top, width, height; x, y of the person's right eye, left
            eye, nose, right and left mouth corner; score. Or None where there is no face.

    Returns:
        The table of :mod:`emogui.backend.detectors.base`. The person's right eye is the one on
        the left of the picture, so the order of the points stays.
    """
    if faces is None or not len(faces):
        return empty_table()
    rows = np.asarray(faces, np.float32)
    table = np.empty((len(rows), COLUMNS), np.float32)
    table[:, :2] = rows[:, :2]
    table[:, 2:4] = rows[:, :2] + rows[:, 2:4]
    table[:, 4] = rows[:, 14]
    table[:, 5:] = rows[:, 4:14]
    return table


def _checked(model_file: str | Path | None) -> bytes:
    if not model_file:
        raise DetectorError("The detector 'yunet' needs a model file, and none was named.", _HINT)
    path = Path(model_file)
    try:
        if not path.is_file():
            raise DetectorError(f"There is no YuNet model file '{path}'.", _HINT)
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST_FILE else b""
    except OSError as error:
        raise DetectorError(
            f"The YuNet model file '{path}' cannot be read: {error.strerror or error}.",
            "Change its permissions, or copy it to a folder of your own.",
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found in KNOWN_FILES:
        return data
    if data.startswith(b"version https://git-lfs"):
        got = "a Git LFS pointer instead of the file itself"
    elif not data:
        got = f"a file of {size:,} bytes"
    else:
        got = f"a file with SHA-256 {found[:16]}... and {size:,} bytes"
    raise DetectorError(
        f"'{path}' is not a YuNet model that is known to work: expected "
        f"{' or '.join(sorted({name.split(',')[0] for name in KNOWN_FILES.values()}))}, got {got}.",
        _HINT,
    )
