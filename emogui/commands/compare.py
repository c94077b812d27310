"""``emogui compare``: several networks on the same faces, in one table."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.commands.console import (
    add_data_options,
    add_progress_option,
    private_stdout,
    progress,
    save_figure,
    table,
)
from emogui.commands.evaluate import describe_model, load
from emogui.errors import UsageError

if TYPE_CHECKING:
    from emogui.backend.classifier import Classifier
    from emogui.backend.model_info import ModelInfo
    from emogui.training.compare import Comparison, Contestant
    from emogui.training.data import EmotionDataset

RUNTIMES = ("fast", "keras")


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "compare",
        help="compare networks on the same faces",
        description="Measure several networks on the same faces: one table of their figures with "
        "95 % intervals, and each against the first: difference of accuracy, McNemar's test, mean "
        "absolute difference of the probabilities, share of faces with the same winner.",
        epilog="A predictions.csv is one that 'emogui evaluate --output' wrote, or one of another "
        "program: a column 'row' (the number of the face from 1 in the csv or npz, or the path of "
        "its picture in folders) and one column of probabilities a label.",
    )
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help="name or folder of a network, either with @keras or @fast after it, or a "
        "predictions.csv",
    )
    add_data_options(parser)
    parser.add_argument(
        "--split", choices=("public", "private"), default="public", help="(%(default)s)"
    )
    parser.add_argument(
        "--labels",
        choices=("ferplus", "fer2013"),
        default="ferplus",
        help="ferplus: rows on which over half of the votes agree; fer2013: all rows (%(default)s)",
    )
    parser.add_argument(
        "--runtime",
        choices=RUNTIMES,
        default="fast",
        help="of the networks without an @ (%(default)s)",
    )
    parser.add_argument(
        "--output", metavar="DIR", help="write comparison.json, comparison.csv and comparison.png"
    )
    add_progress_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Measures, prints the table and writes the files."""
    twice = next((m for i, m in enumerate(args.models) if m in args.models[:i]), None)
    if twice:
        raise UsageError(f"'{twice}' is named twice.", "Name each network once.")
    from emogui.labels import HEADS
    from emogui.output.files import make_folder
    from emogui.training.compare import compare
    from emogui.training.datasets import load_dataset
    from emogui.training.evaluate import select_rows
    from emogui.training.provenance import describe_data, source_commit, versions
    from emogui.version import __version__

    with private_stdout() as stdout:
        folder = make_folder(args.output) if args.output else None
        dataset = load_dataset(args.data, votes=args.votes)
        print(dataset.summary(), file=sys.stderr)
        _, truth = select_rows(dataset, args.split, args.labels)
        # All are opened before any is run, so that a misspelt one is told at once.
        runs = [_open(model, dataset, args) for model in args.models]
        contestants = [run_it() for run_it in runs]
        identity = {
            "data": {**describe_data(args.data, args.votes), "name": dataset.name},
            "commit": source_commit(),
            "command": _command(args),
            "versions": {"emogui": __version__} | versions(),
        }
        found = compare(
            contestants,
            truth,
            HEADS[args.labels],
            label_set=args.labels,
            split=args.split,
            identity=identity,
        )
        print(report(found), file=stdout)
        if folder is not None:
            write(found, folder)
            print(f"\nwritten to {folder}", file=stdout)
    return 0


def report(found: Comparison) -> str:
    """The comparison as a text for people."""
    from emogui.training.compare import FIGURES

    rows = "majority rows" if found.label_set == "ferplus" else "all rows"
    lines = []
    for standing in found.standings:
        values = [getattr(standing.metrics, name) for name in FIGURES]
        cells = ["-" if value is None else f"{value:.4f}" for value in values]
        cells[0] += f" {standing.intervals.figures['accuracy']}"
        contestant = standing.contestant
        size, speed = contestant.megabytes, contestant.ms_per_face
        cells.append("-" if size is None else f"{size:.1f} MB")
        cells.append("-" if speed is None else f"{speed:.1f} ms")
        lines.append([contestant.name, *cells])
    first = found.standings[0].contestant.name
    parts = [
        f"{found.label_set} labels, {found.split} split, {rows}: {found.n:,} faces",
        table(["", *FIGURES.values(), "size", "a face"], lines),
    ]
    if found.differences:
        against = [
            [
                d.name,
                f"{d.accuracy:+.4f} {d.interval}",
                f"{d.test.only_second} : {d.test.only_first}",
                f"{d.test.p:.3g}",
                f"{d.probabilities:.4f}",
                f"{d.same_winner:.1%}",
            ]
            for d in found.differences
        ]
        head = [f"against {first}", "accuracy", "right alone", "McNemar p"]
        parts.append(table([*head, "probabilities", "same winner"], against))
    parts.append(
        "In brackets: 95 % intervals. six: balanced without contempt and disgust."
        + (
            " right alone: faces that only this one : only the first one recognises. "
            "probabilities: their mean absolute difference."
            if found.differences
            else ""
        )
    )
    return "\n\n".join(parts)


def write(found: Comparison, folder: Path) -> None:
    """Writes ``comparison.json``, ``comparison.csv`` and ``comparison.png`` into a folder.

    Raises:
        EmoguiError: a file cannot be written.
    """
    from emogui.output.files import write_text
    from emogui.training.plots import accuracy_figure

    text = json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False, indent=2)
    write_text(folder / "comparison.json", text + "\n")
    write_text(folder / "comparison.csv", found.as_csv())
    figure = accuracy_figure(
        [standing.contestant.name for standing in found.standings],
        [standing.metrics.accuracy for standing in found.standings],
        [standing.intervals.figures["accuracy"] for standing in found.standings],
        f"{found.label_set}, {found.split} split, n = {found.n:,}",
    )
    save_figure(figure, folder / "comparison.png")


def _open(
    model: str, dataset: EmotionDataset, args: argparse.Namespace
) -> Callable[[], Contestant]:
    """Reads predictions or loads a network; what it returns gives them, or runs it."""
    from emogui.backend.model_info import sha256_of
    from emogui.labels import HEADS
    from emogui.training.compare import Contestant
    from emogui.training.evaluate import select_rows
    from emogui.training.predictions import read_predictions, row_name

    rows, truth = select_rows(dataset, args.split, args.labels)
    if model.lower().endswith(".csv"):
        names = [row_name(source) for source in rows.sources]
        found = read_predictions(model).for_rows(names, truth, HEADS[args.labels], model)
        file = {"file": Path(model).name, "sha256": sha256_of(Path(model))}
        return partial(Contestant, model, found, identity={"predictions": file})
    name, _, form = model.rpartition("@")
    if form not in RUNTIMES:
        name, form = model, args.runtime
    classifier = load(name, args.labels, form)
    return partial(_measure, model, classifier, form, dataset, args)


def _measure(
    model: str,
    classifier: Classifier,
    form: str,
    dataset: EmotionDataset,
    args: argparse.Namespace,
) -> Contestant:
    from emogui.training.compare import Contestant
    from emogui.training.evaluate import BATCH, evaluate, select_rows

    rows, _ = select_rows(dataset, args.split, args.labels)
    classifier.predict(list(rows.faces[:BATCH]))  # so that no start-up is in the time a face
    evaluation = evaluate(
        classifier,
        dataset,
        args.split,
        args.labels,
        track=lambda batches, total: progress(batches, total, "batches", args.progress),
    )
    described = describe_model(classifier, form)
    return Contestant(
        model,
        evaluation.predictions.probabilities,
        megabytes=_megabytes(classifier.info, described["runtime"]),
        ms_per_face=round(evaluation.ms_per_face, 3),
        identity={"model": described},
    )


def _megabytes(info: ModelInfo, runtime: str) -> float:
    """What the files of one form of a network take up, ``model.json`` included."""
    roles = ("keras",) if runtime == "keras" else ("fast", "fast_weights")
    card = (info.path / "model.json").stat().st_size
    return (card + sum(info.files[role].bytes for role in roles)) / 1e6


def _command(args: argparse.Namespace) -> str:
    """The command that gives this comparison again."""
    words = ["emogui", "compare", *args.models, "--data", args.data]
    words += ["--votes", args.votes] if args.votes else []
    words += ["--split", args.split, "--labels", args.labels]
    words += ["--runtime", args.runtime] if args.runtime != "fast" else []
    return shlex.join(words)
