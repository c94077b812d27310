"""The cameras of the Live tab: looking for them, and what is asked of each."""

from __future__ import annotations

from collections.abc import Callable

from emogui.errors import EmoguiError
from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_modes import Asked, remembered, remembering
from emogui.gui.widgets.live_sources import Source, SourceChooser
from emogui.media.cameras import CameraInfo


class LiveCameras:
    """See the module.

    Args:
        context: see ``emogui.gui.context``.
        chooser: lists what was found.
        find: lists the cameras, in a worker.
        changed: called when the search begins, and when it has ended.

    Attributes:
        looking: whether they are being looked for.
        looked: whether that was done at least once.
    """

    def __init__(
        self,
        context: ViewContext,
        chooser: SourceChooser,
        find: Callable[[], list[CameraInfo]],
        changed: Callable[[], None],
    ) -> None:
        self._context, self._chooser = context, chooser
        self._find, self._changed = find, changed
        self.looking = self.looked = False

    def look(self) -> None:
        """Lists the cameras in a worker."""
        if not self.looking:
            self.looking = True
            self._changed()
            self._context.submit(
                self._find, self._found, self._found_none, doing="looking for cameras"
            )

    def asked(self, source: Source) -> Asked:
        """The size and rate that the user wants of a source."""
        if source.kind != "camera":
            return Asked()
        return remembered(self._context.settings.camera_modes, source.title, source.spec)

    def ask(self, source: Source, asked: Asked) -> None:
        """Remembers what the user wants of a camera."""
        known = self._context.settings.camera_modes
        lines = remembering(known, source.title, source.spec, asked)
        self._context.update_settings(camera_modes=lines)

    def _found(self, cameras: list[CameraInfo]) -> None:
        self.looking, self.looked = False, True
        self._chooser.set_cameras(cameras)
        self._changed()

    def _found_none(self, _error: EmoguiError) -> None:
        self._found([])
