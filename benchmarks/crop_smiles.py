"""The crop rule on photographs whose smiles were judged by eye."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from framings import SQUEEZED, framings
from results import table

from emogui import load_image
from emogui.backend.classifier import Classifier
from emogui.backend.detectors import create_detector
from emogui.types import FaceBox, Image


def labelled_faces(photos: Path, labels: Path) -> list[tuple[Image, FaceBox, bool]]:
    """Every labelled face that the detector finds: picture, box, whether it smiles."""
    detector = create_detector("centerface")
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (photos / row["file"]).exists()]
    faces = []
    for name in sorted({row["file"] for row in rows}):
        image = load_image(photos / name)
        boxes = [found.box for found in detector.detect(image)]
        for row in (r for r in rows if r["file"] == name):
            x, y = int(row["x"]), int(row["y"])
            here = [b for b in boxes if b.x <= x < b.right and b.y <= y < b.bottom]
            if here:
                nearest = min(here, key=lambda b: abs(b.x + b.w / 2 - x) + abs(b.y + b.h / 2 - y))
                faces.append((image, nearest, row["smiles"] == "1"))
    return faces


def smiles_report(classifier: Classifier, photos: Path, labels: Path) -> str | None:
    """A sentence and a table, in Markdown; None where the folder has no labelled photograph."""
    faces = labelled_faces(photos, labels)
    if not faces:
        return None
    smiles = np.array([s for _, _, s in faces])
    draws = Resamples(len(faces))
    happy = classifier.labels.index("happiness")
    losses: dict[str, npt.NDArray[np.float64]] = {}
    lines = []
    for way in framings("centerface"):
        found = classifier.predict([way.cut(image, box) for image, box, _ in faces])
        called = found.argmax(axis=1) == happy
        likelihood = np.where(smiles, found[:, happy], 1 - found[:, happy]).clip(1e-6)
        losses[way.name] = draws.mean(-np.log(likelihood))
        difference = estimate(losses[way.name] - losses[SQUEEZED])
        lines.append(
            [
                way.name,
                f"{called[smiles].mean():.3f}",
                f"{(~called[~smiles]).mean():.3f}",
                f"{losses[way.name][0]:.3f}",
                "" if way.name == SQUEEZED else difference.text(),
            ]
        )
    header = ["crop", "smiles called happiness", "others not", "NLL", "NLL, to the squeezed box"]
    return f"{smiles.sum()} smiles and {(~smiles).sum()} other faces.\n\n" + table(header, lines)
