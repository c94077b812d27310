"""The menu bar: the actions with their shortcuts, and the models and detectors to pick from."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial

import ttkbootstrap as ttk

from emogui.gui.actions import ACTIONS, BY_NAME, accelerator
from emogui.gui.catalogue import Catalogue, head_title
from emogui.gui.choice import Choice
from emogui.gui.theme import Theme

SEPARATORS_BEFORE = frozenset(
    {"save_picture", "copy_picture", "close_picture", "settings", "exit", "next_face",
     "live_video", "timeline_mark", "video_back", "video_slower", "video_whole", "explain",
     "next_picture", "train_start", "batch_start", "batch_report", "zoom_in", "show_image",
     "toggle_theme", "about"}
)  # fmt: skip
WITH_CHOICES = ("Model", "Detector", "View")
MARK, MARK_ICON = 14, "check-lg"
_BETWEEN = "\t"


class Menus:
    """Builds the menu bar and keeps its radio marks right.

    Args:
        root: the window.
        theme: for colours and sizes.
        do: does the action of a name.
        pick_model: called with a model's name or folder and the head.
        pick_detector: called with a detector's name.
        pick_theme: called with ``"light"``, ``"dark"`` or ``"system"``.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        do: Callable[[str], None],
        pick_model: Callable[[str, str], None],
        pick_detector: Callable[[str], None],
        pick_theme: Callable[[str], None],
    ) -> None:
        self._do, self._theme = do, theme
        self._draws_marks = root.winsys == "x11"
        if self._draws_marks:
            self._mark = ttk.Icon(MARK_ICON, size=MARK, color=theme.colours.text)
            # Tk draws no more of the mark than the picture in its place measures.
            width, height = (
                int(root.tk.call("image", side, self._mark)) for side in ("width", "height")
            )
            self._no_mark = tkinter.PhotoImage(master=root, width=width, height=height)
            self._indent = tkinter.PhotoImage(master=root, width=width + 3, height=1)
        self._mac = root.winsys == "aqua"
        self._pick_model = pick_model
        self._pick_detector = pick_detector
        self.model_var = tkinter.StringVar(root)
        self.detector_var = tkinter.StringVar(root)
        self.theme_var = tkinter.StringVar(root)
        self.bar = ttk.Menu(root)
        self.menus: dict[str, ttk.Menu] = {}
        if self._mac:
            apple = self.bar.add_application_menu()
            apple.add_command(label="About emogui", command=lambda: do("about"))
            apple.on_preferences(lambda: do("settings"))
            apple.on_quit(lambda: do("exit"))
        for group in ACTIONS:
            menu = ttk.Menu(self.bar, tearoff=False)
            self.menus[group] = menu
            self.bar.add_cascade(label=group, menu=menu, underline=-1 if self._mac else 0)
        for group in ("File", "Faces", "Camera", "Video", "Training", "Batch", "Help"):
            for action in ACTIONS[group]:
                self._add(self.menus[group], action.name)
        self._build_view(pick_theme)
        self.fill(None)
        self.restyle()
        root.configure(menu=self.bar)

    def _build_view(self, pick_theme: Callable[[str], None]) -> None:
        menu = self.menus["View"]
        for action in ACTIONS["View"]:
            self._add(menu, action.name)
        for mode, title in (("system", "As the system"), ("light", "Light"), ("dark", "Dark")):
            self._add_choice(menu, title, self.theme_var, mode, partial(pick_theme, mode))

    def _add(self, menu: ttk.Menu, name: str) -> None:
        if name in SEPARATORS_BEFORE and menu.index("end") is not None:
            menu.add_separator()
        action = BY_NAME[name]
        menu.add_command(
            label=action.title,
            accelerator=accelerator(action.keys, mac=self._mac),
            command=lambda: self._do(name),
        )
        if self._draws_marks and menu in [self.menus[name] for name in WITH_CHOICES]:
            menu.entryconfigure("end", compound="left", image=self._indent)

    def _add_choice(
        self,
        menu: ttk.Menu,
        label: str,
        variable: tkinter.StringVar,
        value: str,
        command: Callable[[], None],
    ) -> None:
        """Adds one of several things to choose from, the chosen one of which has a mark."""
        menu.add_radiobutton(label=label, variable=variable, value=value, command=command)
        if self._draws_marks:
            # Tk's own mark on X11 is a dot of three pixels on any screen.
            menu.entryconfigure(
                "end",
                indicatoron=False,
                compound="left",
                image=self._no_mark,
                selectimage=self._mark,
            )

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        if not self._draws_marks:
            return
        c = self._theme.colours
        self._mark = ttk.Icon(MARK_ICON, size=MARK, color=c.text)
        self.bar.configure(activebackground=c.info_soft, activeforeground=c.text)
        for menu in self.menus.values():
            # The usual colours under the mouse leave too little contrast to the mark.
            menu.configure(activebackground=c.info_soft, activeforeground=c.text)
            for index in range((menu.index("end") or 0) + 1):
                if menu.type(index) == "radiobutton":
                    menu.entryconfigure(index, selectimage=self._mark)

    def fill(self, catalogue: Catalogue | None) -> None:
        """Lists the models, each with its heads, and the detectors; None while not yet known."""
        model, detector = self.menus["Model"], self.menus["Detector"]
        model.delete(0, "end")
        detector.delete(0, "end")
        if catalogue is None:
            for menu in (model, detector):
                menu.add_command(label="Looking what is installed…", state="disabled")
            return
        for entry in catalogue.models:
            for head, count in entry.heads:
                self._add_choice(
                    model,
                    f"{entry.title}:  {head_title(head, count)}",
                    self.model_var,
                    f"{entry.model}{_BETWEEN}{head}",
                    partial(self._pick_model, entry.model, head),
                )
        if not catalogue.models:
            model.add_command(label="No model is installed", state="disabled")
        model.add_separator()
        for action in ACTIONS["Model"]:
            self._add(model, action.name)
        for one in catalogue.detectors:
            self._add_choice(
                detector,
                f"{one.title} (needs its model file)…" if one.needs_file else one.title,
                self.detector_var,
                one.name,
                partial(self._pick_detector, one.name),
            )
        detector.add_separator()
        for action in ACTIONS["Detector"]:
            self._add(detector, action.name)

    def mark(self, choice: Choice, theme: str) -> None:
        """Sets the radio marks."""
        self.model_var.set(f"{choice.model}{_BETWEEN}{choice.labels}")
        self.detector_var.set(choice.detector)
        self.theme_var.set(theme)

    def enable(self, states: dict[str, bool]) -> None:
        """Enables or greys actions by name."""
        for group in ("File", "Faces"):
            menu = self.menus[group]
            for name, on in states.items():
                action = BY_NAME[name]
                if action in ACTIONS[group]:
                    menu.entryconfigure(action.title, state="normal" if on else "disabled")
