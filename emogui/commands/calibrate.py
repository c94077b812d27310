"""``emogui calibrate``: fits a network's confidence on PublicTest."""

from __future__ import annotations

import argparse
import sys
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
from emogui.errors import DatasetError, UsageError

if TYPE_CHECKING:
    from emogui.training.calibrate import HeadCalibration


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "calibrate",
        help="fit a network's confidence and its threshold for doubt",
        description="Fit one temperature a head on PublicTest, choose the confidence under which a "
        "face is called uncertain, and keep both in the network's model.json. Figures that "
        "'emogui evaluate --record' kept before are dropped from it: measure again.",
    )
    parser.add_argument(
        "--model", default="resnet50", metavar="NAME_OR_DIR", help="the network (%(default)s)"
    )
    add_data_options(parser)
    parser.add_argument(
        "--coverage",
        type=float,
        default=0.85,
        metavar="C",
        help="share of the faces that is not called uncertain for its confidence (%(default)s)",
    )
    parser.add_argument(
        "--output", metavar="DIR", help="write reliability and risk-coverage diagrams there"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be kept, and keep nothing"
    )
    add_progress_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Fits, prints before and after, and keeps the numbers."""
    if not 0 < args.coverage <= 1:
        raise UsageError(f"--coverage is a share above 0, 1 at most; got {args.coverage}.")
    from emogui.backend.classifier import load_classifier
    from emogui.backend.store import load_model_info
    from emogui.output.files import make_folder
    from emogui.training.calibrate import calibrate, store
    from emogui.training.datasets import load_dataset

    with private_stdout() as stdout:
        folder = make_folder(args.output) if args.output else None
        info = load_model_info(args.model)
        classifier = load_classifier(args.model, next(iter(info.heads)))
        dataset = load_dataset(args.data, votes=args.votes)
        print(dataset.summary(), file=sys.stderr)
        found = calibrate(
            classifier,
            dataset,
            coverage=args.coverage,
            track=lambda batches, total: progress(batches, total, "batches", args.progress),
        )
        if not found:
            raise DatasetError(
                f"{dataset.name} has no PublicTest labels for a head of '{info.name}'.",
                "Name the votes with --votes fer2013new.csv.",
            )
        for head, entry in found.items():
            print(_report(head, entry), end="\n\n", file=stdout)
        if folder is not None:
            _draw(found, folder)
            print(f"diagrams written to {folder}", file=stdout)
        if not args.dry_run:
            print(f"kept in {store(info, found, dataset.name)}", file=stdout)
    return 0


def _report(head: str, entry: HeadCalibration) -> str:
    both = (entry.intervals_before, entry.intervals_after)
    rows = [
        ["NLL", f"{entry.before.nll:.4f}", f"{entry.after.nll:.4f}"],
        ["Brier", f"{entry.before.brier:.4f}", f"{entry.after.brier:.4f}"],
        ["ECE (15 bins)", f"{entry.before.ece:.4f}", f"{entry.after.ece:.4f}"],
        ["  95 % interval", *(str(found.figures["ece"]) for found in both)],
        ["  if calibrated", *(f"{found.ece_if_calibrated.mean:.4f}" for found in both)],
        ["  95 % interval", *(str(found.ece_if_calibrated.interval) for found in both)],
    ]
    if entry.shares_before is not None and entry.shares_after is not None:
        rows.append(
            ["Brier, vote shares", f"{entry.shares_before:.4f}", f"{entry.shares_after:.4f}"]
        )
    return (
        f"{head}: temperature {entry.temperature:.4f} (n = {entry.after.n:,})\n"
        f"{table(['', 'before', 'after'], rows)}\n"
        f"uncertain below {entry.uncertain_below:.4f}: {entry.coverage:.0%} of the faces are "
        f"above it, {entry.risk:.1%} of them wrong (of all faces {entry.risk_of_all:.1%})"
    )


def _draw(found: dict[str, HeadCalibration], folder: Path) -> None:
    from emogui.training.plots import calibration_figures

    for head, entry in found.items():
        for name, figure in calibration_figures(head, entry).items():
            save_figure(figure, folder / name)
