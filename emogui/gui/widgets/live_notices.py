"""The states of the Live tab that are told on a card: idle, opening, ended, failed."""

from __future__ import annotations

from collections.abc import Callable

from emogui.errors import (
    EmoguiError,
    SourceBusyError,
    SourceLostError,
    SourcePermissionError,
)
from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_message import LiveMessage
from emogui.gui.widgets.live_sources import Source
from emogui.gui.widgets.live_words import PRIVACY

Do = Callable[[], None]

_ENDED = {
    "file": ("The video has ended", "Play again"),
    "camera": ("The camera has stopped", "Start again"),
    "stream": ("The stream has ended", "Start again"),
}


class LiveNotices:
    """Puts each state into words on the card and in the status line."""

    def __init__(self, card: LiveMessage, context: ViewContext) -> None:
        self._card, self._context = card, context

    def ready(self, source: Source, start: Do) -> None:
        self._card.show("camera-video", source.title, PRIVACY, ("Start", start))
        self._context.show_status("Ready")

    def looking(self) -> None:
        self._card.show("", "Looking for cameras…", "")
        self._context.show_status("Looking for cameras…")

    def no_camera(self, look_again: Do, open_file: Do) -> None:
        self._card.show(
            "camera-video-off",
            "No camera was found",
            "Plug one in and look again, or open a video file or a stream.",
            ("Look again", look_again),
            ("Open a video…", open_file),
        )
        self._context.show_status("No camera was found")

    def opening(self, source: Source) -> None:
        self._card.show("", f"Opening {source.title}…", "")
        self._context.show_status(f"Opening {source.title}…")

    def ended(self, source: Source, again: Do) -> None:
        title, button = _ENDED.get(source.kind, _ENDED["file"])
        self._card.show("", title, "", (button, again), below=True)
        self._context.show_status(f"{source.title} has ended")

    def failed(self, source: Source, error: EmoguiError | None, again: Do, open_file: Do) -> None:
        """A source did not open, or was lost.

        Args:
            source: which one.
            error: why.
            again: starts it again.
            open_file: asks for another file.
        """
        self._context.show_status(f"{source.title} is not available")
        if source.kind == "file":
            if error is not None:
                self._context.show_error(error)
            self._card.show(
                "film",
                f"{source.title} cannot be played",
                "",
                ("Open another video…", open_file),
                ("Try again", again),
            )
            return
        lost = isinstance(error, SourceLostError)
        hint = "" if error is None else error.hint
        if lost and source.kind == "camera":
            hint = f"{hint} It starts again by itself as soon as it is back.".lstrip()
        self._card.show(
            _icon(error),
            error.message if error is not None else f"{source.title} was lost.",
            hint,
            ("Reconnect" if lost else "Try again", again),
        )

    def hide(self) -> None:
        if self._card.visible:
            self._card.hide()


def _icon(error: EmoguiError | None) -> str:
    if isinstance(error, SourcePermissionError):
        return "shield-lock"
    return "people" if isinstance(error, SourceBusyError) else "camera-video-off"
