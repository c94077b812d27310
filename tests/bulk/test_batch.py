"""``emogui batch`` and ``emogui.batch``: the same rows as ``analyze``, and tables that load."""

from __future__ import annotations

import csv
import json
import shutil
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

import emogui
from emogui import cli
from emogui.bulk.options import BatchOptions
from emogui.bulk.run import Batch
from emogui.bulk.work import results_of_item
from emogui.errors import UsageError
from emogui.labels import FERPLUS
from emogui.output.recover import read_results

FAST = {"picture_side": 320, "video_side": 160}


@pytest.fixture(scope="module")
def analyzer():
    return emogui.Analyzer()


@pytest.fixture(scope="module")
def few(mixed, tmp_path_factory) -> Path:
    """Two pictures, a video and a broken file."""
    folder = tmp_path_factory.mktemp("few")
    for name in ("p0.jpg", "p1.jpg", "broken.jpg", "clip.mp4"):
        shutil.copy(mixed / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def results(few, analyzer, tmp_path_factory) -> emogui.BatchReport:
    folder = tmp_path_factory.mktemp("results")
    return emogui.batch(
        few,
        folder,
        analyzer=analyzer,
        jsonl=True,
        parquet=True,
        annotate=True,
        hide="box",
        every=4,
        subtitles=("srt", "vtt", "eaf"),
        **FAST,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_rows_are_those_of_analyze(few, tmp_path, capsys):
    words = [str(few), "--every", "6", "--long-side", "160"]
    table = tmp_path / "analyze.csv"
    assert cli.main(["analyze", *words, "--csv", str(table), "--no-progress"]) == 1
    folder = tmp_path / "batch"
    assert cli.main(["batch", *words, "--output", str(folder), "--quiet"]) == 1
    assert (folder / "faces.csv").read_bytes() == table.read_bytes()
    assert capsys.readouterr().out == ""


def test_one_item_alone_gives_what_the_pipeline_gives(few, results, analyzer):
    options = BatchOptions(every=4, **FAST)
    with Batch([str(few)], results.folder, _options_of(results)) as batch:
        alone = [
            result
            for item in batch.worklist
            for _, result in results_of_item(item, analyzer, options)
        ]
    piped = list(read_results(results.folder / "frames.jsonl"))
    assert [one.as_dict() | {"timings_ms": {}} for one in alone] == [r.as_dict() for r in piped]


def _options_of(results) -> BatchOptions:
    found = json.loads((results.folder / "run.json").read_text())["options"]
    return BatchOptions(**{**found, "subtitles": tuple(found["subtitles"])})


def test_the_counts_and_files(few, results):
    assert results.complete
    assert results.inputs == 4
    assert (results.counts.pictures, results.counts.videos) == (2, 1)
    assert results.counts.frames == 6
    assert results.counts.faces == len(rows_of(results.faces))
    (failure,) = rows_of(results.failures)
    assert failure["source"] == str(few / "broken.jpg")
    assert failure["frame"] == ""
    assert "damaged or cut off" in failure["reason"]
    head = results.faces.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert head[:4] == ["source", "frame", "time_s", "face_id"]
    assert head[12:] == [f"p_{label}" for label in FERPLUS]


def test_every_column_is_in_the_dictionary_beside_it(results):
    for name in ("faces", "failures", "inputs"):
        head = (results.folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        told = rows_of(results.folder / f"{name}.dictionary.csv")
        assert [row["column"] for row in told] == head.split(",")
        assert all(row["meaning"] and row["type"] and row["schema_version"] for row in told)


def test_pandas_reads_the_table(few, results):
    frame = results.to_dataframe()
    assert len(frame) == results.counts.faces
    assert frame["uncertain"].dtype == bool
    sums = frame[[f"p_{label}" for label in FERPLUS]].sum(axis=1)
    assert np.allclose(sums, 1, atol=0.001)
    assert dict(frame.groupby("source")["frame"].nunique()) == {
        str(few / "clip.mp4"): 6,
        str(few / "p0.jpg"): 1,
        str(few / "p1.jpg"): 1,
    }


def test_parquet_has_the_same_rows_and_says_what_they_mean(results):
    pandas = pytest.importorskip("pandas")
    arrow = pytest.importorskip("pyarrow.parquet")
    table = pandas.read_parquet(results.folder / "faces.parquet")
    expected = results.to_dataframe()
    pandas.testing.assert_frame_equal(table, expected, check_dtype=False)
    schema = arrow.read_schema(results.folder / "faces.parquet" / "part-00000.parquet")
    assert schema.metadata[b"emogui_schema_version"] == b"1"
    assert schema.field("x").metadata[b"unit"] == b"pixels"


def test_faces_in_the_copies_are_hidden(few, results):
    copy = emogui.load_image(results.folder / "annotated" / "000" / "000002-p0.jpg")
    face = next(r for r in rows_of(results.faces) if r["source"].endswith("p0.jpg"))
    x, y = int(face["x"]) + int(face["w"]) // 2, int(face["y"]) + int(face["h"]) // 2
    assert np.abs(copy[y, x].astype(int) - 96).max() < 12


def test_subtitles_and_the_elan_document_tell_the_same(few, results):
    inside = results.folder / "subtitles" / "000"
    srt = (inside / "000001-clip.srt").read_text(encoding="utf-8")
    assert srt.startswith("1\n00:00:00,000 --> ")
    assert (inside / "000001-clip.vtt").read_text(encoding="utf-8").startswith("WEBVTT\n\n")
    root = ET.parse(inside / "000001-clip.eaf").getroot()
    slots = {s.get("TIME_SLOT_ID"): int(s.get("TIME_VALUE")) for s in root.iter("TIME_SLOT")}
    assert list(slots.values()) == sorted(slots.values())
    rows = [r for r in rows_of(results.faces) if r["source"].endswith("clip.mp4")]
    tiers = {t.get("TIER_ID") for t in root.iter("TIER")}
    assert tiers == {f"face {r['face_id']}" for r in rows}
    for row in rows:
        tier = next(t for t in root.iter("TIER") if t.get("TIER_ID") == f"face {row['face_id']}")
        at = round(float(row["time_s"]) * 1000)
        said = [
            a.findtext("ANNOTATION_VALUE").rstrip("?")
            for a in tier.iter("ALIGNABLE_ANNOTATION")
            if slots[a.get("TIME_SLOT_REF1")] <= at < slots[a.get("TIME_SLOT_REF2")]
        ]
        assert said == [row["emotion"]]
    media = root.find("HEADER/MEDIA_DESCRIPTOR").get("MEDIA_URL")
    assert media == (few / "clip.mp4").as_uri()


def test_a_finished_batch_has_nothing_left_to_do(few, results, analyzer):
    before = {p: p.stat().st_mtime_ns for p in results.folder.rglob("*.csv")}
    with Batch([str(few)], results.folder, _options_of(results)) as batch:
        assert batch.run(analyzer) == results
    assert {p: p.stat().st_mtime_ns for p in results.folder.rglob("*.csv")} == before


def test_a_batch_goes_on_only_as_it_was_begun(few, results, tmp_path):
    with pytest.raises(UsageError, match=r"every was 4, now it is 5"):
        Batch([str(few)], results.folder, BatchOptions(**{**_asdict(results), "every": 5}))
    with pytest.raises(UsageError, match="inputs was"):
        Batch([str(few / "p0.jpg")], results.folder, _options_of(results))
    (tmp_path / "faces.csv").write_text("mine")
    with pytest.raises(UsageError, match="of no batch"):
        Batch([str(few)], tmp_path)
    assert (tmp_path / "faces.csv").read_text() == "mine"


def _asdict(results):
    found = json.loads((results.folder / "run.json").read_text())["options"]
    return {**found, "subtitles": tuple(found["subtitles"])}


def test_two_at_once_are_refused(few, tmp_path):
    with Batch([str(few)], tmp_path), pytest.raises(UsageError, match="at work"):
        Batch([str(few)], tmp_path)


def test_it_is_paused_cancelled_and_goes_on(few, analyzer, tmp_path):
    control = emogui.BatchControl()
    seen = []
    control.pause()
    threading.Timer(0.5, control.resume).start()

    def tell(progress):
        seen.append(progress)
        if progress.frame == 5:
            control.cancel()

    first = emogui.batch(few, tmp_path / "a", analyzer=analyzer, control=control, tell=tell, **FAST)
    assert not first.complete
    second = emogui.batch(few, tmp_path / "a", analyzer=analyzer, **FAST)
    whole = emogui.batch(few, tmp_path / "b", analyzer=analyzer, **FAST)
    assert second.complete
    assert second.counts == whole.counts
    assert second.faces.read_bytes() == whole.faces.read_bytes()
    assert seen[-1].total == 4


def test_restart_throws_away_what_was_there(few, analyzer, tmp_path):
    emogui.batch(few, tmp_path, analyzer=analyzer, jsonl=True, every=12, **FAST)
    (tmp_path / "mine.txt").write_text("mine")
    report = emogui.batch(few / "p0.jpg", tmp_path, analyzer=analyzer, restart=True, **FAST)
    assert report.inputs == 1
    assert not (tmp_path / "frames.jsonl").exists()
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_results_one_by_one_and_as_a_data_frame(few, analyzer):
    found = list(emogui.iter_results(few, analyzer=analyzer, every=12, **FAST))
    assert [Path(r.source).name for r in found] == [
        "broken.jpg", "clip.mp4", "clip.mp4", "p0.jpg", "p1.jpg",
    ]  # fmt: skip
    assert found[0].error
    frame = emogui.to_dataframe(found)
    assert list(frame.columns[:3]) == ["source", "frame", "time_s"]
    assert len(frame) == sum(len(r.faces) for r in found)


def test_crops_are_as_the_network_saw_them(few, analyzer, tmp_path):
    report = emogui.batch(few / "p0.jpg", tmp_path, analyzer=analyzer, crops=True, **FAST)
    rows = rows_of(report.faces)
    image = emogui.load_image(few / "p0.jpg")
    for row in rows:
        box = emogui.FaceBox(*(int(row[name]) for name in "xywh"))
        path = tmp_path / "crops" / "000" / f"000000-p0-face{row['face_id']}.png"
        assert np.array_equal(np.asarray(PilImage.open(path)), analyzer.crop(image, box))


@pytest.mark.parametrize(
    "words",
    [
        ["--every", "2", "--fps", "3"],
        ["--hide-faces", "blur"],
        ["--crops", "--annotate", "--hide-faces", "blur"],
        ["--quiet", "--progress", "lines"],
        ["--fast", "0"],
        ["--memory", "1"],
        ["--time-limit", "-1"],
        ["--subtitles", "ass"],
        ["--detector", "none"],
    ],
)
def test_wrong_use_writes_nothing(few, tmp_path, words, capsys):
    status = cli.main(["batch", str(few), "--output", str(tmp_path / "out"), *words])
    assert status == 2
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_progress_for_programs(few, tmp_path, capsys):
    words = ["--fast", "320", "--long-side", "160", "--progress", "json", "--every", "12"]
    assert cli.main(["batch", str(few), "--output", str(tmp_path / "out"), *words]) == 1
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"]
    assert told[-1]["done"] == told[-1]["total"] == 4
    assert told[-1]["failures"] == 1
