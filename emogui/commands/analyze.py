"""``emogui analyze``: analyses pictures and videos without a window."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TextIO

from emogui.commands.analyze_video import (
    add_video_options,
    analyze_video,
    is_video,
)
from emogui.commands.analyzer_options import add_analyzer_options
from emogui.commands.console import add_progress_option, private_stdout, progress
from emogui.commands.names import OutputNames, annotated_suffix, place_of
from emogui.errors import DetectorError, ModelError, UsageError

if TYPE_CHECKING:
    from emogui.backend.analyzer import Analyzer
    from emogui.types import FrameResult, Image


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "analyze",
        help="analyse pictures and videos without a window",
        description="Find the faces in pictures and videos and tell how each appears to feel. "
        "Without --json or --csv the results go to standard output as JSON Lines, one line a "
        "picture, or a frame of a video.",
        epilog="Exit status: 0 all inputs were read, 1 some could not be, 2 wrong use.",
    )
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="a picture, a video, a folder, or a pattern such as 'photos/*.jpg'",
    )
    out = parser.add_argument_group("output")
    out.add_argument("--json", metavar="FILE", help="write JSON Lines there; - is standard output")
    out.add_argument(
        "--csv", metavar="FILE", help="write a table there, one row a face; - is standard output"
    )
    out.add_argument("--annotate", metavar="DIR", help="save them with framed faces there")
    out.add_argument(
        "--hide-faces",
        choices=("blur", "box"),
        help="make the faces unrecognisable in what --annotate saves",
    )
    out.add_argument(
        "--explain",
        metavar="DIR",
        help="save a picture of each face there that shows what spoke for its emotion; not for "
        "videos",
    )
    add_progress_option(out)
    add_analyzer_options(parser)
    add_video_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Analyses the inputs one after the other.

    Returns:
        0, or 1 when an input could not be read.
    """
    with private_stdout() as stdout, ExitStack() as stack:
        # The sinks come last: a wrong option must not empty the file of an earlier run.
        from emogui.bulk.work import analyze_picture, failed_result
        from emogui.media.image import find_images

        inputs = list(find_images(args.inputs, videos=True))
        _check_outputs(args, [path for path, _ in inputs])
        analyzer = make_analyzer(args)
        sinks = _open_sinks(args, analyzer.classifier.labels, stack, stdout)
        readable = [p for p, e in inputs if e is None]
        names = OutputNames(args.annotate, readable)
        explain = _make_explainer(args, analyzer, readable)
        failed = False
        # A single video has a bar of its own frames.
        single = len(inputs) == 1 and bool(readable) and is_video(readable[0])
        bar = progress(inputs, len(inputs), "files", False if single else args.progress)
        for path, error in bar:
            if error is None and is_video(path):
                annotated = names.of(path, "emogui", ".mp4") if args.annotate else None
                good = analyze_video(args, analyzer, path, sinks, annotated)
                failed = failed or not good
                continue
            if error is not None:
                result, image = failed_result(analyzer, path, str(error)), None
            else:
                result, image = analyze_picture(analyzer, path)
            failed = failed or result.error is not None
            for write in sinks:
                write(result)
            if args.annotate and image is not None:
                from emogui.output.annotate import annotate
                from emogui.output.files import save_image
                from emogui.output.privacy import hide_faces

                if args.hide_faces:  # --explain, which needs them, is refused then
                    image = hide_faces(image, [f.box for f in result.faces], args.hide_faces)
                name = names.of(path, "emogui", annotated_suffix(path))
                save_image(annotate(image, result), name)
            if explain is not None and image is not None:
                explain(path, image, result)
    return 1 if failed else 0


def make_analyzer(args: argparse.Namespace) -> Analyzer:
    """The analyzer that the options ask for.

    Raises:
        UsageError: the detector, network or labels are not there or cannot be used; nothing has
            been analysed then.
    """
    from emogui.backend.analyzer import Analyzer
    from emogui.backend.detectors import DETECTORS, create_detector

    info = DETECTORS.get(args.detector)
    if info is None:
        raise UsageError(
            f"There is no face detector called '{args.detector}'.",
            f"Choose one of {', '.join(DETECTORS)}.",
        )
    if args.detector_model and not info.needs_file:
        raise UsageError(
            f"The detector '{args.detector}' takes no model file.", "Leave out --detector-model."
        )
    if info.needs_file and not args.detector_model:
        raise UsageError(
            f"The detector '{args.detector}' needs a model file.",
            "Name it with --detector-model FILE.",
        )
    try:
        detector = create_detector(
            args.detector, threshold=args.threshold, model_file=args.detector_model
        )
        return Analyzer(args.model, detector, args.labels)
    except (ModelError, DetectorError) as error:
        raise UsageError(error.message, error.hint) from error


def _make_explainer(
    args: argparse.Namespace, analyzer: Analyzer, inputs: Sequence[str]
) -> Callable[[str, Image, FrameResult], None] | None:
    """What ``--explain`` does with each picture.

    Raises:
        UsageError: the network cannot be explained.
    """
    if not args.explain:
        return None
    from emogui.commands.explaining import ExplanationWriter
    from emogui.output.files import make_folder

    try:
        writer = ExplanationWriter(analyzer, OutputNames(args.explain, inputs))
    except ModelError as error:
        raise UsageError(error.message, error.hint) from error
    make_folder(args.explain)
    return writer.write


def _open_sinks(
    args: argparse.Namespace, labels: Sequence[str], stack: ExitStack, stdout: TextIO
) -> list[Callable[[FrameResult], None]]:
    from emogui.output.files import make_folder
    from emogui.output.records import CsvWriter, JsonlWriter

    if args.annotate:
        make_folder(args.annotate)
    sinks: list[Callable[[FrameResult], None]] = []
    lines = args.json or (None if args.csv else "-")
    if lines:
        lines_to = stdout if lines == "-" else lines
        sinks.append(stack.enter_context(JsonlWriter(lines_to)).write)
    if args.csv:
        table_to = stdout if args.csv == "-" else args.csv
        sinks.append(stack.enter_context(CsvWriter(table_to, labels)).write)
    return sinks


def _check_outputs(args: argparse.Namespace, inputs: Sequence[str]) -> None:
    """Refuses an output that would destroy a picture or the other output.

    ``--csv *.jpg``, which the shell expands, would otherwise overwrite the first photo.
    """
    if args.json and args.csv and place_of(args.json) == place_of(args.csv):
        raise UsageError(f"--json and --csv both write to '{args.json}'.", "Name two files.")
    if args.hide_faces and not args.annotate:
        raise UsageError("--hide-faces is for what --annotate saves.", "Name its folder.")
    if args.hide_faces and args.explain:
        raise UsageError("--explain saves pictures of the faces.", "Leave it or --hide-faces out.")
    pictures = set(map(place_of, inputs))
    for option, name in (("--json", args.json), ("--csv", args.csv)):
        if name and name != "-" and place_of(name) in pictures:
            raise UsageError(
                f"{option} would overwrite the input '{name}'.",
                f"Name the file to write after {option}.",
            )
