"""``emogui evaluate``: measures a network on a data set."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.commands.console import (
    add_data_options,
    add_progress_option,
    private_stdout,
    progress,
    save_figure,
)
from emogui.errors import UsageError

if TYPE_CHECKING:
    from emogui.backend.classifier import Classifier
    from emogui.training.data import Face
    from emogui.training.evaluate import Evaluation


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "evaluate",
        help="measure a network on a data set",
        description="Measure how well a network recognises the faces of a data set: one pass a "
        "face, the fast form of the network unless told otherwise.",
    )
    parser.add_argument(
        "--model", default="resnet50", metavar="NAME_OR_DIR", help="the network (%(default)s)"
    )
    add_data_options(parser)
    parser.add_argument("--split", choices=("public", "private"), required=True)
    parser.add_argument(
        "--labels",
        choices=("ferplus", "fer2013"),
        required=True,
        help="ferplus: rows on which over half of the votes agree; fer2013: all rows",
    )
    parser.add_argument(
        "--runtime",
        choices=("fast", "keras"),
        default="fast",
        help="the exported form, or the network as it was trained (%(default)s)",
    )
    parser.add_argument(
        "--tta",
        choices=("none", "flip"),
        default="none",
        help="also average each face with its mirror image; told apart (%(default)s)",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="write metrics.json, predictions.csv, and pictures of the confusion matrix, the "
        "reliability and the worst mistakes",
    )
    parser.add_argument(
        "--mistakes",
        type=int,
        default=48,
        metavar="N",
        help="most pictures in mistakes.png, the surest mistakes first; 0 for none (%(default)s)",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="also keep the figures in the network's model.json; those of the private split are "
        "noted beside its folder, too, in a list that is only added to",
    )
    add_progress_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Measures, prints the figures and writes the files."""
    if args.mistakes < 0:
        raise UsageError(f"--mistakes is a number of pictures, 0 for none; got {args.mistakes}.")
    from dataclasses import replace

    from emogui.output.files import make_folder
    from emogui.training.datasets import load_dataset
    from emogui.training.evaluate import evaluate, report, select_rows
    from emogui.training.provenance import describe_data, source_commit, versions
    from emogui.version import __version__

    with private_stdout() as stdout:
        folder = make_folder(args.output) if args.output else None
        classifier = load(args.model, args.labels, args.runtime)
        dataset = load_dataset(args.data, votes=args.votes)
        print(dataset.summary(), file=sys.stderr)
        evaluation = evaluate(
            classifier,
            dataset,
            args.split,
            args.labels,
            tta=args.tta,
            track=lambda batches, total: progress(batches, total, "batches", args.progress),
        )
        keras = ("keras", "tensorflow") if args.runtime == "keras" else ()
        identity = {
            "model": describe_model(classifier, args.runtime),
            "data": {**describe_data(args.data, args.votes), "name": dataset.name},
            "commit": source_commit(),
            "command": _command(args),
            "versions": {"emogui": __version__}
            | versions(("numpy", "opencv-python", "openvino", *keras)),
        }
        evaluation = replace(evaluation, identity=identity)
        print(f"{classifier.name}, head {classifier.head}", file=stdout)
        print(report(evaluation), file=stdout)
        if folder is not None:
            rows, _ = select_rows(dataset, args.split, args.labels)
            write(evaluation, folder, rows.faces, args.mistakes)
            print(f"\nwritten to {folder}", file=stdout)
        if args.record:
            from emogui.training.finish import record_metrics
            from emogui.training.readings import note_reading

            record_metrics(classifier.info.path, evaluation.as_dict())
            print(f"recorded in {classifier.info.path / 'model.json'}", file=stdout)
            if args.split == "private":
                noted = note_reading(classifier.info.path, evaluation.as_dict())
                print(f"the reading is noted in {noted}", file=stdout)
    return 0


def load(model: str, label_set: str, runtime: str) -> Classifier:
    """The network with the head of that label set, or its first head where it has none such."""
    from emogui.backend.classifier import load_classifier
    from emogui.backend.store import load_model_info

    heads = load_model_info(model).heads
    return load_classifier(model, label_set if label_set in heads else next(iter(heads)), runtime)


def write(
    evaluation: Evaluation, folder: Path, faces: Sequence[Face] | Face, mistakes: int
) -> None:
    """Writes the figures, the predictions and the pictures of an evaluation into a folder.

    Args:
        evaluation: what was measured.
        folder: an existing folder.
        faces: the faces it was measured on.
        mistakes: most pictures in ``mistakes.png``; 0 for no such file.

    Raises:
        EmoguiError: a file cannot be written.
    """
    from emogui.output.files import write_text
    from emogui.training.plots import confusion_figure, mistakes_figure, reliability_figure

    text = json.dumps(evaluation.as_dict(), ensure_ascii=False, allow_nan=False, indent=2)
    write_text(folder / "metrics.json", text + "\n")
    write_text(folder / "predictions.csv", evaluation.predictions.as_csv())
    metrics = evaluation.metrics
    what = f"{evaluation.label_set}, {evaluation.split} split, n = {metrics.n:,}"
    confusion = confusion_figure(metrics, f"accuracy {metrics.accuracy:.4f}: {what}")
    save_figure(confusion, folder / "confusion.png")
    reliability = reliability_figure(metrics, f"ECE {metrics.ece:.4f}: {what}")
    save_figure(reliability, folder / "reliability.png")
    sheet = mistakes_figure(faces, evaluation.predictions, mistakes) if mistakes else None
    if sheet is not None:
        save_figure(sheet, folder / "mistakes.png", dpi=100)


def describe_model(classifier: Classifier, runtime: str) -> dict[str, Any]:
    """What identifies a network: its name, head, form, temperature and the sums of its files."""
    info = classifier.info
    return {
        "name": classifier.name,
        "head": classifier.head,
        "runtime": runtime if runtime == "keras" or "fast" in info.files else "keras",
        "temperature": info.heads[classifier.head].temperature,
        "files": {role: entry.sha256 for role, entry in info.files.items()},
    }


def _command(args: argparse.Namespace) -> str:
    """The command that gives these figures again."""
    words = ["emogui", "evaluate", "--model", args.model, "--data", args.data]
    words += ["--votes", args.votes] if args.votes else []
    words += ["--split", args.split, "--labels", args.labels, "--runtime", args.runtime]
    words += ["--tta", args.tta] if args.tta != "none" else []
    return shlex.join(words)
