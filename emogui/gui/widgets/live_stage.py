"""The body of the Live tab: the picture with its faces, the card over it, the chart beside it."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets import live_words as words
from emogui.gui.widgets.live_canvas import LiveCanvas
from emogui.gui.widgets.live_follow import FollowedFace, shown_order
from emogui.gui.widgets.live_message import LiveMessage
from emogui.gui.widgets.live_panel import LivePanel
from emogui.live.update import Analysed

LOW = 460
"""Logical pixels of height below which the chart stands closer."""


class LiveStage(ttk.Frame):
    """Shows pictures and results; follows the face that the user picks, else the largest.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        wish_changed: called when pictures are to be drawn differently, see ``LiveCanvas.wish``.
        space: what the space bar does over the picture.
        explain: shows what the numbers mean.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        wish_changed: Callable[[], None],
        space: Callable[[], None],
        explain: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self.follow = FollowedFace()
        self._shown: Analysed | None = None
        self._marked: int | None = None
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        picture = ttk.Frame(self)
        picture.grid(row=0, column=0, sticky="nsew", padx=(px(12), 0), pady=px(10))
        self.canvas = LiveCanvas(picture, context, wish_changed, self._clicked)
        self.canvas.pack(fill="both", expand=True)
        self.message = LiveMessage(picture, context)
        side = ttk.Frame(self, padding=(px(18), px(12), px(16), px(8)), width=px(330))
        side.grid(row=0, column=1, rowspan=3, sticky="ns")  # also beside what lies below
        side.grid_propagate(False)
        side.columnconfigure(0, weight=1)
        self.panel = LivePanel(side, context, explain)
        self.panel.grid(row=0, column=0, sticky="ew")
        side.bind("<Configure>", lambda event: self.panel.set_low(event.height < px(LOW)))
        self.canvas.bind("<space>", lambda _event: _broken(space))

    @property
    def shown(self) -> Analysed | None:
        """The result whose faces are in sight."""
        return self._shown

    def clear(self) -> None:
        """Takes picture, faces and chart away, and follows the largest face again."""
        self.follow.picked = None
        self.canvas.clear()
        self.show_words(words.CHART_COMES)

    def show_words(self, said: tuple[str, str]) -> None:
        """Shows a heading and a text instead of faces."""
        self._shown = None
        self.canvas.show_result(None, None)
        self.panel.show_text(*said)

    def show_result(self, newest: Analysed) -> None:
        """Frames the faces of a result and charts the followed one."""
        self._shown = newest
        faces = newest.result.faces
        index = self.follow.index(faces)
        picked = self.follow.is_picked(faces, index)
        # One face needs no mark; of several, the one whose bars are shown has it.
        self._marked = index if picked or len(faces) > 1 else None
        self.carry()
        if index is None:
            self.panel.show_text(*words.NO_FACE)
        else:
            place = shown_order(faces, mirrored=self.canvas.mirrored).index(index) + 1
            self.panel.show_face(faces[index], place, len(faces), picked)

    def unframe(self) -> None:
        """Takes the frames off the picture, which is another one; the chart waits for it."""
        self.canvas.show_result(None, None)

    def carry(self) -> None:
        """Frames the faces where they should be in the picture in sight, a newer one."""
        if self._shown is not None:
            showing = self.canvas.showing
            at_s = self._shown.frame.time_s if showing is None else showing.frame.time_s
            self.canvas.show_result(self._shown.at(at_s), self._marked)

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        self.canvas.restyle()
        self.message.restyle()
        self.panel.restyle()

    def _clicked(self, index: int | None) -> None:
        if self._shown is not None:
            self.follow.pick(self._shown.result.faces, index)
            self.show_result(self._shown)

    def step(self, step: int) -> None:
        """Follows the next face of the picture, or the one before if negative."""
        if self._shown is not None:
            faces = self._shown.result.faces
            self.follow.step(faces, step, mirrored=self.canvas.mirrored)
            self.show_result(self._shown)


def _broken(call: Callable[[], None]) -> str:
    """Does it, and lets no other shortcut of the window have the key."""
    call()
    return "break"
