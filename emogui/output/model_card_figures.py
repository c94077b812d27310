"""What a model card says of a network's figures: how good it is, where it fails, its doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from emogui.backend.model_info import ModelInfo
from emogui.output.document import Block, Code, Paragraph, Table

FEW: Final = 30
"""Under so many faces of a class, its recall says little: one face is over three points of it."""

POOR: Final = 0.5

HEADS: Final = {"ferplus": "FER+", "fer2013": "FER-2013", "affectnet": "AffectNet"}
SPLITS: Final = {"public": "PublicTest", "private": "PrivateTest"}

FIGURES: Final = (
    ("accuracy", "accuracy"),
    ("balanced_six", "balanced, six classes"),
    ("balanced_accuracy", "balanced, all classes"),
    ("macro_f1", "macro F1"),
    ("ece", "ECE"),
    ("nll", "NLL"),
    ("brier", "Brier score"),
)

Metric = Mapping[str, Any]


def figure_blocks(info: ModelInfo) -> Iterator[Block]:
    """How good a network is: the recorded figures, with commands and commits."""
    metrics = info.metrics
    if not metrics:
        yield Paragraph(
            "No figures are recorded. `emogui evaluate --record` measures the network and keeps "
            "the figures in its model.json."
        )
        return
    yield Paragraph(
        "One pass a face, calibrated, the form that the program runs unless a column says Keras. "
        "FER+ is measured on the faces where one emotion has over half of the votes, FER-2013 on "
        "all faces. Training and calibration choose on PublicTest, never on PrivateTest."
    )
    header = ("", *map(evaluation_title, metrics))
    rows = [("faces", *(f"{m['n']:,}" for m in metrics))]
    rows += [
        (title, *(_figure(m, key) for m in metrics))
        for key, title in FIGURES
        if any(m.get(key) is not None for m in metrics)
    ]
    if any(m.get("ece_if_calibrated") for m in metrics):
        rows.append(("ECE, if calibrated", *(_expected_ece(m) for m in metrics)))
    if any(isinstance(m.get("tta"), Mapping) for m in metrics):
        rows.append(("accuracy, two passes", *map(_averaged, metrics)))
    yield Table(header, tuple(rows))
    yield Paragraph(" ".join(_explanations(metrics)))
    yield Paragraph("The data, the commands, and the commit of the code that ran:")
    yield Code("\n".join(f"{m['command']}\n    # commit {m.get('commit')}" for m in metrics))


def _explanations(metrics: Sequence[Metric]) -> Iterator[str]:
    """What the words of the table mean, as far as they are in it."""
    yield "Balanced: the mean of the recalls."
    if any(m.get("balanced_six") is not None for m in metrics):
        yield "Six classes: without contempt and disgust, which are too rare."
    yield "ECE: mean gap between confidence and accuracy, in 15 bins."
    if any(m.get("ece_if_calibrated") for m in metrics):
        yield "If calibrated: what chance alone gives a network whose every confidence is true."
    if any(m.get("intervals") for m in metrics):
        yield "In brackets: 95 % intervals."
    if any(isinstance(m.get("tta"), Mapping) for m in metrics):
        yield "Two passes: averaged with the mirror image; not what the program does."
    if any(m["label_set"] == "fer2013" for m in metrics):
        yield "People agree with the FER-2013 labels on 65 ± 5 % (Goodfellow et al.)."


def evaluation_title(metric: Metric) -> str:
    """An evaluation in words: ``"FER+, PublicTest"``."""
    title = f"{head_title(metric['label_set'])}, {SPLITS.get(metric['split'], metric['split'])}"
    return title if metric.get("runtime", "fast") == "fast" else f"{title}, Keras"


def head_title(head: str) -> str:
    """A label set in words."""
    return HEADS.get(head, head)


def _figure(metric: Metric, key: str) -> str:
    value = metric.get(key)
    if value is None:
        return ""
    bounds = metric.get("intervals", {}).get(key)
    return f"{value:.3f}" + (f" ({_range(*bounds)})" if bounds else "")


def _averaged(metric: Metric) -> str:
    tta = metric.get("tta")
    return _figure(tta, "accuracy") if isinstance(tta, Mapping) else ""


def _expected_ece(metric: Metric) -> str:
    found = metric.get("ece_if_calibrated")
    return f"{found['mean']:.3f} ({_range(found['low'], found['high'])})" if found else ""


def _range(low: float, high: float) -> str:
    """An interval in little room: ``".795 – .821"``; the figure before it has the 0."""
    return " – ".join(f"{bound:.3f}".removeprefix("0") for bound in (low, high))


def failure_blocks(info: ModelInfo) -> Iterator[Block]:
    """Where a network fails: the recalls, and the classes that they say are not to be relied on."""
    told = [m for m in info.metrics if m.get("recall") and m.get("runtime", "fast") == "fast"]
    for head in dict.fromkeys(m["label_set"] for m in told):
        of_head = [m for m in told if m["label_set"] == head]
        # PrivateTest is the stricter judge: nothing was chosen on it.
        judge = next((m for m in of_head if m["split"] == "private"), of_head[-1])
        order = sorted(judge["recall"], key=lambda label: -float(judge["recall"][label]["recall"]))
        yield Paragraph(f"**{head_title(head)}**, the share of each class that is recognised:")
        yield Table(
            ("", *map(evaluation_title, of_head)),
            tuple((label, *(_recall(m, label) for m in of_head)) for label in order),
        )
        yield from _worst(judge, order)
    yield Paragraph(
        "Small, dark, blurred, covered and turned faces are read worse; docs/robustness.md has "
        "measured how much. What is unlike the data below (masks, make-up, drawings, animals, "
        "heat cameras) was not tested."
    )


def _recall(metric: Metric, label: str) -> str:
    found = metric["recall"].get(label)
    return f"{100 * found['recall']:.0f} % of {found['n']:,}" if found else ""


def _worst(judge: Metric, order: Sequence[str]) -> Iterator[Block]:
    few = [label for label in order if judge["recall"][label]["n"] < FEW]
    poor = [
        label
        for label in order
        if label not in few and float(judge["recall"][label]["recall"]) < POOR
    ]
    where = SPLITS.get(judge["split"], judge["split"])
    if poor:
        yield Paragraph(f"It misses more than half of: **{', '.join(poor)}**.")
    if few:
        counts = ", ".join(f"{label} (n = {judge['recall'][label]['n']})" for label in few)
        yield Paragraph(
            f"**Too few to judge:** {counts} in {where}. Their recalls say little, one face more "
            "or less changes them by points; do not count on these classes."
        )


def calibration_blocks(info: ModelInfo) -> Iterator[Block]:
    """What a network's confidence means, and under which one a face is called uncertain."""
    found = info.card.get("calibration")
    if not found:
        yield Paragraph(
            "It is not calibrated: its confidence is not the share of cases in which it is right. "
            "`emogui calibrate` fits it."
        )
        return
    yield Paragraph(
        "Each head's logits are divided by one number, its temperature, fitted on PublicTest. A "
        "face whose confidence is under the threshold is called uncertain; the coverage is the "
        "share of faces above it. Fitted by `emogui calibrate` on "
        f"{found.get('data', 'the data')}."
    )
    rows = []
    for name, head in info.heads.items():
        entry = found.get(name)
        if entry:
            rows.append(
                (
                    head_title(name),
                    f"{head.temperature:.3f}",
                    f"{entry['ece'][0]:.3f} to {entry['ece'][1]:.3f}",
                    f"{100 * head.uncertain_below:.0f} %",
                    f"{100 * entry['coverage']:.0f} %",
                    f"{100 * entry['risk']:.1f} %",
                    f"{100 * entry['risk_of_all']:.1f} %",
                )
            )
    header = ("head", "temperature", "ECE", "threshold", "coverage", "wrong above", "wrong of all")
    yield Table(header, tuple(rows))
