"""Draws a result into a picture: a frame and a tag for each face.

The live view draws through this too, so frames are drawn by OpenCV and tags are cached: a
picture of 640x480 with three faces takes about half a millisecond.
"""

from __future__ import annotations

import cv2
import numpy as np

from emogui.errors import ImageError
from emogui.output.palette import BLACK, WHITE, Colour, colour
from emogui.output.tags import SMALLEST_TEXT, make_tag, place_tag
from emogui.types import FaceBox, FaceResult, FrameResult, Image


def annotate(
    image: Image, result: FrameResult, *, selected: int | None = None, mirrored: bool = False
) -> Image:
    """Frames and labels the faces of a picture.

    Every face gets a frame in the colour of its top emotion and a tag with the emotion's name
    and probability ("happiness 93 %"). A face that is uncertain has a dashed frame and a
    question mark. Lines and letters grow with the picture.

    Args:
        image: RGB uint8 (height, width, 3); it is not changed.
        result: what was found in that picture.
        selected: position in ``result.faces`` of the face to emphasise, or None.
        mirrored: flip the picture left to right; the text stays readable.

    Returns:
        A new RGB uint8 picture of the same size.

    Raises:
        ImageError: the picture is not RGB uint8, or the result belongs to one of another size.
    """
    _check(image, result)
    height, width = image.shape[:2]
    canvas = np.ascontiguousarray(image[:, ::-1]) if mirrored else image.copy()
    boxes = [_mirror(face.box, width) if mirrored else face.box for face in result.faces]
    # Frames first and the selected face last, so that no line crosses a tag or the selection.
    order = sorted(range(len(boxes)), key=lambda i: (i == selected, -boxes[i].area))
    for i in order:
        _draw_frame(canvas, boxes[i], result.faces[i], chosen=i == selected)
    tags: list[FaceBox] = []
    for i in order[::-1]:  # the selected face and the small ones choose their place first
        face, box = result.faces[i], boxes[i]
        chosen = i == selected
        tag = make_tag(face, _text_size(box, width, height, chosen=chosen), width)
        others = boxes[:i] + boxes[i + 1 :]
        gap = _line_width(box, width, height) + 1 + 2 * chosen
        spot = place_tag((tag.shape[1], tag.shape[0]), box, others, tags, (width, height), gap=gap)
        tags.append(spot)
        rows, columns = min(tag.shape[0], height - spot.y), min(tag.shape[1], width - spot.x)
        canvas[spot.y : spot.y + rows, spot.x : spot.x + columns] = tag[:rows, :columns]
        if chosen:
            _rectangle(canvas, spot, WHITE, 1)
    return canvas


def _check(image: Image, result: FrameResult) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ImageError(
            "Expected an RGB picture, uint8 of shape (height, width, 3); got "
            f"{image.dtype} {image.shape}.",
            "Read it with emogui.load_image.",
        )
    size = (result.width, result.height)
    if None not in size and size != (image.shape[1], image.shape[0]):
        raise ImageError(
            f"The result is of a picture of {size[0]}x{size[1]} pixels; this one has "
            f"{image.shape[1]}x{image.shape[0]}.",
            "Draw it into the picture that was analysed.",
        )


def _mirror(box: FaceBox, width: int) -> FaceBox:
    return FaceBox(width - box.right, box.y, box.w, box.h)


def _line_width(box: FaceBox, width: int, height: int) -> int:
    """Grows with the picture, but leaves a small face in a large picture visible."""
    return max(1, min(round(max(width, height) / 280), min(box.w, box.h) // 10))


def _text_size(box: FaceBox, width: int, height: int, *, chosen: bool) -> int:
    """Height of the letters: readable once a window has fitted the picture, larger on big faces."""
    long_side = max(width, height)
    smallest, largest = long_side * 0.017, long_side * 0.032
    size = min(max(box.w * 0.12, smallest), largest) * (1.15 if chosen else 1.0)
    return max(SMALLEST_TEXT + 3, round(size))


def _draw_frame(canvas: Image, box: FaceBox, face: FaceResult, *, chosen: bool) -> None:
    """A coloured line with a dark rim (a light one when chosen), visible on any background."""
    line = _line_width(box, canvas.shape[1], canvas.shape[0])
    tint = colour(face.emotion)
    rim = max(1, line // 2)
    if chosen:
        line = max(line + 2, round(line * 1.5))
        _rectangle(canvas, box, WHITE, line + 2 * rim + 2)
    if face.uncertain:
        _dashed(canvas, box, BLACK, line + 2 * rim, line)
        _dashed(canvas, box, tint, line, line)
    else:
        if not chosen:
            _rectangle(canvas, box, BLACK, line + 2 * rim)
        _rectangle(canvas, box, tint, line)


def _rectangle(canvas: Image, box: FaceBox, tint: Colour, line: int) -> None:
    cv2.rectangle(canvas, (box.x, box.y), (box.right - 1, box.bottom - 1), tint, line)


def _dashed(canvas: Image, box: FaceBox, tint: Colour, line: int, unit: int) -> None:
    """Dashes of equal length along each side, with one at every corner."""
    left, top, right, bottom = box.x, box.y, box.right - 1, box.bottom - 1
    for (x0, y0), (x1, y1) in (
        ((left, top), (right, top)),
        ((right, top), (right, bottom)),
        ((right, bottom), (left, bottom)),
        ((left, bottom), (left, top)),
    ):
        length = abs(x1 - x0) + abs(y1 - y0)
        # 2n + 1 pieces, drawn and left out in turn, begin and end with a drawn one.
        pieces = 2 * max(1, min(8, round(length / (8 * unit + 8)))) + 1
        for piece in range(0, pieces, 2):
            a, b = piece / pieces, (piece + 1) / pieces
            start = (round(x0 + (x1 - x0) * a), round(y0 + (y1 - y0) * a))
            end = (round(x0 + (x1 - x0) * b), round(y0 + (y1 - y0) * b))
            cv2.line(canvas, start, end, tint, line)
