"""Decodes inputs in processes of their own, ahead of whoever uses them, and in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self

from emogui.bulk.decoder_process import DecodeOptions, DecoderProcess, LostError, Unit
from emogui.bulk.worklist import WorkItem
from emogui.errors import EmoguiError

HELD_BYTES: Final = 128 << 20
"""Pixels that wait for whoever uses them, beside one picture that is due."""

MOST_WAITING: Final = 16
"""Frames of one video that wait."""

WINDOW: Final = 64
"""So many items are begun before the first of them is finished, at most."""

_TICK_S: Final = 0.25
_ATTEMPTS: Final = 2
"""A process may end for reasons that are not the file's, such as another program's hunger for
memory: the file gets a second one."""


class DecoderPool:
    """Decodes items with several processes; a process that hangs or crashes is replaced.

    Args:
        items: what to decode, in the order in which it is wanted.
        options: see `DecodeOptions`.
        workers: how many processes.
        start_frame: frame from which on the first item, a video, is wanted.
    """

    def __init__(
        self,
        items: Iterable[WorkItem],
        options: DecodeOptions,
        workers: int,
        start_frame: int = 0,
    ) -> None:
        self._items = iter(items)
        self._options = options
        self._first_start = start_frame
        self._changed = threading.Condition()
        # All below are guarded by the condition.
        self._queues: dict[int, deque[Unit]] = {}
        self._order: deque[int] = deque()  # numbers of the items begun and not finished
        self._held = 0
        self._exhausted = self._stop = False
        self._fault: BaseException | None = None
        self._children: set[DecoderProcess] = set()
        self._threads = [
            threading.Thread(target=self._drive, name=f"decoder {i}", daemon=True)
            for i in range(workers)
        ]
        self._threads.append(threading.Thread(target=self._watch, name="decoders", daemon=True))
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Unit]:
        """All pieces of all items, in order.

        Raises:
            EmoguiError: no decoding process can be started.
        """
        while True:
            with self._changed:
                while not self._ready():
                    if self._fault is not None:
                        raise self._fault
                    if self._exhausted and not self._order:
                        return
                    self._changed.wait(0.5)
                number = self._order[0]
                unit = self._queues[number].popleft()
                if unit.last:
                    self._order.popleft()
                    del self._queues[number]
                if unit.image is not None:
                    self._held -= unit.image.nbytes
                self._changed.notify_all()
            yield unit

    def _ready(self) -> bool:
        return bool(self._order and self._queues[self._order[0]])

    def close(self) -> None:
        """Ends the processes and threads; a second call does nothing."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()
            for child in self._children:
                child.kill("")
        for thread in self._threads:
            thread.join()

    # The threads, one a process

    def _drive(self) -> None:
        child: DecoderProcess | None = None
        try:
            while (task := self._next_task()) is not None:
                item, start = task
                if item.problem is not None:
                    self._put(Unit(item, "failed", error=item.problem))
                    continue
                child = self._decode(item, start, child)
        except BaseException as error:
            with self._changed:
                self._fault = self._fault or error
                self._changed.notify_all()
        finally:
            self._drop(child)

    def _next_task(self) -> tuple[WorkItem, int] | None:
        with self._changed:
            while len(self._order) >= WINDOW and not self._stop:
                self._changed.wait()
            if self._stop or self._exhausted:
                return None
            item = next(self._items, None)
            if item is None:
                self._exhausted = True
                self._changed.notify_all()
                return None
            self._order.append(item.number)
            self._queues[item.number] = deque()
            start, self._first_start = self._first_start, 0
            return item, start

    def _decode(
        self, item: WorkItem, start: int, child: DecoderProcess | None
    ) -> DecoderProcess | None:
        """Decodes an item; returns the process for the next one."""
        attempts = begun = 0
        while not self._stop:
            if child is None:
                child = DecoderProcess(self._options)
                with self._changed:
                    self._children.add(child)
                if not child.is_ready():
                    raise EmoguiError(
                        "The process that decodes cannot be started.",
                        "Run 'emogui doctor'; it says what is missing.",
                    )
            try:
                for unit in child.decode(item, self._options, start):
                    if unit.kind == "video":
                        begun += 1
                        if begun > 1:  # again, in a new process
                            continue
                    if unit.kind == "frame":
                        start, attempts = unit.index + 1, 0
                    if not self._put(unit):
                        return child
                    if unit.image is not None:
                        child.acknowledge()
                return child
            except LostError as lost:
                self._drop(child)
                child = None
                attempts += 1
                if attempts == _ATTEMPTS or lost.final:
                    self._put(Unit(item, "failed", index=start, error=lost.reason))
                    return None
        return child

    def _put(self, unit: Unit) -> bool:
        """Waits for room and hands a piece over; False when all is to end."""
        size = 0 if unit.image is None else unit.image.nbytes
        with self._changed:
            queue = self._queues[unit.item.number]
            while not self._stop:
                due = self._order[0] == unit.item.number and not queue
                if due or (self._held + size <= HELD_BYTES and len(queue) < MOST_WAITING):
                    break
                self._changed.wait()
            if self._stop:
                return False
            queue.append(unit)
            self._held += size
            self._changed.notify_all()
            return True

    def _drop(self, child: DecoderProcess | None) -> None:
        if child is not None:
            with self._changed:
                self._children.discard(child)
            child.close()

    def _watch(self) -> None:
        """Ends processes that take too long or too much.

        Time is counted in ticks: while this program is stopped (Ctrl+Z), nobody's runs out.
        """
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._stop, _TICK_S):
                    return
                children = list(self._children)
            for child in children:
                child.tick(_TICK_S, self._options)
