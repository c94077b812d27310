"""Saves the present picture of the Live tab with its faces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from emogui.errors import EmoguiError
from emogui.gui.context import ViewContext
from emogui.gui.exports import PICTURE_TYPES
from emogui.gui.widgets.live_run import LiveRun
from emogui.live.update import Analysed
from emogui.types import Image

NOT_HIDDEN = EmoguiError(
    "Faces are to be hidden in what is saved, but nobody has looked for them in this picture.",
    "Press Detect and try again, or press Record to choose whether faces are hidden.",
)


def save_snapshot(context: ViewContext, run: LiveRun | None, say: Callable[[str], None]) -> None:
    """Asks where to, and saves the picture in a worker, never mirrored.

    Faces are hidden if the user chose so for recordings.

    Args:
        context: see ``emogui.gui.context``.
        run: what runs, or ran last.
        say: gets a line on where it went.
    """
    update = None if run is None else run.update
    if run is None or update is None or update.frame is None:
        context.show_notice("There is no picture to save yet.", "Start a source first.")
        return
    shown, hide = run.newest, context.settings.hide_faces
    if hide and shown is None:
        context.show_error(NOT_HIDDEN)
        return
    image = shown.frame.image if shown is not None else update.frame.image
    name = f"emogui-{datetime.now():%Y%m%d-%H%M%S}.png"
    path = context.dialogs.save_file(
        "Save snapshot", PICTURE_TYPES, context.settings.last_folder, name
    )
    if path:
        context.submit(
            lambda: _save(path, image, shown, hide),
            lambda _nothing: say(f"Saved {path}"),
            doing="saving the snapshot",
        )


def _save(path: str, image: Image, shown: Analysed | None, hide: str) -> None:
    from emogui.output.annotate import annotate
    from emogui.output.files import save_image
    from emogui.output.privacy import hide_faces

    if shown is not None:
        if hide:
            image = hide_faces(image, [face.box for face in shown.result.faces], hide)
        image = annotate(image, shown.result)
    save_image(image, path)
