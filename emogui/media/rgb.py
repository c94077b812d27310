"""From FFmpeg's frames, of whatever pixel format, to upright RGB."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from emogui.media.pixels import over_white
from emogui.types import Image

if TYPE_CHECKING:
    import av

_TURNED, _UPRIGHT = (0, 1, 1, 0), (1, 0, 0, 1)


class RgbConverter:
    """Converts the frames of one video; keeps FFmpeg's tables from frame to frame.

    Colours follow the frame's own colour space. More than 8 bits are scaled down linearly, so
    that HDR looks pale, and transparent parts lie over white.
    """

    def __init__(self) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._reformatter = VideoReformatter()
        self._point = Interpolation.POINT
        self._transparent: dict[str, bool] = {}
        self._matrix = _UPRIGHT

    def convert(self, frame: av.VideoFrame) -> Image:
        """The frame as RGB uint8 (height, width, 3), C-contiguous, turned as it is to be shown."""
        form = frame.format.name
        transparent = self._transparent.get(form)
        if transparent is None:
            transparent = any(component.is_alpha for component in frame.format.components)
            self._transparent[form] = transparent
        converted = self._reformatter.reformat(
            frame,
            format="rgba" if transparent else "rgb24",
            # Nothing is scaled but colour planes of half the size. One thread: to start more
            # takes longer than the work (measured at 640x480 and 1920x1080).
            interpolation=self._point,
            threads=1,
        )
        image = np.asarray(converted.to_ndarray(), np.uint8)
        if transparent:
            image = over_white(image)
        if frame.key_frame:  # it cannot change in between
            self._matrix = _display_matrix(frame)
        return _turned(np.ascontiguousarray(image), self._matrix)


def _display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """The signs of (a, b, c, d), which take (x, y) to (a x + c y, b x + d y)."""
    from av.sidedata.sidedata import Type

    # Asked by its key: to walk through all side data copies motion vectors and captions.
    data = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
    if data is None:
        return _UPRIGHT
    values = struct.unpack("=9i", bytes(data)[:36])
    a, b, c, d = ((value > 0) - (value < 0) for value in (*values[0:2], *values[3:5]))
    return a, b, c, d


def _turned(image: Image, matrix: tuple[int, int, int, int]) -> Image:
    import cv2

    shape = tuple(map(abs, matrix))
    if matrix == _UPRIGHT or shape not in (_UPRIGHT, _TURNED):
        return image  # a camera held askew is shown as it is
    a, b, c, d = matrix
    turned = image
    across, down = a, d
    if shape == _TURNED:
        turned = np.asarray(cv2.transpose(image), np.uint8)
        across, down = c, b
    if across < 0 and down < 0:
        turned = np.asarray(cv2.flip(turned, -1), np.uint8)
    elif across < 0:
        turned = np.asarray(cv2.flip(turned, 1), np.uint8)
    elif down < 0:
        turned = np.asarray(cv2.flip(turned, 0), np.uint8)
    return turned
