"""Decoding of video files: emogui's reader beside OpenCV's, on the same clips in turn.

    python benchmarks/decoding.py [CLIP ...] [--rounds 5]

Both deliver every frame as RGB. Without clips two are made (H.264, 640x480 and 1920x1080). Beside
the frames a second stands the processor time a frame takes, over all threads, and how long a seek
to a random time takes until its very frame is there.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from emogui.media.decoder import VideoFile
from emogui.media.source import quiet_opencv

MADE = ((640, 480, 300), (1920, 1080, 120))
SEEKS = 20


def make(path: Path, width: int, height: int, frames: int) -> Path:
    """A soft pattern that moves."""
    noise = np.random.default_rng(0).integers(0, 255, (height // 16, width // 16, 3), np.uint8)
    pattern = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for n in range(frames):
            image = np.ascontiguousarray(np.roll(pattern, 3 * n, axis=1))
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        file.mux(stream.encode(None))
    return path


def with_opencv(clip: Path) -> int:
    capture, count = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG), 0
    while True:
        good, picture = capture.read()
        if not good:
            break
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        count += 1
    capture.release()
    return count


def with_emogui(clip: Path) -> int:
    count = 0
    with VideoFile(clip) as file:
        while (frame := file.next()) is not None:
            frame.image()
            count += 1
    return count


def seek_ms(clip: Path) -> float:
    """Median milliseconds of a seek to a random time, with the picture."""
    times = []
    with VideoFile(clip) as file:
        for _ in range(SEEKS):
            target = random.uniform(0, file.duration_s or 1.0)
            began = time.perf_counter()
            file.seek(target)
            frame = file.next()
            assert frame is not None
            frame.image()
            times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def measured(read: Callable[[Path], int], clip: Path) -> tuple[float, float]:
    """Frames a second, and milliseconds of processor time a frame."""
    began, cpu = time.perf_counter(), time.process_time()
    count = read(clip)
    return (
        count / (time.perf_counter() - began),
        1e3 * (time.process_time() - cpu) / count,
    )


def clips(given: list[Path], folder: Path) -> Iterator[Path]:
    yield from given
    if not given:
        for width, height, frames in MADE:
            yield make(folder / f"{width}x{height}.mp4", width, height, frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    quiet_opencv()
    readers = {"OpenCV": with_opencv, "emogui": with_emogui}
    print("| clip | reader | frames a second | CPU ms a frame | seek ms |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips(args.clips, Path(folder)):
            figures: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
            for _ in range(args.rounds):  # in turn, so that both meet the same load
                for name, read in readers.items():
                    figures[name].append(measured(read, clip))
            for name, rounds in figures.items():
                rate, cpu = (statistics.median(column) for column in zip(*rounds, strict=True))
                seek = f"{seek_ms(clip):.1f}" if name == "emogui" else ""
                print(f"| {clip.name} | {name} | {rate:.0f} | {cpu:.2f} | {seek} |")


if __name__ == "__main__":
    main()
