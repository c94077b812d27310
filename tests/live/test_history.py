"""The history of the Live tab: its clock, gaps, bounds, columns and table."""

from __future__ import annotations

import csv
import time

import numpy as np
import pytest

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.live.history import GAP_S, JUMP_S, History
from emogui.live.history_csv import write_history
from emogui.live.series import CHUNK_ROWS, Rows, Series, decimate
from emogui.live.valence import valence_weights
from emogui.types import FaceBox, FaceResult, Frame, FrameResult

IMAGE = np.zeros((4, 4, 3), np.uint8)


def frame_at(time_s: float, came: float, session: int = 1, epoch: int = 0) -> Frame:
    return Frame(IMAGE, 0, time_s, came, session, epoch)


def face(number: int, top: str = "happiness", high: float = 0.8, labels=FERPLUS) -> FaceResult:
    values = dict.fromkeys(labels, (1 - high) / (len(labels) - 1)) | {top: high}
    return FaceResult(number, FaceBox(0, 0, 2, 2), 0.9, None, values)


class Feed:
    """A source of 30 frames a second whose results go into a history."""

    def __init__(self, history: History | None = None) -> None:
        self.history = history or History()
        self.came = 0.0
        self.time_s = 0.0
        self.session, self.epoch, self.head = 1, 0, "ferplus"

    def give(self, *faces: FaceResult, frames: int = 1, step: float = 1 / 30) -> Feed:
        for _ in range(frames):
            frame = frame_at(self.time_s, self.came, self.session, self.epoch)
            self.history.append(frame, FrameResult("cam", faces=faces, labels=self.head))
            self.time_s += step
            self.came += step
        return self


def pieces(series: Series | None, column_s: float = 1e-3):
    assert series is not None
    return series.pieces(-1.0, 1e9, column_s)


def test_a_face_has_a_row_for_each_frame_by_the_clock_of_the_frames():
    feed = Feed().give(face(3), frames=31)
    (piece,) = pieces(feed.history.face(3))
    assert len(piece.times) == 31
    assert piece.times[-1] == pytest.approx(1.0)
    assert piece.values[0, FERPLUS.index("happiness")] == pytest.approx(0.8)
    assert feed.history.face(4) is None


def test_a_time_without_the_face_is_a_gap_and_no_zero():
    feed = Feed().give(face(1), frames=10).give(frames=5).give(face(1), frames=10)
    first, second = pieces(feed.history.face(1))
    assert len(first.times) == len(second.times) == 10
    assert second.times[0] - first.times[-1] == pytest.approx(6 / 30)
    assert min(first.values.min(), second.values.min()) > 0.02
    assert len(pieces(feed.history.everyone)) == 2


def test_another_face_in_sight_leaves_a_gap_only_for_the_missing_one():
    feed = Feed().give(face(1), face(2), frames=10).give(face(2), frames=5)
    feed.give(face(1), face(2), frames=10)
    assert len(pieces(feed.history.face(1))) == 2
    assert len(pieces(feed.history.face(2))) == 1
    assert len(pieces(feed.history.everyone)) == 1


def test_a_stall_and_detection_that_is_off_leave_a_gap():
    feed = Feed().give(face(1), frames=10)
    feed.time_s += GAP_S + 0.5
    feed.came += GAP_S + 0.5
    feed.give(face(1), frames=10)
    assert len(pieces(feed.history.face(1))) == 2
    feed.history.begin()
    feed.give(face(1), frames=10)  # number 1 may be anybody now
    assert len(pieces(feed.history.face(1))) == 1
    assert len(pieces(feed.history.everyone)) == 3


def test_the_clock_runs_on_without_results():
    feed = Feed().give(face(1), frames=10)
    feed.history.see(frame_at(8.0, 8.0))
    assert feed.history.now_s == pytest.approx(8.0)


@pytest.mark.parametrize(("to_s", "epoch"), [(0.0, 0), (500.0, 0), (1.0, 1), (0.1, 1)])
def test_where_the_source_jumps_the_clock_goes_on_after_a_break(to_s, epoch):
    feed = Feed().give(face(1), frames=30)
    end = feed.history.now_s
    feed.time_s, feed.epoch = to_s, epoch
    feed.give(face(1), frames=30)
    first, second = pieces(feed.history.face(1))
    assert second.times[0] == pytest.approx(end + JUMP_S)
    assert feed.history.source_time(second.times[0]) == (pytest.approx(to_s), "cam")
    assert feed.history.source_time(first.times[-1]) == (pytest.approx(29 / 30), "cam")


def test_a_result_from_before_the_jump_is_left_out():
    feed = Feed().give(face(1), frames=30)
    late = frame_at(feed.time_s, feed.came)
    feed.came += 1.0
    feed.time_s = 0.0
    feed.give(face(1), frames=3)
    feed.history.append(late, FrameResult(faces=(face(1),)))
    assert sum(len(piece.times) for piece in pieces(feed.history.face(1))) == 33


def test_times_that_are_no_numbers_are_left_out():
    history = History()
    history.append(frame_at(float("nan"), 0.0), FrameResult(faces=(face(1),)))
    assert history.face(1) is None and history.mark() is None


def test_numbers_start_anew_with_a_session_and_with_another_network():
    feed = Feed().give(face(1), frames=10)
    feed.session, feed.time_s = 2, 0.0
    feed.give(face(1, high=0.5), frames=10)
    (piece,) = pieces(feed.history.face(1))
    assert piece.values.max() == pytest.approx(0.5)
    feed.head = "fer2013"
    feed.give(face(1, "happy", 0.9, FER2013), frames=10)
    assert feed.history.everyone.labels == FER2013
    assert len(feed.history.kept().faces) == 3


def test_everyone_is_the_mean_of_the_faces_in_sight():
    feed = Feed().give(face(1, high=0.9), face(2, high=0.5), frames=10)
    (piece,) = pieces(feed.history.everyone)
    assert piece.values[:, FERPLUS.index("happiness")] == pytest.approx(0.7)


@pytest.mark.parametrize("labels", [FERPLUS, FER2013])
def test_valence_is_pleasant_minus_unpleasant_for_both_label_sets(labels):
    weights = dict(zip(labels, valence_weights(labels).tolist(), strict=True))
    happy = "happiness" if "happiness" in labels else "happy"
    assert weights.pop(happy) == 1
    assert weights.pop("neutral") == weights.pop("surprise") == 0
    assert set(weights.values()) == {-1}
    assert len(weights) == len(labels) - 3


def test_old_rows_go_and_faces_that_are_long_gone_too():
    feed = Feed(History(kept_s=60.0)).give(face(1), frames=300)
    feed.give(face(2), frames=30 * 120)
    assert feed.history.face(1) is None
    kept = feed.history.now_s - feed.history.first_s
    assert 60.0 <= kept <= 60.0 + 2 * CHUNK_ROWS / 30


def test_memory_is_bounded_however_many_faces_there_are():
    feed = Feed(History(most_chunks=50))
    for start in range(0, 400, 20):
        feed.give(*(face(start + i) for i in range(20)), frames=40)
    assert feed.history.memory_bytes <= 50 * CHUNK_ROWS * 44
    assert feed.history.face(399) is not None and feed.history.face(0) is None
    assert len(pieces(feed.history.everyone)) >= 1


def test_columns_are_means_and_do_not_depend_on_where_the_chart_stands():
    feed = Feed()
    for index in range(600):
        feed.give(face(1, high=0.4 + 0.4 * (index % 2)))
    series = feed.history.face(1)
    (piece,) = series.pieces(5.0, 15.0, 0.5)
    assert len(piece.times) == pytest.approx(20, abs=3)
    assert piece.values[3:-3, 1] == pytest.approx(0.6, abs=0.02)
    (moved,) = series.pieces(5.2, 15.0, 0.5)
    assert np.array_equal(piece.values[-10:], moved.values[-10:])
    assert len(series.pieces(5.0, 6.0, 1e-3)[0].times) == pytest.approx(31, abs=1)


def test_a_gap_shows_when_it_is_wider_than_a_column():
    times = np.array([0.0, 0.1, 0.2, 0.7, 0.8])
    rows = Rows(times, np.array([0, 0, 0, 1, 1], np.int32), np.ones((5, 2), np.float32))
    assert [len(piece.times) for piece in decimate(rows, 0.1)] == [3, 2]
    assert len(decimate(rows, 0.6)) == 1
    assert decimate(Series("ab").between(0, 1), 0.1) == []


def test_the_nearest_row_of_a_moment():
    series = Feed().give(face(1), frames=60).history.face(1)
    assert series.near(1.01, 0.1).times[0] == pytest.approx(1.0)
    assert not len(series.near(9.0, 0.1).times)


def test_five_minutes_are_made_ready_to_draw_in_a_few_milliseconds():
    feed = Feed().give(face(1), frames=9000)
    series = feed.history.face(1)
    spent = []
    for _ in range(7):
        began = time.thread_time()
        series.pieces(0.0, 300.0, 0.4)
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.008  # 0.5 ms on an idle machine


def test_marks_are_of_the_moment_and_keep_their_notes():
    feed = Feed()
    assert feed.history.mark() is None
    feed.give(face(1), frames=31)
    mark = feed.history.mark()
    assert (mark.time_s, mark.source, mark.source_s) == (pytest.approx(1.0), "cam", mark.time_s)
    other = feed.history.mark("here")
    feed.history.rename(mark, "a joke")
    assert [one.note for one in feed.history.marks] == ["a joke", "here"]
    feed.history.remove(other)
    assert [one.note for one in feed.history.marks] == ["a joke"]


def test_the_table_has_times_faces_probabilities_valence_and_marks(tmp_path):
    feed = Feed().give(face(1, high=0.9), face(2, "anger", 0.6), frames=2)
    feed.history.mark('=1+1, "so"')
    feed.head = "fer2013"
    feed.give(face(1, "happy", 0.9, FER2013))
    kept = feed.history.kept()
    feed.give(face(7))  # comes after the button was pressed
    write_history(kept, tmp_path / "line.csv")
    with (tmp_path / "line.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["face"] for row in rows] == ["1", "2", "1", "2", "", "1"]
    assert rows[4]["mark"] == '\'=1+1, "so"' and rows[4]["source"] == "cam"
    assert float(rows[2]["time_s"]) == pytest.approx(1 / 30, abs=1e-3)
    assert float(rows[0]["p_happiness"]) == 0.9 and rows[0]["p_happy"] == ""
    assert float(rows[0]["valence"]) == pytest.approx(0.9 - 5 * 0.1 / 7, abs=1e-3)
    assert float(rows[5]["p_happy"]) == 0.9 and rows[5]["sequence"] != rows[0]["sequence"]


def test_a_table_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(EmoguiError, match="Cannot write"):
        write_history(History().kept(), tmp_path / "missing" / "line.csv")


def test_clear_forgets_everything():
    feed = Feed().give(face(1), frames=31)
    feed.history.mark("x")
    feed.history.clear()
    assert feed.history.marks == () and feed.history.everyone is None
    feed.give(face(1), frames=3)
    assert feed.history.now_s == pytest.approx(2 / 30)
