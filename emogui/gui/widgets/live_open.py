"""How the Live tab opens what the user chose; called in a session's capture thread."""

from __future__ import annotations

from collections.abc import Callable

from emogui.media.cameras import is_file, open_source
from emogui.media.player import VideoPlayer
from emogui.media.source import FrameSource

OpenSpec = Callable[..., FrameSource]
"""Opens a source by its spec, with ``size`` and ``fps`` where the user chose them."""


def open_live(
    spec: str, *, size: tuple[int, int] | None = None, fps: float | None = None
) -> FrameSource:
    """Opens files in a player, and anything else as ``open_source`` does.

    Args:
        spec: number or name of a camera, path of a video file, or an address.
        size: wanted width and height of a camera's pictures.
        fps: wanted frames a second of a camera.

    Raises:
        SourceError: it cannot be opened; the message and the kind say why.
    """
    if spec.strip() and is_file(spec):
        return VideoPlayer(spec)
    return open_source(spec, size=size, fps=fps)
