"""The options of ``emogui live``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from emogui.commands.analyzer_options import add_analyzer_options
from emogui.commands.console import add_progress_option
from emogui.errors import UsageError


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
    publish = parser.add_argument_group("publishing")
    publish.add_argument(
        "--publish",
        action="append",
        default=[],
        metavar="TARGET",
        help="send the results to other programs while it runs: websocket[:[HOST:]PORT], "
        "osc[:[HOST:]PORT] or lsl[:NAME[@network]]; may be given several times. They stay on this "
        "computer unless another host, or the network, is named",
    )
    publish.add_argument(
        "--publish-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="web pages that may read the WebSocket besides those of this computer, such as "
        "https://example.org",
    )
    how = add_analyzer_options(parser)
    how.add_argument(
        "--smoothing",
        type=_not_negative,
        metavar="S",
        help="time constant by which probabilities are smoothed, in seconds; 0 for not at all",
    )
    return parser


def check(args: argparse.Namespace) -> None:
    """Refuses what cannot be meant, before anything is loaded or written.

    ``args.publish`` becomes a list of `Target`.
    """
    from emogui.live.publish.target import parse_target

    args.publish = [parse_target(text) for text in args.publish]
    if len(set(args.publish)) < len(args.publish):
        raise UsageError("--publish names one and the same target twice.", "Name it once.")
    if args.publish_origin and not any(one.kind == "websocket" for one in args.publish):
        raise UsageError(
            "--publish-origin is for the WebSocket.", "Publish with --publish websocket."
        )
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
