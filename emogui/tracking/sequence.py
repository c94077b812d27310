"""Analyses the frames of a video or live source one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from emogui.backend.detectors.base import check_image
from emogui.errors import UsageError
from emogui.tracking.appearance import Look, colours_of, likeness, pixels_of
from emogui.tracking.flow import MedianFlow, Motion
from emogui.tracking.known import MISSED_S, KnownFace, Moment
from emogui.tracking.looks import LooksAhead
from emogui.tracking.results import Smoothers, TrackedResult, judged, shown_box
from emogui.tracking.schedule import Schedule
from emogui.tracking.smoothing import SMOOTHING_S
from emogui.tracking.stages import StageClock, Stages
from emogui.tracking.state import pack, unpack
from emogui.tracking.tracker import ALIKE, Observation, Track, Tracker
from emogui.types import FaceBox, FaceResult, Frame, Image

FRAME_SIDE = 320
"""Long side at which faces are looked for, in pixels: a quarter of the time of 640, and faces
before a camera are large."""

_SAME_FACE = 0.5
"""Likeness below which the pixels that were followed no longer show the face."""

_ON_TOP = 0.1
"""Overlap with a face that was found, above which the pixels may belong to that one."""

_UNCHANGED = 1.5
"""Mean difference of two crops, in grey levels of 255, below which they show the same."""

_MOST_OF_THEM = 0.5
"""Where more of the faces changed, unchanged ones are not passed over."""

_REMEMBERED = ("schedule", "_tracker", "_flow", "_smoothers", "_faces", "_in_sight", "_before")

_CARRIED_S = 0.5
"""The network runs on a face at least this often."""


class SequenceAnalyzer:
    """Finds, follows and classifies the faces of consecutive frames; one object a sequence.

    Args:
        stages: an ``emogui.Analyzer``.
        adaptive: let the detector leave out frames, and the network unchanged faces, where the
            source is faster than they are; False looks at every frame and face.
        smoothing_s: time constant of the probabilities in seconds; 0 for none. May be set at any
            time.
        long_side: long side at which faces are looked for, in pixels.
        clock: tells seconds; what the stages take is measured by it.

    Example:
        >>> from emogui import Analyzer
        >>> follow = SequenceAnalyzer(Analyzer(), adaptive=False)  # doctest: +SKIP
        >>> for frame in frames:  # doctest: +SKIP
        ...     print([face.face_id for face in follow(frame).result.faces])
    """

    def __init__(
        self,
        stages: Stages,
        *,
        adaptive: bool = True,
        smoothing_s: float = SMOOTHING_S,
        long_side: int = FRAME_SIDE,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.smoothing_s = smoothing_s
        self.schedule = Schedule(adaptive=adaptive)
        self._stages = stages
        self._clock = clock
        self._ahead = LooksAhead(
            lambda image: stages.detect(image, long_side=long_side, faint=True)
        )
        self._adaptive = adaptive
        self._tracker = Tracker(faint_below=stages.clear_from(long_side))
        self._flow = MedianFlow()
        self._smoothers = Smoothers()
        self._faces: dict[int, KnownFace] = {}
        self._in_sight: list[Track] = []
        self._before: Moment | None = None

    def state(self) -> bytes:
        """All that it remembers, for :meth:`restore`; a few hundred kilobytes."""
        return pack({name: getattr(self, name) for name in _REMEMBERED})

    def restore(self, state: bytes) -> None:
        """Goes on where another one, made with the same arguments, was when it gave its state.

        Raises:
            UsageError: it is no such state.
        """
        found = unpack(state)
        if not isinstance(found, dict) or set(found) != set(_REMEMBERED):
            raise UsageError("This is no state of a sequence.", "Analyse the video anew.")
        for name, value in found.items():
            setattr(self, name, value)

    @property
    def given(self) -> int:
        """How many numbers were given to faces so far."""
        return self._tracker.given

    def look_ahead(self, frame: Frame) -> None:
        """Has the detector look at a frame that will be analysed later.

        For the thread that reads frames, while the one before is analysed in another. Does
        nothing where it is not certain that the detector is to look at the frame.
        """
        if not self._adaptive:
            self._ahead.look(frame.image)

    def __call__(self, frame: Frame, source: str = "") -> TrackedResult:
        """Analyses the next frame.

        Args:
            frame: its ``time_s`` is the clock of everything; when it steps back, its player jumps
                ahead, or the size of the pictures changes, all faces are forgotten.
            source: name put into the result.

        Raises:
            ImageError: the array is no picture.
        """
        check_image(frame.image)
        clock = StageClock(self._clock)
        image, now = frame.image, frame.time_s
        self._begin(frame)
        self._flow.show(image)
        clock.stop("track")
        if self.schedule.looks or not self._in_sight or not self._follow(image, now, clock):
            self._look(image, now, clock)
        boxes = [shown_box(t, image.shape[1], image.shape[0]) for t in self._in_sight]
        clock.stop("track")
        crops = self._stages.crops(image, boxes)
        changed = self._changed(crops, now)
        clock.stop("crop")
        probabilities = self._stages.classify(crops[changed])
        clock.stop("classify")
        for i, found in zip(changed, probabilities, strict=True):
            face = self._faces[self._in_sight[i].number]
            face.crop, face.probabilities, face.classified_s = crops[i], found, now
        faces = [self._result(t, box, now) for t, box in zip(self._in_sight, boxes, strict=True)]
        self._tidy()
        clock.stop("track")
        timings = clock.timings_ms()
        self.schedule.end(
            timings["track"] + timings["crop"], timings["classify"], len(changed), len(faces)
        )
        faces.sort(key=lambda face: (-face.box.area, face.box.x, face.box.y))
        return TrackedResult(
            self._stages.result(
                image,
                faces,
                source=source,
                frame=frame.index,
                time_s=now,
                timings_ms=timings,
            ),
            carried=len(faces) - len(changed),
            velocities={track.number: track.velocity for track in self._in_sight},
        )

    def _begin(self, frame: Frame) -> None:
        now = Moment(frame.time_s, frame.epoch, frame.image.shape)
        before, self._before = self._before, now
        self.schedule.begin(frame.index, frame.time_s)
        if before is not None and now.is_another_scene(before):
            self._tracker.forget()
            self._faces.clear()
            self._in_sight = []
            self._flow = MedianFlow()

    def _look(self, image: Image, now: float, clock: StageClock) -> None:
        """Has the detector find the faces; what it misses is followed for a while."""
        look = self._ahead.take(image)
        if look is None:
            found = self._ahead.now(image)
            self.schedule.looked(clock.stop("detect"))
        else:
            found = look.found
            clock.add("detect", look.ms)
            self.schedule.looked(look.ms)
        seen = [Observation(one.box, one.score, self._colours(one.box)) for one in found]
        tracks = self._tracker.update(seen, now)
        before, self._in_sight = self._in_sight, [t for t in tracks if t is not None]
        for one, track in zip(found, tracks, strict=True):
            if track is not None:
                face = self._faces.setdefault(track.number, KnownFace(0.0, None, now))
                face.score, face.landmarks, face.detected_s = one.score, one.landmarks, now
                if face.patch is None or track.is_whole:
                    face.patch, face.pixels = self._patch(one.box), None
        known = {track.number for track in self._in_sight}
        missed = [
            t
            for t in before
            if t.number not in known and now - self._faces[t.number].detected_s <= MISSED_S
        ]
        self._in_sight += self._take(missed, self._places(image, missed), now)
        clock.stop("track")

    def _follow(self, image: Image, now: float, clock: StageClock) -> bool:
        """Follows all faces by their pixels; False if that takes a look of the detector.

        It does where one was lost, or where faces touch: one may be about to hide the other.
        """
        places = self._places(image, self._in_sight)
        complete = None not in places and not _touch(self._in_sight)
        if complete:
            self._take(self._in_sight, places, now)
        clock.stop("track")
        return complete

    def _places(self, image: Image, tracks: Sequence[Track]) -> list[Motion | None]:
        """How each of the tracks has moved since the last frame; None where it cannot be told."""
        height, width = image.shape[:2]
        others = [track.seen for track in self._in_sight if track not in tracks]
        motions = self._flow.motions([track.seen for track in tracks])
        for i, (track, motion) in enumerate(zip(tracks, motions, strict=True)):
            if motion is None:
                continue
            box = motion.box(track.seen).clipped(width, height)
            # Pixels may lead astray: to a hand before the face, or onto another face.
            if not self._shows(box, track) or any(box.iou(o) > _ON_TOP for o in others):
                motions[i] = None
        return motions

    def _shows(self, box: FaceBox, track: Track) -> bool:
        """Whether a box looks like the face of a track."""
        if not box.area:
            return False
        face, patch = self._faces[track.number], self._patch(box)
        if face.patch is None or patch is None:
            return False
        if face.pixels is None:
            face.pixels = pixels_of(*face.patch)
        pixels = likeness(face.pixels, pixels_of(*patch))
        if pixels is None or pixels < _SAME_FACE:
            return False
        colours = likeness(track.look, self._colours(box))
        return colours is None or colours >= ALIKE

    def _colours(self, box: FaceBox) -> Look | None:
        # The small picture is enough, and large faces take less time in it.
        small = self._flow.small
        return None if small is None else colours_of(small, self._flow.in_small(box))

    def _patch(self, box: FaceBox) -> tuple[Image, FaceBox] | None:
        small = self._flow.small
        return None if small is None else (small, self._flow.in_small(box))

    def _take(
        self, tracks: Sequence[Track], motions: Sequence[Motion | None], now: float
    ) -> list[Track]:
        """Places the tracks where their pixels went; returns those that could be placed."""
        placed = []
        for track, motion in zip(tracks, motions, strict=True):
            if motion is not None:
                face = self._faces[track.number]
                face.landmarks = motion.landmarks(face.landmarks, track.seen)
                track.place(motion.box(track.seen), now)
                placed.append(track)
        return placed

    def _changed(self, crops: npt.NDArray[np.uint8], now: float) -> list[int]:
        """On which faces the network has to run."""
        everyone = list(range(len(crops)))
        if not self.schedule.skips_unchanged:
            return everyone
        changed = [i for i in everyone if self._has_changed(self._in_sight[i], crops[i], now)]
        # In a batch the last few cost little, and the frame is not analysed without them.
        return everyone if len(changed) > _MOST_OF_THEM * len(crops) else changed

    def _has_changed(self, track: Track, crop: npt.NDArray[np.uint8], now: float) -> bool:
        face = self._faces[track.number]
        if face.crop is None:
            return True
        if now - face.classified_s > _CARRIED_S:
            return True
        difference = np.abs(crop.astype(np.int16) - face.crop).mean()
        return bool(difference > _UNCHANGED)

    def _result(self, track: Track, box: FaceBox, now: float) -> FaceResult:
        face = self._faces[track.number]
        assert face.probabilities is not None
        smoothed = self._smoothers.update(track.number, face.probabilities, now, self.smoothing_s)
        found = FaceResult(track.number, box, face.score, face.landmarks, smoothed)
        return judged(found, self._stages.uncertain_below)

    def _tidy(self) -> None:
        """Forgets what is known of faces that the tracker has forgotten."""
        tracks = self._tracker.tracks
        self._smoothers.keep(tracks)
        if len(self._faces) > len(tracks):
            known = {track.number for track in tracks}
            self._faces = {number: face for number, face in self._faces.items() if number in known}


def _touch(tracks: Sequence[Track]) -> bool:
    boxes = [track.seen for track in tracks]
    return any(a.iou(b) > _ON_TOP for i, a in enumerate(boxes) for b in boxes[:i])
