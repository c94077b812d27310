"""Pictures a second of ``emogui batch``, beside its parts alone and beside ``fer`` in a loop.

    python benchmarks/batch.py [--pictures FOLDER] [--count 200] [--rounds 3] [--without-fer]

A folder of JPEG files is made of the sample picture (or of the pictures of a folder), each a little
shifted, so that no two are the same. Then, round after round, each contestant goes through it:

- decoding alone, detection alone, classification alone and writing alone, each with all
  processors, and what ``emogui batch`` makes of all of them;
- a loop of ``fer`` over the files, in an environment of its own (see ``speed.py``).

Medians over the rounds. Loading networks does not count on either side.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # fer's environment has no emogui

from contest import machine, peak_memory_mb


def make_folder(folder: Path, pictures: str | None, count: int) -> None:
    """Writes ``count`` JPEG files."""
    import numpy as np
    from PIL import Image

    from emogui import load_image, paths
    from emogui.media.image import find_images

    sources = [pictures] if pictures else [str(paths.assets() / "sample.jpg")]
    images = [load_image(path) for path, error in find_images(sources) if error is None]
    for number in range(count):
        image = np.roll(images[number % len(images)], number, axis=1)
        Image.fromarray(image).save(folder / f"{number:05d}.jpg", quality=90)


class Ours:
    """The batch and its parts, on the same files."""

    def __init__(self, folder: Path, side: int | None) -> None:
        import emogui
        from emogui.bulk.engine import Engine
        from emogui.bulk.options import BatchOptions

        self._folder, self._side = folder, side
        self._options = BatchOptions(picture_side=side)
        self._paths = sorted(map(str, folder.iterdir()))
        self._analyzer = emogui.Analyzer()
        self._analyzer.warm_up()
        self._engine = Engine
        images = [emogui.load_image(path) for path in self._paths[:40]]
        self._images = images
        self._crops = [
            crop
            for image in images
            for crop in self._analyzer.crops(
                image, [d.box for d in self._analyzer.detect(image, long_side=side)]
            )
        ]
        self._faces_each = len(self._crops) / len(images)
        self._results = [self._analyzer.analyze(i, long_side=side) for i in images[:4]]

    def tasks(self) -> dict[str, Callable[[], float]]:
        """Each gives pictures a second."""
        return {
            "decoding": self.decoding,
            "detection": self.detection,
            "classification": self.classification,
            "writing": self.writing,
            "batch": self.batch,
        }

    def decoding(self) -> float:
        from emogui.backend.openvino_runtime import usable_processors
        from emogui.bulk.decoder_process import DecodeOptions
        from emogui.bulk.decoders import DecoderPool
        from emogui.bulk.worklist import WorkItem

        items = [WorkItem(n, path) for n, path in enumerate(self._paths)]
        options = DecodeOptions(None, None, 60.0, 3072)
        with DecoderPool(items, options, usable_processors()) as pool:
            units = iter(pool)
            for _ in range(8):  # the processes have started
                next(units)
            start = time.perf_counter()
            count = sum(1 for _ in units)
            return count / (time.perf_counter() - start)

    def detection(self) -> float:
        from concurrent.futures import ThreadPoolExecutor

        from emogui.backend.detectors import create_detector
        from emogui.backend.openvino_runtime import at_most_threads, usable_processors

        with at_most_threads(1):
            detectors = [create_detector("centerface") for _ in range(usable_processors())]

        def look(number: int) -> None:
            for image in self._images[number :: len(detectors)]:
                detectors[number].detect(image, long_side=self._side)

        with ThreadPoolExecutor(len(detectors)) as threads:
            for detector in detectors:
                detector.detect(self._images[0], long_side=self._side)
            start = time.perf_counter()
            list(threads.map(look, range(len(detectors))))
            return len(self._images) / (time.perf_counter() - start)

    def classification(self) -> float:
        start = time.perf_counter()
        for at in range(0, len(self._crops), 32):
            self._analyzer.classifier.predict(self._crops[at : at + 32])
        seconds = time.perf_counter() - start
        return len(self._crops) / self._faces_each / seconds

    def writing(self) -> float:
        from emogui.bulk.worklist import WorkItem
        from emogui.bulk.writer import BatchWriter

        with tempfile.TemporaryDirectory() as out:
            labels, crop = self._analyzer.classifier.labels, self._analyzer.crop
            with BatchWriter(out, Path(out, "work"), labels, self._options, crop) as writer:
                start = time.perf_counter()
                for number, path in enumerate(self._paths):
                    item = WorkItem(number, path)
                    writer.picture(item, None, self._results[number % len(self._results)])
                return len(self._paths) / (time.perf_counter() - start)

    def batch(self) -> float:
        from emogui.bulk.control import Progress
        from emogui.bulk.run import Batch

        first: list[float] = []

        def tell(progress: Progress) -> None:
            if progress.done >= 8 and not first:  # the decoders have started
                first.extend((time.perf_counter(), progress.done))

        with (
            tempfile.TemporaryDirectory() as out,
            Batch([str(self._folder)], out, self._options) as opened,
        ):
            report = opened.run(self._analyzer, tell=tell)
            seconds = time.perf_counter() - first[0]
            assert report.counts.pictures == len(self._paths)
            return (len(self._paths) - first[1]) / seconds


class Fer:
    """The loop that ``fer``'s own page shows."""

    def __init__(self, folder: Path) -> None:
        from fer.fer import FER

        self._paths = sorted(map(str, folder.iterdir()))
        self._detector = FER()
        self.loop(4)

    def loop(self, count: int = 40) -> float:
        import cv2

        start = time.perf_counter()
        for path in self._paths[:count]:
            self._detector.detect_emotions(cv2.imread(path))
        return count / (time.perf_counter() - start)


def serve(tasks: dict[str, Callable[[], float]]) -> None:
    """A contestant's process: the name of a task a line in, a number out."""
    print("ready", flush=True)
    for line in sys.stdin:
        name = line.strip()
        print(peak_memory_mb() if name == "memory" else tasks[name](), flush=True)


class Contestant:
    """The other end of :func:`serve`."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        while self._line() != "ready":
            pass

    def ask(self, task: str) -> float:
        assert self._process.stdin is not None
        print(task, file=self._process.stdin, flush=True)
        while True:
            try:
                return float(self._line())
            except ValueError:
                continue  # something that a library prints

    def close(self) -> None:
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a contestant has ended")
        return line.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", help="folder of pictures (default: the sample picture)")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=320, help="of --fast; 0 looks thoroughly")
    parser.add_argument("--without-fer", action="store_true")
    parser.add_argument("--json", help="also write the figures there")
    parser.add_argument("--worker", choices=("ours", "fer"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker == "ours":
        serve(Ours(args.folder, args.side or None).tasks())
        return 0
    if args.worker == "fer":
        serve({"fer in a loop": Fer(args.folder).loop})
        return 0
    with tempfile.TemporaryDirectory() as name:
        make_folder(Path(name), args.pictures, args.count)
        result = measure(args, name)
    print(f"{machine()}; {args.rounds} rounds of {args.count} pictures; medians")
    report(result)
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=2), encoding="utf-8")
    return 0


def measure(args: argparse.Namespace, folder: str) -> dict[str, Any]:
    words = [__file__, "--folder", folder, "--side", str(args.side)]
    contestants = {"ours": Contestant([sys.executable, *words, "--worker", "ours"])}
    tasks = [(name, "ours") for name in ("decoding", "detection", "classification")]
    tasks += [("writing", "ours"), ("batch", "ours")]
    if not args.without_fer:
        from speed import make_fer_environment

        python = str(make_fer_environment())
        contestants["fer"] = Contestant([python, *words, "--worker", "fer"])
        tasks.append(("fer in a loop", "fer"))
    rates: dict[str, list[float]] = {name: [] for name, _ in tasks}
    for _ in range(args.rounds):
        for name, who in tasks:
            rates[name].append(contestants[who].ask(name))
    memory = {who: one.ask("memory") for who, one in contestants.items()}
    for one in contestants.values():
        one.close()
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {"rates": medians, "all": rates, "memory_mb": memory, "side": args.side}


def report(result: dict[str, Any]) -> None:
    rates = result["rates"]
    for name, rate in rates.items():
        low, high = min(result["all"][name]), max(result["all"][name])
        print(f"{name:16s} {rate:8.1f} pictures a second ({low:.1f} to {high:.1f})")
    parts = [rates[name] for name in ("decoding", "detection", "classification", "writing")]
    one_by_one = 1 / sum(1 / rate for rate in parts)
    print(f"one part after the other, each with all processors: {one_by_one:.1f} a second")
    print(f"batch / that: {rates['batch'] / one_by_one:.0%}")
    print(f"batch / the slowest part alone: {rates['batch'] / min(parts):.0%}")
    if "fer in a loop" in rates:
        print(f"batch / fer in a loop: {rates['batch'] / rates['fer in a loop']:.1f} times")
    print(", ".join(f"{who}: {mb:.0f} MB at most" for who, mb in result["memory_mb"].items()))


if __name__ == "__main__":
    sys.exit(main())
