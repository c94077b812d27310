"""The live pipeline without a window: frames a second, frame age, processor time, and the limit.

    python benchmarks/live.py [--faces 1 4 10] [--clips FOLDER] [--seconds 20] [--rounds 3]
                              [--without-fer]

Clips of 640 x 480 with so many faces, made from the sample picture (or FOLDER's videos,
scaled to that size and re-timed, each frame one thirtieth of a second), are played in a loop at 30
frames a second, as a camera is, and analysed unpaced, frame by frame. Side by side, on the same
frames, run the ``fer`` package's own video loop and a loop of OpenCV's Haar cascade with ``fer``'s
network, as speed.py installs them. The contestants take turns, each run in a process of its own;
medians over the rounds are printed as Markdown.

The limit is the time of one frame if nothing ever waited: decoding, detector and network, each at
its measured minimum, one after another.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # fer's environment has no emogui

from contest import machine
from speed import make_fer_environment

WIDTH, HEIGHT, FPS, FRAMES = 640, 480, 30, 150
FACES = (1, 4, 10)

Figures = dict[str, float]


# --- the clips -----------------------------------------------------------------------------------


def write_clip(path: Path, frames: Iterator[Any]) -> None:
    """Writes RGB frames as a video of 30 frames a second."""
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()


def placed_faces(count: int) -> Iterator[Any]:
    """Frames in which that many heads of the sample picture sway."""
    import cv2
    import numpy as np

    from emogui import Analyzer, load_image, paths

    sample = load_image(paths.assets() / "sample.jpg")
    heads = []
    for face in Analyzer().analyze(sample).faces:
        half = round(0.85 * max(face.box.w, face.box.h))
        x, y = face.box.x + face.box.w // 2, face.box.y + face.box.h // 2
        heads.append(sample[max(0, y - half) : y + half, max(0, x - half) : x + half])
    columns = round((count * WIDTH / HEIGHT) ** 0.5)
    rows = -(-count // columns)
    side = round(0.86 * min(WIDTH / columns, HEIGHT / rows))
    small = [cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA) for head in heads]
    for i in range(FRAMES):
        frame = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        for k in range(count):
            row, column = divmod(k, columns)
            angle = 2 * np.pi * (i / FRAMES + k / count)
            x = (column + 0.5) * WIDTH / columns - side / 2 + 0.06 * side * np.cos(angle)
            y = (row + 0.5) * HEIGHT / rows - side / 2 + 0.06 * side * np.sin(angle)
            left, top = max(0, round(x)), max(0, round(y))
            part = small[k % len(small)][: HEIGHT - top, : WIDTH - left]
            frame[top : top + len(part), left : left + part.shape[1]] = part
        yield frame


def scaled(path: Path) -> Iterator[Any]:
    """The frames of a video, scaled to the size of the contest."""
    import cv2

    from emogui.media.video import VideoSource

    with VideoSource(path) as source:
        while (frame := source.read()) is not None:
            yield cv2.resize(frame.image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def make_clips(folder: Path, given: str | None, faces: Sequence[int] = FACES) -> dict[str, Path]:
    """Title to file."""
    clips: dict[str, Path] = {}
    if given is None:
        for count in faces:
            title = "1 face" if count == 1 else f"{count} faces"
            clips[title] = folder / f"{count}.mp4"
            write_clip(clips[title], placed_faces(count))
    else:
        for path in sorted(Path(given).glob("*.mp4")):
            clips[path.stem] = folder / path.name
            write_clip(clips[path.stem], scaled(path))
    if not clips:
        raise SystemExit(f"There is no .mp4 file in {given}.")
    return clips


# --- the contestants, each in a process of its own -----------------------------------------------


def session_figures(open_source: Callable[[], Any], seconds: float, *, every: bool) -> Figures:
    """Runs a session and measures from the moment at which the models are loaded."""
    from emogui import Analyzer
    from emogui.live.analysis import LazyAnalysis
    from emogui.live.session import LiveSession

    session = LiveSession(
        open_source, LazyAnalysis(Analyzer, adaptive=not every), every_frame=every
    )
    session.start()
    while session.poll().newest is None:
        session.wait(0.1)
    before = session.poll().statistics
    wall, cpu = time.perf_counter(), time.process_time()
    while (taken := time.perf_counter() - wall) < seconds:
        session.wait(0.1)
        after = session.poll().statistics
    used = time.process_time() - cpu
    session.stop()
    while session.alive:
        time.sleep(0.01)
    stages = {f"{k} p50 ms": v.p50 or 0.0 for k, v in after.stage_ms.items()}
    return {
        "captured a second": (after.captured - before.captured) / taken,
        "analysed a second": (after.analysed - before.analysed) / taken,
        "carried a second": (after.carried - before.carried) / taken,
        "age p50 ms": after.result_age.p50 or 0.0,
        "age p95 ms": after.result_age.p95 or 0.0,
        "age p99 ms": after.result_age.p99 or 0.0,
        "cpu share": used / taken / (os.cpu_count() or 1),
        "faces": after.faces.now,
        "numbers given": after.faces.ids,
        **stages,
    }


class FromMemory:
    """A source that delivers decoded frames at once, over and over."""

    name, is_camera, fps, patience_s = "memory", False, float(FPS), 30.0

    def __init__(self, clip: str) -> None:
        from emogui.media.video import VideoSource

        with VideoSource(clip) as source:
            self._frames = [frame.image for frame in iter(source.read, None)]
        self._index, self._ended = -1, False

    def read(self) -> Any:
        from emogui.types import Frame

        if self._ended:
            return None
        self._index += 1
        image = self._frames[self._index % len(self._frames)]
        return Frame(image, self._index, self._index / FPS, time.monotonic())

    def interrupt(self) -> None:
        self._ended = True

    def close(self) -> None:
        self._ended = True

    def __enter__(self) -> FromMemory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def played(clip: str, seconds: float) -> Figures:
    from emogui.media.video import VideoSource

    return session_figures(
        lambda: VideoSource(clip, realtime=True, loop=True), seconds, every=False
    )


def from_file(clip: str, seconds: float) -> Figures:
    from emogui.media.video import VideoSource

    return session_figures(lambda: VideoSource(clip, loop=True), seconds, every=True)


def from_memory(clip: str, seconds: float) -> Figures:
    return session_figures(lambda: FromMemory(clip), seconds, every=True)


def limit(clip: str, seconds: float) -> Figures:
    """Each part at its measured minimum."""
    from emogui import Analyzer
    from emogui.media.video import VideoSource
    from emogui.tracking.sequence import FRAME_SIDE

    analyzer = Analyzer()
    least = {"decode": float("inf"), "detect": float("inf"), "network": float("inf")}

    def timed(part: str, action: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = action()
        least[part] = min(least[part], 1e3 * (time.perf_counter() - start))
        return result

    end = time.perf_counter() + seconds
    decoding: list[float] = []
    while time.perf_counter() < end:
        with VideoSource(clip) as source:
            source.read()
            start, count = time.perf_counter(), 0
            images = []
            while (frame := source.read()) is not None:
                images.append(frame.image)
                count += 1
            decoding.append(1e3 * (time.perf_counter() - start) / max(count, 1))
        for image in images[::3]:
            found = timed("detect", lambda i=image: analyzer.detect(i, long_side=FRAME_SIDE))
            crops = analyzer.crops(image, [one.box for one in found])
            timed("network", lambda c=crops: analyzer.classify(c))
    least["decode"] = min(decoding)
    return {f"{k} ms": v for k, v in least.items()} | {
        "frames a second": 1e3 / sum(least.values()),
        "frames a second from memory": 1e3 / (least["detect"] + least["network"]),
    }


def fer_video(clip: str, seconds: float) -> Figures:
    """The package's own loop over a video, without what it draws and saves."""
    from fer.classes import Video
    from fer.fer import FER

    detector = FER()
    frames = max(10, min(FRAMES, round(4 * seconds)))
    quiet = {"save_frames": False, "save_video": False, "annotate_frames": False}
    with tempfile.TemporaryDirectory() as folder:
        video = Video(clip, outdir=folder)
        video.analyze(detector, display=False, max_results=3, zip_images=False, **quiet)
        start, cpu = time.perf_counter(), time.process_time()
        video.analyze(detector, display=False, max_results=frames, zip_images=False, **quiet)
        taken = time.perf_counter() - start
    used = time.process_time() - cpu
    return {"analysed a second": frames / taken, "cpu share": used / taken / (os.cpu_count() or 1)}


def fer_opencv(clip: str, seconds: float) -> Figures:
    """What tutorials do: VideoCapture, a Haar cascade, and fer's network on its boxes."""
    import cv2
    from fer.fer import FER

    detector = FER()
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    capture = cv2.VideoCapture(clip)
    count = faces = 0
    start, cpu = time.perf_counter(), time.process_time()
    while (taken := time.perf_counter() - start) < seconds:
        good, frame = capture.read()
        if not good:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            continue
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        boxes = cascade.detectMultiScale(grey, 1.1, 5, minSize=(50, 50))
        found = detector.detect_emotions(frame, [tuple(b) for b in boxes]) if len(boxes) else []
        count, faces = count + 1, faces + len(found)
    used = time.process_time() - cpu
    return {
        "analysed a second": count / taken,
        "faces": faces / max(count, 1),
        "cpu share": used / taken / (os.cpu_count() or 1),
    }


CONTESTANTS: dict[str, Callable[[str, float], Figures]] = {
    "played": played,
    "file": from_file,
    "memory": from_memory,
    "limit": limit,
    "fer video": fer_video,
    "fer opencv": fer_opencv,
}


# --- the referee ---------------------------------------------------------------------------------


def ask(python: str, name: str, clip: Path, seconds: float) -> Figures:
    """Runs a contestant once."""
    done = subprocess.run(
        [
            python,
            str(Path(__file__).resolve()),
            "--worker",
            name,
            "--clip",
            str(clip),
            "--seconds",
            str(seconds),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=clip.parent,  # fer's video loop leaves a data.csv where it runs
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "QT_QPA_PLATFORM": "offscreen"},
    )
    if done.returncode:
        raise SystemExit(f"'{name}' ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def compete(clips: dict[str, Path], args: argparse.Namespace) -> dict[str, dict[str, Figures]]:
    """Clip to contestant to the medians of its figures."""
    pythons = dict.fromkeys(CONTESTANTS, sys.executable)
    if args.without_fer:
        pythons = {name: python for name, python in pythons.items() if "fer " not in name}
    else:
        python = str(make_fer_environment())
        pythons |= {name: python for name in CONTESTANTS if "fer " in name}
    runs: dict[str, dict[str, list[Figures]]] = {}
    for number in range(args.rounds):
        for title, clip in clips.items():
            for name, python in pythons.items():
                print(f"round {number + 1}: {title}, {name}", file=sys.stderr)
                figures = ask(python, name, clip, args.seconds)
                runs.setdefault(title, {}).setdefault(name, []).append(figures)
    return {
        title: {
            name: {key: statistics.median(run[key] for run in them) for key in them[0]}
            for name, them in by_name.items()
        }
        for title, by_name in runs.items()
    }


ROWS: list[tuple[str, Callable[[dict[str, Figures]], str]]] = [
    (
        "analysed, played at 30 a second",
        lambda c: f"{c['played']['analysed a second']:.1f} of 30 a second",
    ),
    ("frame age p50 / p95 / p99", lambda c: _ages(c["played"])),
    ("processor share of all cores", lambda c: f"{c['played']['cpu share']:.0%}"),
    ("unpaced, from a file", lambda c: f"{c['file']['analysed a second']:.0f} a second"),
    ("unpaced, from memory", lambda c: f"{c['memory']['analysed a second']:.0f} a second"),
    (
        "the limit: decode + detect + network",
        lambda c: (
            f"{c['limit']['decode ms']:.1f} + {c['limit']['detect ms']:.1f} + "
            f"{c['limit']['network ms']:.1f} ms: {c['limit']['frames a second']:.0f} a second"
        ),
    ),
    (
        "our share of the limit, from a file",
        lambda c: f"{c['file']['analysed a second'] / c['limit']['frames a second']:.0%}",
    ),
    ("`fer`'s video loop", lambda c: _beside(c, "fer video")),
    ("OpenCV loop with `fer`'s network", lambda c: _beside(c, "fer opencv")),
]


def _ages(figures: Figures) -> str:
    return " / ".join(f"{figures[f'age {p} ms']:.0f}" for p in ("p50", "p95", "p99")) + " ms"


def _beside(by_name: dict[str, Figures], name: str) -> str:
    if name not in by_name:
        return ""
    theirs = by_name[name]["analysed a second"]
    return f"{theirs:.1f} a second (1 / {by_name['file']['analysed a second'] / theirs:.1f})"


def table(results: dict[str, dict[str, Figures]]) -> str:
    """The results as a Markdown table, a column a clip."""
    lines = [
        "| | " + " | ".join(results) + " |",
        "|---" * (len(results) + 1) + "|",
    ]
    lines += [f"| {what} | " + " | ".join(map(say, results.values())) + " |" for what, say in ROWS]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", metavar="FOLDER", help="videos to use instead of made ones")
    parser.add_argument(
        "--faces",
        type=int,
        nargs="+",
        default=FACES,
        choices=range(1, 21),
        metavar="N",
        help="how many faces the made clips show (1 4 10)",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(%(default)s)")
    parser.add_argument("--without-fer", action="store_true", help="run our own part only")
    parser.add_argument("--json", metavar="FILE", help="write every figure there, too")
    parser.add_argument("--worker", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--clip", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        answer = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # what libraries print must not mix with the answer
        print(json.dumps(CONTESTANTS[args.worker](args.clip, args.seconds)), file=answer)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        results = compete(make_clips(Path(folder), args.clips, args.faces), args)
    print(f"{machine()}; {args.rounds} rounds of {args.seconds:g} s; medians\n\n{table(results)}")
    if args.json:
        Path(args.json).write_text(json.dumps(results, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
