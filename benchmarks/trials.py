"""Writes ``docs/trials.md`` and its learning curves from ``benchmarks/trials.json``.

    python -m benchmarks.trials
    python -m benchmarks.trials --add RUN --id d --from c --change "..." --kept yes --shows "..."

The second form first adds a training, with the figures of its best epoch and its curve, from the
``history.csv`` in its folder; a trial of the same id is replaced.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import table

ROOT = Path(__file__).resolve().parents[1]
TRIALS = ROOT / "benchmarks" / "trials.json"
PAGE = ROOT / "docs" / "trials.md"
CURVES = ROOT / "docs" / "images" / "learning-curves.png"

FIGURES = {
    "ferplus_accuracy": "FER+ accuracy",
    "ferplus_balanced_six": "balanced over six",
    "fer2013_accuracy": "FER-2013 accuracy",
}

DATA = "[`benchmarks/trials.json`](../benchmarks/trials.json)"

HEADER = f"""# Training trials

Made by `python -m benchmarks.trials` from {DATA},
which has every training that was tried, the useless ones too.

All figures are on PublicTest, one pass a face, the averaged weights as they were trained, neither
quantised nor calibrated: accuracy on the 3,296 majority rows of FER+ over eight classes, the mean
recall of its six larger classes (all but contempt and disgust), accuracy on the 3,589 FER-2013
labels. Accuracy alone is not the goal: a network that never says disgust, contempt or fear loses
little of it. An empty cell was not measured. Minutes are on two cores.
"""

CURVES_TEXT = """## Learning curves

![The three figures over the minutes of each training](images/learning-curves.png)
"""


def page(trials: Sequence[dict[str, Any]]) -> str:
    """The page in Markdown."""
    rows = [
        [
            f"**{trial['id']}**",
            trial["from"],
            trial["change"],
            f"{trial['minutes']:g}" if trial["minutes"] else "",
            *(_figure(trial["figures"].get(key)) for key in FIGURES),
            trial["kept"],
        ]
        for trial in trials
    ]
    header = ["trial", "from", "what was done", "minutes", *FIGURES.values(), "kept"]
    shown = "\n".join(f"- **{trial['id']}**: {trial['shows']}" for trial in trials)
    parts = [HEADER.rstrip(), table(header, rows), "## What they show", shown, CURVES_TEXT.rstrip()]
    return "\n\n".join(parts) + "\n"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def added(trials: list[dict[str, Any]], args: argparse.Namespace) -> list[dict[str, Any]]:
    """The trials with one more, from the folder of a training."""
    with (args.add / "history.csv").open(newline="", encoding="utf-8") as file:
        history = [
            {key: float(value) for key, value in row.items()} for row in csv.DictReader(file)
        ]
    best = max(history, key=lambda row: row["score"])
    trial = {
        "id": args.id,
        "from": args.start,
        "change": args.change,
        "minutes": round(history[-1]["minutes"]),
        "figures": {key: round(best[key], 4) for key in FIGURES if key in best},
        "kept": args.kept,
        "shows": args.shows,
        "history": [
            {key: round(row[key], 4) for key in ("epoch", "minutes", *FIGURES) if key in row}
            for row in history
        ],
    }
    return [*(one for one in trials if one["id"] != args.id), trial]


def draw(trials: Sequence[dict[str, Any]], path: Path) -> None:
    """Draws the curve of every trial that has one, a panel for each figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), layout="constrained")
    panels = figure.subplots(1, len(FIGURES), sharex=True)
    for panel, (key, title) in zip(panels, FIGURES.items(), strict=True):
        for index, trial in enumerate(trials):
            points = [(row["minutes"], row[key]) for row in trial.get("history", ()) if key in row]
            if points:
                panel.plot(*zip(*points, strict=True), "o-", ms=3, color=f"C{index}",
                           label=f"{trial['id']}, from {trial['from']}")  # fmt: skip
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("minutes of the training")
        panel.grid(alpha=0.3)
        if panel.lines:
            panel.legend(fontsize=8, loc="lower right")
    figure.savefig(path, dpi=110)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--add", type=Path, metavar="RUN", help="output folder of emogui train")
    parser.add_argument("--id", help="of the trial: a letter")
    parser.add_argument("--from", dest="start", help="id of the trial that it started from")
    parser.add_argument("--change", help="what was done")
    parser.add_argument("--kept", default="no")
    parser.add_argument("--shows", default="", help="what it shows")
    args = parser.parse_args()
    trials = json.loads(TRIALS.read_text(encoding="utf-8"))
    if args.add:
        if not (args.id and args.start and args.change and args.shows):
            parser.error("--add needs --id, --from, --change and --shows")
        trials = added(trials, args)
        text = json.dumps(trials, indent=2, ensure_ascii=False)
        TRIALS.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(trials), encoding="utf-8")
    draw(trials, CURVES)
    print(f"written to {PAGE} and {CURVES}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
