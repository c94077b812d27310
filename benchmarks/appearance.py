"""Do the training's augmented pictures look like what a camera's faces look like?

    python benchmarks/appearance.py --data fer2013.csv [--photos FOLDER] [--videos FOLDER]
        [--augment noise=20,blur=2] [--sheet FILE.png] [--output FILE.md]

Compares FER-2013's Training pictures as they are, the same augmented, and the crops that
CenterFace and the crop rule take from photographs and videos: all as the network's input, 96
pixels wide, grey. Brightness, contrast, sharpness, and where the eyes lie. Erasing and mixup are
left out, since they are no camera's doing. Written into ``docs/robustness.md``, between its
markers; ``--sheet`` draws some of each, to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from colours import load_photos
from crop_rule import training_faces
from framings import face_on_canvas, on_canvas
from page import ROOT, made_by, write_block
from results import table

from emogui.backend.crop import CropRule, crop_face, prepare
from emogui.backend.detectors import DETECTORS, FaceDetector, create_detector
from emogui.errors import EmoguiError
from emogui.media.source import VIDEO_SUFFIXES
from emogui.media.video import VideoSource
from emogui.training.augment import Augmentation, augment, draw, noise_bank
from emogui.types import Detection, FaceBox, Image

SIZE = 96
FRAME_STEP = 10
"""Of a video, every so many-th frame is taken."""

Batch = npt.NDArray[np.uint8]
"""Network inputs, (n, SIZE, SIZE)."""
Figures = dict[str, npt.NDArray[np.float64]]

LOOKS = {
    "brightness (mean, 0-255)": "{:.0f}",
    "contrast (sd, 0-255)": "{:.0f}",
    "sharpness (gradient / contrast)": "{:.3f}",
    "fine detail and noise (high-pass / contrast)": "{:.3f}",
}
EYES = {
    "eyes: distance / side": "{:.2f}",
    "eyes: height / side": "{:.2f}",
    "eyes: tilt, degrees": "{:+.0f}",
}


def looks(batch: Batch) -> Figures:
    """Brightness, contrast and sharpness of each picture.

    Sharpness is the root mean square of the gradient (central differences), fine detail that of
    what a binomial 3 x 3 low-pass removes, both over the contrast, so that light has no part.
    """
    x = batch.astype(np.float64)
    contrast = np.maximum(x.std(axis=(1, 2)), 1.0)
    across, down = (x[:, 1:-1, 2:] - x[:, 1:-1, :-2]) / 2, (x[:, 2:, 1:-1] - x[:, :-2, 1:-1]) / 2
    gradient = np.sqrt((across**2 + down**2).mean(axis=(1, 2)))
    low = np.stack([cv2.GaussianBlur(p, (3, 3), 0, borderType=cv2.BORDER_REPLICATE) for p in x])
    fine = np.sqrt(((x - low) ** 2).mean(axis=(1, 2)))
    values = (x.mean(axis=(1, 2)), contrast, gradient / contrast, fine / contrast)
    return dict(zip(LOOKS, values, strict=True))


def eyes(found: Sequence[tuple[Detection, tuple[float, float, float]]]) -> Figures:
    """Where the eyes lie in the frame: detections, and each frame's left, top and side."""
    rows = []
    for face, (_, top, side) in found:
        if face.landmarks is not None:
            left, right = np.array(face.landmarks.left_eye), np.array(face.landmarks.right_eye)
            dx, dy = right - left
            height = (left[1] + right[1]) / 2 - top
            rows.append((np.hypot(dx, dy) / side, height / side, np.degrees(np.arctan2(dy, dx))))
    return dict(zip(EYES, np.asarray(rows, np.float64).reshape(-1, 3).T, strict=True))


def eyes_of_crops(detector: FaceDetector, crops: Batch) -> Figures:
    """The same for finished crops, in which the detector looks for the face."""
    found = []
    for crop in crops:
        picture = on_canvas(np.asarray(cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA)))
        box = face_on_canvas(detector, picture)
        if box is not None:
            faces = detector.detect(picture, long_side=picture.shape[0])
            side = picture.shape[0] / 2
            face = next(f for f in faces if f.box == box)
            found.append((face, (side / 2, side / 2, side)))
    return eyes(found)


def augmented(faces: Batch, ranges: Augmentation, seed: int = 0) -> Batch:
    """The pictures as the training draws them."""
    from keras import ops

    draws = draw(np.random.default_rng(seed), len(faces), ranges)
    tensors = {name: ops.convert_to_tensor(value) for name, value in draws.items()}
    noise = ops.convert_to_tensor(noise_bank(SIZE))
    pictures = ops.convert_to_numpy(augment(ops.convert_to_tensor(faces), tensors, noise))
    return np.rint(pictures[..., 0]).astype(np.uint8)


def pictures_of(photos: str | None, videos: Path | None) -> list[Image]:
    """The sample picture, the photographs, and frames of the videos."""
    pictures = load_photos(photos)
    files = sorted(videos.iterdir()) if videos else []
    for path in (p for p in files if p.suffix.lower() in VIDEO_SUFFIXES):
        with VideoSource(path) as source:
            number = 0
            while (frame := source.read()) is not None:
                if number % FRAME_STEP == 0:
                    pictures.append(frame.image)
                number += 1
    return pictures


def real_crops(
    detector: FaceDetector, rule: CropRule, pictures: Sequence[Image]
) -> tuple[list[Image], list[tuple[Detection, tuple[float, float, float]]]]:
    """The crops of all faces, and each face with its frame."""
    crops, found = [], []
    for picture in pictures:
        for face in detector.detect(picture):
            box: FaceBox = face.box
            crops.append(crop_face(picture, box, rule))
            found.append((face, rule.square(box)))
    return crops, found


def _spread(values: npt.NDArray[np.float64], form: str) -> str:
    low, middle, high = (form.format(v) for v in np.percentile(values, [5, 50, 95]))
    return f"{middle} ({low} to {high})"


def compare(
    plain: Figures, trained: Figures, real: Figures, forms: dict[str, str]
) -> list[list[str]]:
    """A line a figure: its spread in the three groups, and how many real ones are covered."""
    lines = []
    for name, form in forms.items():
        low, high = np.percentile(trained[name], [5, 95])
        below, above = (real[name] < low).mean(), (real[name] > high).mean()
        groups = [_spread(group[name], form) for group in (plain, trained, real)]
        lines.append([name, *groups, f"{below:.0%}", f"{above:.0%}"])
    return lines


def by_size(crops: Sequence[Image], figures: Figures) -> list[list[str]]:
    """Sharpness of the real crops by how many pixels they had."""
    sides = np.array([crop.shape[0] for crop in crops])
    lines = []
    for title, chosen in (
        ("under 48 px", sides < 48),
        ("48 to 96 px", (sides >= 48) & (sides <= 96)),
        ("over 96 px", sides > 96),
    ):
        if chosen.any():
            sharp = [_spread(figures[n][chosen], LOOKS[n]) for n in list(LOOKS)[2:]]
            lines.append([title, str(int(chosen.sum())), *sharp])
    return lines


def sheet(groups: Sequence[Batch], columns: int = 12, rows: int = 3) -> npt.NDArray[np.uint8]:
    """Some pictures of each group, a white line between the groups."""
    parts = []
    for batch in groups:
        chosen = batch[np.linspace(0, len(batch) - 1, columns * rows).astype(int)]
        grid = chosen.reshape(rows, columns, SIZE, SIZE).swapaxes(1, 2)
        parts += [grid.reshape(rows * SIZE, columns * SIZE), np.full((8, columns * SIZE), 255)]
    return np.concatenate(parts).astype(np.uint8)


def with_changes(ranges: Augmentation, text: str | None) -> Augmentation:
    """The ranges with some of them changed, as ``emogui train --augment`` takes them."""
    changes = dict(part.split("=", 1) for part in text.split(",")) if text else {}
    return replace(ranges, **{name: float(value) for name, value in changes.items()})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="fer2013.csv or the like")
    parser.add_argument("--photos", help="folder of photographs, beside the sample picture")
    parser.add_argument("--videos", type=Path, help="folder of videos")
    parser.add_argument("--augment", help="other ranges, as for emogui train")
    parser.add_argument("--pictures", type=int, default=1000, help="of the Training rows")
    parser.add_argument("--sheet", type=Path, help="draw some of each group there")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "robustness.md")
    args = parser.parse_args()
    try:
        ranges = with_changes(Augmentation(), args.augment)
        plain = prepare(training_faces(args.data, args.pictures, seed=0), SIZE)[..., 0]
        trained = augmented(plain, replace(ranges, erase=0.0, mixup=0.0))
        detector, rule = create_detector("centerface"), DETECTORS["centerface"].crop
        crops, frames = real_crops(detector, rule, pictures_of(args.photos, args.videos))
        real = prepare(crops, SIZE)[..., 0]
        real_looks = looks(real)
        lines = compare(looks(plain), looks(trained), real_looks, LOOKS)
        some = slice(0, min(400, len(plain)))
        lines += compare(
            eyes_of_crops(detector, plain[some]),
            eyes_of_crops(detector, trained[some]),
            eyes(frames),
            EYES,
        )
    except (EmoguiError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if args.sheet and not cv2.imwrite(str(args.sheet), sheet([plain, trained, real])):
        print(f"cannot write {args.sheet}", file=sys.stderr)
        return 1
    header = ["", "FER-2013, Training", "augmented", "real crops", "real: below", "real: above"]
    text = "\n\n".join(
        [
            f"{len(plain):,} Training pictures (the eyes: {some.stop}), the same augmented, and "
            f"{len(crops)} faces of photographs and videos; all {SIZE} px wide, grey. Median, with "
            "the 5th and 95th percentile. The last two columns: share of the real crops beyond the "
            "5th and 95th percentile of the augmented ones; 5% would be the same spread.",
            table(header, lines),
            "The real crops by their own size:",
            table(["size", "n", *list(LOOKS)[2:]], by_size(crops, real_looks)),
            made_by(),
        ]
    )
    write_block(args.output, "appearance", text)
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
