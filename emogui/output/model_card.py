"""The model card of a network, made from its ``model.json``.

After Mitchell et al., 2019, "Model Cards for Model Reporting". Every figure is one that ``emogui
evaluate --record`` and ``emogui calibrate`` wrote there, so the card and the network cannot
disagree; ``docs/model-card.md``, ``emogui models --card`` and the window show the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from emogui import paths
from emogui.backend.store import ModelInfo
from emogui.errors import EmoguiError
from emogui.output import model_card_prose as prose
from emogui.output.document import Block, Bullets, Code, Heading, Paragraph, Table
from emogui.output.model_card_training import training_blocks

FEW: Final = 30
"""Under so many faces of a class, its recall says little: one face is over three points of it."""

POOR: Final = 0.5

HEADS: Final = {"ferplus": "FER+", "fer2013": "FER-2013", "affectnet": "AffectNet"}
SPLITS: Final = {"public": "PublicTest", "private": "PrivateTest"}

FIGURES: Final = (
    ("accuracy", "accuracy"),
    ("balanced_six", "balanced accuracy, without contempt and disgust"),
    ("balanced_accuracy", "balanced accuracy, all classes"),
    ("macro_f1", "macro F1"),
    ("ece", "ECE, 15 bins"),
    ("nll", "NLL"),
    ("brier", "Brier score"),
)

Metric = Mapping[str, Any]


def model_card(info: ModelInfo) -> list[Block]:
    """The card of a network.

    Args:
        info: of :func:`emogui.backend.store.load_model_info`.

    Returns:
        Its text; :func:`emogui.output.document.to_markdown` makes a page of it.

    Raises:
        EmoguiError: the records in ``model.json`` are damaged.
    """
    try:
        return list(_blocks(info))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise EmoguiError(
            f"The records in the model.json of '{info.name}' cannot be read: {error!r}.",
            "Put back the file as it was exported.",
        ) from error


def _blocks(info: ModelInfo) -> Iterator[Block]:
    yield Heading(1, f"Model card: {info.title}")
    yield from _in_short(info)
    yield Heading(2, "Intended use")
    yield from prose.EXPRESSION
    yield from prose.INTENDED
    yield Heading(2, "Excluded use")
    yield from prose.EXCLUDED
    yield Heading(2, "The law")
    yield from prose.LAW
    yield Heading(2, "How good it is")
    yield from _figures(info)
    yield Heading(2, "Where it fails")
    yield from _failures(info)
    yield Heading(2, "Confidence and doubt")
    yield from _calibration(info)
    yield Heading(2, "People")
    yield from prose.PEOPLE
    yield Heading(2, "Data")
    yield from _data(info)
    yield Heading(2, "How it was trained")
    yield from training_blocks(info.card.get("training", {}))
    yield Heading(2, "Files")
    yield from _files(info)
    yield Heading(2, "Licences")
    yield Bullets(
        ((prose.SHIPPED_LICENCE if _shipped(info) else prose.OWN_LICENCE), *prose.LICENCES)
    )
    yield Heading(2, "How to cite")
    yield from _citation(info)


def _shipped(info: ModelInfo) -> bool:
    return info.path.parent == paths.weights()


def _in_short(info: ModelInfo) -> Iterator[Block]:
    given = info.card["input"]
    yield Paragraph(f"{info.card.get('description', 'A network for faces')}.")
    heads = [
        (f"gives ({head_title(name)})", ", ".join(head.labels)) for name, head in info.heads.items()
    ]
    size, fast = info.input_size, info.files.get("fast_weights")
    rows = [
        ("name", f"`{info.name}`"),
        ("takes", f"one face, {size} x {size} pixels, {given.get('colour', 'grey')}"),
        *heads,
        ("size", f"{fast.bytes / 1e6:.1f} MB in its fast form" if fast else "not exported"),
        ("versions", _versions(info)),
    ]
    yield Table(("", info.title), tuple(rows))


def _versions(info: ModelInfo) -> str:
    versions = info.card.get("training", {}).get("versions", {})
    return ", ".join(f"{name} {version}" for name, version in versions.items()) or "not recorded"


def _figures(info: ModelInfo) -> Iterator[Block]:
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
        "all faces. Training and calibration choose on PublicTest, never on PrivateTest. In "
        "brackets, where given: 95 % intervals (bootstrap over faces)."
    )
    header = ("", *map(evaluation_title, metrics))
    rows = [("faces", *(f"{m['n']:,}" for m in metrics))]
    rows += [
        (title, *(_figure(m, key) for m in metrics))
        for key, title in FIGURES
        if any(m.get(key) is not None for m in metrics)
    ]
    if any(m.get("ece_if_calibrated") for m in metrics):
        rows.append(("ECE of a perfectly calibrated network", *(_expected_ece(m) for m in metrics)))
    if any(isinstance(m.get("tta"), Mapping) for m in metrics):
        rows.append(("accuracy, averaged over two passes (mirrored)", *map(_averaged, metrics)))
    yield Table(header, tuple(rows))
    if any(m["label_set"] == "fer2013" for m in metrics):
        yield Paragraph("People agree with the FER-2013 labels on 65 ± 5 % (Goodfellow et al.).")
    yield Paragraph("The data, the commands, and the commit of the code that ran:")
    yield Code("\n".join(f"{m['command']}\n    # commit {m.get('commit')}" for m in metrics))


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
    return f"{value:.3f}" + (f" ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else "")


def _averaged(metric: Metric) -> str:
    tta = metric.get("tta")
    return _figure(tta, "accuracy") if isinstance(tta, Mapping) else ""


def _expected_ece(metric: Metric) -> str:
    found = metric.get("ece_if_calibrated")
    return f"{found['mean']:.3f} ({found['low']:.3f} to {found['high']:.3f})" if found else ""


def _failures(info: ModelInfo) -> Iterator[Block]:
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


def _calibration(info: ModelInfo) -> Iterator[Block]:
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


def _data(info: ModelInfo) -> Iterator[Block]:
    training = info.card.get("training", {})
    name = str(training.get("data", ""))
    if name:
        dropped = training.get("dropped", {}).get("leaked", 0)
        left_out = f" {dropped:,} that equal a test picture were left out." if dropped else ""
        rows = f"{training['rows']:,} " if "rows" in training else ""
        yield Paragraph(f"Trained on {rows}Training rows of {name}.{left_out}")
    yield from (prose.FER_DATA if name.startswith(("fer", "icml")) else prose.OTHER_DATA)


def _files(info: ModelInfo) -> Iterator[Block]:
    rows = tuple((f.file, f"{f.bytes:,}", f"`{f.sha256}`") for f in info.files.values())
    yield Table(("file", "bytes", "sha256"), rows)
    yield Paragraph(
        "An installed emogui has the fast form (.xml, .bin) and model.json; the .keras file, for "
        "training and comparison, is in the repository."
        if _shipped(info)
        else "The fast form (.xml, .bin) is what runs; the .keras file is for training."
    )


def _citation(info: ModelInfo) -> Iterator[Block]:
    entry = info.files.get("fast_weights") or next(iter(info.files.values()))
    text = f"The emogui authors (2026). emogui, network {info.name}, sha256 {entry.sha256[:16]}."
    yield Code(text if _shipped(info) else f"Network {info.name}, sha256 {entry.sha256[:16]}.")
    yield Bullets(
        (
            "Goodfellow et al. (2013). Challenges in Representation Learning: A report on three "
            "machine learning contests. The FER-2013 data.",
            "Barsoum, Zhang, Canton Ferrer, Zhang (2016). Training Deep Networks for Facial "
            "Expression Recognition with Crowd-Sourced Label Distribution. The FER+ votes.",
            "He, Zhang, Ren, Sun (2016). Deep Residual Learning for Image Recognition. The form "
            "of the network.",
        )
    )
