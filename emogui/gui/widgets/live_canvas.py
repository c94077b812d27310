"""The live picture with its framed, labelled faces; click one to follow it."""

from __future__ import annotations

import time
import tkinter
from collections.abc import Callable
from dataclasses import replace

from PIL import ImageTk

from emogui.gui.context import ViewContext
from emogui.gui.viewport import Viewport
from emogui.gui.widgets.face_items import FaceItems
from emogui.gui.widgets.live_renderer import Rendered, Wish
from emogui.types import FaceBox, FaceResult, FrameResult

MOST_PIXELS = 1_300_000
"""Pasting more takes over 8 ms on a slow machine; a larger view shows a border."""
FEWEST_PIXELS = 250_000
_PASTE_LIMIT_S = 0.010


class LiveCanvas(tkinter.Canvas):
    """Pastes pictures into one PhotoImage; faces are Canvas items, so text is never mirrored.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        resized: called when the wish has changed.
        clicked: called with the index of a clicked face, or None beside all faces.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        resized: Callable[[], None],
        clicked: Callable[[int | None], None],
    ) -> None:
        super().__init__(
            parent,
            highlightthickness=context.px(2),
            borderwidth=0,
            takefocus=True,
            width=context.px(320),
            height=context.px(240),
        )
        self._context = context
        self._resized, self._clicked = resized, clicked
        self._photo: ImageTk.PhotoImage | None = None
        self._shown: Rendered | None = None
        self._result: FrameResult | None = None
        self._selected: int | None = None
        self._boxes: list[FaceBox] = []
        self._most_pixels = MOST_PIXELS
        self.mirrored = False
        self._viewport = Viewport()
        self._picture_item = self.create_image(0, 0, anchor="center", state="hidden")
        self.faces = FaceItems(self, context)
        self.bind("<Configure>", self._configured)
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<Motion>", self._hover)
        self.restyle()

    @property
    def wish(self) -> Wish:
        """How frames are to be rendered for the present view."""
        border = 2 * int(str(self.cget("highlightthickness")))
        return Wish(
            max(1, self.winfo_width() - border),
            max(1, self.winfo_height() - border),
            self.mirrored,
            self._most_pixels,
        )

    @property
    def showing(self) -> Rendered | None:
        """The picture in sight."""
        return self._shown

    def show(self, rendered: Rendered) -> None:
        """Pastes a picture."""
        began = time.thread_time()
        before, picture = self._shown, rendered.picture
        self._shown = rendered
        if self._photo is not None and (self._photo.width(), self._photo.height()) == picture.size:
            self._photo.paste(picture)
        else:
            self._photo = ImageTk.PhotoImage(picture, master=self)
            self.itemconfigure(self._picture_item, image=self._photo)
        if before is None:
            self._centre()
            self.itemconfigure(self._picture_item, state="normal")
        if (
            before is None
            or before.picture.size != picture.size
            or before.mirrored != rendered.mirrored
            or before.frame.image.shape != rendered.frame.image.shape
        ):
            self._draw_faces()
        if time.thread_time() - began > _PASTE_LIMIT_S and self._most_pixels > FEWEST_PIXELS:
            # This machine is slower than most: a somewhat smaller picture keeps the window quick.
            self._most_pixels = max(FEWEST_PIXELS, int(self._most_pixels * 0.85))
            self._resized()

    def show_result(self, result: FrameResult | None, selected: int | None) -> None:
        """Frames the faces of a result; None takes the frames away."""
        if result is not self._result or selected != self._selected:
            self._result, self._selected = result, selected
            self._draw_faces()

    def clear(self) -> None:
        """Takes picture and faces away."""
        self._shown = None
        self.itemconfigure(self._picture_item, state="hidden")
        self.show_result(None, None)

    def face_at(self, x: float, y: float) -> int | None:
        """Index of the smallest face at a point of the view; also by its label."""
        labelled = self.faces.label_at(x, y)
        if labelled is not None:
            return labelled
        px, py = self._viewport.to_picture(x, y)
        hits = [
            (box.area, index)
            for index, box in enumerate(self._boxes)
            if box.x <= px < box.right and box.y <= py < box.bottom
        ]
        return min(hits)[1] if hits else None

    def place_of(self, index: int) -> tuple[float, float]:
        """The middle of a face in the view."""
        left, top, right, bottom = self._viewport.to_view(self._boxes[index])
        return (left + right) / 2, (top + bottom) / 2

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c = self._context.theme.colours
        self.configure(
            background=c.stage,
            highlightthickness=self._context.px(2),  # a change of theme takes it away
            highlightbackground=c.background,
            highlightcolor=c.primary,
        )

    def _draw_faces(self) -> None:
        shown, result = self._shown, self._result
        if shown is None or result is None:
            self._boxes = []
            self.faces.clear()
            return
        height, width = shown.frame.image.shape[:2]
        # The result may be of an earlier frame of another size.
        found = [_scaled(face, result, width, height) for face in result.faces]
        if shown.mirrored:
            found = [replace(f, box=_mirror(f.box, width)) for f in found]
        self._boxes = [face.box for face in found]
        self._viewport.set_picture(width, height)
        self._viewport.set_view(self.winfo_width(), self.winfo_height())
        self._viewport.zoom_to(shown.scale)
        size = (self.winfo_width(), self.winfo_height())
        self.faces.draw(found, self._viewport, self._selected, size)

    def _centre(self) -> None:
        self.coords(self._picture_item, self.winfo_width() / 2, self.winfo_height() / 2)

    def _configured(self, _event: object) -> None:
        self._centre()
        self._draw_faces()
        self._resized()

    def _released(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.focus_set()
        if self._result is not None:
            self._clicked(self.face_at(event.x, event.y))

    def _hover(self, event: tkinter.Event[tkinter.Misc]) -> None:
        over = self.face_at(event.x, event.y) is not None
        self.configure(cursor="hand2" if over else "")


def _mirror(box: FaceBox, width: int) -> FaceBox:
    return FaceBox(width - box.right, box.y, box.w, box.h)


def _scaled(face: FaceResult, result: FrameResult, width: int, height: int) -> FaceResult:
    """A face in a picture of another size than that of its result."""
    if not result.width or not result.height or (result.width, result.height) == (width, height):
        return face
    across, down = width / result.width, height / result.height
    box = face.box
    left, top = round(box.x * across), round(box.y * down)
    right, bottom = round(box.right * across), round(box.bottom * down)
    return replace(face, box=FaceBox(left, top, right - left, bottom - top))
