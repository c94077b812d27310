"""Where results are published to, as the user writes it: ``osc:127.0.0.1:9000``."""

from __future__ import annotations

import ipaddress
import string
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from emogui.errors import UsageError

Kind = Literal["websocket", "osc", "lsl"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

LOOPBACK: Final = "127.0.0.1"
NETWORK: Final = "network"
"""Stands for the host of an LSL stream that is announced to the local network."""

USUAL_PORTS: Final[dict[Kind, int]] = {"websocket": 8765, "osc": 9000}
USUAL_NAME: Final = "emogui"

_HOW: Final = (
    "Write websocket, osc or lsl, perhaps with a port (websocket:8765), an address "
    "(osc:127.0.0.1:9000) or a stream's name (lsl:emogui)."
)
_LONGEST_NAME: Final = 64
_OF_HOSTS: Final = string.ascii_letters + string.digits + ".-_:%"
"""Letters of names and addresses; the percent sign leads to the zone of an IPv6 address."""


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, by its name or address alone; nothing is looked up."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Target:
    """A protocol and where it goes.

    Attributes:
        kind: the protocol.
        host: of a WebSocket, the address that the server listens on; of OSC, where the messages
            go; of LSL, `LOOPBACK`, or `NETWORK` where the stream is announced to the local network.
        port: 0 has a WebSocket server take a free one; of no meaning for LSL.
        name: of the LSL stream.
    """

    kind: Kind
    host: str = LOOPBACK
    port: int = 0
    name: str = ""

    @property
    def leaves(self) -> bool:
        """Whether results can leave this computer."""
        return not is_loopback(self.host)

    @property
    def address(self) -> str:
        """What stands behind the protocol's name, as `parse_target` reads it."""
        if self.kind == "lsl":
            return f"{self.name}@{NETWORK}" if self.leaves else self.name
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"


def parse_target(text: str) -> Target:
    """Reads ``websocket``, ``websocket:PORT``, ``osc:HOST:PORT``, ``lsl:NAME`` and the like.

    Raises:
        UsageError: it is none of them.
    """
    word, _, rest = text.strip().partition(":")
    rest = rest.strip()
    if word.lower() not in KINDS:
        raise UsageError(f"Results cannot be published to '{text}'.", _HOW)
    kind = cast(Kind, word.lower())
    if kind == "lsl":
        return _stream(rest)
    host, port = _split(rest, text)
    if host is None:
        host = LOOPBACK
    if port is None:
        port = USUAL_PORTS[kind]
    if not port and kind == "osc":
        raise UsageError("OSC needs the port that the receiver listens on.", _HOW)
    return Target(kind, host, port)


def _stream(rest: str) -> Target:
    name, at, where = rest.partition("@")
    name = name.strip() or USUAL_NAME
    if at and where != NETWORK:
        raise UsageError(
            f"An LSL stream is announced on this computer or to the network, not at '{where}'.",
            f"Write lsl:{name}, or lsl:{name}@{NETWORK}.",
        )
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(
            f"The name of an LSL stream has up to {_LONGEST_NAME} printable characters.",
            "Choose a shorter one, such as lsl:emogui.",
        )
    return Target("lsl", NETWORK if at else LOOPBACK, 0, name)


def _split(rest: str, text: str) -> tuple[str | None, int | None]:
    """Host and port of an address; None for what it does not name."""
    if not rest:
        return None, None
    if rest.isascii() and rest.isdigit():
        return None, _port(rest, text)
    if rest.startswith("["):
        host, bracket, after = rest[1:].partition("]")
        well = bool(bracket) and (not after or after.startswith(":"))
        port = after[1:]
    else:
        host, _, port = rest.partition(":")
        well = ":" not in port
    if not well or not host or host[0] == "-" or host.strip(_OF_HOSTS):
        raise UsageError(f"'{rest}' is not an address to publish to.", _HOW)
    return host, _port(port, text) if port else None


def _port(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 5 or int(digits) > 65535:
        raise UsageError(f"'{text}' has no port from 0 to 65535.", _HOW)
    return int(digits)
