"""The place in a session where publishers come and go."""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS, HEADS
from emogui.live.publish.publisher import Publisher
from emogui.live.publish.schema import Event, Published, RecordingInfo
from emogui.live.publish.target import Target
from emogui.live.update import Analysed
from emogui.media.source import is_address


def make_publisher(
    target: Target, labels: Sequence[str] = FERPLUS, origins: Sequence[str] = ()
) -> Publisher:
    """A publisher for a target, not open yet.

    Args:
        target: where to.
        labels: which are expected; LSL's channels are made of them.
        origins: see `WebSocketPublisher`.
    """
    if target.kind == "websocket":
        from emogui.live.publish.websocket import WebSocketPublisher

        return WebSocketPublisher(target, origins)
    if target.kind == "osc":
        from emogui.live.publish.osc import OscPublisher

        return OscPublisher(target)
    from emogui.live.publish.lsl import LslPublisher

    return LslPublisher(target, labels)


class Publishing:
    """Hands the results of sessions to the publishers of the moment, if there are any.

    Its `result` is given to every `LiveSession` as ``on_result``, like that of a `RecordingSlot`.
    Only `start` and `join` take time.

    Example:
        >>> publishing = Publishing()
        >>> publishing.start([parse_target("osc:127.0.0.1:9000")])  # doctest: +SKIP
        >>> session = LiveSession(  # doctest: +SKIP
        ...     open_source, analysis, on_result=publishing.result
        ... )
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._publishers: tuple[Publisher, ...] = ()
        self._stopped: tuple[Publisher, ...] = ()
        self._of: tuple[int, int] | None = None
        self._over: tuple[int, int] | None = None
        self._recording: RecordingInfo | None = None
        self._time_s = 0.0

    @property
    def publishers(self) -> tuple[Publisher, ...]:
        """Those that were started and not stopped; some may have failed since."""
        with self._lock:
            return self._publishers

    @property
    def alive(self) -> bool:
        """Whether a thread of any publisher still runs."""
        with self._lock:
            every = (*self._publishers, *self._stopped)
        return not all(one.join(0) for one in every)

    def start(
        self,
        targets: Sequence[Target],
        labels: Sequence[str] = FERPLUS,
        origins: Sequence[str] = (),
    ) -> tuple[Publisher, ...]:
        """Opens publishers, all or none.

        Args:
            targets: where to.
            labels: see `make_publisher`.
            origins: see `WebSocketPublisher`.

        Raises:
            EmoguiError: one cannot be opened.
        """
        opened: list[Publisher] = []
        try:
            if len(set(targets)) < len(targets):
                raise EmoguiError("One and the same target is named twice.", "Name it once.")
            for target in targets:
                publisher = make_publisher(target, labels, origins)
                publisher.open()
                opened.append(publisher)
        except BaseException:
            for publisher in opened:
                publisher.close()
            raise
        with self._lock:
            self._publishers = (*self._publishers, *opened)
        return tuple(opened)

    def stop(self, only: Sequence[Publisher] | None = None) -> None:
        """Tells publishers to end and returns at once.

        Args:
            only: these; None for all.
        """
        with self._lock:
            stopped = tuple(p for p in self._publishers if only is None or p in only)
            self._publishers = tuple(p for p in self._publishers if p not in stopped)
            self._stopped = (*(p for p in self._stopped if not p.join(0)), *stopped)
        for publisher in stopped:
            publisher.close()

    def join(self, timeout_s: float) -> bool:
        """Waits for the publishers to end after `stop`; returns whether all have."""
        end = time.monotonic() + timeout_s
        with self._lock:
            stopped = self._stopped
        return all(one.join(max(0.0, end - time.monotonic())) for one in stopped)

    # From a session

    def result(self, analysed: Analysed) -> None:
        """Takes a result in; for a session's inference thread."""
        result = analysed.result
        if not math.isfinite(result.time_s):
            return
        with self._lock:
            if not self._publishers:
                self._of = self._recording = None
                return
            of = _run_of(analysed)
            if of == self._over:
                return  # it came late
            if self._recording is None or of != self._of:
                self._of, self._recording = of, _begun(analysed)
            self._time_s = result.time_s
            sent = replace(result, source=self._recording.source, model=self._recording.model)
            self._send(Published(self._recording, sent, analysed.frame.captured_at))

    def mark(self) -> None:
        """The user marked the moment."""
        with self._lock:
            recording = "" if self._recording is None else self._recording.id
            self._send(Event("mark", recording, self._time_s, time.monotonic()))

    def ended(self, last: Analysed | None = None) -> None:
        """The source was stopped or has ended, or nobody looks for faces any more.

        Args:
            last: the last result that was seen of what ended; a recording that has begun since
                goes on. None ends whatever runs.
        """
        with self._lock:
            if last is not None and self._of is not None and self._of > _run_of(last):
                return
            recording, self._recording = self._recording, None
            self._over, self._of = self._of, None
            if recording is not None:
                now = time.monotonic()
                self._send(Event("recording_ended", recording.id, self._time_s, now))

    def _send(self, item: Published | Event) -> None:
        for publisher in self._publishers:
            publisher.send(item)


def _run_of(analysed: Analysed) -> tuple[int, int]:
    """Session and sequence, in which faces keep their numbers; both rise."""
    return analysed.frame.session, analysed.sequence


def _begun(analysed: Analysed) -> RecordingInfo:
    result = analysed.result
    labels = HEADS.get(result.labels, ())
    if result.faces:
        labels = tuple(result.faces[0].probabilities)
    return RecordingInfo(
        uuid.uuid4().hex,
        _public_name(result.source),
        PurePath(result.model).name,
        result.detector,
        result.labels,
        labels,
    )


def _public_name(source: str) -> str:
    """A source without the folders of the user, in characters that can be sent."""
    name = source if is_address(source) else PurePath(source).name
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
