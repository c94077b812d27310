"""Does the crop rule help on photographs? Smiles, by rules around the fitted one.

    python benchmarks/crop_check.py --photos FOLDER [--labels benchmarks/smiles.csv]

The labels name the centre of each face in each photograph and say whether it smiles, as judged
by eye from the photographs alone; faces that left a doubt were not labelled. For each rule, every
face is cropped by it and read by the shipped network. Printed are the share of smiles called
happiness, the share of other faces not called so, their mean, and the mean negative log
likelihood of the right one of "happiness" and "something else".
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from emogui import load_image
from emogui.backend.classifier import load_classifier
from emogui.backend.crop import CropRule, crop_face
from emogui.backend.detectors import DETECTORS, create_detector
from emogui.types import FaceBox, Image

SCALES = (0.8, 0.9, 1.0, 1.12, 1.25, 1.4, 1.6)


def labelled_faces(photos: Path, labels: Path) -> list[tuple[Image, FaceBox, bool]]:
    """Every labelled face that the detector finds: picture, box, whether it smiles."""
    detector = create_detector("centerface")
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", required=True, type=Path)
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("smiles.csv"))
    args = parser.parse_args()
    faces = labelled_faces(args.photos, args.labels)
    smiles = np.array([s for _, _, s in faces])
    classifier = load_classifier()
    happy = classifier.labels.index("happiness")
    print(f"{smiles.sum()} smiles, {(~smiles).sum()} other faces")
    fitted = DETECTORS["centerface"].crop
    rules = [
        CropRule(scale, 0.0, fitted.shift_y if scale == fitted.scale else 0.0) for scale in SCALES
    ]
    for rule in rules:
        crops = [crop_face(image, box, rule) for image, box, _ in faces]
        found = classifier.predict(crops)
        called = found.argmax(axis=1) == happy
        likelihood = np.where(smiles, found[:, happy], 1 - found[:, happy]).clip(1e-6)
        yes, no = called[smiles].mean(), (~called[~smiles]).mean()
        mark = "  <- fitted" if rule == fitted else ""
        print(
            f"scale {rule.scale:4.2f}   smiles {yes:.3f}   others {no:.3f}   "
            f"mean {(yes + no) / 2:.3f}   nll {-np.log(likelihood).mean():.3f}{mark}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
