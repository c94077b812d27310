"""What each action does: the methods ``do_NAME`` for the actions of ``emogui.gui.actions``."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ttkbootstrap as ttk

from emogui.gui import exports
from emogui.gui.actions import ACTIONS, ON_PICTURE, sequences
from emogui.gui.catalogue import Catalogue, ModelEntry, read_catalogue, read_model
from emogui.gui.context import ViewContext
from emogui.gui.dialogs import help as help_dialogs
from emogui.gui.dialogs.base import Dialog
from emogui.gui.dialogs.settings import SettingsDialog
from emogui.gui.menus import Menus
from emogui.gui.presenter import Document
from emogui.gui.settings import Settings
from emogui.gui.shell import Shell
from emogui.types import FrameResult, Image

if TYPE_CHECKING:
    from emogui.gui.views.live import LiveView

PICTURES = (
    (
        "Pictures",
        "*.jpg *.jpeg *.png *.webp *.bmp *.gif *.tif *.tiff *.heic *.heif *.avif "
        "*.JPG *.JPEG *.PNG",
    ),
    ("All files", "*"),
)


class Commands:
    """Joins the shell, the menus and the dialogs.

    Args:
        root: the main window.
        context: see ``emogui.gui.context``.
        close: ends the program.
        set_theme: takes ``"light"``, ``"dark"`` or ``"system"``.
    """

    def __init__(
        self,
        root: ttk.App,
        context: ViewContext,
        close: Callable[[], None],
        set_theme: Callable[[str], None],
    ) -> None:
        self.root, self.context = root, context
        self._close, self._set_theme = close, set_theme
        self.dialogs: dict[str, Dialog] = {}
        self.shell = Shell(root, context, self.do)
        self.shell.image.explain = lambda: self.do("help_meaning")
        self.shell.image.adjust = lambda: self.do("settings")
        self.image = self.shell.image
        self.menus = Menus(root, self.do, self.pick_model, self.pick_detector, self.pick_theme)
        self.image.changed = self.refresh
        context.on_settings(self._settings_changed)
        self._bind_keys()
        self.refresh()

    @property
    def catalogue(self) -> Catalogue | None:
        return self.context.catalogue

    def do(self, name: str) -> None:
        """Does the action of that name."""
        if not self.context.closing:
            getattr(self, f"do_{name}")()

    def refresh(self) -> None:
        """Brings buttons and menus up to date."""
        self.shell.refresh()
        self.menus.mark(self.context.choice, self.context.settings.theme)
        shown = self.image.presenter.current
        result = shown is not None and shown.result is not None
        several = len(self.image.presenter.documents) > 1
        face = shown is not None and shown.face is not None
        self.menus.enable(
            {
                "save_picture": result,
                "save_chart": face,
                "save_results": any(d.result for d in self.image.presenter.documents),
                "copy_picture": result,
                "copy_values": result,
                "close_picture": shown is not None,
                "next_face": face,
                "previous_face": face,
                "next_picture": several,
                "previous_picture": several,
                "cancel": self.image.presenter.busy,
            }
        )

    def _bind_keys(self) -> None:
        mac = self.root.winsys == "aqua"
        for group in ACTIONS.values():
            for action in group:
                if action.name in ON_PICTURE:
                    continue
                for keys in (action.keys, *action.also):
                    for sequence in sequences(keys, mac=mac):
                        self.root.bind(sequence, partial(self._key, action.name), add="+")

    def _key(self, name: str, event: tkinter.Event[tkinter.Misc]) -> str | None:
        typing = isinstance(event.widget, tkinter.Entry | tkinter.Text)
        if typing and name in ("copy_picture", "paste"):
            return None  # they mean the text there
        self.do(name)
        return "break"

    # Pictures

    def do_open(self) -> None:
        folder = self.context.settings.last_folder
        self.open(self.context.dialogs.open_files("Open pictures", PICTURES, folder))

    def open(self, paths: tuple[str, ...]) -> None:
        """Opens pictures in the Image tab and remembers their folder."""
        if paths:
            self.shell.show_tab("image")
            self.context.update_settings(last_folder=str(Path(paths[0]).absolute().parent))
            self.image.open(paths)

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

    def do_close_picture(self) -> None:
        self.image.presenter.close_current()

    def do_detect(self) -> None:
        if self.shell.on_live:
            self.shell.live_view().toggle_analysis()
        else:
            self.image.detect()

    def do_cancel(self) -> None:
        if self.image.presenter.busy:
            self.image.presenter.cancel()
        elif self.shell.banner.visible:
            self.context.clear_error()

    def do_next_face(self) -> None:
        self.image.presenter.select_next(1)

    def do_previous_face(self) -> None:
        self.image.presenter.select_next(-1)

    def do_next_picture(self) -> None:
        self.image.presenter.step(1)

    def do_previous_picture(self) -> None:
        self.image.presenter.step(-1)

    # The camera

    def _live(self) -> LiveView:
        """The live view, brought to the front."""
        self.shell.show_tab("live")
        return self.shell.live_view()

    def do_live_start(self) -> None:
        self._live().start_or_stop()

    def do_live_snapshot(self) -> None:
        self._live().snapshot()

    def do_live_mirror(self) -> None:
        live = self._live()
        live.set_mirror(not live.canvas.mirrored)

    def do_live_video(self) -> None:
        self._live().chooser.ask_file()

    def do_live_address(self) -> None:
        self._live().chooser.ask_address()

    def do_live_cameras(self) -> None:
        self._live().look_for_cameras()

    # Saving and copying

    def _result(self) -> tuple[Document, Image, FrameResult] | None:
        """The shown picture if it has a result; else says what is missing."""
        shown = self.image.presenter.current
        if shown is None or shown.result is None or shown.image is None or self.shell.on_live:
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

    # Models and detectors

    def look_up(self) -> None:
        """Finds out in a worker what is installed, and fills the menus."""
        folders = self.context.settings.model_folders
        # After the models of the first picture, whose imports it shares, not beside them.
        self.context.submit(
            lambda: read_catalogue(folders),
            self._looked_up,
            lane="analyse",
            doing="looking for models",
        )

    def _looked_up(self, catalogue: Catalogue) -> None:
        self.context.catalogue = catalogue
        self.menus.fill(catalogue)
        self.refresh()
        if catalogue.problem is not None:
            self.context.show_error(catalogue.problem)

    def pick_model(self, model: str, labels: str) -> None:
        self.context.update_settings(model=model, labels=labels)

    def do_next_model(self) -> None:
        if self.catalogue is None or not self.catalogue.models:
            return
        pairs = [(m.model, head) for m in self.catalogue.models for head, _ in m.heads]
        choice = self.context.choice
        now = (choice.model, choice.labels)
        self.pick_model(*pairs[(pairs.index(now) + 1) % len(pairs) if now in pairs else 0])

    def do_load_model(self) -> None:
        folder = self.context.dialogs.open_folder("Load a model from its folder", "")
        if folder:
            self.context.submit(
                lambda: read_model(folder), self._model_loaded, doing="reading the model"
            )

    def _model_loaded(self, entry: ModelEntry) -> None:
        known = self.context.settings.model_folders
        folders = (entry.model, *(f for f in known if f != entry.model))[:8]
        labels = self.context.choice.labels
        heads = [head for head, _ in entry.heads]
        self.context.update_settings(
            model=entry.model,
            model_folders=folders,
            labels=labels if labels in heads else heads[0],
        )
        self.look_up()

    def pick_detector(self, name: str) -> None:
        """Takes another detector; one that needs a model file asks for it first."""
        entry = self.catalogue.detector(name) if self.catalogue else None
        file = ""
        if entry is not None and entry.needs_file:
            settings = self.context.settings
            file = self.context.dialogs.open_file(
                f"Model file of {entry.title}",
                (("ONNX models", "*.onnx"), ("All files", "*")),
                str(Path(settings.detector_file).parent) if settings.detector_file else "",
            )
            if not file:
                self.refresh()  # the menu's mark goes back
                return
        # Thresholds of different detectors mean different things.
        self.context.update_settings(detector=name, detector_file=file, threshold=None)

    def do_next_detector(self) -> None:
        if self.catalogue is None:
            return
        names = [one.name for one in self.catalogue.detectors]
        now = self.context.choice.detector
        self.pick_detector(names[(names.index(now) + 1) % len(names) if now in names else 0])

    # Settings and looks

    def _settings_changed(self, settings: Settings) -> None:
        self._set_theme(settings.theme)
        self.refresh()

    def do_settings(self) -> None:
        def save(changes: dict[str, Any]) -> None:
            self.context.update_settings(**changes)

        self._dialog(
            "settings",
            lambda: SettingsDialog(
                self.root, self.context.theme, self.context.settings, self.catalogue, save
            ),
        )

    def pick_theme(self, mode: str) -> None:
        self.context.update_settings(theme=mode)

    def do_toggle_theme(self) -> None:
        self.pick_theme("light" if self.context.theme.mode == "dark" else "dark")

    def do_fit(self) -> None:
        self.image.canvas.fit()

    def do_actual_size(self) -> None:
        self.image.canvas.actual_size()

    def do_zoom_in(self) -> None:
        self.image.canvas.zoom(1)

    def do_zoom_out(self) -> None:
        self.image.canvas.zoom(-1)

    def do_show_image(self) -> None:
        self.shell.show_tab("image")

    def do_show_live(self) -> None:
        self.shell.show_tab("live")

    # Help and the end

    def do_help_keys(self) -> None:
        self._dialog("keys", lambda: help_dialogs.show_keys(self.root, self.context.theme))

    def do_help_meaning(self) -> None:
        self._dialog("meaning", lambda: help_dialogs.show_meaning(self.root, self.context.theme))

    def show_notice_once(self) -> None:
        """Shows the first-start notice unless the user has closed it before."""
        if self.context.settings.notice_seen < help_dialogs.NOTICE_VERSION:

            def seen() -> None:
                self.context.update_settings(notice_seen=help_dialogs.NOTICE_VERSION)

            self._dialog(
                "meaning",
                lambda: help_dialogs.show_meaning(self.root, self.context.theme, seen),
            )

    def do_about(self) -> None:
        using = str(self.shell.using.cget("text"))
        self._dialog("about", lambda: help_dialogs.show_about(self.root, self.context.theme, using))

    def _dialog(self, name: str, make: Callable[[], Dialog]) -> None:
        """Shows a dialog, or brings it to the front where it is open."""
        open_one = self.dialogs.get(name)
        if open_one is not None and open_one.winfo_exists():
            open_one.lift()
            open_one.focus_set()
        else:
            self.dialogs[name] = make()

    def do_exit(self) -> None:
        self._close()
