"""The place in a session where recordings come and go."""

from __future__ import annotations

import threading

from emogui.live.recording import Recording
from emogui.live.recording_plan import RecordingPlan
from emogui.live.update import Analysed
from emogui.types import Frame


class RecordingSlot:
    """Hands the frames and results of sessions to the recording of the moment, if there is one.

    Its `frame` and `result` are given to every `LiveSession` as ``on_frame`` and ``on_result``, so
    that a recording can start and stop at any time, at the press of a button. No method waits.

    Example:
        >>> slot = RecordingSlot()
        >>> session = LiveSession(  # doctest: +SKIP
        ...     open_source, analysis, on_frame=slot.frame, on_result=slot.result
        ... )
        >>> slot.start(RecordingPlan.in_folder("videos"))  # doctest: +SKIP
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recording: Recording | None = None

    @property
    def recording(self) -> Recording | None:
        """The newest recording, under way or ended; its status tells. None before the first."""
        with self._lock:
            return self._recording

    def start(self, plan: RecordingPlan) -> Recording:
        """Starts a recording, having told the one before to end."""
        recording = Recording(plan)
        with self._lock:
            before, self._recording = self._recording, recording
        if before is not None:
            before.stop()
        recording.start()
        return recording

    def stop(self) -> None:
        """Tells the recording to end; it writes what it has in its own thread."""
        recording = self.recording
        if recording is not None:
            recording.stop()

    def frame(self, frame: Frame) -> None:
        """Takes a frame in; for a session's capture thread."""
        recording = self.recording
        if recording is not None:
            recording.frame(frame)

    def result(self, analysed: Analysed) -> None:
        """Takes a result in; for a session's inference thread."""
        recording = self.recording
        if recording is not None:
            recording.result(analysed)
