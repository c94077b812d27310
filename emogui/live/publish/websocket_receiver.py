"""One receiver of the WebSocket server: its queue, what it is told, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from emogui.live.publish.schema import Event, Message, Published, to_json
from emogui.live.publish.sequencer import SendQueue, Sequencer


class Receiver:
    """Sends to one receiver. Everything runs in the server's loop.

    Args:
        connection: a ``ServerConnection`` of websockets.
        patience_s: a receiver that takes nothing for so long is cut off.
        count: called with ``sent=1`` for each frame that went out.

    Attributes:
        ended: set when nothing more is sent.
    """

    def __init__(self, connection: Any, patience_s: float, count: Callable[..., None]) -> None:
        self.ended = asyncio.Event()
        self._connection, self._patience_s, self._count = connection, patience_s, count
        self._queue, self._sequencer = SendQueue(), Sequencer()
        self._news = asyncio.Event()
        self._ending = False

    def offer(self, item: Published | Event) -> int:
        """Takes an item in; returns how many frames had to go for it."""
        self._news.set()
        return self._queue.put(item)

    def end(self) -> None:
        """Has it end when it has what waits."""
        self._ending = True
        self._news.set()

    def cut_off(self) -> None:
        """Ends the connection without a word."""
        self._connection.transport.abort()

    async def serve(self, newest: Published | None) -> None:
        """Sends until either side ends it.

        Args:
            newest: of the recording that runs, so that who comes late knows at once.
        """
        from websockets.exceptions import ConnectionClosed

        reader = asyncio.create_task(self._read())
        try:
            if newest is None:
                await self._send(None)
            else:
                await self._forward(newest)
            while True:
                await self._news.wait()
                self._news.clear()
                while (item := self._queue.take()) is not None:
                    await self._forward(item)
                if self._ending:
                    return
        except TimeoutError:
            self.cut_off()
        except ConnectionClosed:
            pass
        finally:
            reader.cancel()
            self.ended.set()

    async def _forward(self, item: Published | Event) -> None:
        for message in self._sequencer.messages(item):
            await self._send(message)

    async def _send(self, message: Message | None) -> None:
        async with asyncio.timeout(self._patience_s):
            await self._connection.send(to_json(message))
        if isinstance(message, Published):
            self._count(sent=1)

    async def _read(self) -> None:
        """Reads what it says, which means nothing, until it goes."""
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed):
            async for _ in self._connection:
                pass
        self.end()
