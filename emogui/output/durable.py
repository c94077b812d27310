"""A file whose content survives what ends a recording: a kill, a full disk, a lost cable."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from emogui.errors import EmoguiError
from emogui.output.files import cannot_write

SYNC_S = 1.0
"""What was written is put on the disk itself about this often, in seconds."""


class Existing(Enum):
    """What to do with a file that is there already."""

    REFUSE = "x"
    REPLACE = "w"
    APPEND = "a"


class DurableFile:
    """Takes chunks of bytes; a chunk is in the file as a whole, or not at all.

    There is no buffer in this process: what `write` took is the system's when it returns and
    survives the end of the program. About once a second it is put on the disk itself, so that it
    survives the end of the computer too. A chunk that does not fit on a full disk is taken back.

    Both may wait for the disk; use it in a thread that may wait.

    Args:
        path: the file.
        existing: what to do where there is a file of that name.
        clock: seconds, monotonic.

    Raises:
        EmoguiError: the file cannot be opened, or exists and must not be touched.
    """

    def __init__(
        self,
        path: str | Path,
        existing: Existing = Existing.REFUSE,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self._clock = clock
        try:
            self._file = self.path.open(existing.value + "b", buffering=0)
        except OSError as error:
            raise cannot_write(path, error) from error
        found = os.fstat(self._file.fileno())
        self._regular = stat.S_ISREG(found.st_mode) and found.st_nlink > 0
        self._size = found.st_size if self._regular else 0
        self._synced_at = clock()
        self._dirty = False

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
        else:  # the first error counts
            with suppress(EmoguiError):
                self.close()

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._size

    def write(self, chunk: bytes) -> None:
        """Adds a chunk at the end, and syncs when that is due.

        Raises:
            EmoguiError: it does not fit, or the disk has gone; the file then ends with the
                chunk before it, as far as the system still lets it be changed.
        """
        try:
            self._write_all(chunk)
            self._size += len(chunk)
            self._dirty = True
            if self._clock() - self._synced_at >= SYNC_S:
                self._sync()
                self._check_linked()
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
            raise cannot_write(self.path, error) from error

    def sync(self) -> None:
        """Puts what was written on the disk itself, now.

        Raises:
            EmoguiError: the disk is full or gone.
        """
        try:
            if self._dirty:
                self._sync()
                self._check_linked()
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def close(self) -> None:
        """Puts the rest on the disk and closes the file; a second call does nothing.

        Raises:
            EmoguiError: the system could not store what it had taken.
        """
        if self._file.closed:
            return
        try:
            if self._dirty:
                self._sync()
        except OSError as error:
            raise cannot_write(self.path, error) from error
        finally:
            with suppress(OSError):
                self._file.close()

    def _write_all(self, chunk: bytes) -> None:
        left = memoryview(chunk)
        while left:
            written = self._file.write(left)  # a disk that is nearly full takes a part
            if not written:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            left = left[written:]

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a pipe, some network disks
                raise
        self._synced_at = self._clock()
        self._dirty = False

    def _check_linked(self) -> None:
        """Notices that the file was deleted: the system would go on writing to nowhere."""
        if self._regular and os.fstat(self._file.fileno()).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "the file or its folder was deleted")
