"""How a picture lies in its view: fit or zoomed, moved about. Pure arithmetic, no Tk."""

from __future__ import annotations

from dataclasses import dataclass

from emogui.types import FaceBox

MAX_FIT = 8.0
"""A tiny picture, such as one of FER-2013's 48 pixels, is not blown up further than that."""
MIN_SCALE, MAX_SCALE = 0.02, 16.0
ZOOM_STEP = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """What has to be drawn: a part of the picture, and where it comes to lie in the view.

    Attributes:
        left, top, right, bottom: the part, in whole pixels of the picture.
        x, y, width, height: the place, in whole pixels of the view.
    """

    left: int
    top: int
    right: int
    bottom: int
    x: int
    y: int
    width: int
    height: int


class Viewport:
    """The mapping between a picture and a view; both sizes in pixels, at least 1."""

    def __init__(self) -> None:
        self._picture = (1, 1)
        self._view = (1, 1)
        self._zoom: float | None = None
        self._middle = (0.5, 0.5)

    @property
    def fitted(self) -> bool:
        return self._zoom is None

    @property
    def scale(self) -> float:
        """Pixels of the view for each pixel of the picture."""
        if self._zoom is not None:
            return self._zoom
        (width, height), (across, down) = self._picture, self._view
        return min(across / width, down / height, MAX_FIT)

    def set_picture(self, width: int, height: int) -> None:
        """Takes another picture and fits it."""
        self._picture = (max(1, width), max(1, height))
        self.fit()

    def set_view(self, width: int, height: int) -> None:
        self._view = (max(1, width), max(1, height))
        self._clamp()

    def fit(self) -> None:
        self._zoom = None
        self._middle = (self._picture[0] / 2, self._picture[1] / 2)

    def zoom_to(self, scale: float, at: tuple[float, float] | None = None) -> None:
        """Zooms to a scale, keeping the point ``at`` of the view (its middle) where it is."""
        at = at or (self._view[0] / 2, self._view[1] / 2)
        x, y = self.to_picture(*at)
        self._zoom = min(max(scale, MIN_SCALE), MAX_SCALE)
        self._middle = (
            x - (at[0] - self._view[0] / 2) / self._zoom,
            y - (at[1] - self._view[1] / 2) / self._zoom,
        )
        self._clamp()

    def pan(self, dx: float, dy: float) -> None:
        """Moves the picture by pixels of the view."""
        x, y = self._middle
        self._middle = (x - dx / self.scale, y - dy / self.scale)
        self._clamp()

    def _clamp(self) -> None:
        """Keeps the picture in sight: no further in than its edge, centred where it is small."""
        middle = []
        for at, length, room in zip(self._middle, self._picture, self._view, strict=True):
            half = room / self.scale / 2
            middle.append(length / 2 if 2 * half >= length else min(max(at, half), length - half))
        self._middle = (middle[0], middle[1])

    @property
    def offset(self) -> tuple[float, float]:
        """Where the picture's top left corner lies in the view."""
        scale = self.scale
        return (
            self._view[0] / 2 - self._middle[0] * scale,
            self._view[1] / 2 - self._middle[1] * scale,
        )

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        left, top = self.offset
        return (x - left) / self.scale, (y - top) / self.scale

    def to_view(self, box: FaceBox) -> tuple[float, float, float, float]:
        """A box of the picture as left, top, right, bottom in the view."""
        (left, top), scale = self.offset, self.scale
        return (
            left + box.x * scale,
            top + box.y * scale,
            left + box.right * scale,
            top + box.bottom * scale,
        )

    def region(self) -> Region | None:
        """The part of the picture that is in sight; None if there is none."""
        (width, height), (across, down) = self._picture, self._view
        (x0, y0), scale = self.offset, self.scale
        left, top = max(0, int(-x0 / scale)), max(0, int(-y0 / scale))
        right = min(width, int((across - x0) / scale) + 1)
        bottom = min(height, int((down - y0) / scale) + 1)
        if right <= left or bottom <= top:
            return None
        x, y = round(x0 + left * scale), round(y0 + top * scale)
        return Region(
            left,
            top,
            right,
            bottom,
            x,
            y,
            max(1, round(x0 + right * scale) - x),
            max(1, round(y0 + bottom * scale) - y),
        )
