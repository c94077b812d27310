"""Reads ``faces.csv`` row by row, however long, damaged or unfinished it is."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.output.records import CSV_COLUMNS

_LATEST_S: Final = 1e9
"""A time stamp beyond 31 years is damage."""

_CHANCE_MARGIN: Final = 0.0051
"""Eight rounded probabilities may be so far off, and no more."""

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


class FaceRow(NamedTuple):
    """A row of the table.

    Attributes:
        source: the picture or video, as the table names it.
        frame, time_s, face_id: as in the table; 0 where there is no such column.
        box: of the face; None where the table has none.
        emotion: number of the label.
        confidence: 0 to 1.
        uncertain: False where there is no such column.
        probabilities: one a label; where the table has none, 1 for the label and 0 for the others.
    """

    source: str
    frame: int
    time_s: float
    face_id: int
    box: Box | None
    emotion: int
    confidence: float
    uncertain: bool
    probabilities: tuple[float, ...]

    @property
    def margin(self) -> float:
        """How far the most probable label is ahead of the next one, 0 to 1."""
        ranked = sorted(self.probabilities, reverse=True)
        return ranked[0] - ranked[1] if len(ranked) > 1 else ranked[0]


class FaceTable:
    """The table of a batch; iterating it reads the file once, a row at a time.

    Args:
        path: ``faces.csv``.
        labels: the labels, for a table without ``p_`` columns; FER+'s where there are none.

    Attributes:
        labels: those of the table, in its order.
        has_probabilities, has_uncertain, has_time, has_box: which columns there are.
        unreadable: rows that were passed over so far.
        cut_short: whether the file ends within a line, as that of a batch does that was killed or
            is at work.

    Raises:
        EmoguiError: the file cannot be read, or is no such table.
    """

    def __init__(self, path: str | Path, labels: Sequence[str] = ()) -> None:
        self._path = Path(path)
        self.unreadable = 0
        self.cut_short = False
        with self._opened() as file:
            # A batch that was killed at once leaves an empty file.
            self._head = next(csv.reader(file), [*CSV_COLUMNS])
        place = {name: column for column, name in enumerate(self._head)}
        chances = [name for name in self._head if name.startswith("p_") and len(name) > 2]
        self.has_probabilities = len(chances) > 1
        self.labels: tuple[str, ...] = tuple(name[2:] for name in chances)
        if not self.has_probabilities:
            self.labels = tuple(labels) or FERPLUS
        readable = "source" in place and (self.has_probabilities or "emotion" in place)
        if not readable or len(place) != len(self._head):
            raise EmoguiError(
                f"'{self._path}' is no table of faces: a column source and columns p_neutral and "
                "so on were expected.",
                "Give the folder that 'emogui batch' has written.",
            )
        self.has_uncertain = "uncertain" in place
        self.has_time = all(name in place for name in ("frame", "time_s", "face_id"))
        self.has_box = all(name in place for name in "xywh")
        self._place = place
        self._chances = [place[name] for name in chances] if self.has_probabilities else []
        self._number = {label: number for number, label in enumerate(self.labels)}

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns without which a part of the report is empty."""
        wanted = ("frame", "time_s", "face_id", *"xywh", "emotion", "confidence", "uncertain")
        lacking = [name for name in wanted if name not in self._place]
        return (*lacking, *(() if self.has_probabilities else ("p_...",)))

    def __iter__(self) -> Iterator[FaceRow]:
        self.unreadable, self.cut_short = 0, False
        width = len(self._head)
        with self._opened() as file:
            rows = csv.reader(self._lines(file))
            try:
                next(rows, None)
                # The last row is held back: whether it is whole shows at the end of the file.
                held: list[str] | None = None
                for cells in rows:
                    if held:
                        yield from self._read(held, width)
                    held = cells
                if held and not self.cut_short:
                    yield from self._read(held, width)
            except csv.Error as error:
                raise EmoguiError(
                    f"'{self._path}' is damaged near line {rows.line_num}: {error}.",
                    "Run the batch again with --restart.",
                ) from error
            except OSError as error:
                raise _cannot_read(self._path, error) from error

    def _opened(self) -> TextIO:
        try:
            return self._path.open(encoding="utf-8-sig", errors="replace", newline="")
        except OSError as error:
            raise _cannot_read(self._path, error) from error

    def _lines(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.cut_short = not line.endswith(("\n", "\r"))
            yield line

    def _read(self, cells: list[str], width: int) -> Iterator[FaceRow]:
        try:
            if len(cells) != width:
                raise ValueError("another number of cells")
            yield self._row(cells)
        except (ValueError, KeyError):
            self.unreadable += 1

    def _row(self, cells: list[str]) -> FaceRow:
        place = self._place
        if self._chances:
            chances = tuple([float(cells[column]) for column in self._chances])
            if not abs(sum(chances) - 1) < _CHANCE_MARGIN or min(chances) < 0:
                raise ValueError("no probabilities")
        if "emotion" in place:
            emotion = self._number[cells[place["emotion"]]]
        else:
            emotion = max(range(len(chances)), key=chances.__getitem__)
        if not self._chances:
            chances = tuple([float(number == emotion) for number in range(len(self.labels))])
        confidence = chances[emotion]
        if "confidence" in place:
            confidence = float(cells[place["confidence"]])
            if not 0 <= confidence <= 1:
                raise ValueError("no confidence")
        frame, time_s, face = 0, 0.0, 0
        if self.has_time:
            frame, face = int(cells[place["frame"]]), int(cells[place["face_id"]])
            time_s = float(cells[place["time_s"]])
            if not (math.isfinite(time_s) and 0 <= time_s <= _LATEST_S and frame >= 0):
                raise ValueError("no time")
        box = None
        if self.has_box:
            x, y, w, h = (int(cells[place[name]]) for name in "xywh")
            box = (x, y, w, h)
        uncertain = self.has_uncertain and cells[place["uncertain"]].lower() == "true"
        source = cells[place["source"]]
        return FaceRow(source, frame, time_s, face, box, emotion, confidence, uncertain, chances)


def _cannot_read(path: Path, error: OSError) -> EmoguiError:
    return EmoguiError(
        f"'{path}' cannot be read: {error.strerror or error}.",
        "Give the folder that 'emogui batch' has written.",
    )
