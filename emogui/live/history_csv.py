"""A history as a table that spreadsheets open."""

from __future__ import annotations

import bisect
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from emogui.live.history import Kept, Mark, Section
from emogui.live.valence import valence_weights
from emogui.output.files import replacing
from emogui.output.records import safe_cell

COLUMNS = ("timeline_s", "source", "time_s", "sequence", "face", "valence")
"""The columns before one ``p_<label>`` for each label, and ``mark``."""

Row = tuple[float, list[object]]


def write_history(kept: Kept, path: str | Path) -> None:
    """Writes a history as CSV (UTF-8): a row for each face and moment, and one for each mark.

    The rows are in the order of time. A mark has no face; a moment without a face has no row.
    The numbers of faces start anew with each sequence.

    Raises:
        EmoguiError: the file cannot be written; an older one of that name then stays.
    """
    labels = tuple(dict.fromkeys(label for face in kept.faces for label in face[2]))
    rows = [*_face_rows(kept, labels), *(_mark_row(mark, labels) for mark in kept.marks)]
    rows.sort(key=lambda row: row[0])
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, *(f"p_{label}" for label in labels), "mark"])
        writer.writerows(cells for _time, cells in rows)


def _face_rows(kept: Kept, labels: tuple[str, ...]) -> Iterator[Row]:
    for sequence, number, own, parts in kept.faces:
        weights = valence_weights(own)
        place = [own.index(label) if label in own else None for label in labels]
        for part in parts:
            valence = (part.values @ weights).tolist()
            values = np.round(part.values.astype(np.float64), 4).tolist()
            for time_s, pleasant, row in zip(part.times.tolist(), valence, values, strict=True):
                section = _section(kept.sections, time_s)
                yield (
                    time_s,
                    [
                        *_when(time_s, section.source, section.to_source(time_s)),
                        sequence,
                        number,
                        round(pleasant, 4),
                        *("" if index is None else row[index] for index in place),
                        "",
                    ],
                )


def _mark_row(mark: Mark, labels: Iterable[str]) -> Row:
    note = safe_cell(mark.note) if mark.note else "mark"
    empty = ["", "", "", *("" for _ in labels)]
    return mark.time_s, [*_when(mark.time_s, mark.source, mark.source_s), *empty, note]


def _when(time_s: float, source: str, source_s: float) -> list[object]:
    return [round(time_s, 3), safe_cell(source), round(source_s, 3)]


def _section(sections: tuple[Section, ...], time_s: float) -> Section:
    index = bisect.bisect_right(sections, time_s, key=lambda one: one.begin_s)
    return sections[max(0, index - 1)]
