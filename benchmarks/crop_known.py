"""The crop rule on photographs whose expressions are known: PublicTest's pictures.

Each is laid on a canvas, the detector draws its box there, and the box is cut out in every way of
``framings.py``. The margin is made up, so what is cut wider than the picture shows made-up pixels:
every way is measured under each filling of the margin, the boxes staying the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from framings import (
    ENLARGE,
    FILLS,
    MARGIN,
    RULE,
    SQUEEZED,
    Framing,
    face_on_canvas,
    framings,
    on_canvas,
)
from results import table

from emogui.backend.classifier import Classifier
from emogui.backend.crop import prepare
from emogui.backend.detectors import create_detector
from emogui.labels import FERPLUS
from emogui.training.metrics import frequent_classes
from emogui.types import FaceBox

Face = npt.NDArray[np.uint8]
SIX = frequent_classes(FERPLUS)
SMALLEST = 1e-6
OWN_FRAME = "FER-2013's own frame"


def known_report(
    classifier: Classifier, detector: str, faces: Sequence[Face], truth: npt.NDArray[np.int64]
) -> str:
    """A paragraph and two tables, in Markdown, for one detector."""
    finder = create_detector(detector)
    boxes = [face_on_canvas(finder, on_canvas(face)) for face in faces]
    found = [(face, box) for face, box in zip(faces, boxes, strict=True) if box is not None]
    true = truth[[box is not None for box in boxes]]
    draws = Resamples(len(found))
    shape = np.median([box.w / box.h for _, box in found])
    parts = [
        f"**{detector}**: {len(found):,} of {len(faces):,} faces found; its boxes are "
        f"{shape:.2f} times as wide as high (median).",
    ]
    ways = framings(detector)

    def figures_of(way: Framing, fill: str) -> Figures:
        return _figures(_read(classifier, way, found, fill), true, draws)

    usual, *others = FILLS
    figures = {way.name: figures_of(way, usual) for way in ways}
    figures[OWN_FRAME] = _figures(classifier.predict([face for face, _ in found]), true, draws)
    made_up = {
        way.name: _made_up(way, [box for _, box in found], faces[0].shape[0]) for way in ways
    }
    lines = [_line(name, row, figures, made_up.get(name, 0.0)) for name, row in figures.items()]
    against = ["accuracy, to the squeezed box", "mean recall", "NLL"]
    header = ["crop", "made-up pixels", "accuracy", "mean recall of six", "NLL", *against]
    parts.append(table(header, lines))
    pair = [way for way in ways if way.name in (RULE, SQUEEZED)]
    short = [[usual, *_differences(figures[RULE], figures[SQUEEZED])]]
    for fill in others:
        row = {way.name: figures_of(way, fill) for way in pair}
        short.append([fill, *_differences(row[RULE], row[SQUEEZED])])
    parts.append("The rule against the squeezed box, by how the margin is filled:")
    parts.append(table(["margin", *against], short))
    return "\n\n".join(parts)


def _made_up(way: Framing, boxes: Sequence[FaceBox], side: int) -> float:
    """Mean share of a crop's pixels that lie in the margin."""
    shown = on_canvas(np.full((side, side), 255, np.uint8))
    margin = round(side * ENLARGE * MARGIN)
    shown[:margin] = shown[-margin:] = 0
    shown[:, :margin] = shown[:, -margin:] = 0
    return float(np.mean([1 - way.cut(shown, box).mean() / 255 for box in boxes]))


Figures = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]


def _read(
    classifier: Classifier, way: Framing, found: Sequence[tuple[Face, FaceBox]], fill: str
) -> npt.NDArray[np.float32]:
    size = classifier.info.input_size
    # Only the network's input is kept: thousands of canvases would fill the memory.
    crops = [
        prepare([way.cut(on_canvas(face, fill), box)], size)[0, :, :, 0] for face, box in found
    ]
    return classifier.predict(crops)


def _figures(
    probabilities: npt.NDArray[np.float32], truth: npt.NDArray[np.int64], draws: Resamples
) -> Figures:
    """Accuracy, mean recall of the six and NLL, in the sample and its resamples."""
    right = probabilities.argmax(axis=1) == truth
    of_true = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    loss = -np.log(np.maximum(of_true, SMALLEST))
    return draws.mean(right), draws.mean_recall(right, truth, SIX), draws.mean(loss)


def _differences(figures: Figures, reference: Figures) -> list[str]:
    pairs = zip(figures, reference, strict=True)
    return [estimate(mine - other).text() for mine, other in pairs]


def _line(name: str, row: Figures, figures: dict[str, Figures], made_up: float) -> list[str]:
    differences = [""] * 3 if name == SQUEEZED else _differences(row, figures[SQUEEZED])
    return [name, f"{made_up:.1%}", *(f"{figure[0]:.3f}" for figure in row), *differences]
