"""``emogui live``: analyses a camera, video or stream without a window."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from emogui.commands.console import add_progress_option, private_stdout
from emogui.errors import EmoguiError, UsageError

if TYPE_CHECKING:
    from emogui.backend.analyzer import Analyzer
    from emogui.commands.live_report import Meter, ProgressLine
    from emogui.live.analysis import LazyAnalysis
    from emogui.live.recording import Recording
    from emogui.live.session import LiveSession
    from emogui.live.update import Analysed, LiveUpdate
    from emogui.media.source import FrameSource

_CLOSE_LIMIT_S = 30.0
"""So long the end waits for a disk or driver that does not answer."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "live",
        help="analyse a camera, video or stream without a window",
        description="Analyse a camera, a video file or a stream and follow its faces. A file is "
        "analysed frame by frame as fast as the computer can; with --realtime it is played like a "
        "camera, and frames that come late are left out. Ctrl+C ends it and finishes all files. "
        "Nothing is recorded unless asked.",
        epilog="Exit status: 0 all went well, 1 the source, the analysis or a file failed, 2 wrong "
        "use.",
    )
    parser.add_argument(
        "--source",
        required=True,
        metavar="CAMERA|FILE|URL",
        help="number or name of a camera, a video file, or an address (rtsp://, http://)",
    )
    parser.add_argument(
        "--duration", type=_positive, metavar="S", help="end after so many seconds of running"
    )
    parser.add_argument("--realtime", action="store_true", help="play a file at its own speed")
    parser.add_argument("--loop", action="store_true", help="start a file over at its end")
    out = parser.add_argument_group("output")
    out.add_argument(
        "--json", metavar="FILE", help="write JSON Lines, a line a frame; - is standard output"
    )
    out.add_argument(
        "--csv", metavar="FILE", help="write a table, a row a face; - is standard output"
    )
    out.add_argument("--video", metavar="FILE", help="write the annotated video (MP4)")
    out.add_argument(
        "--append", action="store_true", help="go on with the files of --json and --csv"
    )
    out.add_argument(
        "--hide-faces", choices=("blur", "box"), help="make faces in the video unrecognisable"
    )
    out.add_argument("--stats", metavar="FILE", help="write counts and times there (JSON)")
    add_progress_option(out)
    how = parser.add_argument_group("how to analyse")
    how.add_argument("--detector", default="centerface", metavar="NAME", help="(%(default)s)")
    how.add_argument("--detector-model", metavar="FILE", help="model file of the detector yunet")
    how.add_argument("--threshold", type=_share, metavar="X", help="lowest detection score, 0 to 1")
    how.add_argument(
        "--model", default="resnet50", metavar="NAME", help="network or its folder (%(default)s)"
    )
    how.add_argument(
        "--labels", default="ferplus", metavar="HEAD", help="ferplus or fer2013 (%(default)s)"
    )
    how.add_argument(
        "--smoothing",
        type=_not_negative,
        metavar="S",
        help="time constant by which probabilities are smoothed, in seconds; 0 for not at all",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Runs a session to its end.

    Returns:
        0, or 1 when the source, the analysis or a file failed; all files are finished then, too.
    """
    with private_stdout() as stdout:
        _check(args)
        from emogui.commands.analyze import make_analyzer

        return _Run(args, make_analyzer(args), stdout).run()


class _Run:
    """One call of the command: a session, its recording, and what is told about them."""

    def __init__(self, args: argparse.Namespace, analyzer: Analyzer, stdout: TextIO) -> None:
        from emogui.media.cameras import is_file

        self._args = args
        self._every_frame = not args.realtime and is_file(args.source)
        self._stop = threading.Event()
        self._failed = False
        self._told = 0  # of the errors of the recording
        self._recording = self._make_recording(analyzer, stdout)
        self._analysis = self._load(analyzer)

    def run(self) -> int:
        from emogui.commands.live_report import Meter, ProgressLine

        meter, line = Meter(), ProgressLine(self._args.progress)
        session = self._make_session(meter)
        with _signals(self._stop):
            session.start()
            update = session.poll()
            while not update.state.final or session.alive:
                session.wait(0.1)
                update = session.poll()
                line.update(meter.seconds, update.statistics)
                self._tell(update, line)
                if update.state.final and update.error is not None:
                    break  # a driver that hangs may keep its thread for ever
        line.clear()
        self._finish(line)
        report = meter.report(session.poll().statistics)
        if report["frames"]["captured"] or update.error is None:
            print(meter.summary(report), file=sys.stderr)
        if self._args.stats:
            from emogui.output.files import write_text

            write_text(self._args.stats, json.dumps(report, indent=2) + "\n")
        if update.error is not None:
            raise update.error
        return 1 if self._failed else 0

    def _make_recording(self, analyzer: Analyzer, stdout: TextIO) -> Recording:
        from emogui.live.recording import Recording, ResultSink
        from emogui.live.recording_plan import RecordingPlan
        from emogui.output.durable import Existing
        from emogui.output.privacy import Hiding
        from emogui.output.records import CsvWriter, JsonlWriter

        args = self._args
        labels = analyzer.classifier.labels
        sinks: list[ResultSink] = []
        if args.json == "-":
            sinks.append(JsonlWriter(stdout))
        if args.csv == "-":
            sinks.append(CsvWriter(stdout, labels))
        plan = RecordingPlan(
            json=_file(args.json),
            csv=_file(args.csv),
            video=_file(args.video),
            labels=labels,
            hide=Hiding(args.hide_faces) if args.hide_faces else None,
            existing=Existing.APPEND if args.append else Existing.REPLACE,
            every_frame=self._every_frame,
        )
        return Recording(plan, sinks)

    def _load(self, analyzer: Analyzer) -> LazyAnalysis:
        """Loads and tries the models now, so that no frame of the source waits for them."""
        import numpy as np

        from emogui.live.analysis import LazyAnalysis
        from emogui.media.source import is_address, without_password
        from emogui.types import Frame

        source = self._args.source
        name = without_password(source) if is_address(source) else source
        analyzer.warm_up()
        analysis = LazyAnalysis(lambda: analyzer, name, adaptive=not self._every_frame)
        analysis.load(Frame(np.full((480, 640, 3), 127, np.uint8), 0, 0.0, time.monotonic()))
        return analysis

    def _make_session(self, meter: Meter) -> LiveSession:
        from emogui.live.session import LiveSession
        from emogui.tracking.smoothing import SMOOTHING_S

        def on_result(analysed: Analysed) -> None:
            meter.result(analysed)
            self._recording.result(analysed)

        smoothing_s = self._args.smoothing
        return LiveSession(
            self._open,
            self._analysis,
            on_frame=self._recording.frame,
            on_result=on_result,
            every_frame=self._every_frame,
            smoothing_s=SMOOTHING_S if smoothing_s is None else smoothing_s,
        )

    def _open(self) -> FrameSource:
        """Opens the source, then the files: those of an earlier run stay if there is none."""
        from emogui.commands.live_source import EndingSource
        from emogui.media.cameras import open_source

        args = self._args
        source = open_source(args.source, realtime=args.realtime, loop=args.loop)
        self._recording.start()
        if not self._recording.wait_until_open() or self._recording.status.error is not None:
            source.close()
            errors = self._recording.status.errors
            self._told = len(errors)
            raise (
                errors[0]
                if errors
                else EmoguiError("The files could not be opened in time.", "Check the disk.")
            )
        return EndingSource(source, self._stop, args.duration)

    def _tell(self, update: LiveUpdate, line: ProgressLine) -> None:
        """Says what failed on the way; the session goes on while there is something to do."""
        if update.analysis_error is not None:
            self._complain(update.analysis_error, line)
        self._tell_recording(line)
        status = self._recording.status
        if status.errors and not status.running and not self._args.stats:
            self._stop.set()

    def _tell_recording(self, line: ProgressLine) -> None:
        errors = self._recording.status.errors
        for error in errors[self._told :]:
            self._complain(error, line)
        self._told = len(errors)

    def _complain(self, error: EmoguiError, line: ProgressLine) -> None:
        self._failed = True
        line.clear()
        print(f"emogui: {error}", file=sys.stderr)

    def _finish(self, line: ProgressLine) -> None:
        recording = self._recording
        recording.stop()
        if recording.status.running and not recording.join(_CLOSE_LIMIT_S):
            self._complain(
                EmoguiError("The disk does not answer.", "The end of the files may be missing."),
                line,
            )
        self._tell_recording(line)
        status = recording.status
        if status.withheld:
            print(
                f"emogui: the video lacks {status.withheld} frames that nobody looked at, so that "
                "their faces could not be hidden.",
                file=sys.stderr,
            )
        if status.left_out:
            print(
                f"emogui: the video lacks {status.left_out} frames: the disk or the encoder was "
                "too slow. No result was lost.",
                file=sys.stderr,
            )


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the session in good order; Ctrl+C a second time ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check(args: argparse.Namespace) -> None:
    """Refuses what cannot be meant, before anything is loaded or written."""
    if args.hide_faces and not args.video:
        raise UsageError("--hide-faces is for the video.", "Name one with --video FILE.")
    if args.append and args.video:
        raise UsageError("A video cannot be appended to.", "Leave out --append or --video.")
    if args.json == "-" == args.csv:
        raise UsageError("--json and --csv both write to standard output.", "Name a file for one.")
    if args.stats and not Path(args.stats).resolve().parent.is_dir():
        raise UsageError(f"There is no folder for the stats file '{args.stats}'.", "Make it first.")
    taken = {os.path.realpath(args.source): "the source"} if Path(args.source).exists() else {}
    for option in ("json", "csv", "video", "stats"):
        name = getattr(args, option)
        if name is None or name == "-":
            continue
        place = os.path.realpath(name)
        if place in taken:
            raise UsageError(
                f"--{option} would overwrite {taken[place]}, '{name}'.", "Name another file."
            )
        taken[place] = f"what --{option} writes"


def _file(name: str | None) -> Path | None:
    return None if name is None or name == "-" else Path(name)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds above 0, got '{text}'")
    return value


def _not_negative(text: str) -> float:
    value = _number(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds, 0 or more, got '{text}'")
    return value


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got '{text}'")
    return value
