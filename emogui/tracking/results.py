"""Results of consecutive frames, whose faces keep their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from emogui.backend.doubt import reason_for_doubt
from emogui.tracking.kalman import Vector, to_box, to_vector, travelled_s
from emogui.tracking.smoothing import SMOOTHING_S, ProbabilitySmoother
from emogui.tracking.tracker import KEPT_S, Observation, Track, Tracker
from emogui.types import Detection, FaceBox, FaceResult, FrameResult

FARTHEST_S = 0.2
"""Boxes are not carried farther ahead than this: nobody knows where a face goes."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedResult:
    """The result of a frame of a sequence.

    Attributes:
        result: its faces have the numbers of their tracks, smoothed boxes and probabilities.
        carried: faces whose probabilities are those of an earlier frame.
        velocities: number of a face to how fast its box changes.
    """

    result: FrameResult
    carried: int = 0
    velocities: Mapping[int, Vector] = field(default_factory=dict)

    @property
    def analysed(self) -> bool:
        """Whether the network ran on each face; all were placed in this frame in any case."""
        return not self.carried

    def at(self, time_s: float) -> FrameResult:
        """The result carried to a frame near its own; costs microseconds a face.

        Args:
            time_s: time of that frame in seconds.

        Returns:
            The same faces where they should be by then.
        """
        ahead = time_s - self.result.time_s
        if not ahead or not self.velocities:
            return self.result
        seconds = travelled_s(min(max(ahead, -FARTHEST_S), FARTHEST_S))
        return replace(
            self.result, faces=tuple(self._moved(face, seconds) for face in self.result.faces)
        )

    def _moved(self, face: FaceResult, seconds: Vector) -> FaceResult:
        velocity = self.velocities.get(face.face_id)
        if velocity is None:
            return face
        box = to_box(to_vector(face.box) + velocity * seconds)
        width, height = self.result.width, self.result.height
        if width and height:
            box = box.clipped(width, height)
        return face if not box.area else replace(face, box=box)


class ResultTracker:
    """Gives finished results the numbers of their faces and smoothed probabilities.

    For analyses that know nothing of a sequence; `SequenceAnalyzer` sees the pixels, too.

    Args:
        smoothing_s: time constant of the probabilities in seconds; 0 for none. May be set at
            any time.
        kept_s: how long a face that is missing is remembered, in seconds.
    """

    def __init__(self, smoothing_s: float = SMOOTHING_S, kept_s: float = KEPT_S) -> None:
        self.smoothing_s = smoothing_s
        self._tracker = Tracker(kept_s)
        self._smoothers = Smoothers()

    @property
    def given(self) -> int:
        """How many numbers were given so far."""
        return self._tracker.given

    def update(
        self, result: FrameResult, time_s: float, uncertain_below: float | None = None
    ) -> TrackedResult:
        """Takes in the result of the next frame.

        Args:
            result: what was found in it.
            time_s: time of that frame in seconds; when it steps back, all faces are forgotten.
            uncertain_below: a face whose smoothed top probability is lower is uncertain; None
                leaves each face the doubt it had before smoothing.

        Returns:
            The result, its faces in the same order, with ``face_id``, ``box``,
            ``probabilities`` and doubt replaced.
        """
        seen = [Observation(face.box, face.detection_score) for face in result.faces]
        tracks = [track for track in self._tracker.update(seen, time_s) if track is not None]
        faces = []
        for face, track in zip(result.faces, tracks, strict=True):
            smoothed = self._smoothers.update(
                track.number, face.probabilities, time_s, self.smoothing_s
            )
            box = shown_box(track, result.width, result.height)
            known = replace(face, face_id=track.number, box=box, probabilities=smoothed)
            faces.append(known if uncertain_below is None else judged(known, uncertain_below))
        self._smoothers.keep(self._tracker.tracks)
        return TrackedResult(
            replace(result, faces=tuple(faces)),
            velocities={track.number: track.velocity for track in tracks},
        )


class Smoothers:
    """The probabilities of each face, by its number."""

    def __init__(self) -> None:
        self._of: dict[int, ProbabilitySmoother] = {}

    def update(
        self, number: int, new: Mapping[str, float], time_s: float, smoothing_s: float
    ) -> Mapping[str, float]:
        """The smoothed probabilities of a face, see `ProbabilitySmoother.update`."""
        smoother = self._of.setdefault(number, ProbabilitySmoother())
        return dict(smoother.update(new, time_s, smoothing_s))

    def keep(self, tracks: tuple[Track, ...]) -> None:
        """Forgets all faces but these."""
        if len(self._of) > len(tracks):
            known = {track.number for track in tracks}
            self._of = {number: one for number, one in self._of.items() if number in known}


def shown_box(track: Track, width: int | None, height: int | None) -> FaceBox:
    """The box of a face to be shown, clipped to the picture where its size is known."""
    box = track.shown
    if not width or not height:
        return box
    clipped = box.clipped(width, height)
    return clipped if clipped.area else track.seen


def judged(face: FaceResult, uncertain_below: float) -> FaceResult:
    """The face with the doubt that its smoothed probabilities deserve."""
    found = Detection(face.box, face.detection_score, face.landmarks)
    reason = reason_for_doubt(found, face.confidence, uncertain_below)
    return replace(face, uncertain=reason is not None, uncertain_reason=reason)
