"""``emogui batch``: folders of pictures and videos into tables, and on where it stopped."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from emogui.commands.analyze import make_analyzer
from emogui.commands.analyze_video import add_video_options
from emogui.commands.analyzer_options import add_analyzer_options
from emogui.errors import UsageError

if TYPE_CHECKING:
    from emogui.bulk.control import BatchControl
    from emogui.bulk.options import BatchOptions
    from emogui.bulk.report import BatchReport

_INTERRUPTED = 130


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "batch",
        help="analyse folders of pictures and videos into tables, and go on after a stop",
        description="Analyse pictures and videos, as many as there are, into a folder of tables: "
        "faces.csv has a row a face a frame, failures.csv a line for each input that could not be "
        "read. However it ends, the same command goes on where it was, without a row lost or "
        "written twice. Ctrl+C finishes what is under way; Ctrl+Z pauses, fg goes on.",
        epilog="Exit status: 0 all inputs were read, 1 some could not be, 2 wrong use, 130 it was "
        "interrupted and can go on.",
    )
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="a picture, a video, a folder, a pattern such as 'photos/*.jpg', or a table (.csv, "
        ".tsv, .txt) of paths",
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--restart", action="store_true", help="throw away what a batch has written there before"
    )
    parser.add_argument(
        "--any-suffix",
        action="store_true",
        help="take every file of a folder, whatever its suffix; its content decides",
    )
    _add_outputs(parser)
    how = add_analyzer_options(parser)
    how.add_argument(
        "--fast",
        nargs="?",
        type=_side,
        const=640,
        metavar="PIXELS",
        help="look at each picture once, scaled to that long side (640), instead of thoroughly: "
        "several times as quick, but small faces are missed",
    )
    add_video_options(parser)
    limits = parser.add_argument_group("limits")
    limits.add_argument(
        "--time-limit",
        type=_seconds,
        default=60.0,
        metavar="S",
        help="give up a file of which nothing could be decoded for S seconds (60)",
    )
    limits.add_argument(
        "--memory",
        type=_megabytes,
        default=3072,
        metavar="MB",
        help="memory that decoding one file may take (3072)",
    )
    limits.add_argument(
        "--workers", type=_side, metavar="N", help="decoding processes (one for two processors)"
    )
    return parser


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    out = parser.add_argument_group("output, beside faces.csv and failures.csv")
    out.add_argument("--jsonl", action="store_true", help="frames.jsonl: a line a picture or frame")
    out.add_argument("--parquet", action="store_true", help="faces.parquet: the table, in parts")
    out.add_argument("--annotate", action="store_true", help="copies with framed faces")
    out.add_argument("--crops", action="store_true", help="each face as a picture of its own")
    out.add_argument(
        "--hide-faces", choices=("blur", "box"), help="make faces in the copies unrecognisable"
    )
    out.add_argument(
        "--subtitles",
        action="append",
        choices=("srt", "vtt", "eaf"),
        default=[],
        metavar="FORMAT",
        help="the emotions of each video as srt or vtt (subtitles) or eaf (for ELAN); may be "
        "given several times",
    )
    out.add_argument(
        "--progress",
        choices=("bar", "lines", "json", "events", "none"),
        help="how to tell the progress on standard error (a bar in a terminal, else lines); "
        "events: on standard output for a program that follows it, which can send the words "
        "pause, resume and stop",
    )
    out.add_argument("--quiet", action="store_true", help="the same as --progress none")


def run(args: argparse.Namespace) -> int:
    """Does what is left to do.

    Returns:
        0, 1 when an input could not be read, 130 when it was interrupted.
    """
    if args.progress == "events" and not args.quiet:
        return _run_followed(args)
    from emogui.bulk.control import BatchControl
    from emogui.bulk.run import Batch
    from emogui.commands.batch_progress import make_teller

    options = options_of(args)
    analyzer = make_analyzer(args)  # first: wrong use must not begin a batch
    with Batch(args.inputs, args.output, options, restart=args.restart) as batch:
        control = BatchControl()
        how = "none" if args.quiet else args.progress
        with make_teller(how, batch.total, batch.done) as tell, _ends_by_signal(control):
            report = batch.run(analyzer, control=control, tell=tell)
    if not args.quiet:
        _summarise(report)
    return _status(report)


def _run_followed(args: argparse.Namespace) -> int:
    """The same for a program that follows it."""
    from emogui.bulk.control import BatchControl
    from emogui.bulk.remote import Remote
    from emogui.bulk.run import Batch
    from emogui.commands.console import private_stdout
    from emogui.piped import standard_input

    control = BatchControl()
    with private_stdout() as stdout:
        remote = Remote(stdout, control, standard_input())
        remote.listen()
        with remote.failures(), _ends_by_signal(control):
            options = options_of(args)
            analyzer = make_analyzer(args)
            with Batch(args.inputs, args.output, options, restart=args.restart) as batch:
                remote.started(batch.total, batch.done)
                report = batch.run(analyzer, control=control, tell=remote.tell)
        remote.ended(report)
    return _status(report)


def _status(report: BatchReport) -> int:
    if not report.complete:
        return _INTERRUPTED
    return 1 if report.counts.failures else 0


def options_of(args: argparse.Namespace) -> BatchOptions:
    """What the command line asks for.

    Raises:
        UsageError: options contradict each other.
    """
    from emogui.bulk.options import BatchOptions
    from emogui.tracking.sequence import FRAME_SIDE

    if args.quiet and args.progress not in (None, "none"):
        raise UsageError("--quiet tells no progress.", "Leave out --progress or --quiet.")
    return BatchOptions(
        model=args.model,
        detector=args.detector,
        detector_model=args.detector_model,
        threshold=args.threshold,
        labels=args.labels,
        picture_side=args.fast,
        video_side=args.long_side or FRAME_SIDE,
        every=args.every,
        fps=args.fps,
        smoothing_s=args.smoothing,
        any_suffix=args.any_suffix,
        jsonl=args.jsonl,
        parquet=args.parquet,
        annotate=args.annotate,
        crops=args.crops,
        hide=args.hide_faces,
        subtitles=tuple(dict.fromkeys(args.subtitles)),
        time_limit_s=args.time_limit,
        memory_mb=args.memory,
        workers=args.workers,
    )


@contextmanager
def _ends_by_signal(control: BatchControl) -> Iterator[None]:
    """Ctrl+C, or a request to end, finishes what is under way; the second one ends at once."""

    def end(number: int, frame: FrameType | None) -> None:
        if control.cancelled:
            raise KeyboardInterrupt
        control.cancel()
        print(
            "\nemogui: finishing what is under way; once more ends at once.",
            file=sys.stderr,
            flush=True,
        )

    before = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError):  # not in the main thread: then the caller handles them
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _summarise(report: BatchReport) -> None:
    from emogui.media.listing import printable

    counts = report.counts
    faces, failures = printable(report.faces), printable(report.failures)
    parts = [f"{counts.pictures:,} pictures"]
    if counts.videos or counts.frames:
        parts.append(f"{counts.frames:,} frames of videos ({counts.videos:,} to their end)")
    print(f"emogui: {' and '.join(parts)}: {counts.faces:,} faces in {faces}", end="")
    if counts.failures:
        print(f"; {counts.failures:,} failures in {failures}", end="")
    print("." if report.complete else ". Interrupted: the same command goes on from here.")


def _side(text: str) -> int:
    """Reads a whole number above 0."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got '{text}'")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds above 0, got '{text}'")
    return value


def _megabytes(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if value < 256:
        raise argparse.ArgumentTypeError(f"expected at least 256, got '{text}'")
    return value
