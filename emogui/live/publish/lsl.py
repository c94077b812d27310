"""Results as streams of the Lab Streaming Layer: numbers of faces, and markers of events."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from emogui.errors import EmoguiError
from emogui.live.publish.publisher import ThreadPublisher
from emogui.live.publish.schema import (
    SCHEMA,
    VERSION,
    Event,
    Message,
    Published,
    RecordingInfo,
)
from emogui.live.publish.target import LOOPBACK, Target
from emogui.version import __version__

if TYPE_CHECKING:
    from emogui.types import FaceResult

SLOTS: Final = 4
"""Faces that have channels. A stream's channels cannot change while it is there."""

FRAME_CHANNELS: Final = ("frame", "faces")
FACE_CHANNELS: Final = ("face_id", "x", "y", "w", "h", "detection_score", "uncertain")
"""The channels of a slot before one ``p_<label>`` for each label."""

NOBODY: Final = float("nan")
"""In all channels of a slot without a face."""

_ONLY_HERE: Final = f"""
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
ListenAddress = {LOOPBACK}
[log]
level = -2
"""
"""The configuration of a liblsl that announces streams on this computer alone."""

_lock = threading.Lock()
_configured: bool | None = None  # whether liblsl, once loaded, reaches the network


class Slots:
    """Gives each face a slot that it keeps as long as it is in sight.

    Args:
        number: how many there are.
    """

    def __init__(self, number: int = SLOTS) -> None:
        self._faces: list[int | None] = [None] * number

    def place(self, faces: Sequence[FaceResult]) -> list[FaceResult | None]:
        """The face of each slot; those that find no place, the smallest ones, are left out.

        Args:
            faces: largest first.
        """
        known = {face.face_id: face for face in faces}
        self._faces = [number if number in known else None for number in self._faces]
        for number in known:
            if number not in self._faces and None in self._faces:
                self._faces[self._faces.index(None)] = number
        return [None if number is None else known[number] for number in self._faces]


def channel_names(labels: Sequence[str], slots: int = SLOTS) -> list[str]:
    """Names of all channels: ``frame``, ``faces``, ``1_face_id``, ``1_x``, ... ``1_p_neutral``."""
    of_face = (*FACE_CHANNELS, *(f"p_{label}" for label in labels))
    return [*FRAME_CHANNELS, *(f"{n}_{one}" for n in range(1, slots + 1) for one in of_face)]


def sample_of(
    published: Published, placed: Sequence[FaceResult | None], labels: Sequence[str]
) -> list[float]:
    """The values of all channels for a frame."""
    values = [float(published.result.frame), float(len(published.result.faces))]
    for face in placed:
        if face is None:
            values += [NOBODY] * (len(FACE_CHANNELS) + len(labels))
            continue
        box = face.box
        values += [face.face_id, box.x, box.y, box.w, box.h, face.detection_score, face.uncertain]
        values += [face.probabilities.get(label, NOBODY) for label in labels]
    return [float(value) for value in values]


def marker_of(event: Event) -> str:
    """An event as the text of a marker, for example ``"face_appeared/3"``."""
    if event.face_id is not None:
        return f"{event.kind}/{event.face_id}"
    return event.kind if event.kind == "mark" else f"{event.kind}/{event.recording}"


class LslPublisher(ThreadPublisher):
    """Offers two streams: ``NAME`` of the type Emotion, and ``NAME-events`` of the type Markers.

    Args:
        target: its name, and whether it is announced to the network.
        labels: which are expected; where results have others the streams are made anew.
    """

    def __init__(self, target: Target, labels: Sequence[str]) -> None:
        super().__init__(target)
        self._labels = tuple(labels)
        self._id = uuid.uuid4().hex
        self._slots = Slots()
        self._lsl: Any = None
        self._numbers: Any = None
        self._markers: Any = None
        self._heard = False

    @property
    def _where(self) -> str:
        return f"LSL stream {self.target.name}"

    @property
    def _receivers(self) -> int:
        return int(self._heard)

    def _connect(self) -> None:
        self._lsl = load_lsl(network=self.target.leaves)
        try:
            self._make_outlets()
        except Exception as error:  # pylsl raises RuntimeError and others for what liblsl refuses
            raise EmoguiError(
                f"The LSL streams cannot be offered: {error}".rstrip(".") + ".",
                "Check that the network is up and that a firewall lets emogui use LSL.",
            ) from error

    def _make_outlets(self) -> None:
        lsl, name = self._lsl, self.target.name
        names = channel_names(self._labels)
        numbers = lsl.StreamInfo(
            name, "Emotion", len(names), lsl.IRREGULAR_RATE, lsl.cf_float32, f"{self._id}-numbers"
        )
        about = numbers.desc()
        about.append_child_value("manufacturer", "emogui")
        about.append_child_value("program", f"emogui {__version__}")
        about.append_child_value("schema", SCHEMA)
        about.append_child_value("version", str(VERSION))
        labels = about.append_child("labels")
        for label in self._labels:
            labels.append_child_value("label", label)
        channels = about.append_child("channels")
        for one in names:
            channel = channels.append_child("channel")
            channel.append_child_value("label", one)
            channel.append_child_value("unit", _unit(one))
            channel.append_child_value("type", "Probability" if "_p_" in one else "Face")
        markers = lsl.StreamInfo(
            f"{name}-events", "Markers", 1, lsl.IRREGULAR_RATE, lsl.cf_string, f"{self._id}-events"
        )
        markers.desc().append_child_value("schema", SCHEMA)
        markers.desc().append_child_value("version", str(VERSION))
        self._numbers, self._markers = lsl.StreamOutlet(numbers), lsl.StreamOutlet(markers)

    def _write(self, message: Message) -> bool:
        if isinstance(message, RecordingInfo):
            self._slots = Slots()
            if message.labels and message.labels != self._labels:
                self._labels = message.labels
                self._numbers = self._markers = None  # before others of the same ids are there
                self._make_outlets()
        elif isinstance(message, Event):
            self._markers.push_sample([marker_of(message)], self._clock(message.at))
        else:
            sample = sample_of(message, self._slots.place(message.result.faces), self._labels)
            self._numbers.push_sample(sample, self._clock(message.captured_at))
            self._heard = bool(self._numbers.have_consumers() or self._markers.have_consumers())
        return True

    def _clock(self, monotonic_s: float) -> float:
        """A moment of ``time.monotonic()`` by LSL's clock."""
        return float(self._lsl.local_clock()) - (time.monotonic() - monotonic_s)

    def _disconnect(self) -> None:
        if self._heard:
            time.sleep(0.2)  # liblsl sends in threads of its own, and throws away what waits there
        self._numbers = self._markers = None  # which closes their ports
        self._heard = False


def load_lsl(*, network: bool) -> Any:
    """Loads pylsl, and sets how far its streams are announced.

    Args:
        network: to the local network, as liblsl's own configuration says, or on this computer.

    Raises:
        EmoguiError: pylsl or its library is missing, or it was loaded for the other one before.
    """
    global _configured  # noqa: PLW0603 - liblsl has one configuration in a process
    with _lock:
        try:
            import pylsl
        except ImportError as error:
            raise EmoguiError(
                "The Lab Streaming Layer needs the package pylsl, which is not installed.",
                "Type: pip install pylsl",
            ) from error
        except (RuntimeError, OSError) as error:
            raise EmoguiError(
                "The Lab Streaming Layer needs the library liblsl, which was not found.",
                "Install liblsl (https://github.com/sccn/liblsl/releases, or conda install -c "
                "conda-forge liblsl) and name its file in the environment variable PYLSL_LIB.",
            ) from error
        if _configured is None:
            if not network:
                try:
                    pylsl.set_config_content(_ONLY_HERE)
                except (NotImplementedError, AttributeError) as error:
                    raise EmoguiError(
                        "This liblsl cannot keep its streams on this computer; 1.17.7 can.",
                        "Install a newer one, or name the network: lsl:NAME@network.",
                    ) from error
            _configured = network
        elif _configured != network:
            now = "the network" if _configured else "this computer"
            raise EmoguiError(
                f"The Lab Streaming Layer was started for {now}, which cannot be changed while "
                "emogui runs.",
                "Start emogui again.",
            )
        return pylsl


def _unit(channel: str) -> str:
    last = channel.rpartition("_")[2]
    if last in ("x", "y", "w", "h"):
        return "pixels"
    return "probability" if "_p_" in channel else "none"
