"""The picture with its framed, labelled faces; click one or use the arrow keys to select it."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image as PilImage
from PIL import ImageTk

from emogui.gui.context import Job, ViewContext
from emogui.gui.viewport import ZOOM_STEP, Region, Viewport
from emogui.gui.widgets.canvas_message import CanvasMessage
from emogui.gui.widgets.face_items import FaceItems
from emogui.gui.widgets.map_legend import MapLegend
from emogui.gui.widgets.picture_part import scaled
from emogui.types import FrameResult, Image

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation

CLICK_SLACK = 4
"""A press and release closer than this, in pixels, is a click; farther is a drag."""


class ImageCanvas(tkinter.Canvas):
    """Shows one picture. The scaled picture is made in a worker, faces are Canvas items.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        selected: called with the index of a clicked face, or None beside all faces.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        selected: Callable[[int | None], None],
    ) -> None:
        super().__init__(
            parent,
            highlightthickness=context.px(2),
            borderwidth=0,
            takefocus=True,
            width=context.px(320),
            height=context.px(240),
        )
        self.viewport = Viewport()
        self._context = context
        self._selected_callback = selected
        self._image: Image | None = None
        self._result: FrameResult | None = None
        self._selected: int | None = None
        self._photo: ImageTk.PhotoImage | None = None
        self._explanation: Explanation | None = None
        self._drawn: tuple[Region, Explanation | None] | None = None
        self._in_sight = False  # whether what is drawn is of the present picture
        self._job: Job | None = None
        self._asked: tuple[Region, Explanation | None] | None = None
        self._press: tuple[int, int] | None = None
        self._dragged = False
        self._picture_item = self.create_image(0, 0, anchor="nw", state="hidden")
        self.faces = FaceItems(self, context)
        self.legend = MapLegend(self, context)
        self.message = CanvasMessage(self, context)
        self.bind("<Configure>", self._resized)
        self.bind("<ButtonPress-1>", self._pressed)
        self.bind("<B1-Motion>", self._moved)
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<Motion>", self._hover)
        self.bind("<MouseWheel>", lambda e: self._wheel(e, 1 if e.delta > 0 else -1))
        self.bind("<Button-4>", lambda e: self._wheel(e, 1))
        self.bind("<Button-5>", lambda e: self._wheel(e, -1))
        self.restyle()

    # What it shows

    @property
    def rendered(self) -> bool:
        """Whether the picture in sight has been drawn at its present place and size."""
        region = self.viewport.region()
        return self._in_sight and region is not None and self._drawn == (region, self._explanation)

    def show(
        self,
        image: Image | None,
        result: FrameResult | None,
        selected: int | None,
        explanation: Explanation | None = None,
    ) -> None:
        """Shows a picture and its faces; what has not changed is left alone.

        Args:
            image: the picture, or None.
            result: what was found in it.
            selected: index of the selected face.
            explanation: drawn over its face, with a legend.
        """
        changed = explanation is not self._explanation
        self._explanation = explanation
        if image is not self._image:
            self._image = image
            self._result = None
            self._in_sight = False
            self._asked = None
            self.faces.clear()
            if self._job is not None:
                self._job.cancel()
            if image is None:
                self.itemconfigure(self._picture_item, state="hidden")
            else:
                self.viewport.set_picture(image.shape[1], image.shape[0])
                self.message.show("", "", "")
                self._render()
        elif changed:
            self._render()
        if changed:
            self.legend.draw(explanation)
        if image is None:
            result = None
        if result is not self._result or selected != self._selected:
            self._result, self._selected = result, selected
            self._draw_faces()

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c = self._context.theme.colours
        self.configure(
            background=c.stage,
            highlightthickness=self._context.px(2),  # a change of theme takes it away
            highlightbackground=c.background,
            highlightcolor=c.primary,
        )
        self.message.draw()
        self.legend.draw(self._explanation)

    # Zoom

    def fit(self) -> None:
        self.viewport.fit()
        self._placed()

    def zoom(self, steps: int, at: tuple[float, float] | None = None) -> None:
        """Zooms by steps of a quarter, in if positive."""
        if self._image is not None:
            self.viewport.zoom_to(self.viewport.scale * ZOOM_STEP**steps, at)
            self._placed()

    def actual_size(self) -> None:
        """One pixel of the picture for one of the screen."""
        if self._image is not None:
            self.viewport.zoom_to(1.0)
            self._placed()

    # Drawing

    def _placed(self) -> None:
        """The picture came to lie elsewhere: draws it again, and the faces with it."""
        if self._image is not None:
            self._render()
            self._draw_faces()

    def _render(self) -> None:
        """Has the part in sight scaled in a worker; only the newest wish counts."""
        image, region = self._image, self.viewport.region()
        if image is None or region is None:
            return
        wanted = (region, self._explanation)
        if self._asked == wanted:
            return
        self._asked = wanted
        if self._job is not None:
            self._job.cancel()
        self._job = self._context.submit(
            lambda: scaled(image, *wanted),
            lambda picture: self._rendered(picture, *wanted),
            lane="render",
            doing="drawing the picture",
        )

    def _rendered(
        self, picture: PilImage.Image, region: Region, explanation: Explanation | None
    ) -> None:
        if self._photo is not None and (self._photo.width(), self._photo.height()) == picture.size:
            self._photo.paste(picture)  # five times faster than a new one
        else:
            self._photo = ImageTk.PhotoImage(picture, master=self)
            self.itemconfigure(self._picture_item, image=self._photo)
        self._drawn = (region, explanation)
        self.coords(self._picture_item, region.x, region.y)
        self.itemconfigure(self._picture_item, state="normal")
        self.tag_lower(self._picture_item)
        if not self._in_sight:
            self._in_sight = True
            self._draw_faces()

    def _draw_faces(self) -> None:
        if not self._in_sight:
            return  # the faces must not stand on the picture shown before
        faces = () if self._result is None else self._result.faces
        size = (self.winfo_width(), self.winfo_height())
        self.faces.draw(faces, self.viewport, self._selected, size)
        self.tag_raise(MapLegend.TAG)

    # Mouse

    def _resized(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.viewport.set_view(event.width, event.height)
        self.message.draw()
        self._placed()
        self.legend.draw(self._explanation)

    def _pressed(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.focus_set()
        self._press = (event.x, event.y)
        self._dragged = False

    def _moved(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if self._press is None or self._image is None:
            return
        dx, dy = event.x - self._press[0], event.y - self._press[1]
        if not self._dragged and max(abs(dx), abs(dy)) < CLICK_SLACK:
            return
        self._dragged = True
        self._press = (event.x, event.y)
        before = self.viewport.offset
        self.viewport.pan(dx, dy)
        if self.viewport.offset != before:
            self.configure(cursor="fleur")
            after = self.viewport.offset
            for item in (self._picture_item, "face"):
                self.move(item, after[0] - before[0], after[1] - before[1])
            self._render()

    def _released(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if self._dragged:
            self._draw_faces()  # labels may lie better now
        elif self._press is not None and self._result is not None:
            self._selected_callback(self.face_at(event.x, event.y))
        self._press = None
        self.configure(cursor="")

    def _hover(self, event: tkinter.Event[tkinter.Misc]) -> None:
        over = self.face_at(event.x, event.y) is not None
        self.configure(cursor="hand2" if over else "")

    def _wheel(self, event: tkinter.Event[tkinter.Misc], steps: int) -> str:
        self.zoom(steps, (event.x, event.y))
        return "break"

    def face_at(self, x: float, y: float) -> int | None:
        """Index of the smallest face at a point of the view; also by its label."""
        if self._result is None:
            return None
        labelled = self.faces.label_at(x, y)
        if labelled is not None:
            return labelled
        px, py = self.viewport.to_picture(x, y)
        hits = [
            (face.box.area, index)
            for index, face in enumerate(self._result.faces)
            if face.box.x <= px < face.box.right and face.box.y <= py < face.box.bottom
        ]
        return min(hits)[1] if hits else None
