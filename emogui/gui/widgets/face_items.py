"""Frames and labels of faces as Canvas items, moved rather than made anew."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from dataclasses import dataclass
from tkinter.font import nametofont

from emogui.gui.context import ViewContext
from emogui.gui.viewport import Viewport
from emogui.output import palette
from emogui.output.tags import place_tag, tag_texts
from emogui.types import FaceBox, FaceResult

CROWD = 24
"""With more faces than that, finding the best place of every label takes too long."""


@dataclass(slots=True)
class _Items:
    """The Canvas items of one face, and the looks they were given last."""

    halo: int
    frame: int
    plate: int
    text: int
    looks: tuple[object, ...] = ()

    def all(self) -> tuple[int, int, int, int]:
        return self.halo, self.frame, self.plate, self.text


class FaceItems:
    """The faces of one picture on a Canvas."""

    def __init__(self, canvas: tkinter.Canvas, context: ViewContext) -> None:
        self._canvas = canvas
        self._context = context
        self._items: list[_Items] = []
        self._widths: dict[str, int] = {}
        self._order: list[int] = []
        self.labels: list[FaceBox] = []
        """Where each label lies in the view, in the order of the faces."""
        self.font = nametofont("EmoguiBold", root=canvas)
        self._height = int(self.font.metrics("linespace"))

    def clear(self) -> None:
        self._fit_number(0)
        self.labels = []

    def label_at(self, x: float, y: float) -> int | None:
        """Index of the face whose label is at a point of the view."""
        for index, label in enumerate(self.labels):
            if label.x <= x < label.right and label.y <= y < label.bottom:
                return index
        return None

    def text(self, index: int) -> str:
        """What the label of a face says."""
        return str(self._canvas.itemcget(self._items[index].text, "text"))

    def is_dashed(self, index: int) -> bool:
        return bool(self._canvas.itemcget(self._items[index].frame, "dash"))

    def draw(
        self,
        faces: Sequence[FaceResult],
        viewport: Viewport,
        selected: int | None,
        size: tuple[int, int],
    ) -> None:
        """Draws the faces where the viewport puts them.

        Args:
            faces: those of the picture in sight.
            viewport: the mapping from picture to view.
            selected: index of the face to emphasise.
            size: width and height of the view.
        """
        self._fit_number(len(faces))
        boxes = [_whole(viewport.to_view(face.box)) for face in faces]
        places: dict[int, FaceBox] = {}
        px = self._context.px
        # The selected face chooses its label's place first, then the small ones.
        order = sorted(range(len(faces)), key=lambda i: (i != selected, boxes[i].area))
        texts: dict[int, str] = {}
        for index in order:
            box = boxes[index]
            usual, name = self._texts(faces[index], box, index == selected)
            texts[index] = usual
            if not _meet(box, FaceBox(0, 0, *size)):
                continue
            if len(faces) > CROWD and index != selected:
                places[index] = _above(self._size(usual), box, size)
                continue
            others, tags = boxes[:index] + boxes[index + 1 :], list(places.values())
            if name != usual:
                place = place_tag(self._size(name), box, others, tags, size, gap=px(3))
                if not any(_meet(place, one) for one in (box, *others, *tags)):
                    texts[index], places[index] = name, place
                    continue
            places[index] = place_tag(self._size(usual), box, others, tags, size, gap=px(3))
        for index in set(order) - set(places):  # out of sight, and the label with it
            width, height = self._size(texts[index])
            places[index] = FaceBox(-width - px(2), -height - px(2), width, height)
        for index in reversed(order):
            face, chosen = faces[index], index == selected
            self._draw_one(index, face, boxes[index], places[index], texts[index], chosen)
            if order != self._order:
                for item in self._items[index].all():
                    self._canvas.tag_raise(item)
        self._order = order
        self.labels = [places[index] for index in range(len(faces))]

    def _size(self, text: str) -> tuple[int, int]:
        """Width and height of the label that says a text."""
        px = self._context.px
        return self._measure(text) + px(12), self._height + px(5)

    def _measure(self, text: str) -> int:
        """Width of a text; asking Tk anew for each of a hundred faces takes its time."""
        width = self._widths.get(text)
        if width is None:
            width = self._widths[text] = self.font.measure(text)
        return width

    def _texts(self, face: FaceResult, box: FaceBox, chosen: bool) -> tuple[str, str]:
        """What a label says: in any case, and where it covers nothing.

        The first is the longest text that is not much wider than the face; the second at
        least the whole name of the emotion. The selected face says all.
        """
        texts = tag_texts(face)
        if chosen:
            return texts[0], texts[0]
        room = max(1.4 * box.w, self._context.px(56))
        usual = next((t for t in texts if self._measure(t) <= room), texts[-1])
        return usual, texts[1] if usual == texts[-1] else usual

    def _draw_one(
        self,
        index: int,
        face: FaceResult,
        box: FaceBox,
        label: FaceBox,
        text: str,
        chosen: bool,
    ) -> None:
        canvas, items = self._canvas, self._items[index]
        edges = (box.x, box.y, box.right, box.bottom)
        canvas.coords(items.halo, *edges)
        canvas.coords(items.frame, *edges)
        canvas.coords(items.plate, label.x, label.y, label.right, label.bottom)
        canvas.coords(items.text, label.x + label.w / 2, label.y + label.h / 2)
        looks = (text, face.emotion, face.uncertain, chosen)
        if looks != items.looks:
            items.looks = looks
            self._paint(items, *looks)

    def _paint(self, items: _Items, text: str, emotion: str, uncertain: bool, chosen: bool) -> None:
        canvas, px = self._canvas, self._context.px
        tint = palette.hex(emotion)
        thick = px(4 if chosen else 2.5)
        # A dark and, for the selected face, a white line beside the colour: any picture has
        # parts in which the colour alone is lost.
        edge = "#ffffff" if chosen else "#10151c"
        # Between the dashes of an uncertain face only a dark line shows on any picture.
        halo = "#10151c" if uncertain else edge
        canvas.itemconfigure(items.halo, width=thick + px(3), outline=halo)
        dash = (px(6), px(4)) if uncertain else ()
        canvas.itemconfigure(items.frame, outline=tint, width=thick, dash=dash)
        canvas.itemconfigure(items.plate, fill=tint, outline=edge, width=1)
        fill = palette.to_hex(palette.text_colour(emotion))
        canvas.itemconfigure(items.text, text=text, fill=fill)

    def _fit_number(self, number: int) -> None:
        canvas = self._canvas
        if len(self._items) != number:
            self._order = []
        while len(self._items) > number:
            canvas.delete(*self._items.pop().all())
        while len(self._items) < number:
            self._items.append(
                _Items(
                    canvas.create_rectangle(0, 0, 0, 0, tags="face"),
                    canvas.create_rectangle(0, 0, 0, 0, tags="face"),
                    canvas.create_rectangle(0, 0, 0, 0, tags="face"),
                    canvas.create_text(0, 0, font=self.font, tags="face"),
                )
            )


def _above(label: tuple[int, int], box: FaceBox, size: tuple[int, int]) -> FaceBox:
    """Above the face, or in it at the upper edge of the view."""
    width, height = label
    x = min(max(0, box.x), max(0, size[0] - width))
    return FaceBox(x, box.y - height if box.y >= height else box.y, width, height)


def _meet(one: FaceBox, other: FaceBox) -> bool:
    """Whether two boxes share a pixel."""
    across = min(one.right, other.right) - max(one.x, other.x)
    return across > 0 and min(one.bottom, other.bottom) > max(one.y, other.y)


def _whole(edges: tuple[float, float, float, float]) -> FaceBox:
    left, top, right, bottom = (round(edge) for edge in edges)
    return FaceBox(left, top, right - left, bottom - top)
