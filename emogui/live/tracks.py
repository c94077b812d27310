"""Follows faces from one result to the next, so that numbers and bars belong to a person.

Boxes of consecutive results are matched greedily by their overlap, and the probabilities of a
face are smoothed over time, since those of single frames flicker.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from emogui.types import Detection, FaceBox, FaceResult, FrameResult

SMOOTHING_S = 0.25
"""Time constant: after so many seconds 63 % of a change is shown."""

SMALLEST_IOU = 0.25
"""Boxes that overlap less do not belong to the same face."""

KEPT_S = 0.6
"""A face that is not found for longer than this gets a new number when it comes back."""


@dataclass(slots=True)
class _Track:
    face_id: int
    box: FaceBox
    seen_s: float
    probabilities: Mapping[str, float]


class FaceTracks:
    """The faces of one live session.

    Args:
        smoothing_s: time constant of the exponential smoothing in seconds; 0 for none.
        smallest_iou: overlap (intersection over union) that two boxes of a face have at least.
        kept_s: how long a face that is missing from results is remembered, in seconds.
    """

    def __init__(
        self,
        smoothing_s: float = SMOOTHING_S,
        smallest_iou: float = SMALLEST_IOU,
        kept_s: float = KEPT_S,
    ) -> None:
        self._smoothing_s = smoothing_s
        self._smallest_iou = smallest_iou
        self._kept_s = kept_s
        self._tracks: list[_Track] = []
        self._next_id = 0
        self._now_s = -math.inf

    def update(
        self, result: FrameResult, time_s: float, uncertain_below: float | None = None
    ) -> FrameResult:
        """Gives each face the number of its track and its smoothed probabilities.

        Args:
            result: what was found in the newest frame.
            time_s: time of that frame in seconds; when it steps back, all tracks are forgotten.
            uncertain_below: a face whose smoothed top probability is lower is uncertain; None
                leaves each face the doubt it had before smoothing.

        Returns:
            The same result, its faces in the same order, with ``face_id`` and
            ``probabilities`` replaced, and its doubt to go with them.
        """
        if time_s < self._now_s:
            self._tracks = []
        # A face of the last result is looked for however long ago that was: a slow analysis is
        # no reason to take it for another one.
        last_s, self._now_s = self._now_s, time_s
        self._tracks = [
            t for t in self._tracks if t.seen_s == last_s or time_s - t.seen_s <= self._kept_s
        ]
        partners = self._match(result.faces)
        faces = []
        for i, face in enumerate(result.faces):
            track = partners.get(i)
            if track is None:
                track = _Track(self._next_id, face.box, time_s, face.probabilities)
                self._next_id += 1
                self._tracks.append(track)
            else:
                self._follow(track, face, time_s)
            smoothed = dict(track.probabilities)
            face = replace(face, face_id=track.face_id, probabilities=smoothed)  # noqa: PLW2901
            faces.append(face if uncertain_below is None else _judged(face, uncertain_below))
        return replace(result, faces=tuple(faces))

    def _match(self, faces: tuple[FaceResult, ...]) -> dict[int, _Track]:
        """Pairs faces with tracks, the largest overlap first, each at most once."""
        pairs = [
            (track.box.iou(face.box), i, j)
            for i, face in enumerate(faces)
            for j, track in enumerate(self._tracks)
        ]
        pairs.sort(key=lambda pair: -pair[0])
        found: dict[int, _Track] = {}
        taken: set[int] = set()
        for overlap, i, j in pairs:
            if overlap < self._smallest_iou:
                break
            if i not in found and j not in taken:
                found[i] = self._tracks[j]
                taken.add(j)
        return found

    def _follow(self, track: _Track, face: FaceResult, time_s: float) -> None:
        elapsed = time_s - track.seen_s
        track.box, track.seen_s = face.box, time_s
        new, old = face.probabilities, track.probabilities
        if self._smoothing_s <= 0 or new.keys() != old.keys():  # another head: nothing to mix
            track.probabilities = new
            return
        # Depends on the time that passed, not on the number of results in between.
        weight = 1.0 - math.exp(-elapsed / self._smoothing_s)
        track.probabilities = {k: old[k] + weight * (new[k] - old[k]) for k in new}


def _judged(face: FaceResult, uncertain_below: float) -> FaceResult:
    """The face with the doubt that its smoothed probabilities deserve."""
    from emogui.backend.doubt import reason_for_doubt

    found = Detection(face.box, face.detection_score, face.landmarks)
    reason = reason_for_doubt(found, face.confidence, uncertain_below)
    return replace(face, uncertain=reason is not None, uncertain_reason=reason)
