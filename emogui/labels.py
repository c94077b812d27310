"""The class sets, defined once.

Every probability vector in emogui is ordered as one of these tuples.
"""

from __future__ import annotations

from typing import Final

FERPLUS: Final[tuple[str, ...]] = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
)
"""The eight emotions of FER+ (Barsoum et al., 2016), in the order of its csv file."""

FER2013: Final[tuple[str, ...]] = (
    "angry",
    "disgust",
    "fear",
    "happy",
    "sad",
    "surprise",
    "neutral",
)
"""The seven labels of FER-2013 (Goodfellow et al., 2013), in the order of its codes 0-6."""

AFFECTNET: Final[tuple[str, ...]] = (
    "neutral",
    "happy",
    "sad",
    "surprise",
    "fear",
    "disgust",
    "anger",
    "contempt",
)
"""The eight expressions of AffectNet (Mollahosseini et al., 2017), by its codes 0-7."""

CONCEPTS: Final[dict[str, str]] = {
    "angry": "anger",
    "happy": "happiness",
    "sad": "sadness",
}
"""FER-2013 and AffectNet words that mean a FER+ emotion of another name."""

HEADS: Final[dict[str, tuple[str, ...]]] = {"ferplus": FERPLUS, "fer2013": FER2013}
"""The heads of the shipped network: head name to label order."""


def canonical(label: str) -> str:
    """The FER+ word for a label of any class set (``"happy"`` -> ``"happiness"``)."""
    return CONCEPTS.get(label, label)
