"""Results as JSON Lines, one line a picture, and as CSV, one row a face."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS, HEADS
from emogui.output.files import cannot_write, write_text
from emogui.types import FaceResult, FrameResult

CSV_COLUMNS: Final[tuple[str, ...]] = (
    "source",
    "frame",
    "time_s",
    "face_id",
    "x",
    "y",
    "w",
    "h",
    "detection_score",
    "emotion",
    "confidence",
    "uncertain",
)
"""The columns before one ``p_<label>`` for each label."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_json_line(result: FrameResult) -> str:
    """A result as one line of JSON, without the line's end.

    Text of any script stays as it is; the bytes of a file name that is not UTF-8 are escaped, so
    that the line can always be encoded and gives the same name when it is read.
    """
    line = json.dumps(result.as_dict(), ensure_ascii=False, allow_nan=False)
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


class _TextWriter:
    """Writes lines to a file it opens, or to a stream it was given and does not close.

    Every line is flushed, so that a long job can be watched and a stopped one leaves whole lines.
    """

    def __init__(self, target: str | Path | TextIO) -> None:
        self._given = not isinstance(target, str | Path)
        if isinstance(target, str | Path):
            self._name = str(target)
            try:
                self._stream: TextIO = Path(target).open(  # noqa: SIM115 - closed in close()
                    "w", encoding="utf-8", errors="backslashreplace", newline=""
                )
            except OSError as error:
                raise cannot_write(target, error) from error
        else:
            self._name = str(getattr(target, "name", "the output"))
            self._stream = target

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:  # the first error counts; what cannot be flushed now would only hide it
            with suppress(OSError, EmoguiError):
                self.close()

    def close(self) -> None:
        """Flushes and closes the file; a stream that was given stays open.

        Raises:
            EmoguiError: what was still to be written cannot be.
        """
        if self._given:
            return
        try:
            self._stream.close()
        except OSError as error:
            raise cannot_write(self._name, error) from error

    def _put(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            raise  # the reader has gone: the command line ends quietly
        except OSError as error:
            raise cannot_write(self._name, error) from error


class JsonlWriter(_TextWriter):
    """Writes results as JSON Lines (UTF-8), one line a picture or frame.

    >>> with JsonlWriter("results.jsonl") as writer:
    ...     writer.write(result)

    Args:
        target: a path, which is overwritten, or an open text stream.

    Raises:
        EmoguiError: the file cannot be opened or written.
    """

    def write(self, result: FrameResult) -> None:
        self._put(to_json_line(result) + "\n")


class CsvWriter(_TextWriter):
    """Writes results as CSV (UTF-8, RFC 4180 quoting), one row a face.

    A picture without a face, or one that could not be read, has no row. Text that a spreadsheet
    would take for a formula gets an apostrophe in front.

    Args:
        target: a path, which is overwritten, or an open text stream.
        labels: the labels, in order, of the ``p_`` columns; by default those of the first face,
            or of the head that the first result names.

    Raises:
        EmoguiError: the file cannot be opened or written, or a face has other labels.
    """

    def __init__(self, target: str | Path | TextIO, labels: Sequence[str] | None = None) -> None:
        super().__init__(target)
        self._labels: tuple[str, ...] = ()
        self._head_labels: tuple[str, ...] = FERPLUS
        if labels is not None:
            self._start(tuple(labels))

    def write(self, result: FrameResult) -> None:
        self._head_labels = HEADS.get(result.labels, self._head_labels)
        for face in result.faces:
            if not self._labels:
                self._start(tuple(face.probabilities))
            if set(face.probabilities) != set(self._labels):
                raise EmoguiError(
                    f"The table has the labels {', '.join(self._labels)}; a face of "
                    f"'{result.source}' has {', '.join(face.probabilities)}.",
                    "Write results of different label sets to different files.",
                )
            self._row(self._cells(result, face))

    def close(self) -> None:
        if not self._labels:  # a table without rows still has its header
            self._start(self._head_labels)
        super().close()

    def _start(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._row([*CSV_COLUMNS, *(f"p_{label}" for label in labels)])

    def _cells(self, result: FrameResult, face: FaceResult) -> list[str | int | float]:
        record = face.as_dict()
        box = face.box
        return [
            safe_cell(result.source),
            result.frame,
            round(result.time_s, 4),
            face.face_id,
            box.x,
            box.y,
            box.w,
            box.h,
            record["detection_score"],
            safe_cell(face.emotion),
            record["confidence"],
            str(face.uncertain).lower(),
            *(record["probabilities"][label] for label in self._labels),
        ]

    def _row(self, cells: Sequence[str | int | float]) -> None:
        self._put(csv_line(cells))


def csv_line(cells: Sequence[str | int | float | None]) -> str:
    """A row of a table with its line's end: RFC 4180 quoting, and text that is always UTF-8."""
    line = StringIO()
    # Only with both characters in the terminator does csv quote either in a cell.
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    text = line.getvalue().removesuffix("\r\n") + "\n"
    # A stream may not know what to do with a file name that is not UTF-8.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_csv(results: Iterable[FrameResult], path: str | Path) -> None:
    """Writes all results to a CSV file at once; see :class:`CsvWriter`.

    Raises:
        EmoguiError: the file cannot be written (an older one of that name then stays), or the
            results have different labels.
    """
    table = StringIO()
    with CsvWriter(table) as writer:
        for result in results:
            writer.write(result)
    write_text(path, table.getvalue())


def write_jsonl(results: Iterable[FrameResult], path: str | Path) -> None:
    """Writes all results to a JSON Lines file at once; see :class:`JsonlWriter`.

    Raises:
        EmoguiError: the file cannot be written; an older one of that name then stays.
    """
    write_text(path, "".join(f"{to_json_line(result)}\n" for result in results))
