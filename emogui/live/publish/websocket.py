"""A WebSocket server (RFC 6455) that sends results as JSON to whoever connects.

It runs in a thread with an event loop of its own. Each receiver has a short queue in which the
newest frames win; one that takes nothing for a while is cut off.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from emogui.errors import EmoguiError
from emogui.live.publish.listening import listen
from emogui.live.publish.publisher import PublisherStatus, as_publishing_error
from emogui.live.publish.schema import Event, Published
from emogui.live.publish.sequencer import MOST_EVENTS, MOST_FRAMES
from emogui.live.publish.target import Target, is_loopback
from emogui.live.publish.websocket_receiver import Receiver

MOST_RECEIVERS: Final = 16
PATIENCE_S: Final = 5.0
"""A receiver that takes nothing for so long is cut off."""
_GOODBYE_S: Final = 1.0
_LONGEST_MESSAGE: Final = 1024
"""Bytes of a message from a receiver; they are read, for pings to work, and ignored."""

_quiet = logging.getLogger(f"{__name__}.connections")
_quiet.setLevel(logging.CRITICAL + 1)  # what strangers do to the port is no error of the program


class WebSocketPublisher:
    """See the module.

    Args:
        target: the address to listen on; port 0 takes a free one.
        origins: web pages that may connect besides those of this computer, such as
            ``"https://example.org"``; ``"null"`` for pages opened as files, ``"*"`` for all.
        most_receivers: so many at once.
        patience_s: see `PATIENCE_S`.
    """

    def __init__(
        self,
        target: Target,
        origins: Sequence[str] = (),
        *,
        most_receivers: int = MOST_RECEIVERS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.target = target
        self._origins = frozenset(origins)
        self._most, self._patience_s = most_receivers, patience_s
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        # All below are guarded by the lock.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[Published | Event] = deque(maxlen=MOST_FRAMES + MOST_EVENTS)
        self._scheduled = self._closing = self._running = False
        self._port = target.port
        self._sent = self._dropped = self._receivers = 0
        self._error: EmoguiError | None = None
        # Only the loop uses these.
        self._clients: set[Receiver] = set()
        self._newest: Published | None = None
        self._ending = asyncio.Event()

    # From any thread

    def open(self) -> None:
        try:
            import websockets.asyncio.server  # noqa: F401
        except ImportError as error:
            raise EmoguiError(
                "A WebSocket needs the package websockets, which is not installed.",
                "Type: pip install websockets",
            ) from error
        listener = listen(self.target)
        self._port = listener.getsockname()[1]
        self._running = True
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="publish-websocket", daemon=True
        )
        self._thread.start()

    def send(self, item: Published | Event) -> None:
        with self._lock:
            if self._running and not self._closing:
                self._dropped += len(self._waiting) == self._waiting.maxlen
                self._waiting.append(item)
                self._wake()

    def close(self) -> None:
        with self._lock:
            self._closing = True
            self._wake()

    def join(self, timeout_s: float | None = None) -> bool:
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def url(self) -> str:
        """What a receiver connects to."""
        host = self.target.host
        return f"ws://{f'[{host}]' if ':' in host else host}:{self._port}"

    @property
    def status(self) -> PublisherStatus:
        with self._lock:
            return PublisherStatus(
                self.url,
                self._running,
                self._sent,
                self._dropped,
                self._receivers,
                self._error,
            )

    def _wake(self) -> None:
        """Has the loop look at what waits; the lock is held."""
        if self._loop is not None and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon_threadsafe(self._hand_out)

    def _count(self, *, sent: int = 0, dropped: int = 0) -> None:
        with self._lock:
            self._sent += sent
            self._dropped += dropped

    # The loop's thread

    def _run(self, listener: socket.socket) -> None:
        try:
            with listener:
                asyncio.run(self._serve(listener))
        except Exception as error:
            with self._lock:
                self._error = as_publishing_error(self.target, error)
        finally:
            with self._lock:
                self._running, self._loop = False, None
                self._receivers = 0

    async def _serve(self, listener: socket.socket) -> None:
        from websockets.asyncio.server import serve

        async with serve(
            self._attend,
            sock=listener,
            process_request=self._admit,
            compression=None,  # it would cost more time than it saves on this computer
            max_size=_LONGEST_MESSAGE,
            open_timeout=_GOODBYE_S * 5,
            close_timeout=_GOODBYE_S,
            ping_interval=self._patience_s,
            ping_timeout=self._patience_s * 2,
            logger=_quiet,
        ):
            with self._lock:
                self._loop = asyncio.get_running_loop()
                self._wake()
            try:
                await self._ending.wait()
                await self._say_goodbye()
            finally:
                with self._lock:
                    self._loop = None

    def _hand_out(self) -> None:
        with self._lock:
            self._scheduled = False
            items, closing = list(self._waiting), self._closing
            self._waiting.clear()
        for item in items:
            if isinstance(item, Published):
                self._newest = item
            elif item.kind == "recording_ended":
                self._newest = None
            dropped = sum(client.offer(item) for client in self._clients)
            self._count(dropped=dropped)
        if closing:
            self._ending.set()

    def _admit(self, connection: Any, request: Any) -> Any:
        """Refuses pages of other sites, which could read the results through the browser."""
        origins = request.headers.get_all("Origin")
        if not all(self._allows(origin) for origin in origins):
            return connection.respond(
                HTTPStatus.FORBIDDEN,
                "emogui: pages of this origin may not read the results; see --publish-origin.\n",
            )
        if len(self._clients) >= self._most:
            return connection.respond(
                HTTPStatus.SERVICE_UNAVAILABLE, "emogui: there are too many receivers.\n"
            )
        return None

    def _allows(self, origin: str) -> bool:
        if origin in self._origins or "*" in self._origins:
            return True
        try:
            parts = urlsplit(origin)
            host = parts.hostname or ""
        except ValueError:
            return False
        # "null" is what a file sends, and what any page can have a frame of its own send.
        return parts.scheme in ("http", "https") and is_loopback(host)

    async def _attend(self, connection: Any) -> None:
        """Serves one receiver until it goes."""
        if len(self._clients) >= self._most:  # several shook hands at once
            await connection.close(1013, "too many receivers")
            return
        client = Receiver(connection, self._patience_s, self._count)
        self._clients.add(client)
        self._tell_number()
        try:
            await client.serve(self._newest)
        finally:
            self._clients.discard(client)
            self._tell_number()

    def _tell_number(self) -> None:
        with self._lock:
            self._receivers = len(self._clients)

    async def _say_goodbye(self) -> None:
        """Lets the receivers have what waits for them, but does not wait for slow ones."""
        clients = list(self._clients)
        for client in clients:
            client.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                for client in clients:
                    await client.ended.wait()
        for client in list(self._clients):
            client.cut_off()
