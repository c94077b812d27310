"""The socket that a server listens on, and in plain words why it cannot."""

from __future__ import annotations

import os
import socket
from typing import Final

from emogui.errors import EmoguiError
from emogui.live.publish.target import Target

_BUFFER: Final = 64 << 10
"""Bytes that the system keeps for a receiver: what waits there is old when it is read."""

_BACKLOG: Final = 16


def listen(target: Target) -> socket.socket:
    """A listening socket of a server.

    Args:
        target: the address; port 0 takes a free one.

    Raises:
        EmoguiError: the address is not one of this computer, or the port is taken or forbidden.
    """
    host, port = target.host, target.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise EmoguiError(
            f"'{host}' is not an address of this computer.",
            "Leave it out for this computer alone, or name one of its own addresses.",
        ) from error
    try:
        if os.name == "posix":
            # A port that was just in use is free. On Windows this would share it with others.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except PermissionError as error:
        listener.close()
        raise EmoguiError(
            f"The system does not allow emogui to use port {port}.",
            "Choose a port from 1024 to 65535.",
        ) from error
    except OSError as error:
        listener.close()
        raise EmoguiError(
            f"The WebSocket cannot use {target.address}: {error.strerror or error}.",
            "Another program may use the port: choose another, such as "
            f"websocket:{port + 1 if 1024 <= port < 65535 else 8765}.",
        ) from error
    return listener
