"""Milliseconds a face and a picture, against Keras' ``model.predict`` and the ``fer`` package.

    python benchmarks/speed.py [--pictures FOLDER] [--rounds 15] [--without-fer]

The contest is that of ``contest.py``; medians over the rounds are printed with their ratio to
ours. ``fer`` brings another OpenCV and gets an environment of its own (``.venv-fer``,
made when it is missing). It runs as it comes: Haar cascade, its 8-bit TensorFlow Lite network.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # fer's environment has no emogui

from contest import Tasks, contest, machine, print_times, serve

ROOT = Path(__file__).resolve().parents[1]
FER_ENVIRONMENT = ROOT / ".venv-fer"
FER_PACKAGES = (
    "tensorflow",
    "opencv-contrib-python<5",
    "pandas",
    "requests",
    "tqdm",
    "pillow",
    "matplotlib",
    "setuptools<81",  # fer imports pkg_resources, which later versions no longer have
)
FER_VERSION = "25.10.3"


# --- the contestants: each returns what it can do, name to action --------------------------------


def ours(crops: list[Any], pictures: list[Any]) -> Tasks:
    from emogui import Analyzer

    analyzer = Analyzer()
    return {
        "face, batch 1": lambda: analyzer.classifier.predict(crops[:1]),
        "faces, batch 8": lambda: analyzer.classifier.predict(crops[:8]),
        "picture": lambda: [analyzer.analyze(p) for p in pictures],
        "picture, live": lambda: [analyzer.analyze(p, long_side=320) for p in pictures],
    }


def keras_predict(crops: list[Any], pictures: list[Any]) -> Tasks:
    import numpy as np

    from emogui.backend.classifier import KerasRuntime
    from emogui.backend.crop import prepare
    from emogui.backend.store import load_model_info

    info = load_model_info("resnet50")
    network = KerasRuntime(info).network

    def predict(faces: list[Any]) -> Any:
        batch = prepare(faces, info.input_size).astype(np.float32)
        return network.predict(batch, verbose=0)

    return {
        "face, batch 1": lambda: predict(crops[:1]),
        "faces, batch 8": lambda: predict(crops[:8]),
    }


def fer(crops: list[Any], pictures: list[Any]) -> Tasks:
    import cv2
    import numpy as np
    from fer.fer import FER

    detector = FER()
    bgr = [cv2.cvtColor(p, cv2.COLOR_RGB2BGR) for p in pictures]
    side = 96
    strip = np.hstack([cv2.resize(c, (side, side)) for c in crops[:8]])[:, :, ::-1].copy()
    boxes = [(i * side, 0, side, side) for i in range(8)]
    return {
        "face, batch 1": lambda: detector.detect_emotions(strip, boxes[:1]),
        "faces, batch 8": lambda: detector.detect_emotions(strip, boxes),
        "picture": lambda: [detector.detect_emotions(p) for p in bgr],
    }


CONTESTANTS: dict[str, Callable[[list[Any], list[Any]], Tasks]] = {
    "emogui": ours,
    "keras predict": keras_predict,
    "fer": fer,
}


def tasks_of(name: str, folder: str) -> Tasks:
    """What a contestant can do, on the pictures and crops of the folder."""
    import numpy as np

    with np.load(Path(folder) / "work.npz") as file:
        pictures = [file[k] for k in sorted(file.files) if k.startswith("picture")]
        crops = [file[k] for k in sorted(file.files) if k.startswith("crop")]
    return CONTESTANTS[name](crops, pictures)


def make_fer_environment() -> Path:
    python = FER_ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (FER_ENVIRONMENT / "ready").exists():
        print("making the environment for fer...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", FER_ENVIRONMENT], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *FER_PACKAGES], check=True)
        # Its declared dependencies include an old PyTorch that only another detector needs.
        subprocess.run([*pip, "--no-deps", f"fer=={FER_VERSION}"], check=True)
        (FER_ENVIRONMENT / "ready").touch()
    return python


def write_work(folder: str, pictures_folder: str | None) -> int:
    """Writes the pictures and eight crops that all contestants get; returns how many pictures."""
    import numpy as np

    from emogui import Analyzer, load_image, paths
    from emogui.backend.crop import crop_face
    from emogui.media.image import find_images

    inputs = [pictures_folder] if pictures_folder else [str(paths.assets() / "sample.jpg")]
    pictures = [load_image(path) for path, error in find_images(inputs) if error is None]
    analyzer = Analyzer()
    crops = [
        crop_face(picture, face.box, analyzer.classifier.crop_rule)
        for picture in pictures
        for face in analyzer.analyze(picture).faces
    ]
    if not crops:
        raise SystemExit("no face was found in the pictures")
    crops = [crops[i % len(crops)] for i in range(8)]
    arrays = {f"picture{i:04d}": p for i, p in enumerate(pictures)}
    arrays |= {f"crop{i}": c for i, c in enumerate(crops)}
    np.savez(Path(folder) / "work.npz", **arrays)
    return len(pictures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", help="folder of pictures (default: the sample picture)")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--without-fer", action="store_true")
    parser.add_argument("--json", help="also write the figures there")
    parser.add_argument("--worker", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        serve(lambda: tasks_of(args.worker, args.folder))
        return 0
    pythons = {"emogui": Path(sys.executable), "keras predict": Path(sys.executable)}
    if not args.without_fer:
        pythons["fer"] = make_fer_environment()
    with tempfile.TemporaryDirectory() as folder:
        count = write_work(folder, args.pictures)
        result = contest(
            {
                name: [str(python), __file__, "--worker", name, "--folder", folder]
                for name, python in pythons.items()
            },
            args.rounds,
        )
    for task, by_name in result["ms"].items():
        if task.startswith("picture"):
            result["ms"][task] = {name: ms / count for name, ms in by_name.items()}
    print(f"{machine()}; {args.rounds} rounds, {count} picture(s); medians (ratio to emogui)")
    print_times(result["ms"], "emogui")
    print_times(result["memory_mb"], "emogui", "MB")
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
