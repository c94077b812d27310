"""Asks what is to be saved of a video or camera, and where; nothing is saved before the answer."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ttkbootstrap as ttk

from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme

Hide = Literal["", "blur", "box"]

FACES: dict[str, Hide] = {"Shown": "", "Blurred": "blur", "Covered": "box"}
"""What can be done with faces in what is saved; the last leaves nothing of them."""


@dataclass(frozen=True, slots=True)
class Saving:
    """The answer.

    Attributes:
        results: as JSON Lines and as a table.
        video: with framed and named faces.
        folder: where to.
        hide: how faces are hidden in the video; ``""`` shows them.
    """

    results: bool
    video: bool
    folder: str
    hide: Hide


@dataclass(frozen=True, slots=True)
class SavingWords:
    """What the dialog says: its title, a line about what happens, the button."""

    title: str
    text: str
    button: str


RECORD = SavingWords(
    "Record",
    "Recording starts when you press Record, and ends when you press Stop recording. Ask people "
    "before you record them.",
    "Record",
)
ANALYSE = SavingWords(
    "Analyse the whole video",
    "Every frame is analysed, as fast as this computer can. You can go on working.",
    "Analyse",
)


class SavingDialog(Dialog):
    """See the module.

    Args:
        root: the main window.
        theme: for colours and sizes.
        words: what it says.
        before: what is chosen at first.
        ask_folder: asks for another folder, given the present one; ``""`` leaves it.
        accept: called with the answer.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        words: SavingWords,
        before: Saving,
        ask_folder: Callable[[str], str],
        accept: Callable[[Saving], None],
    ) -> None:
        super().__init__(root, theme, f"emogui: {words.title.lower()}")
        self._ask_folder, self._accept = ask_folder, accept
        self._folder = before.folder
        px = theme.px
        ttk.Label(self.body, text=words.title, font="EmoguiTitle").grid(
            row=0, column=0, columnspan=2, sticky="w"
        )
        ttk.Label(
            self.body, text=words.text, style="Muted.TLabel", wraplength=px(460), justify="left"
        ).grid(row=1, column=0, columnspan=2, sticky="w", pady=(px(4), px(12)))
        self._results = tkinter.BooleanVar(self, before.results)
        self._video = tkinter.BooleanVar(self, before.video)
        self._label("Save", 2)
        self.results = self._check("Results (JSON Lines and CSV table)", self._results, 2)
        self.video = self._check("Video with framed faces (MP4)", self._video, 3)
        self._label("Faces in the video", 4)
        self._hide = tkinter.StringVar(self, before.hide)
        row = ttk.Frame(self.body)
        row.grid(row=4, column=1, sticky="w", pady=px(4))
        self.faces: dict[Hide, ttk.Radiobutton] = {}
        for title, value in FACES.items():
            one = ttk.Radiobutton(row, text=title, variable=self._hide, value=value)
            one.pack(side="left", padx=(0, px(14)))
            self.faces[value] = one
        ttk.Label(
            self.body,
            text="Snapshots are saved likewise. A face that is not found is not hidden.",
            style="Small.TLabel",
        ).grid(row=5, column=1, sticky="w")
        self._label("Folder", 6)
        place = ttk.Frame(self.body)
        place.grid(row=6, column=1, sticky="ew", pady=(px(10), px(4)))
        place.columnconfigure(0, weight=1)
        self.folder = ttk.Label(place, anchor="w")
        self.folder.grid(row=0, column=0, sticky="ew")
        self.change = ttk.Button(place, text="Change…", command=self._change)
        self.change.grid(row=0, column=1, padx=(px(10), 0))
        self.body.columnconfigure(1, weight=1)
        self.button = self.add_button(words.button, self._done, default=True)
        self.add_button("Cancel", self.dismiss)
        self._show()
        self.present()

    @property
    def answer(self) -> Saving:
        """What is chosen now."""
        hide = next(h for h in FACES.values() if h == self._hide.get())
        return Saving(self._results.get(), self._video.get(), self._folder, hide)

    def _label(self, text: str, row: int) -> None:
        top = self.theme.px(10) if text == "Folder" else self.theme.px(4)
        ttk.Label(self.body, text=text).grid(
            row=row, column=0, sticky="w", padx=(0, self.theme.px(24)), pady=(top, self.theme.px(4))
        )

    def _check(self, text: str, variable: tkinter.BooleanVar, row: int) -> ttk.Checkbutton:
        box = ttk.Checkbutton(self.body, text=text, variable=variable, command=self._show)
        box.grid(row=row, column=1, sticky="w", pady=self.theme.px(4))
        return box

    def _show(self) -> None:
        self.folder.configure(text=_shortened(self._folder))
        something = self._results.get() or self._video.get()
        self.button.configure(state="normal" if something else "disabled")
        for radio in self.faces.values():
            radio.configure(state="normal" if self._video.get() else "disabled")

    def _change(self) -> None:
        folder = self._ask_folder(self._folder)
        if folder:
            self._folder = folder
            self._show()
        self.lift()

    def _done(self) -> None:
        answer = self.answer
        self.dismiss()
        self._accept(answer)


def _shortened(path: str, most: int = 44) -> str:
    """A path with its middle left out where it is long."""
    return path if len(path) <= most else f"{path[: most // 3]}…{path[-(most - most // 3) :]}"
