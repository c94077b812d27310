"""The table of faces as Parquet, a folder of part files, each made of a stretch of the CSV file.

A Parquet file has its index at its end: one that is not closed is lost. So the table grows by whole
files, which pandas, Polars, DuckDB, Spark and R's arrow read as one from their folder. Since each
is made of rows that are in the CSV file already, nothing of it is kept in memory, and the
numbers are the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from emogui.errors import EmoguiError, UsageError
from emogui.output.dictionary import SCHEMA_VERSION, Column
from emogui.output.files import cannot_write, make_folder, replacing

PART_ROWS: Final = 65_536
"""Rows of a part file, at least; it is one row group."""

_READ: Final[dict[str, Callable[[str], object]]] = {
    "string": str,
    "int32": int,
    "int64": int,
    "float64": float,
    "bool": "true".__eq__,
}


def import_pyarrow() -> Any:
    """The module ``pyarrow``.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs the package pyarrow, which is not installed.",
            "Install it: python3 -m pip install 'emogui[parquet]'",
        ) from error
    return pyarrow


class ParquetParts:
    """A folder of Parquet files, ``part-00000.parquet`` and so on.

    Args:
        folder: where; made when missing.
        columns: see `emogui.output.dictionary`; their meanings go into the schema.
        parts: how many there are to keep; others are removed.

    Attributes:
        parts: how many there are.

    Raises:
        UsageError: pyarrow is not installed.
        EmoguiError: the folder cannot be made or changed.
    """

    def __init__(self, folder: str | Path, columns: Sequence[Column], parts: int = 0) -> None:
        arrow = import_pyarrow()
        self.folder = make_folder(folder)
        self.parts = parts
        self._columns = columns
        types = {
            "string": arrow.string(),
            "int32": arrow.int32(),
            "int64": arrow.int64(),
            "float64": arrow.float64(),
            "bool": arrow.bool_(),
        }
        self._schema = arrow.schema(
            [
                arrow.field(c.name, types[c.kind], metadata={"meaning": c.meaning, "unit": c.unit})
                for c in columns
            ],
            metadata={"emogui_schema_version": str(SCHEMA_VERSION)},
        )
        for path in self.folder.glob("*.parquet"):
            if path.name.startswith(".emogui-") or self._number(path) >= parts:
                with suppress(OSError):
                    path.unlink()

    def add(self, table: str | Path, start: int, end: int) -> None:
        """Makes the next part of the rows between two places of a CSV file.

        Args:
            table: the file, with ``columns``.
            start: where the rows begin, in bytes, behind the head.
            end: where they end.

        Raises:
            EmoguiError: the one cannot be read, or the other not be written.
        """
        arrow = import_pyarrow()
        try:
            with Path(table).open("rb") as file:
                file.seek(start)
                data = file.read(end - start)
        except OSError as error:
            raise EmoguiError(f"Cannot read '{table}': {error.strerror}.") from error
        values: list[list[object]] = [[] for _ in self._columns]
        read = [_READ[c.kind] for c in self._columns]
        for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")):
            for cells, convert, cell in zip(values, read, row, strict=True):
                cells.append(convert(cell))
        arrays = [
            arrow.array(cells, field.type)
            for cells, field in zip(values, self._schema, strict=True)
        ]
        made = arrow.Table.from_arrays(arrays, schema=self._schema)
        path = self.folder / f"part-{self.parts:05d}.parquet"
        try:
            with replacing(path) as part:
                arrow.parquet.write_table(made, part, compression="zstd")
        except OSError as error:
            raise cannot_write(path, error) from error
        self.parts += 1

    def _number(self, path: Path) -> int:
        digits = path.stem.removeprefix("part-")
        return int(digits) if digits.isdigit() else -1
