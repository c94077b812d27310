from __future__ import annotations

from emogui.tracking.schedule import LONGEST_GAP_S, Schedule


def run(
    schedule: Schedule,
    frames: int,
    *,
    detect_ms: float,
    face_ms: float,
    faces: int,
    fps: float = 30.0,
    start: int = 0,
) -> int:
    """Plays frames of that cost; returns how often the detector looked."""
    looks = 0
    for i in range(start, start + frames):
        schedule.begin(i, i / fps)
        if schedule.looks:
            looks += 1
            schedule.looked(detect_ms)
        schedule.end(1.0, face_ms * faces, faces, faces)
    return looks


def test_every_frame_while_it_is_cheap() -> None:
    schedule = Schedule()
    assert run(schedule, 60, detect_ms=7, face_ms=4, faces=1) == 60
    assert not schedule.skips_unchanged


def test_every_nth_when_it_is_not_and_back_again() -> None:
    schedule = Schedule()
    looks = run(schedule, 120, detect_ms=12, face_ms=2.2, faces=10)
    assert 120 / 4 < looks < 120 / 1.5
    assert schedule.every >= 2
    assert not schedule.skips_unchanged
    run(schedule, 60, detect_ms=5, face_ms=1, faces=1, start=120)
    assert schedule.every == 1


def test_it_does_not_swing() -> None:
    schedule = Schedule()
    run(schedule, 100, detect_ms=9, face_ms=2.4, faces=10)
    seen = set()
    for i in range(100, 200):
        run(schedule, 1, detect_ms=9, face_ms=2.4, faces=10, start=i)
        seen.add(schedule.every)
    assert len(seen) == 1


def test_new_faces_never_wait_long_and_unchanged_ones_are_passed_over_at_last() -> None:
    schedule = Schedule()
    run(schedule, 300, detect_ms=40, face_ms=5, faces=30)
    assert schedule.every / 30 <= LONGEST_GAP_S
    assert schedule.skips_unchanged
    run(schedule, 200, detect_ms=5, face_ms=0.5, faces=2, start=300)
    assert (schedule.every, schedule.skips_unchanged) == (1, False)


def test_frames_that_were_dropped_do_not_make_the_source_seem_slow() -> None:
    schedule = Schedule()
    for i in range(0, 200, 2):  # every other frame was left out
        schedule.begin(i, i / 30)
        if schedule.looks:
            schedule.looked(20)
        schedule.end(1, 20, 10, 10)
    assert schedule.every > 1


def test_a_slow_source_is_looked_at_whole() -> None:
    assert run(Schedule(), 30, detect_ms=60, face_ms=10, faces=4, fps=5) == 30


def test_not_adaptive() -> None:
    assert run(Schedule(adaptive=False), 50, detect_ms=90, face_ms=9, faces=9) == 50
