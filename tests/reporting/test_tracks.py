"""People of a video over time."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.reporting.table import FaceRow
from emogui.reporting.tracks import BINS, LIVE_TRACKS, Change, Track, Tracks

A, B = 0, 1


def row(time_s, emotion, *, face=0, uncertain=False, frame=0):
    chances = (0.9, 0.1) if emotion == A else (0.2, 0.8)
    return FaceRow("v.mp4", frame, time_s, face, None, emotion, max(chances), uncertain, chances)


def person_of(rows):
    track = Track(rows[0])
    for following in rows[1:]:
        track.add(following)
    return track.person()


def at(rate, *runs):
    """Rows of a face that shows an emotion for a number of frames, then another one."""
    emotions = [emotion for emotion, count in runs for _ in range(count)]
    return [row(n / rate, emotion) for n, emotion in enumerate(emotions)]


def test_changes_that_last_are_counted():
    person = person_of(at(25, (A, 25), (B, 25), (A, 25), (B, 25)))
    assert person.changes == (Change(A, B, 2), Change(B, A, 1))
    assert person.counts == (50, 50)


def test_flicker_is_no_change():
    assert person_of(at(25, (A, 25), (B, 4), (A, 25), (B, 5), (A, 3))).changes == ()


def test_where_few_frames_are_analysed_two_in_a_row_are_a_change():
    assert person_of(at(1, (A, 3), (B, 1), (A, 3), (B, 2))).changes == (Change(A, B, 1),)


def test_uncertain_frames_neither_make_nor_end_an_emotion():
    rows = at(25, (A, 25))
    rows += [row(1 + n / 25, B, uncertain=True) for n in range(25)]
    rows += [row(2 + n / 25, A) for n in range(25)]
    person = person_of(rows)
    assert person.changes == ()
    assert person.uncertain == 25


def test_bins_hold_the_means_of_any_length():
    for seconds in (1, 60, 3600):
        times = np.linspace(0, seconds, 500)
        person = person_of([row(t, A if t < seconds / 2 else B) for t in times])
        assert 10 < len(person.means) <= BINS
        assert len(person.means) * person.bin_s >= seconds
        assert person.means[0] == pytest.approx((0.9, 0.1))
        assert person.means[-1] == pytest.approx((0.2, 0.8))


def test_times_without_the_face_are_gaps():
    rows = at(25, (A, 25)) + [row(10 + n / 25, A) for n in range(25)]
    seen = np.isfinite(person_of(rows).means[:, 0])
    assert seen[0] and seen[-1] and not seen.all()
    assert np.count_nonzero(np.diff(seen.astype(int))) == 2


def test_frames_far_apart_make_no_comb():
    assert np.isfinite(person_of(at(2, (A, 20))).means).all()


@pytest.mark.parametrize("time_s", [0.0, -0.0, 1e9])
def test_odd_times_are_borne(time_s):
    person = person_of([row(5.0, A), row(time_s, A), row(6.0, B)])
    assert person.faces == 3


def test_a_crowd_takes_bounded_memory_and_the_lasting_ones_stay():
    tracks = Tracks()
    for n in range(5 * LIVE_TRACKS):
        tracks.add(row(n, A, face=0))
        tracks.add(row(n, B, face=n + 1))
    assert len(tracks) <= LIVE_TRACKS
    shown = tracks.people(3)
    assert shown[0].number == 0
    assert shown[0].faces == 5 * LIVE_TRACKS
