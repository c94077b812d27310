"""The crop rule on real photographs and videos: how much the answer depends on the box.

The same face, seen twice: in the boxes of two detectors, in neighbouring frames of a video, in a
photograph and in the photograph enlarged, made smaller, moved or turned. The total variation
between the two answers should be small. It says nothing of whether they are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from framings import RULE, SQUEEZED, framings, matching, total_variation
from results import table

from emogui.backend.classifier import Classifier
from emogui.backend.detectors import FaceDetector
from emogui.backend.detectors.base import LIVE_SIDE
from emogui.media.video import VideoSource
from emogui.types import FaceBox, Image

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """A picture, the box of a face in it, and the detector that drew the box."""

    image: Image
    box: FaceBox
    detector: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two views of one face; ``face`` says of which, so that its pairs are counted together."""

    face: str
    first: View
    second: View


def _matrix(scale: float, degrees: float, move: float, size: tuple[int, int]) -> Matrix:
    """From a picture of that (width, height) to its changed version, about its centre."""
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, 1.0)
    matrix: Matrix = scale * np.asarray(turn, np.float64)
    matrix[:, 2] += move
    return matrix


CHANGES: dict[str, tuple[float, float, float]] = {
    "enlarged 1.5 times": (1.5, 0.0, 0.0),
    "made smaller, 0.75 times": (0.75, 0.0, 0.0),
    "moved by 5 pixels": (1.0, 0.0, 5.0),
    "turned by 10 degrees": (1.0, 10.0, 0.0),
    "turned by -10 degrees": (1.0, -10.0, 0.0),
}
"""Scale, degrees and pixels."""


def changed(image: Image, matrix: Matrix, scale: float) -> Image:
    height, width = image.shape[:2]
    size = (round(width * scale), round(height * scale))
    if scale < 1:  # sampling alone would alias
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5 / scale), np.uint8)
    return np.asarray(
        cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )


def same_face(
    box: FaceBox, matrix: Matrix, scale: float, found: Sequence[FaceBox]
) -> FaceBox | None:
    """The box, among those found in the changed picture, of the face that had this one."""
    x, y = matrix @ np.array([box.x + box.w / 2, box.y + box.h / 2, 1.0])
    w, h = box.w * scale, box.h * scale
    return matching(FaceBox(round(x - w / 2), round(y - h / 2), round(w), round(h)), found, 0.4)


def of_changes(photos: Sequence[Image], detector: FaceDetector) -> Iterator[tuple[str, Pair]]:
    """Each face in its photograph and in the changed photograph."""
    for number, photo in enumerate(photos):
        boxes = [d.box for d in detector.detect(photo)]
        if not boxes:
            continue
        for name, (scale, degrees, move) in CHANGES.items():
            matrix = _matrix(scale, degrees, move, (photo.shape[1], photo.shape[0]))
            picture = changed(photo, matrix, scale)
            found = [d.box for d in detector.detect(picture)]
            for i, box in enumerate(boxes):
                other = same_face(box, matrix, scale, found)
                if other is not None:
                    yield (
                        name,
                        Pair(
                            f"{number}/{i}",
                            View(photo, box, detector.name),
                            View(picture, other, detector.name),
                        ),
                    )


def of_detectors(
    photos: Sequence[Image], first: FaceDetector, second: FaceDetector
) -> Iterator[Pair]:
    """Each face that both detectors find."""
    for number, photo in enumerate(photos):
        others = [d.box for d in second.detect(photo)]
        for i, box in enumerate(d.box for d in first.detect(photo)):
            other = matching(box, others)
            if other is not None:
                yield Pair(
                    f"{number}/{i}", View(photo, box, first.name), View(photo, other, second.name)
                )


def of_frames(videos: Sequence[Path], detector: FaceDetector) -> Iterator[Pair]:
    """Each face in each two neighbouring frames, found as in the live view."""
    for path in videos:
        with VideoSource(path) as source:
            before: list[tuple[str, View]] = []
            named = 0
            while (frame := source.read()) is not None:
                now: list[tuple[str, View]] = []
                for found in detector.detect(frame.image, long_side=LIVE_SIDE):
                    view = View(frame.image, found.box, detector.name)
                    last = matching(found.box, [v.box for _, v in before])
                    if last is None:
                        named += 1
                        now.append((f"{path.name}/{named}", view))
                        continue
                    face, earlier = next(pair for pair in before if pair[1].box == last)
                    now.append((face, view))
                    yield Pair(face, earlier, view)
                before = now


def consistency_table(classifier: Classifier, pairs: Sequence[Pair]) -> str:
    """Mean total variation between the two views for each way of cutting, in Markdown."""
    draws = Resamples(len(pairs), [pair.face for pair in pairs])
    answers: dict[str, npt.NDArray[np.float64]] = {}
    flips: dict[str, float] = {}
    names = [way.name for way in framings("centerface")]
    cuts: dict[tuple[str, str], Callable[[Image, FaceBox], Image]] = {
        (detector, way.name): way.cut
        for detector in {v.detector for p in pairs for v in (p.first, p.second)}
        for way in framings(detector)
    }
    for name in names:
        first, second = (
            classifier.predict([cuts[v.detector, name](v.image, v.box) for v in views])
            for views in ([p.first for p in pairs], [p.second for p in pairs])
        )
        answers[name] = draws.mean(total_variation(first, second))
        flips[name] = float((first.argmax(axis=1) != second.argmax(axis=1)).mean())
    lines = []
    for name in names:
        difference = estimate(answers[name] - answers[SQUEEZED])
        to_rule = estimate(answers[name] - answers[RULE])
        lines.append(
            [
                name,
                f"{answers[name][0]:.3f}",
                f"{flips[name]:.1%}",
                "" if name == SQUEEZED else difference.text(),
                "" if name == RULE else to_rule.text(),
            ]
        )
    return table(
        ["crop", "total variation", "winner changes", "to the squeezed box", "to the rule"], lines
    )
