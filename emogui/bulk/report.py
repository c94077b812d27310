"""What came of a batch, and its tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from emogui.bulk.checkpoint import Counts
from emogui.errors import UsageError
from emogui.output.records import CsvWriter

if TYPE_CHECKING:
    import pandas

    from emogui.types import FrameResult


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What came of a batch.

    Attributes:
        folder: of the results.
        inputs: how many inputs there are.
        counts: what was done, all runs together.
        complete: False where it was ended before its end.
    """

    folder: Path
    inputs: int
    counts: Counts
    complete: bool

    @property
    def faces(self) -> Path:
        """The table of faces, CSV."""
        return self.folder / "faces.csv"

    @property
    def failures(self) -> Path:
        """The table of what could not be read or analysed, CSV."""
        return self.folder / "failures.csv"

    def to_dataframe(self) -> pandas.DataFrame:
        """The table of faces as a pandas data frame.

        Raises:
            UsageError: pandas is not installed.
        """
        return _read_table(self.faces)


def to_dataframe(results: Iterable[FrameResult]) -> pandas.DataFrame:
    """Results as a pandas data frame, a row a face, with the columns of ``faces.csv``.

    Args:
        results: of one analyzer; all rows are held in memory.

    Raises:
        UsageError: pandas is not installed.
        EmoguiError: the results have different labels.
    """
    table = StringIO()
    with CsvWriter(table) as writer:
        for result in results:
            writer.write(result)
    table.seek(0)
    return _read_table(table)


def _read_table(table: Path | StringIO) -> pandas.DataFrame:
    try:
        import pandas as found
    except ImportError as error:
        raise UsageError(
            "Data frames need the package pandas, which is not installed.",
            "Install it: python3 -m pip install 'emogui[pandas]'",
        ) from error
    # A picture may be called "NA".
    return found.read_csv(table, keep_default_na=False)
