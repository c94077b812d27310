"""The typeface of what emogui draws into pictures.

matplotlib carries DejaVu Sans, which covers Latin, Greek, Cyrillic, Arabic and more; its file is
found without importing matplotlib, which would cost a quarter of a second.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from emogui.errors import EmoguiError

Font = ImageFont.FreeTypeFont


@cache
def font_file() -> Path:
    """DejaVu Sans as it comes with matplotlib.

    Raises:
        EmoguiError: matplotlib is not installed or lacks its fonts.
    """
    spec = find_spec("matplotlib")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if file.is_file():
            return file
    raise EmoguiError(
        "The typeface DejaVu Sans, which comes with matplotlib, was not found.",
        "Install matplotlib again: python3 -m pip install --force-reinstall matplotlib",
    )


@lru_cache(maxsize=32)
def font(size: int) -> Font:
    """DejaVu Sans with letters ``size`` pixels high.

    Basic layout is enough for labels and avoids a dependency on the system's text shaper.
    """
    return ImageFont.truetype(str(font_file()), size, layout_engine=ImageFont.Layout.BASIC)
