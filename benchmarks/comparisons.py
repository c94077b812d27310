"""Compares the shipped network with its Keras form and with the ``fer`` package, for the docs.

    python benchmarks/comparisons.py --data fer2013.csv --votes fer2013new.csv [--split public]

runs ``peer_predictions.py`` and ``emogui compare`` for both label sets and keeps what they found
in ``benchmarks/records/``, from where ``results.py`` takes it. A run on PrivateTest is noted in the
list of its readings.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from peer import NAME
from peer_predictions import predictions

from emogui.backend.store import load_model_info
from emogui.cli import main as emogui
from emogui.commands.console import add_data_options, add_progress_option
from emogui.labels import HEADS
from emogui.output.files import make_folder, write_text
from emogui.training.evaluate import SPLITS
from emogui.training.readings import note_reading

RECORDS = Path(__file__).resolve().parent / "records"


def record(data: str, votes: str | None, split: str, labels: str, show: bool | None) -> Path:
    """Compares on one split and label set; returns the record."""
    start = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # so that the record holds no path of this computer
        try:
            peer = Path(f"{NAME}.csv")
            write_text(peer, predictions(data, votes, split, labels, show))
            words = ["compare", "resnet50", "resnet50@keras", str(peer), "--data", data]
            words += ["--votes", votes] if votes else []
            words += ["--split", split, "--labels", labels, "--output", "out"]
            if emogui(words) != 0:
                raise SystemExit(1)
            found = json.loads(Path("out/comparison.json").read_text(encoding="utf-8"))
        finally:
            os.chdir(start)
    for path in filter(None, (data, votes)):
        found["command"] = found["command"].replace(path, Path(path).name)
    target = make_folder(RECORDS) / f"comparison-{labels}-{split}.json"
    write_text(target, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if split == "private":
        for model in found["models"]:
            if "model" in model:  # the peer's figures wear out nothing of ours
                note_reading(load_model_info("resnet50").path, {**found, **model})
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--split", choices=SPLITS, default="public")
    add_progress_option(parser)
    args = parser.parse_args()
    data = str(Path(args.data).resolve())
    votes = str(Path(args.votes).resolve()) if args.votes else None
    for labels in HEADS:
        print(f"written to {record(data, votes, args.split, labels, args.progress)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
