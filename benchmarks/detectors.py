"""Compares the face detectors on photos whose faces are known.

    python benchmarks/detectors.py --data FOLDER [--model-file face_detection_yunet_2023mar.onnx]

The folder holds pictures and ``face_counts.csv`` (file, n_faces), and may hold ``face_boxes.csv``
(file, left, top, width, height). Printed for each detector and mode: boxes found (an intersection
over union of 0.3 or more, or the centre of a found box inside), pictures with the exact number of
faces, false faces on the pictures without any, and the median time a picture as a ratio to
CenterFace at 640 pixels. The detectors take turns on each picture, so that a busy computer slows
them alike.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from emogui.backend.detectors import DETECTORS, FaceDetector, create_detector
from emogui.errors import EmoguiError
from emogui.media.image import load_image
from emogui.types import Detection, FaceBox


@dataclass
class Row:
    """One detector in one mode, and what it has found so far."""

    detector: FaceDetector
    long_side: int | None
    boxes: int = 0
    exact: int = 0
    false_faces: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def title(self) -> str:
        mode = "thorough" if self.long_side is None else f"{self.long_side} px"
        return f"{self.detector.name}, {mode}"


def hits(box: FaceBox, faces: list[Detection]) -> bool:
    for face in faces:
        x, y = face.box.x + face.box.w / 2, face.box.y + face.box.h / 2
        if face.box.iou(box) >= 0.3 or (box.x <= x <= box.right and box.y <= y <= box.bottom):
            return True
    return False


def read_table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def measure(rows: list[Row], folder: Path) -> tuple[int, int, int]:
    """Runs every row on every picture; returns the numbers of boxes, pictures, empty pictures."""
    boxes: dict[str, list[FaceBox]] = {}
    for line in read_table(folder / "face_boxes.csv"):
        sides = [int(line[key]) for key in ("left", "top", "width", "height")]
        boxes.setdefault(line["file"], []).append(FaceBox(*sides))
    counts = {r["file"]: int(r["n_faces"]) for r in read_table(folder / "face_counts.csv")}
    if not counts:
        raise EmoguiError(f"Expected a file face_counts.csv in '{folder}'.")
    for name, count in counts.items():
        image = load_image(folder / name)
        for row in rows:
            # The first run on a size of picture prepares memory; it is not timed.
            faces = row.detector.detect(image, long_side=row.long_side)
            started = time.perf_counter()
            row.detector.detect(image, long_side=row.long_side)
            row.seconds.append(time.perf_counter() - started)
            row.boxes += sum(hits(box, faces) for box in boxes.get(name, []))
            row.exact += len(faces) == count
            row.false_faces += len(faces) if count == 0 else 0
    return (
        sum(len(found) for found in boxes.values()),
        len(counts),
        sum(count == 0 for count in counts.values()),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the face detectors.")
    parser.add_argument("--data", required=True, type=Path, help="folder with face_counts.csv")
    parser.add_argument("--model-file", help="YuNet's model file; without it YuNet is left out")
    options = parser.parse_args()
    try:
        rows = []
        for name, info in DETECTORS.items():
            if info.needs_file and not options.model_file:
                continue
            file = options.model_file if info.needs_file else None
            rows.append(Row(create_detector(name, model_file=file), 640))
            rows.append(Row(create_detector(name, model_file=file), None))
            live = create_detector(name, model_file=file, threshold=info.live_threshold)
            rows.append(Row(live, 320))
        boxes, pictures, empty = measure(rows, options.data)
    except EmoguiError as error:
        print(error, file=sys.stderr)
        return 1
    reference = statistics.median(rows[0].seconds)
    print(f"{'detector':22} {'boxes':>9} {'exact':>9} {'false on ' + str(empty):>11} {'time':>6}")
    for row in rows:
        ratio = statistics.median(row.seconds) / reference
        print(
            f"{row.title:22} {f'{row.boxes}/{boxes}':>9} {f'{row.exact}/{pictures}':>9} "
            f"{row.false_faces:>11} {ratio:>6.2f}"
        )
    print(f"time 1.00 = {reference * 1000:.0f} ms a picture on this computer, as busy as it was")
    return 0


if __name__ == "__main__":
    sys.exit(main())
