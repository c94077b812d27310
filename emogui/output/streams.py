"""Results written as they come, so that the file is of use whatever ends the program."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emogui.errors import EmoguiError
from emogui.output.durable import DurableFile, Existing
from emogui.output.records import CsvWriter, JsonlWriter
from emogui.output.recover import Recovered, csv_labels, is_table, recover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emogui.types import FrameResult


class ResultStream:
    """A file of results that grows by whole lines, as JSON Lines or as a table.

    The lines are those of `JsonlWriter` and `CsvWriter`. Each is in the hands of the system when
    `write` returns and on the disk about a second later (see `DurableFile`); so a killed program
    leaves whole lines.

    Args:
        path: the file.
        existing: what to do where there is a file of that name. To append, the half line that a
            killed program or a lost disk may have left at its end is cut off first.
        table: CSV; False for JSON Lines. None goes by the name: CSV where it ends in ``.csv``.
        labels: the labels of a table, whose head is then written at once; None takes those of
            the first face.

    Attributes:
        recovered: what was found when appending; None otherwise.

    Raises:
        EmoguiError: the file cannot be opened, or a table that is appended to has other labels.
    """

    def __init__(
        self,
        path: str | Path,
        existing: Existing = Existing.REFUSE,
        *,
        table: bool | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        self.path = Path(path)
        table = is_table(self.path) if table is None else table
        self.recovered: Recovered | None = None
        head: tuple[str, ...] | None = None
        if existing is Existing.APPEND and self.path.is_file():
            self.recovered = recover(self.path, table=table)
            head = csv_labels(self.path) if table else None
            if head and labels is not None and set(head) != set(labels):
                raise EmoguiError(
                    f"The table '{path}' has the labels {', '.join(head)}; now there are "
                    f"{', '.join(labels)}.",
                    "Write results of different label sets to different files.",
                )
        self._file = DurableFile(path, existing)
        self._lines = StringIO()
        self._writer: CsvWriter | JsonlWriter
        if table:
            self._writer = CsvWriter(self._lines, head or labels)
        else:
            self._writer = JsonlWriter(self._lines)
        if head:  # it is in the file already
            self._take()
        elif labels is not None:
            self._flush()

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
        else:
            self._file.__exit__(kind, error, trace)

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._file.size

    def write(self, result: FrameResult) -> None:
        """Adds the line or the rows of a frame.

        Raises:
            EmoguiError: the disk is full or gone, or a face of a table has other labels.
        """
        self._writer.write(result)
        self._flush()

    def close(self) -> None:
        """Finishes the file; a second call does nothing.

        Raises:
            EmoguiError: the system could not store what it had taken.
        """
        self._writer.close()  # a table without rows gets its head
        try:
            self._flush()
        finally:
            self._file.close()

    def _flush(self) -> None:
        text = self._take()
        if text:
            self._file.write(text.encode("utf-8"))

    def _take(self) -> str:
        text = self._lines.getvalue()
        self._lines.seek(0)
        self._lines.truncate()
        return text
