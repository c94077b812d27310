"""What every way of publishing can do, and the thread that those without a server have."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from emogui.errors import EmoguiError
from emogui.live.publish.schema import Event, Message, Published
from emogui.live.publish.sequencer import SendQueue, Sequencer
from emogui.live.publish.target import Target

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublisherStatus:
    """How a publisher stands.

    Attributes:
        where: what a receiver needs to find it, in words.
        running: whether it is open.
        sent: frames that went out; of a WebSocket, to all receivers together.
        dropped: frames that were left out because a receiver, or the network, was slow.
        receivers: how many there are; None where the protocol does not tell. LSL tells only
            whether there is any: 0 or 1.
        error: why it ended by itself.
    """

    where: str
    running: bool = False
    sent: int = 0
    dropped: int = 0
    receivers: int | None = None
    error: EmoguiError | None = None


class Publisher(Protocol):
    """Sends results to other programs. Only `open` and `join` may take time."""

    target: Target

    def open(self) -> None:
        """Opens it, once.

        Raises:
            EmoguiError: the address cannot be used, or a library is missing.
        """
        ...

    def send(self, item: Published | Event) -> None:
        """Takes in what is to be sent; never waits, and raises nothing."""
        ...

    def close(self) -> None:
        """Has it end; returns at once, see `join`."""
        ...

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits for the end after `close`; returns whether it came."""
        ...

    @property
    def status(self) -> PublisherStatus:
        """How it stands; never waits."""
        ...


class ThreadPublisher(ABC):
    """A publisher whose sending is done in a thread of its own.

    Args:
        target: where to.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._thread = threading.Thread(
            target=self._run, name=f"publish-{target.kind}", daemon=True
        )
        self._sequencer = Sequencer()  # only the thread uses it
        self._changed = threading.Condition()
        # All below are guarded by the condition.
        self._queue = SendQueue()
        self._closing = self._running = False
        self._sent = self._dropped = 0
        self._error: EmoguiError | None = None

    def open(self) -> None:
        self._connect()
        self._running = True
        self._thread.start()

    def send(self, item: Published | Event) -> None:
        with self._changed:
            if self._running and not self._closing:
                self._dropped += self._queue.put(item)
                self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()

    def join(self, timeout_s: float | None = None) -> bool:
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def status(self) -> PublisherStatus:
        with self._changed:
            return PublisherStatus(
                self._where, self._running, self._sent, self._dropped, self._receivers, self._error
            )

    @property
    @abstractmethod
    def _where(self) -> str: ...

    @property
    @abstractmethod
    def _receivers(self) -> int | None: ...

    @abstractmethod
    def _connect(self) -> None:
        """Opens it, in the thread of `open`; see `Publisher.open`."""

    @abstractmethod
    def _write(self, message: Message) -> bool:
        """Sends a message, in the publisher's thread; returns whether it went out."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Frees everything, in the publisher's thread."""

    def _run(self) -> None:
        try:
            while (item := self._next()) is not None:
                for message in self._sequencer.messages(item):
                    went = self._write(message)
                    if isinstance(message, Published):
                        with self._changed:
                            self._sent += went
                            self._dropped += not went
        except Exception as error:
            self._fail(error)
        finally:
            try:
                self._disconnect()
            except Exception as error:
                self._fail(error)
            with self._changed:
                self._running = False

    def _next(self) -> Published | Event | None:
        """The next item, waited for; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) or self._closing)
            return self._queue.take()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = self._error or as_publishing_error(self.target, error)


def as_publishing_error(target: Target, error: Exception) -> EmoguiError:
    """What ended a publisher, in words; what is a bug is logged in full."""
    if isinstance(error, EmoguiError):
        return error
    if not isinstance(error, OSError):
        logger.error("Publishing to %s failed", target, exc_info=error)
    return EmoguiError(
        f"Publishing to {target} has stopped: {type(error).__name__}: {error}".rstrip(": ") + ".",
        "Start publishing again.",
    )
