"""Keeps two of emogui out of one folder of results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from emogui.errors import EmoguiError, UsageError
from emogui.output.files import cannot_write

WORK: Final = ".emogui-batch"
"""Folder inside the results for what is needed to go on."""


def is_busy(folder: Path) -> bool:
    """Whether a batch is at work in a folder of results; True also where nobody can tell."""
    path = folder / WORK / "lock"
    if not path.exists():
        return False
    try:
        with FolderLock(path):
            return False
    except EmoguiError:
        return True


class FolderLock:
    """Held while a batch is open; the system releases it with the process, however that ends.

    Args:
        path: of a file in :data:`WORK`.

    Raises:
        UsageError: another one holds it.
        EmoguiError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("ab")
        except OSError as error:
            raise cannot_write(self._path, error) from error
        try:
            _lock_function()(self._file)
        except OSError as error:
            self._file.close()
            raise UsageError(
                f"Another emogui is at work in '{self._path.parent.parent}'.",
                "Wait until it has ended, or choose another folder.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


def _lock_function() -> Callable[[IO[bytes]], None]:
    """What locks a file here, or raises OSError."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        return lambda file: msvcrt.locking(  # type: ignore[attr-defined]
            file.fileno(),
            msvcrt.LK_NBLCK,  # type: ignore[attr-defined]
            1,
        )
    return lambda file: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
