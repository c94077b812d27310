"""Examines an installation: what is there, what is missing, and the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from emogui.doctor import parts, system
from emogui.doctor.finding import Finding

__all__ = ["Finding", "examine"]

CHECKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    system.python,
    system.needed_packages,
    system.tk,
    parts.opencv,
    parts.openvino,
    parts.face_detector,
    parts.networks,
    system.room,
    system.cameras,
    parts.drag_and_drop,
    system.optional_packages,
)


def examine() -> Iterator[Finding]:
    """Looks at everything. No camera is switched on and no window shown."""
    for check in CHECKS:
        yield from check()
