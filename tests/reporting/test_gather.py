"""What a report says, against figures worked out by hand."""

from __future__ import annotations

import gc
import json
import tracemalloc
from itertools import chain

import numpy as np
import pytest

from emogui.bulk.checkpoint import Checkpoint, Counts
from emogui.bulk.run import WORK
from emogui.errors import UsageError
from emogui.labels import FERPLUS
from emogui.reporting import scan
from emogui.reporting.gather import gather
from tests.reporting.making import chances, face, make_batch

GLAD = chances(FERPLUS, happiness=0.9)
CALM = chances(FERPLUS, neutral=0.8)
TORN = chances(FERPLUS, anger=0.45, fear=0.44)
HAPPINESS = FERPLUS.index("happiness")


def test_each_source_counts_once_in_the_means(tmp_path):
    video = [face("v.mp4", GLAD, frame=n, time_s=n / 25) for n in range(90)]
    pictures = [face(f"{n}.jpg", CALM) for n in range(9)]
    data = gather(make_batch(tmp_path, [*video, *pictures]))
    assert (data.faces, data.sources) == (99, 10)
    assert {c.label: c.faces for c in data.labels if c.faces} == {"happiness": 90, "neutral": 9}
    mean = data.overall.means[HAPPINESS]
    assert mean.mean == pytest.approx(0.09)
    assert mean.low <= 0.09 <= mean.high


def test_groups_are_joined_by_source(tmp_path):
    rows, inputs = [], []
    for n in range(20):
        name = f"=odd, {n}\n.jpg"
        inputs.append((name, "glad" if n % 2 else "calm"))
        rows += [face(name, GLAD if n % 2 else CALM, uncertain=n % 4 == 0)] * (n % 3)
    inputs += [("gone.jpg", "calm"), ("never.jpg", "empty"), ("alone.jpg", "")]
    rows.append(face("alone.jpg", TORN))
    data = gather(make_batch(tmp_path, rows, inputs=inputs))
    calm, empty, glad = data.groups
    assert [(g.name, g.inputs, g.sources) for g in (calm, empty, glad)] == [
        ("calm", 11, 6),
        ("empty", 1, 0),
        ("glad", 10, 7),
    ]
    assert glad.means[HAPPINESS].mean == pytest.approx(0.9)
    assert calm.means[HAPPINESS].mean == pytest.approx(0.0)
    assert calm.uncertain.mean == pytest.approx(3 / 6)
    assert data.unmatched == 0


def test_a_table_in_another_order_keeps_its_groups(tmp_path):
    inputs = [(f"{n}.jpg", "ab"[n % 2]) for n in range(20)]
    rows = [face(f"{n}.jpg", GLAD) for n in reversed(range(20))]
    data = gather(make_batch(tmp_path, [*rows, face("other.jpg", CALM)], inputs=inputs))
    assert [g.sources for g in data.groups] == [10, 10]
    assert data.unmatched == 1


def test_many_groups_are_cut_and_told(tmp_path):
    inputs = [(f"{n}.jpg", f"group {n}") for n in range(1500)]
    data = gather(make_batch(tmp_path, [face("3.jpg", GLAD)], inputs=inputs))
    assert len(data.groups) == scan.GROUPS
    assert data.groups_left_out == 1500 - scan.GROUPS


def test_the_sources_with_most_faces_lead(tmp_path):
    rows = [face(f"{n}.jpg", GLAD, face_id=i) for n in range(50) for i in range(1 + n)]
    data = gather(make_batch(tmp_path, rows))
    assert [row.source for row in data.leading[:2]] == ["49.jpg", "48.jpg"]
    assert len(data.leading) == scan.LEADING
    assert dict(data.per_picture) == {"1": 1, "2": 1, "3 to 5": 3, "6 to 10": 5, "more than 10": 40}


def test_people_are_those_of_videos_alone(tmp_path):
    rows = [face("p.jpg", GLAD, face_id=n) for n in range(3)]
    for n in range(60):
        rows.append(face("v.mp4", GLAD if n < 30 else CALM, frame=n, time_s=n / 25, face_id=4))
    (video,) = gather(make_batch(tmp_path, rows)).videos
    (person,) = video.people
    assert (video.source, person.number, person.faces) == ("v.mp4", 4, 60)
    (change,) = person.changes
    assert (FERPLUS[change.before], FERPLUS[change.after]) == ("happiness", "neutral")


def test_typical_are_sure_and_doubtful_are_close(tmp_path):
    rows = [face(f"{n}.jpg", chances(FERPLUS, happiness=0.8 + n / 200)) for n in range(20)]
    rows += [
        face("torn.jpg", TORN),
        face("small.jpg", chances(FERPLUS, happiness=0.99), uncertain=True),
    ]
    rows += [face("v.mp4", chances(FERPLUS, sadness=0.9), frame=n, time_s=n) for n in range(40)]
    data = gather(make_batch(tmp_path, rows))
    glad = [e for e in data.typical if e.emotion == "happiness"]
    assert [e.source for e in glad] == ["19.jpg", "18.jpg", "17.jpg"]
    assert [e.source for e in data.typical if e.emotion == "sadness"] == ["v.mp4"]
    torn = data.doubtful[0]
    assert (torn.source, torn.emotion, torn.runner_up) == ("torn.jpg", "anger", "fear")
    assert torn.margin == pytest.approx(0.01)
    assert {"small.jpg"} <= {e.source for e in data.doubtful}
    assert "v.mp4" not in {e.source for e in data.doubtful}


def test_the_checkpoint_says_more_than_an_older_run_record(tmp_path):
    run = {"complete": True, "pictures": 3, "inputs": 9, "uncertain_below": 0.6}
    folder = make_batch(tmp_path, [face("a.jpg", GLAD)], run=run)
    assert gather(folder).run.complete is True
    (folder / WORK).mkdir()
    asked = {"inputs": ["photos"], "from folder": "/somewhere", "labels": "ferplus", "every": 5}
    settings = {"asked": asked, "total": 9, "emogui": "0.1.0"}
    (folder / WORK / "settings.json").write_text(json.dumps(settings))
    Checkpoint(counts=Counts(pictures=5, failed_inputs=1)).save(folder / WORK / "state.json")
    found = gather(folder).run
    assert (found.complete, found.pictures, found.failed_inputs) == (False, 5, 1)
    assert (found.asked, found.from_folder, found.inputs) == (("photos",), "/somewhere", 9)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"labels": 3, "options": [], "total": "x"}', "\0"]
)
def test_damaged_records_cost_what_they_told_and_no_more(tmp_path, text):
    folder = make_batch(tmp_path, [face("a.jpg", GLAD)])
    (folder / WORK).mkdir()
    for name in ("run.json", f"{WORK}/settings.json", f"{WORK}/state.json", "inputs.csv"):
        (folder / name).write_text(text)
    data = gather(folder)
    assert data.faces == 1
    assert data.run.complete is None


def test_only_the_table_is_needed(tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", GLAD)])
    for name in ("inputs.csv", "failures.csv"):
        (folder / name).unlink()
    data = gather(folder)
    assert (data.run.inputs, data.failures.total, data.network.card) == (None, 0, ())


def test_failures_are_counted_and_the_first_shown(tmp_path):
    failures = [(f"{n}.jpg", "", "It is damaged.") for n in range(100)]
    data = gather(make_batch(tmp_path, [], failures=failures))
    assert (data.faces, data.failures.total) == (0, 100)
    assert 0 < len(data.failures.first) < 100


def test_the_recalls_are_those_of_the_head_that_was_used(tmp_path):
    data = gather(make_batch(tmp_path, [face("a.jpg", GLAD)], run={}))
    assert [r.label for r in data.network.recalls] == list(FERPLUS)
    assert "FER+" in data.network.measured_on
    assert data.network.card


@pytest.mark.parametrize("began", [False, True])
def test_another_folder_is_told(tmp_path, began):
    if began:
        (tmp_path / WORK).mkdir()
    with pytest.raises(UsageError, match="just begun" if began else "not the folder of a batch"):
        gather(tmp_path)


def test_memory_does_not_grow_with_the_table(tmp_path):
    def peak(count):
        video = (face("v.mp4", GLAD, frame=n, time_s=n, face_id=n // 9) for n in range(count))
        pictures = (face(f"{n}.jpg", TORN) for n in range(count))
        folder = make_batch(tmp_path / str(count), chain(video, pictures))
        gc.collect()
        tracemalloc.start()
        try:
            gather(folder)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)  # what is loaded once
    small, large = peak(2200), peak(6600)
    assert large < small + 2_000_000  # the rows themselves would take over 6 MB more


def test_a_report_is_the_same_each_time(tmp_path):
    chance = np.random.default_rng(0)
    rows = []
    for n in range(40):
        values = chance.dirichlet(np.ones(8)).round(4)
        rows.append(face(f"{n}.jpg", dict(zip(FERPLUS, values.tolist(), strict=True))))
    folder = make_batch(tmp_path, rows)
    assert gather(folder) == gather(folder)
