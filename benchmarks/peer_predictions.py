"""Writes what the ``fer`` package says of a split's faces, for ``emogui compare``.

    python benchmarks/peer_predictions.py --data fer2013.csv --votes fer2013new.csv \\
        --labels ferplus --output fer.csv
    emogui compare resnet50 fer.csv --data fer2013.csv --votes fer2013new.csv --labels ferplus

The faces go to its network, a mini-XCEPTION, as its ``FER`` class prepares a face: grey, 64
pixels, -1 to 1; as finished crops, so that no detector has a part in it. It has the seven labels
of FER-2013, so that on the FER+ labels it cannot be right about contempt.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from peer import NAME, Peer

from emogui.commands.console import add_data_options, add_progress_option, progress
from emogui.labels import HEADS
from emogui.output.files import write_text
from emogui.training.datasets import load_dataset
from emogui.training.evaluate import BATCH, SPLITS, select_rows
from emogui.training.predictions import Predictions, row_name


def predictions(data: str, votes: str | None, split: str, labels: str, show: bool | None) -> str:
    """The ``predictions.csv`` of the peer, as text."""
    rows, truth = select_rows(load_dataset(data, votes=votes), split, labels)
    starts = range(0, len(rows), BATCH)
    with Peer() as peer:
        parts = [
            peer.predict(list(rows.faces[start : start + BATCH]))
            for start in progress(starts, len(starts), "batches", show)
        ]
    return Predictions(
        rows=tuple(map(row_name, rows.sources)),
        labels=Peer.labels,
        probabilities=np.concatenate(parts).astype(np.float64),
        truth=tuple(HEADS[labels][true] for true in truth),
    ).as_csv()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--split", choices=SPLITS, default="public")
    parser.add_argument("--labels", choices=HEADS, default="ferplus")
    parser.add_argument("--output", type=Path, default=Path(f"{NAME}.csv"))
    add_progress_option(parser)
    args = parser.parse_args()
    text = predictions(args.data, args.votes, args.split, args.labels, args.progress)
    write_text(args.output, text)
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
