"""Figures of evaluations, calibrations and comparisons, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emogui.training.intervals import Interval
from emogui.training.metrics import ECE_BINS, Metrics

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from emogui.training.calibrate import HeadCalibration
    from emogui.training.data import Face
    from emogui.training.predictions import Predictions

SHEET_COLUMNS = 8
"""Pictures in a line of a contact sheet."""


def confusion_figure(metrics: Metrics, title: str = "") -> Figure:
    """The confusion matrix: counts as text, shares of the true class as shade.

    Returns:
        A matplotlib figure without pyplot's global state; ``savefig`` writes it.
    """
    from matplotlib.figure import Figure

    counts = metrics.confusion
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    side = 2.6 + 0.62 * len(metrics.labels)
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [f"{label}\n(n = {n:,})" for label, n in zip(metrics.labels, totals[:, 0], strict=True)]
    axes.set_xticks(range(len(names)), metrics.labels, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    for (row, column), count in np.ndenumerate(counts):
        axes.text(
            column,
            row,
            f"{count}\n{shares[row, column] * 100:.0f} %",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shares[row, column] > 0.5 else "black",
        )
    figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)
    axes.set_title(title or f"Accuracy {metrics.accuracy:.4f}, n = {metrics.n:,}")
    return figure


def reliability_figure(metrics: Metrics, title: str = "") -> Figure:
    """The reliability diagram: how often the network is right against how sure it is.

    Below it stands how many faces each bin holds.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, 6.2), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    filled = [b for b in metrics.reliability if b.n]
    left = [b.low for b in filled]
    width = 1 / ECE_BINS
    upper.bar(
        left,
        [b.accuracy for b in filled],
        width=width,
        align="edge",
        color="#4c78a8",
        edgecolor="white",
        label="share that is right",
    )
    upper.plot(
        [b.confidence for b in filled],
        [b.accuracy for b in filled],
        "o-",
        color="#303030",
        markersize=3,
        linewidth=1,
        label="at the bin's mean confidence",
    )
    upper.plot([0, 1], [0, 1], "--", color="#cf5a00", label="perfectly calibrated")
    upper.set_xlim(0, 1)
    upper.set_ylim(0, 1)
    upper.set_ylabel("accuracy")
    upper.legend(loc="upper left", fontsize=8)
    upper.set_title(title or f"ECE {metrics.ece:.4f} ({ECE_BINS} bins), n = {metrics.n:,}")
    lower.bar(left, [b.n for b in filled], width=width, align="edge", color="#9a9a9a")
    lower.set_xlabel("confidence (top probability)")
    lower.set_ylabel("faces")
    return figure


def risk_coverage_figure(
    coverage: npt.NDArray[np.float64],
    risk: npt.NDArray[np.float64],
    *,
    chosen: float | None = None,
    title: str = "",
) -> Figure:
    """The share of errors among the most confident faces, for every share of the faces.

    Args:
        coverage: float64 (n,), ascending to 1.
        risk: float64 (n,).
        chosen: coverage to mark.
        title: above the figure.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(coverage, risk, color="#4c78a8")
    if chosen is not None:
        at = min(int(np.searchsorted(coverage, chosen)), len(risk) - 1)
        axes.axvline(coverage[at], linestyle="--", color="#cf5a00", linewidth=1)
        axes.plot(coverage[at], risk[at], "o", color="#cf5a00")
        axes.annotate(
            f"{risk[at] * 100:.1f} % wrong of {coverage[at] * 100:.0f} %",
            (coverage[at], risk[at]),
            xytext=(-8, 8),
            textcoords="offset points",
            ha="right",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, None)
    axes.set_xlabel("coverage (share of faces that are not doubtful)")
    axes.set_ylabel("risk (share of them that is wrong)")
    axes.set_title(title)
    return figure


def calibration_figures(head: str, entry: HeadCalibration) -> dict[str, Figure]:
    """What a calibration looks like: file name to figure.

    Returns:
        ``reliability-HEAD-before.png``, ``reliability-HEAD-after.png`` and
        ``risk-coverage-HEAD.png``.
    """
    figures = {
        f"reliability-{head}-{when}.png": reliability_figure(
            metrics, f"{head}, {when}: ECE {metrics.ece:.4f}, n = {metrics.n:,}"
        )
        for when, metrics in (("before", entry.before), ("after", entry.after))
    }
    figures[f"risk-coverage-{head}.png"] = risk_coverage_figure(
        *entry.curve, chosen=entry.coverage, title=head
    )
    return figures


def mistakes_figure(
    faces: Sequence[Face] | Face, predictions: Predictions, count: int
) -> Figure | None:
    """A contact sheet of the worst mistakes: wrong, and most sure of it.

    Args:
        faces: n finished crops, grey (h, w) or RGB (h, w, 3).
        predictions: what a network said of them, with the true labels.
        count: most pictures to show.

    Returns:
        The sheet, the surest mistake first; None where there is no mistake.
    """
    from matplotlib.figure import Figure

    worst = predictions.mistakes()[:count]
    if not len(worst):
        return None
    columns = min(SHEET_COLUMNS, len(worst))
    lines = -(-len(worst) // columns)
    figure = Figure(figsize=(max(3.2, 1.45 * columns), 1.8 * lines + 0.4), layout="constrained")
    figure.suptitle("True label → what the network said", fontsize=9)
    cells = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in cells:
        axes.axis("off")
    for axes, place in zip(cells, worst, strict=False):
        axes.imshow(faces[int(place)], cmap="gray", vmin=0, vmax=255)
        said, sure = predictions.winner(int(place))
        axes.set_title(
            f"{predictions.true(int(place))} →\n{said} {sure:.0%}\nrow {predictions.rows[place]}",
            fontsize=7,
        )
    return figure


def accuracy_figure(
    names: Sequence[str],
    accuracies: Sequence[float],
    intervals: Sequence[Interval],
    title: str = "",
) -> Figure:
    """The accuracy of several networks, with intervals, the first one on top.

    Args:
        names: of the networks.
        accuracies: 0 to 1.
        intervals: around the accuracies.
        title: above the figure.
    """
    from matplotlib.figure import Figure

    places = range(len(names))
    errors = [
        [100 * (value - i.low) for value, i in zip(accuracies, intervals, strict=True)],
        [100 * (i.high - value) for value, i in zip(accuracies, intervals, strict=True)],
    ]
    percent = [100 * value for value in accuracies]
    figure = Figure(figsize=(6.4, 1.3 + 0.45 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    axes.errorbar(percent, places, xerr=errors, fmt="o", color="#4c78a8", capsize=4)
    for place, value in zip(places, percent, strict=True):
        axes.annotate(
            f"{value:.1f}",
            (value, place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set_yticks(places, names)
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel("accuracy in percent, with its 95 % interval")
    axes.set_title(title, fontsize=10)
    return figure
