"""What each action does: the methods ``do_NAME`` for the actions of ``emogui.gui.actions``."""

from __future__ import annotations

import tkinter
import tkinter.ttk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ttkbootstrap as ttk

from emogui.gui.actions import ACTIONS, BY_NAME, ON_PICTURE, sequences
from emogui.gui.batch_commands import BatchCommands
from emogui.gui.catalogue import Catalogue
from emogui.gui.choosing import Choosing
from emogui.gui.context import ViewContext
from emogui.gui.dialogs.base import Dialog
from emogui.gui.dialogs.leaving import LeavingDialog
from emogui.gui.dialogs.settings import SettingsDialog
from emogui.gui.helping import Helping
from emogui.gui.keys import PLAIN_LETTERS, is_text
from emogui.gui.menus import Menus
from emogui.gui.opening import videos_among
from emogui.gui.player_commands import PlayerCommands
from emogui.gui.settings import Settings
from emogui.gui.shell import Shell
from emogui.gui.timeline_commands import TimelineCommands
from emogui.gui.train_commands import TrainCommands
from emogui.gui.transfers import Transfers

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
        self.choosing = Choosing(context, self._catalogue_found, self.refresh)
        self.transfers = Transfers(context, self.shell, self.open)
        self.timeline = TimelineCommands(self.shell)
        self.player = PlayerCommands(self.shell)
        self.training = TrainCommands(self.shell)
        self.batch = BatchCommands(self.shell)
        self.helping = Helping(
            root,
            context,
            self.dialogs,
            self._dialog,
            lambda: str(self.shell.using.cget("text")),
        )
        self.pick_model = self.choosing.pick_model
        self.pick_detector = self.choosing.pick_detector
        self.menus = Menus(
            root, context.theme, self.do, self.pick_model, self.pick_detector, self.pick_theme
        )
        self.image.changed = self.refresh
        context.on_settings(self._settings_changed)
        context.on_theme(self.menus.restyle)
        self._bind_keys()
        self.refresh()

    def do(self, name: str) -> None:
        """Does the action of that name."""
        method = self.method(name)
        if method is not None and not self.context.closing:
            method()

    def method(self, name: str) -> Callable[[], None] | None:
        """What does the action of that name; None where nothing does."""
        parts = (self.choosing, self.helping, self.transfers)
        tabs = (self.timeline, self.player, self.training, self.batch)
        for owner in (self, *parts, *tabs):
            method: Callable[[], None] | None = getattr(owner, f"do_{name}", None)
            if method is not None:
                return method
        return None

    def _catalogue_found(self, catalogue: Catalogue) -> None:
        self.menus.fill(catalogue)
        self.refresh()

    def refresh(self) -> None:
        """Brings buttons and menus up to date."""
        self.shell.refresh()
        self.menus.mark(self.context.choice, self.context.settings.theme)
        shown = self.image.presenter.current
        live, still = self.shell.on_live, self.shell.on_image
        result = still and shown is not None and shown.result is not None
        several = still and len(self.image.presenter.documents) > 1
        face = still and shown is not None and shown.face is not None
        self.menus.enable(
            {
                "save_picture": result or live,
                "save_chart": face,
                "save_results": any(d.result for d in self.image.presenter.documents),
                "copy_picture": result,
                "copy_values": result,
                "close_picture": shown is not None and still,
                "next_face": face or live,
                "previous_face": face or live,
                "explain": face,
                "explain_next": face,
                "explain_previous": face,
                "next_picture": several,
                "previous_picture": several,
                "cancel": self.image.presenter.busy,
            }
        )

    def _bind_keys(self) -> None:
        mac = self.root.winsys == "aqua"
        for group in ACTIONS.values():
            for action in group:
                for keys in (action.keys, *action.also):
                    for sequence in sequences(keys, mac=mac):
                        self.root.bind(sequence, partial(self._key, action.name), add="+")

    def _key(self, name: str, event: tkinter.Event[tkinter.Misc]) -> str | None:
        typing = isinstance(event.widget, tkinter.Entry | tkinter.Text)
        if typing and name in ("copy_picture", "paste"):
            return None  # they mean the text there
        if name in PLAIN_LETTERS and is_text(event):
            return None
        if name in ON_PICTURE and _needs(event.widget, event.keysym):
            return None
        self.do(name)
        return "break"

    # Pictures

    def do_open(self) -> None:
        folder = self.context.settings.last_folder
        self.open(self.context.dialogs.open_files("Open pictures", PICTURES, folder))

    def open(self, paths: tuple[str, ...]) -> None:
        """Opens pictures in the Image tab, or a video in the Live tab; remembers their folder.

        With the Batch tab in front they are added to its inputs.
        """
        if not paths:
            return
        if self.shell.on_batch:
            self.shell.batch_view().add(paths)
            return
        self.context.update_settings(last_folder=str(Path(paths[0]).absolute().parent))
        on_live = self.shell.on_live
        videos = videos_among(paths, on_live=on_live)
        if videos and (on_live or len(videos) == len(paths)):
            self._live().start(videos[0])
        else:
            self.shell.show_tab("image")
            self.image.open(paths)

    def do_close_picture(self) -> None:
        self.image.presenter.close_current()

    def do_detect(self) -> None:
        if self.shell.on_live:
            self.shell.live_view().toggle_analysis()
        elif self.shell.on_image:
            self.image.detect()

    def do_cancel(self) -> None:
        if self.image.presenter.busy:
            self.image.presenter.cancel()
        elif self.shell.banner.visible:
            self.context.clear_error()

    def do_next_face(self) -> None:
        self._step_face(1)

    def do_previous_face(self) -> None:
        self._step_face(-1)

    def _step_face(self, step: int) -> None:
        if self.shell.on_live:
            self.shell.live_view().stage.step(step)
        elif self.shell.on_image:
            self.image.presenter.select_next(step)

    def do_explain(self) -> None:
        if self.shell.on_image:
            self.image.explaining.toggle()

    def do_explain_next(self) -> None:
        if self.shell.on_image:
            self.image.explaining.step(1)

    def do_explain_previous(self) -> None:
        if self.shell.on_image:
            self.image.explaining.step(-1)

    def do_next_picture(self) -> None:
        self._step_picture(1)

    def do_previous_picture(self) -> None:
        self._step_picture(-1)

    def _step_picture(self, step: int) -> None:
        if self.shell.on_train:
            self.shell.train_view().turn_page(step)
        if self.shell.on_batch:
            self.shell.batch_view().turn_page(step)
        if self.shell.on_image:
            self.image.presenter.step(step)

    # The camera

    def _live(self) -> LiveView:
        """The live view, brought to the front."""
        self.shell.show_tab("live")
        return self.shell.live_view()

    def do_live_start(self) -> None:
        self._live().start_or_stop()

    def do_live_snapshot(self) -> None:
        self._live().snapshot()

    def do_live_record(self) -> None:
        self._live().record()

    def do_live_publish(self) -> None:
        self._live().publish()

    def do_live_mirror(self) -> None:
        live = self._live()
        live.set_mirror(not live.canvas.mirrored)

    def do_live_video(self) -> None:
        self._live().chooser.ask_file()

    def do_live_address(self) -> None:
        self._live().chooser.ask_address()

    def do_live_cameras(self) -> None:
        self._live().look_for_cameras()

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
                self.root, self.context.theme, self.context.settings, self.context.catalogue, save
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

    # Dialogs and the end

    def ask_to_leave(self, leave: Callable[[], None]) -> None:
        """Asks whether what works is to be kept for later, before the window is closed."""
        at_work, theme = self.shell.at_work, self.context.theme
        self._dialog("leaving", lambda: LeavingDialog(self.root, theme, at_work, leave))

    def _dialog(self, name: str, make: Callable[[], Dialog]) -> None:
        """Shows a dialog, or brings it to the front where it is open."""
        open_one = self.dialogs.get(name)
        if open_one is not None and open_one.winfo_exists():
            open_one.lift()
            open_one.focus_set()
        else:
            self.dialogs[name] = dialog = make()
            mac = self.root.winsys == "aqua"
            for sequence in sequences(BY_NAME["exit"].keys, mac=mac):  # keys stop at a window
                dialog.bind(sequence, partial(self._key, "exit"))

    def do_exit(self) -> None:
        self._close()


def _needs(widget: tkinter.Misc, key: str) -> bool:
    """Whether a widget uses an arrow or a page key itself."""
    if isinstance(widget, tkinter.ttk.Treeview):
        return key not in ("Left", "Right")  # its lines have no branches to open
    return isinstance(
        widget, tkinter.Entry | tkinter.Text | tkinter.ttk.Notebook | tkinter.ttk.Scale
    )
