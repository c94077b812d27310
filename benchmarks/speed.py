"""Milliseconds a face and a picture, against Keras' ``model.predict`` and the ``fer`` package.

    python benchmarks/speed.py [--pictures FOLDER] [--rounds 15] [--without-fer]

Every contestant lives in a process of its own and is asked in turn, round after round, so that
whatever else the computer does hits all alike. Medians over the rounds are printed with their
ratio to ours. ``fer`` brings another OpenCV and gets an environment of its own (``.venv-fer``,
made when it is missing). It runs as it comes: Haar cascade, its 8-bit TensorFlow Lite network.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def measure(action: Callable[[], Any], seconds: float = 0.4) -> float:
    """Milliseconds a call, over as many calls as fit into the time."""
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        action()
        calls += 1
    return 1e3 * (time.perf_counter() - start) / calls


# --- the contestants: each returns what it can do, name to action --------------------------------


def ours(crops: list[Any], pictures: list[Any]) -> dict[str, Callable[[], Any]]:
    from emogui import Analyzer

    analyzer = Analyzer()
    return {
        "face, batch 1": lambda: analyzer.classifier.predict(crops[:1]),
        "faces, batch 8": lambda: analyzer.classifier.predict(crops[:8]),
        "picture": lambda: [analyzer.analyze(p) for p in pictures],
        "picture, live": lambda: [analyzer.analyze(p, long_side=320) for p in pictures],
    }


def keras_predict(crops: list[Any], pictures: list[Any]) -> dict[str, Callable[[], Any]]:
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


def fer(crops: list[Any], pictures: list[Any]) -> dict[str, Callable[[], Any]]:
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


CONTESTANTS = {"emogui": ours, "keras predict": keras_predict, "fer": fer}


def work(name: str, folder: str) -> None:
    """A contestant's process: reads the name of a task a line, answers with milliseconds."""
    import resource

    import numpy as np

    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    with np.load(Path(folder) / "work.npz") as file:
        pictures = [file[k] for k in sorted(file.files) if k.startswith("picture")]
        crops = [file[k] for k in sorted(file.files) if k.startswith("crop")]
    tasks = CONTESTANTS[name](crops, pictures)
    for action in tasks.values():
        action()
        action()
    print(json.dumps(list(tasks)), file=answer, flush=True)
    for line in sys.stdin:
        task = line.strip()
        if task == "memory":
            result = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        else:
            result = measure(tasks[task])
        print(json.dumps(result), file=answer, flush=True)


class Worker:
    """A contestant's process, as the referee sees it."""

    def __init__(self, name: str, python: Path, folder: str) -> None:
        self._process = subprocess.Popen(
            [str(python), __file__, "--worker", name, "--folder", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        self.tasks: list[str] = self._read()

    def ask(self, task: str) -> float:
        assert self._process.stdin is not None
        print(task, file=self._process.stdin, flush=True)
        return float(self._read())

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a contestant ended with status {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self._process.communicate()


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
        work(args.worker, args.folder)
        return 0
    pythons = {"emogui": Path(sys.executable), "keras predict": Path(sys.executable)}
    if not args.without_fer:
        pythons["fer"] = make_fer_environment()
    times: dict[str, dict[str, list[float]]] = {}
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        count = write_work(folder, args.pictures)
        workers = {name: Worker(name, python, folder) for name, python in pythons.items()}
        for _ in range(args.rounds):
            for name, worker in workers.items():
                for task in worker.tasks:
                    times.setdefault(task, {}).setdefault(name, []).append(worker.ask(task))
        for name, worker in workers.items():
            memory[name] = worker.ask("memory")
            worker.close()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"{args.rounds} rounds, {count} picture(s); medians, and ratio to emogui")
    rows: dict[str, dict[str, float]] = {}
    for task, by_name in times.items():
        per = count if "picture" in task else 1
        medians = {name: statistics.median(values) / per for name, values in by_name.items()}
        rows[task] = medians
        texts = [f"{n} {ms:8.2f} ms ({ms / medians['emogui']:.1f})" for n, ms in medians.items()]
        print(f"{task:15}", *texts, sep="   ")
    print(f"{'peak memory':15}", *(f"{n} {mb:8.0f} MB" for n, mb in memory.items()), sep="   ")
    if args.json:
        result = {"ms": rows, "peak_memory_mb": memory, "rounds": args.rounds}
        Path(args.json).write_text(json.dumps(result, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
