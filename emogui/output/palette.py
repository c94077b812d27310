"""One colour for each emotion, told apart by people with any kind of colour vision.

The eight colours were found by maximising the smallest CIELAB distance between any two of them
as seen with normal, protan, deutan and tritan vision (simulated after Machado et al., 2009, at
full severity), starting from the hues of Okabe and Ito; that smallest distance is 31, and 2.3 is
just noticeable. Colour is never the only sign of an emotion: whatever is drawn carries its name.
"""

from __future__ import annotations

from typing import Final

from emogui.labels import canonical

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255 (sRGB)."""

BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)

_COLOURS: Final[dict[str, Colour]] = {
    "neutral": (190, 190, 190),
    "happiness": (235, 197, 3),
    "surprise": (47, 202, 254),
    "sadness": (76, 63, 236),
    "anger": (207, 90, 0),
    "disgust": (22, 137, 91),
    "fear": (100, 46, 158),
    "contempt": (166, 92, 154),
}
_OTHER: Final[Colour] = (96, 96, 96)


def colour(label: str) -> Colour:
    """The colour of an emotion, whichever class set the word comes from.

    Args:
        label: a label such as ``"happiness"`` or ``"happy"``; one that is not among the eight
            emotions of FER+ gets a dark grey.
    """
    return _COLOURS.get(canonical(label), _OTHER)


def text_colour(label: str) -> Colour:
    """Black or white, whichever is easier to read on the emotion's colour.

    One of the two always has a contrast ratio of at least 4.5, as WCAG 2 asks for text.
    """
    background = colour(label)
    if contrast(BLACK, background) >= contrast(WHITE, background):
        return BLACK
    return WHITE


def hex(label: str) -> str:
    """The colour of an emotion as ``"#rrggbb"``, for Tk and matplotlib."""
    return to_hex(colour(label))


def to_hex(rgb: Colour) -> str:
    """Any colour as ``"#rrggbb"``."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def contrast(first: Colour, second: Colour) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: Colour) -> float:
    """Relative luminance of an sRGB colour, 0 to 1."""
    red, green, blue = (_linear(value / 255) for value in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
