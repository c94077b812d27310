"""Calibration: one temperature a head, and the confidence under which a face is doubtful.

After Guo et al., 2017, "On Calibration of Modern Neural Networks": the logits are divided by one
number, fitted on pictures that the network did not learn from. No face changes its winner. The
threshold for "uncertain" is then the confidence that a stated share of the faces (the coverage)
reaches; the risk is the share of errors among those.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.classifier import Classifier, softmax
from emogui.backend.model_info import ModelInfo
from emogui.training.card import save_card
from emogui.training.data import EmotionDataset, Split
from emogui.training.evaluate import BATCH, Track, true_classes
from emogui.training.intervals import Intervals, bootstrap
from emogui.training.metrics import Metrics, measure

Logits = npt.NDArray[np.float32]

RANGE = (0.2, 5.0)
"""Temperatures that are tried; a network outside of it has another fault than its confidence."""

COVERAGE = 0.85
"""Share of the faces that is not called uncertain for its confidence."""


@dataclass(frozen=True)
class HeadCalibration:
    """What was found for one head.

    Attributes:
        temperature: what the logits are divided by.
        uncertain_below: the confidence that ``coverage`` of the faces reach.
        coverage: that share.
        risk: share of errors among them; ``risk_of_all`` among all faces.
        before, after: figures on the rows it was fitted on, with temperature 1 and the fitted one.
        intervals_before, intervals_after: how far these figures can be trusted.
        curve: of :func:`risk_coverage`, with the fitted temperature.
        shares_before, shares_after: Brier score against the vote shares on all kept rows; None
            for a head without votes.
    """

    temperature: float
    uncertain_below: float
    coverage: float
    risk: float
    risk_of_all: float
    before: Metrics
    after: Metrics
    intervals_before: Intervals
    intervals_after: Intervals
    curve: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
    shares_before: float | None = None
    shares_after: float | None = None


def fit_temperature(logits: Logits, truth: npt.NDArray[np.int64]) -> float:
    """The temperature with the smallest negative log-likelihood.

    It is convex in the inverse of the temperature, so a golden-section search finds it.

    Args:
        logits: float32 (n, classes).
        truth: int64 (n,), the true classes.
    """
    rows = np.arange(len(truth))
    wide = logits.astype(np.float64)

    def loss(inverse: float) -> float:
        scaled = wide * inverse
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float((total - scaled[rows, truth]).mean())

    low, high = 1 / RANGE[1], 1 / RANGE[0]
    golden = (5**0.5 - 1) / 2
    while high - low > 1e-5:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return 2 / (low + high)


def calibrate(
    classifier: Classifier,
    dataset: EmotionDataset,
    *,
    coverage: float = COVERAGE,
    track: Track = lambda batches, _: batches,
) -> dict[str, HeadCalibration]:
    """Fits every head of a network on PublicTest.

    Args:
        classifier: the network, with any of its heads chosen.
        dataset: a set with PublicTest rows.
        coverage: share of the faces that is not to be called uncertain, above 0 to 1.
        track: shows the progress.

    Returns:
        Head name to what was found; heads that the set has no labels for are left out.
    """
    public = dataset.subset(dataset.split == Split.PUBLIC)
    logits = all_logits(classifier, public, track)
    found = {}
    for head in classifier.info.heads:
        truth = true_classes(public, head)
        counts = truth >= 0
        if not counts.any():
            continue
        found[head] = _calibrate_head(
            logits[head][counts], truth[counts], classifier.info.heads[head].labels, coverage
        )
        if head == "ferplus":
            found[head] = _with_shares(found[head], logits[head], public)
    return found


def all_logits(classifier: Classifier, rows: EmotionDataset, track: Track) -> dict[str, Logits]:
    """Logits of every head for every row: head name to float32 (n, classes)."""
    starts = range(0, len(rows), BATCH)
    parts = [
        classifier.logits_of_heads(list(rows.faces[start : start + BATCH]))
        for start in track(starts, len(starts))
    ]
    return {head: np.concatenate([p[head] for p in parts]) for head in classifier.info.heads}


def risk_coverage(
    probabilities: npt.NDArray[np.float32], truth: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Share of errors among the most confident faces, for every share of the faces.

    Returns:
        Coverage and risk, float64 (n,), coverage ascending to 1.
    """
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truth)[order]
    count = np.arange(1, len(truth) + 1)
    return count / len(truth), np.cumsum(wrong) / count


def store(info: ModelInfo, found: Mapping[str, HeadCalibration], data: str) -> Path:
    """Writes temperatures and thresholds into ``model.json``.

    Figures that were measured with other temperatures are dropped: accuracy stays, but what they
    say of confidence is no longer true.

    Returns:
        Path of the ``model.json``.
    """
    card: dict[str, Any] = json.loads(json.dumps(info.card))
    for head, entry in found.items():
        card["heads"][head]["temperature"] = round(entry.temperature, 4)
        card["heads"][head]["uncertain_below"] = round(entry.uncertain_below, 4)
    card["calibration"] = {"data": data, "split": "public"} | {
        head: {
            "coverage": entry.coverage,
            "risk": round(entry.risk, 4),
            "risk_of_all": round(entry.risk_of_all, 4),
            "n": entry.after.n,
            "ece": [round(entry.before.ece, 4), round(entry.after.ece, 4)],
            "nll": [round(entry.before.nll, 4), round(entry.after.nll, 4)],
            "brier": [round(entry.before.brier, 4), round(entry.after.brier, 4)],
            "brier_of_shares": None
            if entry.shares_before is None or entry.shares_after is None
            else [round(entry.shares_before, 4), round(entry.shares_after, 4)],
        }
        for head, entry in found.items()
    }
    card["metrics"] = []
    return save_card(info.path, card)


def _calibrate_head(
    logits: Logits, truth: npt.NDArray[np.int64], labels: tuple[str, ...], coverage: float
) -> HeadCalibration:
    temperature = fit_temperature(logits, truth)
    plain, fitted = softmax(logits), softmax(logits / np.float32(temperature))
    confidence = fitted.max(axis=1)
    threshold = float(np.quantile(confidence, 1 - coverage))
    wrong = fitted.argmax(axis=1) != truth
    return HeadCalibration(
        temperature=temperature,
        uncertain_below=threshold,
        coverage=coverage,
        risk=float(wrong[confidence >= threshold].mean()),
        risk_of_all=float(wrong.mean()),
        before=measure(plain, truth, labels),
        after=measure(fitted, truth, labels),
        intervals_before=bootstrap(plain, truth, labels),
        intervals_after=bootstrap(fitted, truth, labels),
        curve=risk_coverage(fitted, truth),
    )


def _with_shares(found: HeadCalibration, logits: Logits, rows: EmotionDataset) -> HeadCalibration:
    kept = rows.kept
    shares = rows.ferplus[kept]

    def brier(probabilities: npt.NDArray[np.float32]) -> float:
        return float(((probabilities - shares) ** 2).sum(axis=1).mean())

    return replace(
        found,
        shares_before=brier(softmax(logits[kept])),
        shares_after=brier(softmax(logits[kept] / np.float32(found.temperature))),
    )
