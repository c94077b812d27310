"""Draws emogui's icon: a face inside the frame that the program draws around faces.

Writes ``icon.png`` (256 px), ``icon-16.png`` to ``icon-128.png`` and ``icon.ico``.

    python assets/make_icon.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent
SIZES = (16, 24, 32, 48, 64, 128, 256)
OVERSAMPLING = 8

TOP, BOTTOM = (38, 70, 120), (20, 34, 66)
FACE, INK = (255, 205, 86), (46, 40, 60)
FRAME = (126, 226, 236)


def background(side: int) -> Image.Image:
    """A tile with round corners, shaded from top to bottom."""
    ramp = Image.linear_gradient("L").resize((side, side))
    tile = Image.composite(
        Image.new("RGB", (side, side), BOTTOM), Image.new("RGB", (side, side), TOP), ramp
    )
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), round(side * 0.22), fill=255)
    tile.putalpha(mask)
    return tile


def draw(size: int) -> Image.Image:
    """The icon at ``size`` px; the small ones have thicker lines, so that they stay readable."""
    side = size * OVERSAMPLING
    small = size <= 32
    icon = background(side)
    pen = ImageDraw.Draw(icon)

    def at(*values: float) -> tuple[float, ...]:
        return tuple(value * side for value in values)

    # The four corners of a detection frame.
    line = round(side * (0.085 if small else 0.055))
    near, far, arm = (0.10, 0.90, 0.20) if small else (0.125, 0.875, 0.17)
    for x, toward_x in ((near, 1), (far, -1)):
        for y, toward_y in ((near, 1), (far, -1)):
            for end in ((x + toward_x * arm, y), (x, y + toward_y * arm)):
                pen.line((*at(x, y), *at(*end)), fill=FRAME, width=line)
                for centre in ((x, y), end):
                    dot = line / 2 / side
                    pen.ellipse(
                        at(centre[0] - dot, centre[1] - dot, centre[0] + dot, centre[1] + dot),
                        fill=FRAME,
                    )

    radius = 0.30 if small else 0.27
    pen.ellipse(at(0.5 - radius, 0.5 - radius, 0.5 + radius, 0.5 + radius), fill=FACE)
    eye = 0.05 if small else 0.034
    for x in (0.5 - 0.105, 0.5 + 0.105):
        pen.ellipse(at(x - eye, 0.44 - eye * 1.3, x + eye, 0.44 + eye * 1.3), fill=INK)
    mouth = round(side * (0.06 if small else 0.036))
    pen.arc(at(0.5 - 0.14, 0.40, 0.5 + 0.14, 0.66), 20, 160, fill=INK, width=mouth)
    return icon.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    icons = {size: draw(size) for size in SIZES}
    for size, icon in icons.items():
        icon.save(FOLDER / ("icon.png" if size == 256 else f"icon-{size}.png"), optimize=True)
    icons[256].save(
        FOLDER / "icon.ico",
        sizes=[(size, size) for size in SIZES],
        append_images=[icons[size] for size in SIZES if size != 256],
    )
    print(f"wrote the icons into {FOLDER}")
