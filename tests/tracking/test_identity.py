"""Made videos with known truth: every face keeps its number."""

from __future__ import annotations

import math

import pytest

from emogui.tracking.sequence import SequenceAnalyzer

from .detecting import Detecting
from .idf1 import Score, score
from .scenes import Actor, Path, Pose, play


def wave(time_s: float, low: float, high: float, period_s: float) -> float:
    """From low to high and back."""
    return low + (high - low) * (0.5 - 0.5 * math.cos(2 * math.pi * time_s / period_s))


def still(x: float, y: float = 0.5) -> Path:
    return lambda _: Pose(x, y)


def away_and_back(time_s: float) -> Pose:
    """Out of the picture at its right edge for about a second."""
    return Pose(0.7 + 0.5 * min(max(time_s - 0.4, 0), 1, max(2.6 - time_s, 0)), 0.5)


SCENES: dict[str, tuple[float, list[Actor]]] = {
    "moved": (
        2.0,
        [Actor("left", lambda t: Pose(wave(t, 0.25, 0.75, 2.0), wave(t, 0.35, 0.65, 1.3)))],
    ),
    "scaled": (2.0, [Actor("right", lambda t: Pose(0.5, 0.5, wave(t, 0.2, 0.55, 2.0)))]),
    "turned": (2.4, [Actor("right", lambda t: Pose(0.5, 0.5, roll=wave(t, 0, 110, 2.4)))]),
    "covered": (
        2.6,
        [
            Actor("left", still(0.3)),
            Actor("right", lambda t: Pose(0.7, 0.5, covered=0.8 < t < 1.7)),
        ],
    ),
    "both crossing": (
        4.0,
        [
            Actor("left", lambda t: Pose(wave(t, 0.2, 0.8, 4), 0.5)),
            Actor("right", lambda t: Pose(wave(t, 0.8, 0.2, 4), 0.52)),
        ],
    ),
    "passing behind": (
        3.0,
        [Actor("left", lambda t: Pose(wave(t, 0.2, 0.8, 3), 0.5)), Actor("right", still(0.5))],
    ),
    "leaving and coming back": (3.2, [Actor("left", still(0.3)), Actor("right", away_and_back)]),
    "touching": (
        2.0,
        [
            Actor("left", lambda t: Pose(wave(t, 0.2, 0.45, 2), 0.5)),
            Actor("right", lambda t: Pose(wave(t, 0.8, 0.55, 2), 0.5)),
        ],
    ),
}


def followed(
    stages: Detecting,
    name: str,
    every: int = 1,
    fps: float = 12.0,
    size: tuple[int, int] = (320, 240),
) -> tuple[Score, int]:
    """The score of a scene, and how many faces there are in it."""
    seconds, actors = SCENES[name]
    follow = SequenceAnalyzer(stages, adaptive=False)
    follow.schedule.every = every
    truths, found = [], []
    for frame, truth in play(actors, seconds, fps, size):
        truths.append(truth)
        result = follow(frame).result
        found.append({face.face_id: face.box for face in result.faces})
    return score(truths, found), len(actors)


@pytest.mark.parametrize("name", SCENES)
def test_every_face_keeps_its_number(stages: Detecting, name: str) -> None:
    reached, faces = followed(stages, name)
    assert reached.switches == 0, reached
    assert reached.idf1 >= 0.95, reached
    assert reached.numbers == faces, reached


@pytest.mark.parametrize("name", ["moved", "both crossing"])
def test_and_though_the_detector_looks_at_every_third_frame_only(
    stages: Detecting, name: str
) -> None:
    reached, faces = followed(stages, name, every=3, fps=15.0)
    assert (reached.switches, reached.numbers) == (0, faces), reached
    assert reached.idf1 >= 0.95, reached


@pytest.mark.slow
@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize(("fps", "size"), [(30.0, (640, 480)), (7.0, (320, 240))])
@pytest.mark.parametrize("name", SCENES)
def test_at_other_rates_and_sizes(
    stages: Detecting, name: str, fps: float, size: tuple[int, int], every: int
) -> None:
    if fps < 10 and every > 1:
        pytest.skip("so slow a source leaves time for every frame")
    reached, faces = followed(stages, name, every, fps, size)
    assert (reached.switches, reached.numbers) == (0, faces), reached
    assert reached.idf1 >= 0.95, reached
