import csv
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.output.durable import DurableFile, Existing
from emogui.output.records import to_json_line
from emogui.output.recover import inspect, read_results, recover
from emogui.output.streams import ResultStream
from emogui.types import FaceBox, FaceResult, FrameResult

FULL_DISK = Path("/dev/full")


def face(labels=FERPLUS, face_id=0):
    return FaceResult(face_id, FaceBox(3, 4, 50, 60), 0.9, None, dict.fromkeys(labels, 0.125))


def result(frame=0, source="clip.mp4", faces=1, labels=FERPLUS, head="ferplus"):
    found = tuple(face(labels, i) for i in range(faces))
    return FrameResult(source, frame, frame / 30, 640, 480, found, "net", "det", head)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_lines_are_in_the_file_as_they_come(tmp_path):
    lines, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    with ResultStream(lines) as one, ResultStream(table, labels=FERPLUS) as two:
        assert table.read_text().startswith("source,frame,time_s")
        for i in range(3):
            one.write(result(i, faces=2))
            two.write(result(i, faces=2))
            assert len(lines.read_text().splitlines()) == i + 1
            assert len(rows(table)) == 2 * (i + 1)
        assert one.size == lines.stat().st_size
    assert lines.read_text() == "".join(to_json_line(result(i, faces=2)) + "\n" for i in range(3))
    one.close()  # a second time does nothing


def test_an_existing_file_is_never_touched_unless_asked(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    with pytest.raises(EmoguiError, match="exists"):
        ResultStream(path)
    assert path.read_text() == "mine"
    ResultStream(path, Existing.REPLACE).close()
    assert path.read_text() == ""


def test_a_table_without_faces_has_its_head(tmp_path):
    with ResultStream(tmp_path / "a.csv") as stream:
        stream.write(result(faces=0, head="fer2013"))
    assert "p_angry" in (tmp_path / "a.csv").read_text()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@pytest.mark.parametrize("cut", [1, 5, 60, 200])
def test_a_cut_file_is_appended_to_after_its_last_whole_line(tmp_path, suffix, cut):
    path = tmp_path / f"a{suffix}"
    name = 'a "quoted",\nname.mp4'
    with ResultStream(path) as stream:
        for i in range(4):
            stream.write(result(i, name))
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with ResultStream(path, Existing.APPEND, labels=FERPLUS) as stream:
        assert stream.recovered is not None and stream.recovered.broken > 0
        kept = stream.recovered.records
        stream.write(result(9, name))
    numbers = [*range(kept), 9]
    if suffix == ".csv":
        assert [int(row["frame"]) for row in rows(path)] == numbers
        assert {row["source"] for row in rows(path)} == {name}
    else:
        assert [r.frame for r in read_results(path)] == numbers
        assert kept == 3


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_blocks_that_were_never_written_are_cut_off(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with ResultStream(path) as stream:
        stream.write(result())
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 5000)
    assert inspect(path).broken == 5000 and path.stat().st_size == len(whole) + 5000
    assert recover(path).records == 1
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b'{"sour'])
def test_a_file_killed_at_once_is_a_result_file(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    assert recover(path).records == 0 and path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"Dear diary", b'{"source": 1}\n', b"\xff\xd8\xff\xe0 jpeg\n"])
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_other_files_are_refused_and_left(tmp_path, content, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(EmoguiError, match="no results"):
        ResultStream(path, Existing.APPEND)
    assert path.read_bytes() == content


def test_results_read_back_are_those_written(tmp_path):
    path = tmp_path / "a.jsonl"
    written = [result(0), result(1, faces=0), result(2, labels=FER2013, head="fer2013")]
    with ResultStream(path) as stream:
        for one in written:
            stream.write(one)
    text = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([text[0], b'{"half', *text[1:]]))
    found = list(read_results(path))
    assert [r.as_dict() for r in found] == [json.loads(to_json_line(r)) for r in written]
    assert [r.labels for r in found] == ["ferplus", "ferplus", "fer2013"]


def test_a_table_keeps_its_labels(tmp_path):
    path = tmp_path / "a.csv"
    with ResultStream(path, labels=FERPLUS) as stream:
        stream.write(result())
    with pytest.raises(EmoguiError, match="labels"):
        ResultStream(path, Existing.APPEND, labels=FER2013)
    with (
        ResultStream(path, Existing.APPEND) as stream,
        pytest.raises(EmoguiError, match="angry"),
    ):
        stream.write(result(labels=FER2013))
    assert len(rows(path)) == 1


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_a_full_disk_is_a_plain_error():
    with (
        pytest.raises(EmoguiError, match="No space") as caught,
        ResultStream(FULL_DISK, Existing.REPLACE) as stream,
    ):
        stream.write(result())
    assert "free some space" in caught.value.hint


def test_a_chunk_that_does_not_fit_leaves_no_part(tmp_path):
    """The limit stands for a disk that has room for a part of the chunk only."""
    script = f"""
        import resource
        from emogui.errors import EmoguiError
        from emogui.output.durable import DurableFile
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        file = DurableFile({str(tmp_path / "a")!r})
        file.write(b"x" * 900)
        try:
            file.write(b"y" * 900)
        except EmoguiError as error:
            print(error)
        file.close()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert "no larger file" in done.stdout
    assert (tmp_path / "a").read_bytes() == b"x" * 900


def test_a_deleted_file_is_noticed(tmp_path):
    now = [0.0]
    with DurableFile(tmp_path / "a", clock=lambda: now[0]) as file:
        file.write(b"one")
        (tmp_path / "a").unlink()
        file.write(b"two")
        now[0] = 1.5
        with pytest.raises(EmoguiError, match="deleted"):
            file.write(b"three")


def test_what_was_written_is_synced_once_a_second(tmp_path, monkeypatch):
    now, synced = [0.0], []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(now[0]))
    with DurableFile(tmp_path / "a", clock=lambda: now[0]) as file:
        for _ in range(10):
            now[0] += 0.25
            file.write(b"line\n")
    assert synced == pytest.approx([1.0, 2.0, 2.5])


def test_killed_in_the_middle_of_writing(tmp_path):
    path = tmp_path / "a.jsonl"
    script = f"""
        from emogui.output.streams import ResultStream
        from emogui.types import FrameResult
        stream = ResultStream({str(path)!r})
        n = 0
        while True:
            stream.write(FrameResult("x" * 5000, n))
            n += 1
            print(n, flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = 0
    while said < 300:
        said = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    said = max([said, *map(int, process.communicate()[0].split())])
    assert recover(path).records >= said
    assert [r.frame for r in read_results(path)][:said] == list(range(said))
