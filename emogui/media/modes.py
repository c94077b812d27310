"""Sizes and rates at which a camera delivers its pictures."""

from __future__ import annotations

from dataclasses import dataclass

COMMON_SIZES: tuple[tuple[int, int], ...] = (
    (320, 240),
    (640, 360),
    (640, 480),
    (800, 600),
    (1280, 720),
    (1920, 1080),
    (2560, 1440),
    (3840, 2160),
)
"""Width and height to offer where the system does not tell what a camera can do."""

COMMON_RATES: tuple[float, ...] = (60.0, 30.0, 25.0, 15.0)
"""Frames a second to offer likewise."""


@dataclass(frozen=True, slots=True)
class CameraMode:
    """A size of pictures that a camera offers.

    Attributes:
        width, height: in pixels.
        rates: frames a second, the highest first; empty where the system does not tell.
    """

    width: int
    height: int
    rates: tuple[float, ...] = ()

    def __str__(self) -> str:
        rates = ", ".join(f"{rate:g}" for rate in self.rates)
        return f"{self.width}x{self.height}" + (f" at {rates}" if rates else "")
