"""How much the colours of a photograph change what the networks say of its faces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from corruptions import TINTS, tinted
from framings import matching, total_variation
from results import table

from emogui import load_image, paths
from emogui.backend.classifier import Classifier
from emogui.backend.crop import crop_face
from emogui.backend.detectors import DETECTORS, create_detector
from emogui.media.image import find_images
from emogui.types import Image


def in_grey(image: Image) -> Image:
    """Luma (ITU-R BT.601) in all three channels."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def channel_mean(image: Image) -> Image:
    """The plain mean of red, green and blue in all three channels."""
    return np.repeat(image.mean(axis=2, keepdims=True).round().astype(np.uint8), 3, axis=2)


def _in_light(name: str) -> Callable[[Image], Image]:
    return lambda image: tinted(image, TINTS[name])


VERSIONS: dict[str, Callable[[Image], Image]] = {
    "grey (luma)": in_grey,
    "grey (mean of the channels)": channel_mean,
    **{f"in {name}": _in_light(name) for name in TINTS},
}


def load_photos(folder: str | None) -> list[Image]:
    """The sample picture, and the pictures of the folder."""
    inputs = [str(paths.assets() / "sample.jpg"), *([folder] if folder else [])]
    return [load_image(path) for path, error in find_images(inputs) if error is None]


def is_colour(image: Image) -> bool:
    """Whether a picture has colours: its channels differ by more than coding does."""
    return float(np.ptp(image.astype(np.int16), axis=2).mean()) > 4


def colour_report(classifier: Classifier, peer: Any, folder: str | None) -> str:
    """A paragraph and a table, in Markdown."""
    photos = [photo for photo in load_photos(folder) if is_colour(photo)]
    detector, rule = create_detector("centerface"), DETECTORS["centerface"].crop
    found = [(photo, [d.box for d in detector.detect(photo)]) for photo in photos]
    framed = [(photo, box) for photo, boxes in found for box in boxes]
    plain = [crop_face(photo, box, rule) for photo, box in framed]

    def theirs(crops: list[Image]) -> npt.NDArray[np.float32]:
        return np.concatenate([peer.predict([crop]) for crop in crops])

    before = classifier.predict(plain), theirs(plain)
    lines = []
    for name, change in VERSIONS.items():
        crops = [change(crop) for crop in plain]
        after = classifier.predict(crops), theirs(crops)
        lines.append([name, *_changes(before[0], after[0]), *_changes(before[1], after[1])])
    again, kept = [], []
    for photo, boxes in found:
        grey = in_grey(photo)
        others = [d.box for d in detector.detect(grey)]
        for box in boxes:
            same = matching(box, others)
            kept.append(same is not None)
            if same is not None:
                again.append(crop_face(grey, same, rule))
    chosen = np.flatnonzero(kept)
    lines.append(
        [
            f"grey (luma), face found again in grey ({len(chosen)} of {len(kept)})",
            *_changes(before[0][chosen], classifier.predict(again)),
            *_changes(before[1][chosen], theirs(again)),
        ]
    )
    return (
        f"**Grey against colour, on {len(photos)} colour photographs with {len(framed)} faces** "
        "(CenterFace, our crop rule; no labels, so this tells how much the answer changes, not "
        "whether it is right): mean total variation between the probabilities for the colour "
        "crop and for its other version, and the share of faces whose winner changes.\n\n"
        + table(["version", "emogui", "winner changes", "fer", "winner changes"], lines)
    )


def _changes(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> list[str]:
    moved = first.argmax(axis=1) != second.argmax(axis=1)
    return [f"{total_variation(first, second).mean():.4f}", f"{moved.mean():.1%}"]
