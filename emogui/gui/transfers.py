"""Saving, copying and pasting: asks where, has it done in a worker, says what came of it."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from pathlib import Path

from emogui.gui import exports
from emogui.gui.context import ViewContext
from emogui.gui.documents import Document
from emogui.gui.shell import Shell
from emogui.types import FrameResult, Image


class Transfers:
    """The actions that take pictures and results out of the window, or bring one in.

    Args:
        context: see ``emogui.gui.context``.
        shell: the window.
        open_paths: opens picture files.
    """

    def __init__(
        self, context: ViewContext, shell: Shell, open_paths: Callable[[tuple[str, ...]], None]
    ) -> None:
        self.context, self.shell, self.open = context, shell, open_paths
        self.image, self.root = shell.image, shell.root

    def do_paste(self) -> None:
        self.context.submit(exports.read_clipboard, self._pasted, doing="reading the clipboard")

    def _pasted(self, pasted: exports.Pasted) -> None:
        paths = pasted.paths
        if pasted.image is None and not paths:
            try:
                paths = exports.paths_in_text(self.root.clipboard_get())
            except tkinter.TclError:
                paths = ()
        if pasted.image is not None:
            self.shell.show_tab("image")
            self.image.presenter.open_image(pasted.image, "Pasted picture")
        elif paths:
            self.open(paths)
        else:
            self.context.show_notice(
                "There is no picture in the clipboard.",
                "Copy a picture or a picture file first, then paste it here.",
            )

    def _result(self) -> tuple[Document, Image, FrameResult] | None:
        """The shown picture if it has a result; else says what is missing."""
        shown = self.image.presenter.current
        if not self.shell.on_image or shown is None or not shown.result or shown.image is None:
            self.context.show_notice(
                "There is no result to save or copy yet.", "Open a picture and press Detect."
            )
            return None
        return shown, shown.image, shown.result

    def do_save_picture(self) -> None:
        if self.shell.on_live:
            self.shell.live_view().snapshot()
            return
        found = self._result()
        if found is None:
            return
        shown, image, result = found
        path = self._ask_path("Save annotated picture", exports.PICTURE_TYPES, shown, "-faces.png")
        selected = shown.selected
        self._save(path, lambda: exports.save_picture(path, image, result, selected))

    def do_save_chart(self) -> None:
        found = self._result()
        if found is None:
            return
        shown, face = found[0], found[0].face
        if face is None:
            self.context.show_notice("There is no face to chart.", "Select a face first.")
            return
        path = self._ask_path("Save chart", exports.CHART_TYPES, shown, "-chart.png")
        self._save(path, lambda: exports.save_chart(path, face, shown.name))

    def do_save_results(self) -> None:
        results = [d.result for d in self.image.presenter.documents if d.result is not None]
        shown = self.image.presenter.current
        if not results or shown is None:
            self._result()
            return
        path = self._ask_path("Save results", exports.RESULT_TYPES, shown, ".json")
        self._save(path, lambda: exports.save_results(path, results))

    def _ask_path(
        self, title: str, types: tuple[tuple[str, str], ...], shown: Document, ending: str
    ) -> str:
        name = Path(shown.name).stem + ending
        return self.context.dialogs.save_file(title, types, self.context.settings.last_folder, name)

    def _save(self, path: str, work: Callable[[], None]) -> None:
        if path:
            self.context.show_status(f"Saving {Path(path).name}…")
            self.context.submit(
                work,
                lambda _nothing: self.context.show_status(f"Saved {path}"),
                doing=f"saving {Path(path).name}",
            )

    def do_copy_picture(self) -> None:
        found = self._result()
        if found is None:
            return
        shown, image, result = found
        selected = shown.selected
        self.context.submit(
            lambda: exports.copy_picture(image, result, selected),
            lambda _nothing: self.context.show_status("The picture is in the clipboard"),
            doing="copying the picture",
        )

    def do_copy_values(self) -> None:
        found = self._result()
        if found is not None:
            self.root.clipboard_clear()
            self.root.clipboard_append(exports.values_text(found[2]))
            self.context.show_status("The values are in the clipboard")
