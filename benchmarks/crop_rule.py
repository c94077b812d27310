"""Measures how FER-2013 frames its faces, relative to a detector's boxes.

    python benchmarks/crop_rule.py --data fer2013.csv [--detector centerface] [--pictures 2000]

Each Training picture is enlarged four times and laid on grey of its own mean brightness, half its
side wide on each edge: without a margin the detectors miss faces that fill the picture. The
detector runs on that and on its mirror image, so that the rule favours neither side. Printed are
the medians and quartiles of what :class:`emogui.backend.crop.CropRule` holds.
"""

from __future__ import annotations

import argparse
import sys

import cv2
import numpy as np
import numpy.typing as npt
from framings import ENLARGE, face_on_canvas, on_canvas

from emogui.backend.detectors import DETECTORS, FaceDetector, create_detector
from emogui.errors import EmoguiError


def frame_of(
    detector: FaceDetector, face: npt.NDArray[np.uint8]
) -> tuple[float, float, float] | None:
    """Scale, shift x and shift y of the crop's frame, relative to the box; None: not found."""
    picture = on_canvas(face)
    box = face_on_canvas(detector, picture)
    if box is None:
        return None
    mean_side, middle = box.area**0.5, picture.shape[0] / 2
    return (
        face.shape[0] * ENLARGE / mean_side,
        (middle - box.x - box.w / 2) / mean_side,
        (middle - box.y - box.h / 2) / mean_side,
    )


def training_faces(path: str, count: int, seed: int) -> list[npt.NDArray[np.uint8]]:
    """That many Training pictures, drawn at random, as grey arrays."""
    from emogui.training.data import Split
    from emogui.training.datasets import load_dataset

    dataset = load_dataset(path)
    rows = np.flatnonzero(np.asarray(dataset.split) == Split.TRAINING)
    chosen = np.random.default_rng(seed).choice(rows, min(count, len(rows)), replace=False)
    faces = [np.asarray(dataset.faces[int(row)]) for row in np.sort(chosen)]
    return [f if f.ndim == 2 else cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in faces]


def report(name: str, model_file: str | None, faces: list[npt.NDArray[np.uint8]]) -> None:
    """Prints the rule of one detector."""
    detector = create_detector(name, model_file=model_file)
    frames = []
    for face in faces:
        for turn, picture in ((1, face), (-1, np.ascontiguousarray(face[:, ::-1]))):
            frame = frame_of(detector, picture)
            if frame:
                frames.append((frame[0], frame[1] * turn, frame[2]))
                # The mirrored shift counts too: a rule for faces that look either way.
                frames.append((frame[0], -frame[1] * turn, frame[2]))
    found = len(frames) / (4 * len(faces))
    print(f"{name}: face found in {found:.1%} of {len(faces):,} pictures and their mirror images")
    if not frames:
        return
    quartiles = np.percentile(np.asarray(frames), [25, 50, 75], axis=0)
    for i, what in enumerate(("scale", "shift_x", "shift_y")):
        low, middle, high = quartiles[:, i]
        print(f"  {what:8} median {middle:6.3f}   quartiles {low:6.3f} to {high:6.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Fit the crop rule of each face detector.")
    parser.add_argument("--data", required=True, help="fer2013.csv, icml_face_data.csv, a folder")
    parser.add_argument("--detector", action="append", choices=list(DETECTORS))
    parser.add_argument("--model-file", help="the model file of a detector that needs one")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.detector or [n for n, info in DETECTORS.items() if not info.needs_file]
    try:
        faces = training_faces(options.data, options.pictures, options.seed)
        for name in names:
            needs = DETECTORS[name].needs_file
            report(name, options.model_file if needs else None, faces)
    except EmoguiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
