"""Makes the sample picture, ``sample.jpg``, from two portraits in the public domain.

Both arrive with packages: Eileen Collins with scikit-image, Grace Hopper with matplotlib.

    python assets/make_sample.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

PANEL = (614, 720)
GAP = 12
PAPER = (247, 246, 243)
TARGET = Path(__file__).with_name("sample.jpg")


def portraits() -> tuple[Image.Image, Image.Image]:
    """The two photographs as they come, RGB."""
    import matplotlib.cbook
    import skimage.data

    collins = Image.fromarray(skimage.data.astronaut())
    with Image.open(matplotlib.cbook.get_sample_data("grace_hopper.jpg")) as file:
        hopper = file.convert("RGB")
    return collins, hopper


def panel(portrait: Image.Image, scale: float, left: int, top: int) -> Image.Image:
    """The part of a scaled portrait that is shown, so that both faces have about one size."""
    size = (round(portrait.width * scale), round(portrait.height * scale))
    scaled = portrait.resize(size, Image.Resampling.LANCZOS)
    return scaled.crop((left, top, left + PANEL[0], top + PANEL[1]))


def compose() -> Image.Image:
    """Both portraits side by side."""
    collins, hopper = portraits()
    picture = Image.new("RGB", (2 * PANEL[0] + GAP, PANEL[1]), PAPER)
    picture.paste(panel(collins, 1.9, 124, 0), (0, 0))
    picture.paste(panel(hopper, 1.2, 0, 0), (PANEL[0] + GAP, 0))
    return picture


if __name__ == "__main__":
    compose().save(TARGET, quality=88, optimize=True, progressive=True)
    print(f"wrote {TARGET} ({TARGET.stat().st_size / 1024:.0f} KB)")
