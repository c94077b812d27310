"""The model card of a network, made from its ``model.json``.

After Mitchell et al., 2019, "Model Cards for Model Reporting". Every figure is one that ``emogui
evaluate --record`` and ``emogui calibrate`` wrote there, so the card and the network cannot
disagree; ``docs/model-card.md``, ``emogui models --card`` and the window show the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from emogui import paths
from emogui.backend.model_info import ModelInfo
from emogui.errors import EmoguiError
from emogui.output import model_card_prose as prose
from emogui.output.document import Block, Bullets, Code, Heading, Paragraph, Table
from emogui.output.model_card_figures import (
    calibration_blocks,
    failure_blocks,
    figure_blocks,
    head_title,
)
from emogui.output.model_card_training import training_blocks


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
    yield from figure_blocks(info)
    if _shipped(info):
        yield prose.FURTHER
    yield Heading(2, "Where it fails")
    yield from failure_blocks(info)
    yield Heading(2, "Confidence and doubt")
    yield from calibration_blocks(info)
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
        (
            (prose.SHIPPED_LICENCE if _shipped(info) else prose.OWN_LICENCE),
            prose.LICENCES[0],
            *_form_licence(info),
            *prose.LICENCES[1:],
        )
    )
    yield Heading(2, "How to cite")
    yield from _citation(info)


def _shipped(info: ModelInfo) -> bool:
    return info.path.parent == paths.weights()


def _backbone(info: ModelInfo) -> str:
    """Name of the backbone; networks from before there were several have a ResNet50."""
    stages = info.card.get("training", {}).get("stages", ())
    return str(stages[-1]["config"]["network"].get("backbone", "resnet50")) if stages else ""


def _form_licence(info: ModelInfo) -> Iterator[str]:
    stages = info.card.get("training", {}).get("stages", ())
    form = prose.FORMS.get(_backbone(info))
    if form:
        published = str(stages[0]["config"]["start"]) == "imagenet"
        how = "begun from its published weights" if published else "without its published weights"
        yield f"Form of the network: {form} as in Keras (Apache-2.0), {how}."


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
            *(work for name, work in prose.WORKS.items() if _backbone(info).startswith(name)),
        )
    )
