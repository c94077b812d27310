"""The chart of one face's probabilities, as a picture for reports."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Final

from emogui.errors import EmoguiError
from emogui.output import palette
from emogui.output.files import replacing
from emogui.types import FaceResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: Final = ("png", "svg", "pdf")
"""What a chart can be saved as, chosen by the file's suffix."""


def save_chart(face: FaceResult, path: str | Path, *, title: str = "") -> None:
    """Saves the probabilities of a face as horizontal bars with the number on each.

    Bars stand in the order of the model's labels, in the colours of the frames; an uncertain
    face has hatched bars and the reason below them.

    Args:
        face: the face whose probabilities are drawn.
        path: a file ending in .png (150 dpi), .svg or .pdf.
        title: a line above the chart; by default the emotion and its probability.

    Raises:
        EmoguiError: another suffix, or the file cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise EmoguiError(
            f"A chart is saved as .png, .svg or .pdf; got '{Path(path).name}'.",
            "Choose a name with one of these endings.",
        )
    figure = make_figure(face, title=title)
    with replacing(path) as part:
        figure.savefig(part, format=form, dpi=150)


def make_figure(face: FaceResult, *, title: str = "") -> Figure:
    """The chart as a matplotlib figure that belongs to no window and no global state."""
    from matplotlib.figure import Figure

    labels = [_plain(label) for label in face.probabilities]
    values = list(face.probabilities.values())
    figure = Figure(figsize=(6.4, 1.3 + 0.36 * len(labels)), layout="constrained")
    axes = figure.add_subplot()
    bars = axes.barh(
        range(len(labels)),
        values,
        color=[palette.hex(label) for label in face.probabilities],
        edgecolor="#303030",
        linewidth=0.8,
        hatch="//" if face.uncertain else None,
    )
    axes.bar_label(bars, labels=[f"{value * 100:.1f} %" for value in values], padding=4)
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)  # room for the number on a bar of 100 %
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    heading = title or f"{face.emotion} {face.confidence * 100:.0f} %"
    axes.set_title(fill(_plain(heading), 60), parse_math=False)
    if face.uncertain:
        reason = f"Uncertain: {face.uncertain_reason}" if face.uncertain_reason else "Uncertain"
        axes.set_xlabel(fill(_plain(reason), 70), parse_math=False)
    return figure


def _plain(text: str) -> str:
    """Text without characters that end up as boxes or break an SVG file."""
    return "".join(c if c.isprintable() else " " for c in text)
