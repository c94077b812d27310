"""Does the crop rule help on photographs? Measured in three ways, written into the docs.

    python benchmarks/crop_check.py --data fer2013.csv --votes fer2013new.csv
        [--photos FOLDER] [--videos FOLDER] [--rows N] [--output FILE.md]

Known expressions (``crop_known.py``) need the data; how steady the answer is
(``crop_consistency.py``) is measured on the sample picture and what the folders hold; smiles judged
by eye (``crop_smiles.py``) need the photographs that ``smiles.csv`` names. Each has its block in
``docs/crop-rule.md``, which stays as it is where its pictures are not given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from colours import load_photos
from crop_consistency import Pair, consistency_table, of_changes, of_detectors, of_frames
from crop_known import known_report
from crop_smiles import smiles_report
from page import ROOT, made_by, write_block
from robustness import public_faces

from emogui.backend.classifier import Classifier, load_classifier
from emogui.backend.detectors import create_detector
from emogui.errors import EmoguiError
from emogui.media.source import VIDEO_SUFFIXES

MEASURED_ON = ("centerface", "haar")


def known(classifier: Classifier, args: argparse.Namespace) -> str:
    faces, truth = public_faces(args.data, args.votes, args.rows, seed=0)
    parts = [known_report(classifier, name, faces, truth) for name in MEASURED_ON]
    return "\n\n".join([*parts, made_by()])


def consistency(classifier: Classifier, args: argparse.Namespace) -> str:
    photos = load_photos(args.photos)
    centerface, haar = (create_detector(name) for name in MEASURED_ON)
    kinds: list[tuple[str, Sequence[Pair]]] = [
        (
            "CenterFace's and Haar's box of the same face",
            list(of_detectors(photos, centerface, haar)),
        )
    ]
    for title, detector in (("CenterFace", centerface), ("Haar", haar)):
        changes = [pair for _, pair in of_changes(photos, detector)]
        kinds.append((f"A photograph and the same changed, {title}", changes))
    if args.videos:
        files = sorted(p for p in args.videos.iterdir() if p.suffix.lower() in VIDEO_SUFFIXES)
        for title, detector in (("CenterFace", centerface), ("Haar", haar)):
            pairs = list(of_frames(files, detector))
            kinds.append((f"Neighbouring frames of {len(files)} videos, {title}", pairs))
    parts = []
    for title, pairs in kinds:
        if pairs:
            faces = len({pair.face for pair in pairs})
            parts.append(f"**{title}**: {len(pairs):,} pairs of {faces} faces.")
            parts.append(consistency_table(classifier, pairs))
    return "\n\n".join([f"{len(photos)} photographs.", *parts, made_by()])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="fer2013.csv or the like")
    parser.add_argument("--votes", help="fer2013new.csv")
    parser.add_argument("--rows", type=int, help="that many rows of it, for a quick run")
    parser.add_argument("--photos", type=Path, help="folder, beside the sample picture")
    parser.add_argument("--videos", type=Path, help="folder")
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("smiles.csv"))
    parser.add_argument("--model", default="resnet50", help="name or folder of our network")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "crop-rule.md")
    args = parser.parse_args()
    try:
        classifier = load_classifier(args.model)
        if args.data:
            write_block(args.output, "known expressions", known(classifier, args))
        if args.photos or args.videos or not args.data:
            write_block(args.output, "consistency", consistency(classifier, args))
        smiles = smiles_report(classifier, args.photos, args.labels) if args.photos else None
        if smiles:
            write_block(args.output, "smiles", f"{smiles}\n\n{made_by()}")
    except EmoguiError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
