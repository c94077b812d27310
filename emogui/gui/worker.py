"""One background thread that does jobs in their order and hands the outcome to a mailbox.

Workers never touch Tk: what they produce goes through ``Outbox`` and is picked up by the
window's poll loop on Tk's own thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import perf_counter

logger = logging.getLogger(__name__)

Call = Callable[[], None]


class Outbox:
    """Calls waiting to be made on Tk's thread; any thread may post, one thread drains."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Call] = SimpleQueue()

    def post(self, call: Call) -> None:
        self._calls.put(call)

    def drain(self, *, most: int = 32, budget_s: float = 0.008) -> int:
        """Makes the waiting calls, but no more than keep the window fluid.

        Args:
            most: number of calls after which the rest waits for the next turn.
            budget_s: time after which no further call is begun, in seconds.

        Returns:
            How many calls were made.
        """
        began = perf_counter()
        for done in range(most):
            try:
                call = self._calls.get_nowait()
            except Empty:
                return done
            call()
            if perf_counter() - began > budget_s:
                return done + 1
        return most


class Worker:
    """A daemon thread with a queue of jobs.

    It is a daemon because native code (a network running, a file dialog of the system) cannot
    be interrupted, and closing the window must not wait for it.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Call | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"emogui-{name}", daemon=True)
        self._stopping = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Call) -> None:
        """Queues a job; it must handle its own errors, others are logged."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Asks the thread to end after the present job; returns at once."""
        self._stopping.set()
        self._jobs.put(None)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None or self._stopping.is_set():
                return
            try:
                job()
            except Exception:
                logger.exception("A job failed in %s", self._thread.name)
            # An idle worker must not keep a large picture alive through its last job.
            del job
