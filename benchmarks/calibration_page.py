"""Writes ``docs/calibration.md`` and its diagrams: how far the network's confidence can be trusted.

    python benchmarks/calibration_page.py --data fer2013.csv --votes fer2013new.csv

fits as ``emogui calibrate`` does, on PublicTest, and keeps nothing in the network.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from results import ROOT, table

from emogui.backend.classifier import load_classifier
from emogui.backend.model_info import ModelInfo
from emogui.commands.console import (
    add_data_options,
    add_progress_option,
    progress,
    save_figure,
)
from emogui.errors import UsageError
from emogui.output.files import make_folder, write_text
from emogui.training.calibrate import COVERAGE, HeadCalibration, calibrate
from emogui.training.datasets import load_dataset
from emogui.training.intervals import Intervals
from emogui.training.plots import calibration_figures

DOCS = ROOT / "docs"
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)

HEADER = """# Calibration

When the network says 80 %, it should be right about 80 % of the time, and when it does not know,
the window should say so. This page shows how far that holds for `{name}`. It is made by

```
python benchmarks/calibration_page.py {options}
```

## Temperature

A network trained on likelihood alone is too sure of itself, one trained on votes and mixed
pictures mostly not sure enough. `emogui calibrate` divides the logits of each head by one
number, the temperature, fitted on PublicTest by the likelihood (Guo et al., 2017, "On
Calibration of Modern Neural Networks"). No face changes its winner. The number is kept in
`model.json`, and the window, the outputs and `classifier.predict` use it.

The **reliability diagrams** sort the faces by confidence into 15 bins: bars show how often the
network is right in each, the line where it would be if every confidence were true. The
**expected calibration error** (ECE) is the mean distance between both, weighted by the number of
faces. It cannot be 0 on a few thousand faces: chance keeps the share that is right away from the
confidence. So beside it stands what a perfectly calibrated network with the same confidences
would show on as many faces (right and wrong drawn 2,000 times by the confidences). In brackets
are 95 % intervals; those of the ECE lie high, since drawing the faces again adds chance once
more. One number is fitted on some 3,500 faces, so the figures after it are hardly better here
than elsewhere; those on faces that had no part in it are in [results.md](results.md)."""

UNCERTAIN = """## When a face is called uncertain

A face whose top probability is under a threshold is called uncertain. The threshold is the
confidence that a stated share of PublicTest's faces reaches (the *coverage*, {coverage:.0%};
`emogui calibrate --coverage` sets another). The *risk* is the share of errors among the faces
above it. At a higher coverage fewer faces are marked, and more of the others are wrong; the
risk-coverage curve shows all choices. The window and the outputs mark a face for other reasons,
too: when it is small or turned away."""


def head_part(head: str, entry: HeadCalibration) -> str:
    """Table and diagrams of the temperature of a head."""
    before, after = entry.before, entry.after
    rows = [
        ["ECE", ece(before.ece, entry.intervals_before), ece(after.ece, entry.intervals_after)],
        [
            "ECE if perfectly calibrated",
            *(expected(found) for found in (entry.intervals_before, entry.intervals_after)),
        ],
        ["NLL", f"{before.nll:.4f}", f"{after.nll:.4f}"],
        ["Brier score", f"{before.brier:.4f}", f"{after.brier:.4f}"],
    ]
    if entry.shares_before is not None and entry.shares_after is not None:
        shares = [f"{entry.shares_before:.4f}", f"{entry.shares_after:.4f}"]
        rows.append(["Brier score against the vote shares, all kept rows", *shares])
    diagrams = [
        f"![Reliability diagram of {head}, {when}](images/reliability-{head}-{when}.png)"
        for when in ("before", "after")
    ]
    return "\n\n".join(
        [
            f"### {head}: temperature {entry.temperature:.3f} (n = {after.n:,})",
            table(["", "before", "after"], rows),
            table(["before", "after"], [diagrams]),
        ]
    )


def ece(value: float, intervals: Intervals) -> str:
    return f"{value:.4f} {intervals.figures['ece']}"


def expected(intervals: Intervals) -> str:
    return f"{intervals.ece_if_calibrated.mean:.4f} {intervals.ece_if_calibrated.interval}"


def uncertain_part(head: str, entry: HeadCalibration) -> str:
    """Curve and table of the risk at several coverages."""
    coverage, risk = entry.curve
    rows = []
    for share in sorted({*COVERAGES, entry.coverage}, reverse=True):
        place = min(int(np.searchsorted(coverage, share)), len(risk) - 1)
        if share == entry.coverage:
            rows.append([f"**{share:.0%}**", f"**{entry.risk:.1%}**"])
        else:
            rows.append([f"{share:.0%}", f"{risk[place]:.1%}"])
    return "\n\n".join(
        [
            f"### {head}: uncertain below {entry.uncertain_below:.3f}",
            f"![Risk-coverage curve of {head}](images/risk-coverage-{head}.png)",
            table(["coverage", "risk"], rows),
        ]
    )


def check(info: ModelInfo, found: dict[str, HeadCalibration]) -> None:
    """Refuses to describe a calibration that the network does not have."""
    for head, entry in found.items():
        kept = info.heads[head].temperature
        if abs(kept - entry.temperature) > 1e-3:
            raise UsageError(
                f"'{info.name}' keeps the temperature {kept} for {head}; "
                f"{entry.temperature:.4f} was found.",
                f"Run 'emogui calibrate --model {info.path}' with the same data first.",
            )


def page(info: ModelInfo, found: dict[str, HeadCalibration], options: Sequence[str]) -> str:
    parts = [HEADER.format(name=info.name, options=" ".join(options))]
    parts += [head_part(head, entry) for head, entry in found.items()]
    parts.append(UNCERTAIN.format(coverage=next(iter(found.values())).coverage))
    parts += [uncertain_part(head, entry) for head, entry in found.items()]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--model", default="resnet50")
    parser.add_argument("--coverage", type=float, default=COVERAGE)
    add_progress_option(parser)
    args = parser.parse_args()
    classifier = load_classifier(args.model)
    found = calibrate(
        classifier,
        load_dataset(args.data, votes=args.votes),
        coverage=args.coverage,
        track=lambda batches, total: progress(batches, total, "batches", args.progress),
    )
    check(classifier.info, found)
    images = make_folder(DOCS / "images")
    for head, entry in found.items():
        for name, figure in calibration_figures(head, entry).items():
            save_figure(figure, images / name, dpi=72)
    options = ["--data", Path(args.data).name]
    options += ["--votes", Path(args.votes).name] if args.votes else []
    options += ["--coverage", str(args.coverage)] if args.coverage != COVERAGE else []
    write_text(DOCS / "calibration.md", page(classifier.info, found, options))
    print(f"written to {DOCS / 'calibration.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
