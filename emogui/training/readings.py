"""The list of all readings of PrivateTest, which outlives the networks that were read.

A test set wears out: each look at it that guides a choice makes its figures less honest. So every
figure that ``emogui evaluate --split private --record`` keeps is also a line of
``private-readings.jsonl``, beside the networks' folders, where no later export replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from emogui.errors import DatasetError

NAME: Final = "private-readings.jsonl"

KEPT: Final = (
    *("label_set", "n", "accuracy", "balanced_accuracy", "balanced_six", "macro_f1", "ece"),
    *("nll", "brier", "intervals", "ece_if_calibrated", "rows_sha256", "commit", "command"),
)
"""Figures of ``metrics.json`` that a reading holds, besides the network's name, form and sums."""


def note_reading(folder: Path, metrics: Mapping[str, Any]) -> Path:
    """Adds a reading to the list beside a network's folder.

    Args:
        folder: the network's folder.
        metrics: content of a ``metrics.json`` of the private split.

    Returns:
        Path of the list.

    Raises:
        OSError: it cannot be written.
    """
    model = metrics["model"]
    reading = {key: model[key] for key in ("name", "runtime", "temperature", "files")}
    reading |= {key: metrics[key] for key in KEPT if key in metrics}
    path = folder.resolve().parent / NAME
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(reading, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def read_readings(path: Path) -> list[dict[str, Any]]:
    """All readings of a list, the oldest first; none where there is no list.

    Raises:
        DatasetError: a line is damaged; it is named.
    """
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            reading = json.loads(line)
            if not isinstance(reading, dict):
                raise ValueError("expected a JSON object")
        except ValueError as error:
            raise DatasetError(
                f"'{path}', line {number}: {error}.", "Put back the file from the repository."
            ) from error
        found.append(reading)
    return found
