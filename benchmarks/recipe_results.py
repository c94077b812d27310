"""What really comes out of each recipe: ``docs/recipe-results.md`` from the records of trainings.

    python benchmarks/recipe_results.py
    python benchmarks/recipe_results.py --add RUN --data fer2013.csv --votes fer2013new.csv

The second form first measures a finished training (the output folder of ``emogui train``): it
exports and calibrates its network, measures the fast form on PublicTest and, with ``--private``,
once on PrivateTest, against both label sets, and keeps what it found in
``benchmarks/records/recipes/``. The page and its pictures are made of these records alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from page import ROOT, write_block
from results import figure, table

from emogui.commands.console import add_data_options
from emogui.labels import HEADS
from emogui.training.recipes import RECIPES

RECORDS = ROOT / "benchmarks" / "records" / "recipes"
PAGE = ROOT / "docs" / "recipe-results.md"
CURVES = ROOT / "docs" / "images" / "recipe-curves.png"
CONFUSIONS = ROOT / "docs" / "images" / "recipe-confusions.png"
FEWEST_EPOCHS = 15
"""After fewer a recipe does not count as really trained."""

Record = dict[str, Any]


# --- measuring -----------------------------------------------------------------------------------


def emogui(*words: str) -> None:
    """Runs a command of emogui in a process of its own, on TensorFlow."""
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    subprocess.run([sys.executable, "-m", "emogui", *words], check=True, env=environment)


def measured(run: Path, data: Sequence[str], splits: Sequence[str]) -> Record:
    """Exports, calibrates and measures a training; returns its record."""
    name = json.loads((run / "record.json").read_text(encoding="utf-8"))["recipe"].get("name", "")
    if name not in RECIPES:
        raise SystemExit(f"'{run}' follows no recipe of emogui's.")
    with tempfile.TemporaryDirectory() as folder:
        network = Path(folder, run.name)
        emogui("export", str(run), *data, "--output", str(network), "--title", run.name)
        emogui("calibrate", "--model", str(network), *data)
        figures = {}
        for split in splits:
            for labels in HEADS:
                out = Path(folder, f"{split}-{labels}")
                emogui(
                    *("evaluate", "--model", str(network), *data, "--split", split),
                    *("--labels", labels, "--output", str(out), "--mistakes", "0"),
                )
                found = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
                figures[f"{labels}-{split}"] = {
                    key: found[key]
                    for key in ("n", "accuracy", "balanced_accuracy", "ece", "macro_f1",
                                "intervals", "confusion", "labels", "commit")
                }  # fmt: skip
        card = json.loads((network / "model.json").read_text(encoding="utf-8"))
        stage = card["training"]["stages"][-1]
        return {
            "recipe": name,
            "asked": RECIPES[name].config.epochs,
            "history": stage["history"],
            "minutes": stage["minutes"],
            "pictures": stage["pictures"],
            "machines": stage["machines"],
            "start": stage["config"]["start"],
            "config": stage["config"],
            "rows": stage["rows"],
            "commit": stage["commit"],
            "best_epoch": stage["best_epoch"],
            "megabytes": round(card["files"]["fast_weights"]["bytes"] / 1e6
                               + card["files"]["fast"]["bytes"] / 1e6, 2),
            "parameters": parameters(network / card["files"]["keras"]["file"]),
            "ms_per_face": ms_per_face(network, next(iter(card["heads"]))),
            "figures": figures,
        }  # fmt: skip


def parameters(path: Path) -> int:
    """Number of weights of a ``.keras`` file."""
    import keras

    return int(keras.saving.load_model(path, compile=False).count_params())


def ms_per_face(network: Path, head: str, times: int = 200) -> float:
    """Milliseconds for one face with its preparation, batch 1, the median."""
    from emogui.backend.classifier import load_classifier

    classifier = load_classifier(network, head)
    face = [np.random.default_rng(0).integers(0, 256, (120, 120, 3), np.uint8)]
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        classifier.predict(face)
        taken.append(time.perf_counter() - began)
    return round(1e3 * statistics.median(taken[10:]), 2)


# --- the page ------------------------------------------------------------------------------------


def still_falling(history: Sequence[Mapping[str, float]], head: str) -> str:
    """Whether the loss on PublicTest was still falling at the end, in a word."""
    losses = [row[f"{head}_nll"] for row in history if f"{head}_nll" in row]
    if len(losses) < 4:
        return "not known"
    return "yes" if np.mean(losses[-2:]) < min(losses[:-2]) - 1e-3 else "no"


def gap(record: Mapping[str, Any], head: str) -> str:
    """Accuracy on Training rows less that on PublicTest, at the best epoch."""
    best = max(record["history"], key=lambda row: row["score"])
    train, test = best.get(f"train_{head}_accuracy"), best.get(f"{head}_accuracy")
    return "" if train is None or test is None else f"{100 * (train - test):+.1f}"


def own_head(record: Mapping[str, Any]) -> str:
    """The label set that the recipe learns; FER-2013 where it learns both."""
    return "fer2013" if "fer2013" in RECIPES[record["recipe"]].heads else "ferplus"


def line(name: str, record: Mapping[str, Any] | None) -> list[str]:
    """A recipe's line of the table."""
    recipe = RECIPES[name]
    claimed = recipe.claimed or ("" if recipe.source == "" else "none")
    if record is None:
        return [f"`{name}`", claimed, *["not trained yet"], *[""] * 11]
    head, last = own_head(record), record["history"][-1]

    def of(labels: str, split: str, key: str = "accuracy") -> str:
        found = record["figures"].get(f"{labels}-{split}")
        return figure(found, key) if found else ""

    epochs = f"{last['epoch']:g} / {record['asked'] or '?'}"
    if last["epoch"] < FEWEST_EPOCHS:
        epochs += " (too few)"
    start = "no pre-training" if record["start"] == "none" else f"from {record['start']}"
    return [
        f"`{name}`",
        claimed,
        of("fer2013", "public"),
        of("fer2013", "private"),
        of("ferplus", "public"),
        of("ferplus", "private"),
        gap(record, head),
        of(head, "public", "ece"),
        epochs,
        still_falling(record["history"], head),
        f"{record['minutes'] / 60:.1f}",
        f"{record['parameters'] / 1e6:.2f}",
        f"{record['megabytes']:.1f}",
        f"{record['ms_per_face']:.1f}" if "ms_per_face" in record else "",
        start,
    ]


HEADER = [
    *("recipe", "claimed", "FER-2013, PublicTest", "PrivateTest", "FER+ majority, PublicTest"),
    *("PrivateTest", "train-test gap", "ECE", "epochs run / asked", "loss still falling", "hours"),
    *("million weights", "MB", "ms a face", "start"),
]


def draw_curves(records: Mapping[str, Record], path: Path) -> None:
    """Loss and accuracy on PublicTest, and accuracy on Training, by epoch; a column a recipe."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(3.2 * len(records), 5), layout="constrained")
    panels = drawing.subplots(2, len(records), squeeze=False, sharex="col")
    for column, (name, record) in enumerate(records.items()):
        head = own_head(record)
        epochs = [row["epoch"] for row in record["history"]]

        def of(key: str, record: Record = record) -> list[float]:
            return [row.get(key, float("nan")) for row in record["history"]]

        loss, accuracy = panels[:, column]
        loss.plot(epochs, of(f"{head}_nll"), "o-", ms=3, label="PublicTest")
        loss.set_title(name, fontsize=9)
        accuracy.plot(epochs, of(f"{head}_accuracy"), "o-", ms=3, label="PublicTest")
        accuracy.plot(epochs, of(f"train_{head}_accuracy"), "s--", ms=3, label="Training")
        accuracy.set_xlabel("epoch")
        for panel, title in ((loss, "loss (NLL)"), (accuracy, "accuracy")):
            panel.grid(alpha=0.3)
            if not column:
                panel.set_ylabel(title)
                panel.legend(fontsize=7)
    drawing.savefig(path, dpi=90)


def draw_confusions(records: Mapping[str, Record], path: Path) -> None:
    """The confusion matrix of each recipe on PublicTest, rows in shares of the true class."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(3.2 * len(records), 3.4), layout="constrained")
    for panel, (name, record) in zip(
        drawing.subplots(1, len(records), squeeze=False)[0], records.items(), strict=True
    ):
        found = record["figures"][f"{own_head(record)}-public"]
        counts = np.asarray(found["confusion"], float)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), share in np.ndenumerate(shares):
            panel.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=6,
                       color="white" if share > 0.5 else "black")  # fmt: skip
        ticks = range(len(found["labels"]))
        panel.set_xticks(ticks, found["labels"], rotation=90, fontsize=7)
        panel.set_yticks(ticks, found["labels"], fontsize=7)
        panel.set_title(name, fontsize=9)
    drawing.savefig(path, dpi=90)


def page(records: Mapping[str, Record]) -> str:
    """The block of the page."""
    rows = [line(name, records.get(name)) for name in RECIPES if name != "resnet50"]
    rows = [row + [""] * (len(HEADER) - len(row)) for row in rows]
    parts = [
        "Made by `python benchmarks/recipe_results.py` from the records in "
        "`benchmarks/records/recipes/`, whose commands and commits are below.",
        table(HEADER, rows),
    ]
    if records:
        draw_curves(records, CURVES)
        draw_confusions(records, CONFUSIONS)
        parts += [
            f"![Learning curves](images/{CURVES.name})",
            "Rows are the true class, numbers the share in per cent:",
            f"![Confusion matrices](images/{CONFUSIONS.name})",
        ]
        commands = [
            f"emogui train {name} --data fer2013.csv --votes fer2013new.csv --output runs/{name} "
            f"--epochs {record['history'][-1]['epoch']:g}   # commit {record['commit']}"
            for name, record in records.items()
        ]
        commands.append(
            "python benchmarks/recipe_results.py --add runs/NAME --private "
            "--data fer2013.csv --votes fer2013new.csv"
        )
        parts.append("```\n" + "\n".join(commands) + "\n```")
    return "\n\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--add", type=Path, metavar="RUN", help="output folder of emogui train")
    parser.add_argument("--private", action="store_true", help="measure on PrivateTest, once")
    add_data_options(parser)
    for action in parser._actions:
        if action.dest == "data":
            action.required = False
    args = parser.parse_args()
    if args.add:
        if not args.data:
            parser.error("--add needs --data")
        data = ["--data", args.data, *(["--votes", args.votes] if args.votes else [])]
        record = measured(args.add, data, ("public", "private") if args.private else ("public",))
        RECORDS.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, indent=1, ensure_ascii=False)
        (RECORDS / f"{record['recipe']}.json").write_text(text + "\n", encoding="utf-8")
    records = {
        name: json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8"))
        for name in RECIPES
        if (RECORDS / f"{name}.json").is_file()
    }
    write_block(PAGE, "recipes", page(records))
    print(f"written to {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
