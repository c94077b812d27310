"""Results as Open Sound Control 1.0 messages over UDP.

Each message is a datagram of its own, without bundles, and uses the four types that every
receiver must know (int32, float32, string); so the simplest programs can read them.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

from emogui.errors import EmoguiError
from emogui.live.publish.publisher import ThreadPublisher
from emogui.live.publish.schema import VERSION, Event, Message, Published, RecordingInfo
from emogui.live.publish.target import Target

if TYPE_CHECKING:
    from emogui.types import FaceResult

HELLO_EVERY: Final = 30
"""Frames between two hellos: UDP does not tell when a receiver comes."""

Argument = int | float | str


def hello_arguments(recording: RecordingInfo) -> list[Argument]:
    """Arguments of ``/emogui/hello``."""
    return [
        VERSION,
        recording.id,
        recording.source,
        recording.model,
        recording.detector,
        recording.head,
        *recording.labels,
    ]


def frame_arguments(published: Published) -> list[Argument]:
    """Arguments of ``/emogui/frame``."""
    result = published.result
    return [
        result.frame,
        float(result.time_s),
        result.width or 0,
        result.height or 0,
        len(result.faces),
    ]


def face_arguments(frame: int, face: FaceResult) -> list[Argument]:
    """Arguments of ``/emogui/face``."""
    box = face.box
    return [
        frame,
        face.face_id,
        int(box.x),
        int(box.y),
        int(box.w),
        int(box.h),
        float(face.detection_score),
        face.emotion,
        float(face.confidence),
        int(face.uncertain),
        *(float(p) for p in face.probabilities.values()),
    ]


def event_arguments(event: Event) -> list[Argument]:
    """Arguments of ``/emogui/event``."""
    number = -1 if event.face_id is None else event.face_id
    return [event.kind, number, float(event.time_s), event.recording]


class OscPublisher(ThreadPublisher):
    """Sends to one address. Whether anybody listens there is not known.

    Args:
        target: the receiver's host and port.
    """

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._socket: socket.socket | None = None
        self._builder: Any = None
        self._frames = 0

    @property
    def _where(self) -> str:
        return f"OSC to {self.target.address}"

    @property
    def _receivers(self) -> None:
        return None

    def _connect(self) -> None:
        try:
            from pythonosc.osc_message_builder import OscMessageBuilder
        except ImportError as error:
            raise EmoguiError(
                "OSC needs the package python-osc, which is not installed.",
                "Type: pip install python-osc",
            ) from error
        self._builder = OscMessageBuilder
        host, port = self.target.host, self.target.port
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
            self._socket = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:
            raise EmoguiError(
                f"There is no computer '{host}' to send OSC messages to.",
                "Check its name or address.",
            ) from error
        try:
            # Connected, so that datagrams that nobody takes are noticed on this computer.
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise EmoguiError(
                f"OSC messages cannot be sent to {self.target.address}: {error.strerror or error}.",
                "Check the address and the network.",
            ) from error
        self._socket.setblocking(False)

    def _write(self, message: Message) -> bool:
        if isinstance(message, Event):
            return self._send("/emogui/event", event_arguments(message))
        if isinstance(message, RecordingInfo):
            self._frames = 0
            return self._send("/emogui/hello", hello_arguments(message))
        self._frames += 1
        if self._frames > HELLO_EVERY:
            self._frames = 1
            self._send("/emogui/hello", hello_arguments(message.recording))
        went = self._send("/emogui/frame", frame_arguments(message))
        for face in message.result.faces:
            went &= self._send("/emogui/face", face_arguments(message.result.frame, face))
        return went

    def _send(self, address: str, arguments: list[Argument]) -> bool:
        builder = self._builder(address=address)
        for value in arguments:
            # python-osc would send large whole numbers as int64, which OSC 1.0 does not have.
            builder.add_arg(value, "s" if isinstance(value, str) else _number_type(value))
        assert self._socket is not None
        try:
            self._socket.send(builder.build().dgram)
        except OSError:  # nobody listens, no room, or no network for the moment
            return False
        return True

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()


def _number_type(value: int | float) -> str:
    return "f" if isinstance(value, float) else "i"
