"""The sign over the live picture that says that a recording runs."""

from __future__ import annotations

import tkinter

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.live.recording_plan import RecordingStatus

RED, WHITE = "#c62832", "#ffffff"
"""The same in every theme: a recording must be seen."""


class RecordSign(tkinter.Frame):
    """A red sign with the time and the size, at the upper right corner of its parent."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent, background=RED)
        self._inset = context.px(12)
        px = context.px
        icon = ttk.Icon("record-fill", size=16, color=WHITE)
        self._icon = icon
        tkinter.Label(self, image=icon, background=RED).pack(side="left", padx=(px(8), px(4)))
        self._words = tkinter.Label(
            self, background=RED, foreground=WHITE, font="EmoguiBold", anchor="w"
        )
        self._words.pack(side="left", padx=(0, px(10)), pady=px(4))
        self._said = ""

    @property
    def visible(self) -> bool:
        return bool(self.winfo_manager())

    @property
    def text(self) -> str:
        """What it says, for example ``"Recording 0:12 · 3.4 MB"``."""
        return self._said

    def show(self, status: RecordingStatus, remark: str = "") -> None:
        """Shows how the recording stands."""
        said = f"Recording  {clock(status.seconds)}  ·  {amount(status.size)}"
        if remark:
            said += f"  ·  {remark}"
        if said != self._said:
            self._said = said
            self._words.configure(text=said)
        if not self.visible:
            self.place(relx=1.0, x=-self._inset, y=self._inset, anchor="ne")
            self.lift()

    def hide(self) -> None:
        self._said = ""
        self.place_forget()


def clock(seconds: float) -> str:
    """Seconds as ``"0:07"``, ``"12:03"`` or ``"1:02:03"``."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def amount(size: int) -> str:
    """Bytes as ``"12 kB"``, ``"3.4 MB"`` or ``"1.2 GB"``."""
    if size < 1_000_000:
        return f"{size / 1e3:.0f} kB"
    return f"{size / 1e6:.1f} MB" if size < 1_000_000_000 else f"{size / 1e9:.2f} GB"
