"""Writes ``docs/results.md`` from what the networks and the comparisons record.

    python benchmarks/results.py

The figures come from ``emogui evaluate --record``, ``emogui calibrate`` and ``comparisons.py``;
nothing is measured here, so the page and the networks cannot disagree. A comparison of another
network than the one that is shipped now is left out, and the page says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from emogui.backend.model_info import ModelInfo
from emogui.backend.store import list_models
from emogui.labels import HEADS
from emogui.training.metrics import RARE_CLASSES
from emogui.training.readings import NAME as READINGS
from emogui.training.readings import read_readings
from emogui.training.record import StageRecord, stages_of

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "benchmarks" / "records"

HEADER = """# Results

Made by `python benchmarks/results.py` from the records in `weights/*/model.json`,
`weights/private-readings.jsonl` and `benchmarks/records/`.

What is measured: FER-2013 with the FER+ votes. **ferplus** figures are over the majority rows,
where one emotion has over half of the emotion votes (3,296 of PublicTest, 3,266 of PrivateTest);
**fer2013** figures are over all rows (3,589 each). One pass a face, the fast form (8 bit),
calibrated. The network was trained on the Training rows alone, without the 703 pictures that are
also in a test set, selected and calibrated on PublicTest; all that guides a choice is measured
there. Every reading of PrivateTest is listed [below](#readings-of-privatetest). The two label sets
agree on two thirds of the majority rows only, so no network can be right by both.

**balanced** is the mean recall of all classes, **six** the same without contempt and disgust, of
which there are too few faces to judge by. In brackets are 95 % intervals (percentile bootstrap
over faces, 2,000 resamples). The ECE has 15 bins; chance alone keeps it above 0, so beside it
stands what a perfectly calibrated network with the same confidences would show on as many faces.

For comparison, as published: people 65 ± 5 % on FER-2013 (Goodfellow et al., 2013); VGG13 85.0 %
on the FER+ majority (Barsoum et al., 2016).
"""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure(metric: Mapping[str, Any], name: str) -> str:
    """A figure with its interval, where it has one."""
    value = metric.get(name)
    if name == "balanced_six" and value is None:
        value = balanced_six(metric)
    if value is None:
        return ""
    bounds = metric.get("intervals", {}).get(name)
    return f"{value:.4f}" + (f" [{bounds[0]:.3f}, {bounds[1]:.3f}]" if bounds else "")


def balanced_six(metric: Mapping[str, Any]) -> float | None:
    """The figure from the recalls, which older records have in its stead."""
    recalls = {label: entry["recall"] for label, entry in metric.get("recall", {}).items()}
    frequent = [float(r) for label, r in recalls.items() if label not in RARE_CLASSES]
    return fmean(frequent) if set(RARE_CLASSES) <= set(recalls) else None


def expected_ece(metric: Mapping[str, Any]) -> str:
    expected = metric.get("ece_if_calibrated")
    if not expected:
        return ""
    return f"{expected['mean']:.4f} [{expected['low']:.3f}, {expected['high']:.3f}]"


def page_of(info: ModelInfo, comparisons: Sequence[Mapping[str, Any]]) -> str:
    """The part about one network."""
    parts = [f"## {info.title} (`{info.name}`)"]
    if info.metrics:
        parts += figures_of(info.metrics)
    calibration = info.card.get("calibration")
    if calibration:
        parts.append(calibration_of(info, calibration))
    parts += [comparison_of(record) for record in comparisons if is_of(record, info)]
    old = [record for record in comparisons if not is_of(record, info)]
    if old and len(old) == len(comparisons):
        parts.append(
            "The comparisons at hand are of an earlier network; `python benchmarks/comparisons.py`"
            " makes them again."
        )
    stages = stages_of(info.card.get("training", {}))
    if stages:
        parts.append(training_of(stages))
    return "\n\n".join(parts)


def figures_of(metrics: Sequence[Mapping[str, Any]]) -> list[str]:
    """The tables of the recorded evaluations, with the commands."""
    rows = []
    for metric in metrics:
        averaged = metric.get("tta")
        rows.append((metric["label_set"], metric))
        if averaged:
            rows.append((f"{metric['label_set']}, averaged with the mirror image", averaged))
    splits = [m["split"] for m in metrics for _ in range(2 if m.get("tta") else 1)]
    commands = "\n".join(f"{m['command']}   # commit {m['commit']}" for m in metrics)
    names = ("accuracy", "balanced_accuracy", "balanced_six", "macro_f1")
    return [
        table(
            ["labels", "split", "n", "accuracy", "balanced", "six", "macro F1"],
            [
                [title, split, f"{m['n']:,}", *(figure(m, name) for name in names)]
                for (title, m), split in zip(rows, splits, strict=True)
            ],
        ),
        table(
            ["labels", "split", "ECE", "if perfectly calibrated", "NLL", "Brier"],
            [
                [title, split, figure(m, "ece"), expected_ece(m)]
                + [figure(m, name) for name in ("nll", "brier")]
                for (title, m), split in zip(rows, splits, strict=True)
            ],
        ),
        *map(recalls, metrics),
        f"The commands, and the commit of the code that ran:\n\n```\n{commands}\n```",
    ]


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
        "those that is wrong. The diagrams are in [calibration.md](calibration.md).\n\n"
        + table(["head", "temperature", "ECE", "threshold", "coverage", "risk"], rows)
    )


def is_of(record: Mapping[str, Any], info: ModelInfo) -> bool:
    """Whether a comparison was made with this network as it is now."""
    model = record["models"][0].get("model", {})
    sums = {role: entry.sha256 for role, entry in info.files.items()}
    head = info.heads.get(record["label_set"])
    return (
        model.get("name") == info.name
        and model.get("files") == sums
        and head is not None
        and model.get("temperature") == head.temperature
    )


def comparison_of(record: Mapping[str, Any]) -> str:
    """The part about one record of ``comparisons.py``."""
    first = record["models"][0]["name"]
    names = ("accuracy", "balanced_accuracy", "balanced_six", "macro_f1", "ece")
    figures = [[f"`{m['name']}`", *(figure(m, name) for name in names)] for m in record["models"]]
    against = [
        [
            f"`{d['name']}`",
            "{:+.4f} [{:+.3f}, {:+.3f}]".format(
                d["accuracy_difference"], *d["accuracy_difference_interval"]
            ),
            f"{d['mcnemar']['only_this']} : {d['mcnemar']['only_first']}",
            f"{d['mcnemar']['p']:.2g}",
            f"{d['mean_absolute_difference']:.4f}",
            f"{d['same_winner']:.1%}",
        ]
        for d in record["against_first"]
    ]
    head = ["labels", "accuracy", "right alone", "McNemar p", "probabilities", "same winner"]
    parity = [
        f"The fast form against Keras: {100 * d['accuracy_difference']:.2f} points of accuracy "
        f"lost; mean absolute difference of probabilities {d['mean_absolute_difference']:.4f}."
        for d in record["against_first"]
        if d["name"] == f"{first}@keras"
    ]
    return "\n\n".join(
        [
            f"**Side by side, {record['label_set']}, {record['split']}**, {record['n']:,} faces: "
            "the fast form, the network in Keras as it was trained, and the network of the `fer` "
            "package (a mini-XCEPTION, on the same finished crops; it does not know contempt), "
            "by `benchmarks/comparisons.py`.",
            table(["", "accuracy", "balanced", "six", "macro F1", "ECE"], figures),
            table([f"against `{first}`", *head[1:]], against),
            "Right alone: the faces that only this one, and only the first one, recognises; on "
            "these McNemar's exact test looks. Probabilities: their mean absolute difference.",
            *parity,
            f"```\n{record['command']}   # commit {record['commit']}\n```",
        ]
    )


def readings_of(networks: Iterable[ModelInfo]) -> list[dict[str, Any]]:
    """All readings of PrivateTest: those noted, and those that only ``model.json`` tells of."""
    found = read_readings(ROOT / "weights" / READINGS)
    for info in networks:
        sums = {role: entry.sha256 for role, entry in info.files.items()}
        read = [m for m in info.metrics if m["split"] == "private"]
        found += [{**m, "name": info.name, "files": sums} for m in read]
    unique: dict[tuple[Any, ...], dict[str, Any]] = {}
    for reading in found:
        keys = ("label_set", "runtime", "commit", "command")
        network = reading["files"].get("fast_weights", "")
        unique.setdefault((network, *(reading.get(key) for key in keys)), reading)
    return list(unique.values())


def private_part(readings: Sequence[Mapping[str, Any]]) -> str:
    """The list of all readings of PrivateTest."""
    rows = [
        [
            f"`{r['name']}` {r['files'].get('fast_weights', '')[:8]}",
            r["label_set"] + (", Keras" if r.get("runtime") == "keras" else ""),
            f"{r['n']:,}",
            *(figure(r, name) for name in ("accuracy", "balanced_six", "ece")),
            (r.get("commit") or "")[:7],
        ]
        for r in readings
    ]
    return (
        "## Readings of PrivateTest\n\n"
        "Every figure that was ever read there, of networks that are no longer shipped too, the "
        "oldest first; with the first digits of the sum of the fast form's weights, and the "
        "commit of the code that ran.\n\n"
        + table(["network", "labels", "n", "accuracy", "six", "ECE", "commit"], rows)
    )


def training_of(stages: Sequence[StageRecord]) -> str:
    """How the network was trained, and how it did after each epoch of the last stage."""
    last = stages[-1]
    lines = [
        f"{number}. {stage.rows:,} rows of {stage.data}, started from "
        f"`{Path(stage.config['start']).name}`, {stage.minutes:.0f} minutes; the averaged weights "
        f"of the {stage.weights} epoch were handed on."
        for number, stage in enumerate(stages, 1)
    ]
    text = "**Training:**\n\n" + "\n".join(lines)
    if not last.history:
        return text
    keys = list(last.history[0])
    rows = [
        [f"{row[k]:.4f}" if 0 < row[k] < 1 else f"{row[k]:g}" for k in keys] for row in last.history
    ]
    return (
        f"{text}\n\nThe figures on PublicTest after each epoch of the last stage (the averaged "
        "network as it trains, neither quantised nor calibrated):\n\n"
        + table([k.replace("_", " ") for k in keys], rows)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "results.md")
    args = parser.parse_args()
    shipped = [m for m in list_models() if m.path.parent == ROOT / "weights"]
    comparisons = [
        json.loads(path.read_text(encoding="utf-8"))
        for labels in HEADS
        for path in sorted(RECORDS.glob(f"comparison-{labels}-*.json"), reverse=True)
    ]
    parts = [page_of(info, comparisons) for info in shipped]
    readings = private_part(readings_of(shipped))
    args.output.write_text("\n\n".join([HEADER.rstrip(), *parts, readings]) + "\n", "utf-8")
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
