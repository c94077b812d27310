"""A mailbox with one place, in which the newest item wins."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Hands items from one thread to another without ever queueing.

    ``put`` never waits: an item that nobody took yet is replaced. So a slow taker always gets
    what is new, and there is no backlog.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: T | None = None
        self._closed = self._ended = False
        self._replaced = 0

    def put(self, item: T) -> bool:
        """Leaves an item for the taker.

        Returns:
            Whether the place was free; False when an older item was thrown away for it, or
            when the mailbox is closed.
        """
        with self._changed:
            if self._closed:
                return False
            free = self._item is None
            self._replaced += not free
            self._item = item
            self._changed.notify_all()
            return free

    def offer(self, item: T) -> bool:
        """Leaves an item only if the place is free; returns whether it was."""
        with self._changed:
            if self._closed or self._item is not None:
                return False
            self._item = item
            self._changed.notify_all()
            return True

    def hand_over(self, item: T) -> bool:
        """Leaves an item, having waited until the place is free; for what must not be lost.

        Returns:
            False when the mailbox was closed before.
        """
        with self._changed:
            while self._item is not None and not self._closed:
                self._changed.wait()
            if self._closed:
                return False
            self._item = item
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float | None = 0.0) -> T | None:
        """Takes the newest item out.

        Args:
            timeout_s: how long to wait for one; None for as long as it takes.

        Returns:
            The item, or None when none came in time, the mailbox was closed, or it has ended
            and is empty.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while self._item is None and not self._closed and not self._ended:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def end(self) -> None:
        """Nothing more will come; what is inside can still be taken."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """Throws the item away, refuses further ones and wakes everyone who waits."""
        with self._changed:
            self._closed = True
            self._item = None
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    @property
    def replaced(self) -> int:
        """How many items were thrown away since nobody took them in time."""
        with self._changed:
            return self._replaced
