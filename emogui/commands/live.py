"""``emogui live``: analyses a camera, video or stream without a window."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from emogui.commands.console import private_stdout
from emogui.commands.live_options import add_parser, check
from emogui.errors import EmoguiError

if TYPE_CHECKING:
    from emogui.backend.analyzer import Analyzer
    from emogui.commands.live_report import Meter, ProgressLine
    from emogui.live.analysis import LazyAnalysis
    from emogui.live.publish.publishing import Publishing
    from emogui.live.recording import Recording
    from emogui.live.session import LiveSession
    from emogui.live.update import Analysed, LiveUpdate
    from emogui.media.source import FrameSource

__all__ = ["add_parser", "run"]

_CLOSE_LIMIT_S = 30.0
"""So long the end waits for a disk or driver that does not answer."""


def run(args: argparse.Namespace) -> int:
    """Runs a session to its end.

    Returns:
        0, or 1 when the source, the analysis or a file failed; all files are finished then, too.
    """
    with private_stdout() as stdout:
        check(args)
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
        self._publishing = self._make_publishing(analyzer)
        self._told_publishing: set[str] = set()
        try:
            self._analysis = self._load(analyzer)
        except BaseException:
            self._publishing.stop()
            raise

    def run(self) -> int:
        try:
            return self._run()
        finally:
            self._publishing.stop()

    def _run(self) -> int:
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

    def _make_publishing(self, analyzer: Analyzer) -> Publishing:
        """Opens what is asked for before anything else runs, and tells where results go."""
        from emogui.live.publish.publishing import Publishing

        args = self._args
        publishing = Publishing()
        if args.publish:
            publishing.start(args.publish, analyzer.classifier.labels, args.publish_origin)
        for one in publishing.publishers:
            leave = " Results leave this computer." if one.target.leaves else ""
            print(f"emogui: publishing: {one.status.where}.{leave}", file=sys.stderr, flush=True)
        return publishing

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
            self._publishing.result(analysed)

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
        publishes = self._tell_publishing(line)
        status = self._recording.status
        wanted = status.running or publishes or self._args.stats
        if not wanted and (status.errors or self._told_publishing):
            self._stop.set()

    def _tell_recording(self, line: ProgressLine) -> None:
        errors = self._recording.status.errors
        for error in errors[self._told :]:
            self._complain(error, line)
        self._told = len(errors)

    def _tell_publishing(self, line: ProgressLine) -> bool:
        """Says what ended by itself; returns whether anything is still published."""
        running = False
        for one in self._publishing.publishers:
            status = one.status
            running = running or status.running
            if status.error is not None and str(one.target) not in self._told_publishing:
                self._told_publishing.add(str(one.target))
                self._complain(status.error, line)
        return running

    def _finish_publishing(self, line: ProgressLine) -> None:
        """Lets receivers have the last results, and says what they got."""
        publishing = self._publishing
        publishers = publishing.publishers
        publishing.ended()
        self._tell_publishing(line)
        publishing.stop()
        publishing.join(_CLOSE_LIMIT_S)
        for one in publishers:
            status = one.status
            print(
                f"emogui: {status.where}: {status.sent} frames sent, {status.dropped} left out.",
                file=sys.stderr,
            )

    def _complain(self, error: EmoguiError, line: ProgressLine) -> None:
        self._failed = True
        line.clear()
        print(f"emogui: {error}", file=sys.stderr)

    def _finish(self, line: ProgressLine) -> None:
        self._finish_publishing(line)
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


def _file(name: str | None) -> Path | None:
    return None if name is None or name == "-" else Path(name)
