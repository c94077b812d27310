"""Makes the folders of batches, without running any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from emogui.labels import FERPLUS
from emogui.output.records import CSV_COLUMNS, csv_line, safe_cell

Row = Sequence[Any]


def chances(labels: Sequence[str], **shares: float) -> dict[str, float]:
    """Probabilities: the named ones, and the rest for the last label that is not named."""
    found = dict.fromkeys(labels, 0.0) | shares
    free = [label for label in labels if label not in shares]
    found[free[-1]] += 1 - sum(shares.values())
    return found


def face(
    source: str,
    probabilities: Mapping[str, float],
    *,
    frame: int = 0,
    time_s: float = 0.0,
    face_id: int = 0,
    uncertain: bool = False,
    box: Sequence[int] = (10, 20, 30, 40),
) -> Row:
    """A row as the batch writes it."""
    best = max(probabilities, key=probabilities.__getitem__)
    values = [round(value, 4) for value in probabilities.values()]
    said = [0.9, best, round(probabilities[best], 4), str(uncertain).lower()]
    return [safe_cell(source), frame, time_s, face_id, *box, *said, *values]


def make_batch(
    folder: Path,
    rows: Iterable[Row],
    *,
    labels: Sequence[str] = FERPLUS,
    inputs: Iterable[tuple[str, str]] = (),
    failures: Iterable[Row] = (),
    run: Mapping[str, Any] | None = None,
    tail: str = "",
) -> Path:
    """Writes the tables of a batch; ``tail`` is what a kill has left behind them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [csv_line([*CSV_COLUMNS, *(f"p_{label}" for label in labels)]), *map(csv_line, rows)]
    _write(folder / "faces.csv", "".join(lines) + tail)
    lines = [csv_line(["source", "frame", "reason"]), *map(csv_line, failures)]
    _write(folder / "failures.csv", "".join(lines))
    lines = [csv_line(["number", "source", "group"])]
    lines += [csv_line([n, safe_cell(s), g]) for n, (s, g) in enumerate(inputs)]
    _write(folder / "inputs.csv", "".join(lines))
    if run is not None:
        told = {"model": "resnet50", "options": {"labels": "ferplus"}, "complete": True, **run}
        _write(folder / "run.json", json.dumps({"labels": list(labels), **told}))
    return folder


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
