"""Writes ``docs/results.md`` from what the networks' ``model.json`` files record.

    python benchmarks/results.py

The figures come from ``emogui evaluate --record`` and ``emogui calibrate``; nothing is measured
here, so the page and the networks cannot disagree.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emogui.backend.store import ModelInfo, list_models
from emogui.training.record import stages_of

ROOT = Path(__file__).resolve().parents[1]

HEADER = """# Results

Made by `python benchmarks/results.py` from the records in `weights/*/model.json`.

What is measured: FER-2013 with the FER+ votes. **ferplus** figures are over the majority rows,
where one emotion has over half of the emotion votes (3,296 of PublicTest, 3,266 of PrivateTest);
**fer2013** figures are over all rows (3,589 each). One pass a face, the fast form (8 bit),
calibrated. The network was trained on the Training rows alone, without the 703 pictures that are
also in a test set, selected and calibrated on PublicTest; PrivateTest was read once for each of its
lines below. The two label sets agree on two thirds of the majority rows only, so no network can be
right by both.

For comparison, as published: people 65 ± 5 % on FER-2013 (Goodfellow et al., 2013); VGG13 85.0 %
on the FER+ majority (Barsoum et al., 2016).
"""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page_of(info: ModelInfo) -> str:
    """The part about one network."""
    parts = [f"## {info.title} (`{info.name}`)"]
    if info.metrics:
        parts.append(
            table(
                ["labels", "split", "n", "accuracy", "balanced", "macro F1", "ECE", "NLL", "Brier"],
                [
                    [m["label_set"], m["split"], f"{m['n']:,}"]
                    + [f"{m[k]:.4f}" for k in ("accuracy", "balanced_accuracy", "macro_f1")]
                    + [f"{m[k]:.4f}" for k in ("ece", "nll", "brier")]
                    for m in info.metrics
                ],
            )
        )
        parts += [recalls(m) for m in info.metrics]
        commands = "\n".join(f"{m['command']}   # commit {m['commit']}" for m in info.metrics)
        parts.append(f"The commands, and the commit of the code that ran:\n\n```\n{commands}\n```")
    calibration = info.card.get("calibration")
    if calibration:
        parts.append(calibration_of(info, calibration))
    training = info.card.get("training")
    if training:
        parts.append(training_of(training))
    return "\n\n".join(parts)


def recalls(metric: Mapping[str, Any]) -> str:
    """A line on how many faces of each class are recognised."""
    each = ", ".join(
        f"{label} {entry['recall']:.2f} (n = {entry['n']:,})"
        for label, entry in metric["recall"].items()
    )
    return f"Recall, {metric['label_set']}, {metric['split']}: {each}."


def calibration_of(info: ModelInfo, calibration: Mapping[str, Any]) -> str:
    rows = [
        [
            head,
            f"{entry.temperature:.3f}",
            f"{calibration[head]['ece'][0]:.4f} to {calibration[head]['ece'][1]:.4f}",
            f"{entry.uncertain_below:.3f}",
            f"{calibration[head]['coverage']:.0%}",
            f"{calibration[head]['risk']:.1%} (of all {calibration[head]['risk_of_all']:.1%})",
        ]
        for head, entry in info.heads.items()
        if head in calibration
    ]
    return (
        "**Calibration**, fitted on PublicTest by `emogui calibrate`: a face under the threshold "
        "is called uncertain; the coverage is the share of faces above it, the risk the share of "
        "those that is wrong.\n\n"
        + table(["head", "temperature", "ECE", "threshold", "coverage", "risk"], rows)
    )


def training_of(training: Mapping[str, Any]) -> str:
    *earlier, last = stages_of(training)
    before = f"the last of {len(earlier) + 1} stages, " if earlier else ""
    history = last.history
    text = (
        f"**Training:** {before}{last.rows:,} rows of {last.data}, started from "
        f"`{last.config['start']}`, {last.minutes:.0f} minutes; the averaged weights of "
        f"the {last.weights} epoch are shipped. The figures on PublicTest after each epoch "
        "(the averaged network as it trains, neither quantised nor calibrated):"
    )
    if not history:
        return text
    keys = list(history[0])
    rows = [[f"{row[k]:.4f}" if 0 < row[k] < 1 else f"{row[k]:g}" for k in keys] for row in history]
    return text + "\n\n" + table([k.replace("_", " ") for k in keys], rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "results.md")
    args = parser.parse_args()
    shipped = [m for m in list_models() if m.path.parent == ROOT / "weights"]
    text = "\n\n".join([HEADER.rstrip(), *map(page_of, shipped)])
    args.output.write_text(text + "\n", encoding="utf-8")
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
