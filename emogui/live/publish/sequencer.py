"""What a receiver is told, in order: which recording runs, who comes and goes, and the frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from emogui.live.publish.schema import Event, EventKind, Message, Published, RecordingInfo

LEFT_S: Final = 1.0
"""A face that was not found for so long, by the time of the source, has left. The detector misses
one for a frame or two now and then."""

MOST_FRAMES, MOST_EVENTS = 4, 64
"""So much waits for a receiver; then the oldest goes."""


class Sequencer:
    """Puts the events between the frames that one receiver really gets.

    So frames may be left out before, and what is told of faces is still whole: each one that left
    had appeared.
    """

    def __init__(self) -> None:
        self.recording: RecordingInfo | None = None
        self._seen: dict[int, float] = {}  # face number to the time in the source
        self._last: Published | None = None

    def messages(self, item: Published | Event) -> Iterator[Message]:
        """All that is to be told about a frame or an event, the item itself last.

        Args:
            item: a frame; a mark; or the end of the recording.
        """
        if isinstance(item, Published):
            yield from self._frame(item)
        elif item.kind == "recording_ended":
            yield from self._end()
        else:
            yield item

    def _frame(self, frame: Published) -> Iterator[Message]:
        if self.recording is None or self.recording.id != frame.recording.id:
            yield from self._end()
            self.recording = frame.recording
            yield frame.recording
            yield _event("recording_started", frame)
        self._last = frame
        now = frame.result.time_s
        here = [face.face_id for face in frame.result.faces]
        for number in [n for n, then in self._seen.items() if not 0 <= now - then <= LEFT_S]:
            if number not in here:
                del self._seen[number]
                yield _event("face_left", frame, number)
        for number in here:
            if number not in self._seen:
                yield _event("face_appeared", frame, number)
            self._seen[number] = now
        yield frame

    def _end(self) -> Iterator[Message]:
        last, self._last = self._last, None
        seen, self._seen = self._seen, {}
        self.recording = None
        if last is not None:
            for number in seen:
                yield _event("face_left", last, number)
            yield _event("recording_ended", last)


def _event(kind: EventKind, frame: Published, face_id: int | None = None) -> Event:
    return Event(kind, frame.recording.id, frame.result.time_s, frame.captured_at, face_id)


class SendQueue:
    """What waits for one receiver: never more than a little, and the newest wins.

    For one thread, or with a lock around it.
    """

    def __init__(self, most_frames: int = MOST_FRAMES, most_events: int = MOST_EVENTS) -> None:
        self._most_frames, self._most_events = most_frames, most_events
        self._items: deque[Published | Event] = deque()
        self._frames = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Published | Event) -> int:
        """Adds an item; returns how many frames had to go for it, 0 or 1."""
        self._items.append(item)
        if isinstance(item, Published):
            self._frames += 1
            if self._frames > self._most_frames:
                self._drop(frame=True)
                return 1
        elif len(self._items) - self._frames > self._most_events:
            self._drop(frame=False)
        return 0

    def take(self) -> Published | Event | None:
        """Takes the oldest item out; None where there is none."""
        if not self._items:
            return None
        item = self._items.popleft()
        self._frames -= isinstance(item, Published)
        return item

    def _drop(self, *, frame: bool) -> None:
        """Takes the oldest frame, or the oldest event, out."""
        for place, item in enumerate(self._items):
            if isinstance(item, Published) is frame:
                del self._items[place]
                self._frames -= frame
                return
