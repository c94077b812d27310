"""A batch that another program follows: its events, its controls, its words, what it leaves."""

from __future__ import annotations

import io
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from emogui import cli, piped
from emogui.bulk import events
from emogui.bulk.checkpoint import Checkpoint, Counts
from emogui.bulk.control import BatchControl, Progress
from emogui.bulk.found import Failure, find_batch, read_failures
from emogui.bulk.lock import WORK, FolderLock, is_busy
from emogui.bulk.options import BatchOptions
from emogui.bulk.pace import Pace
from emogui.bulk.remote import Remote
from emogui.bulk.report import BatchReport
from emogui.bulk.words import CHOSEN, MOST_INPUTS, shortened, words_of
from emogui.bulk.worklist import WorkList
from emogui.child import program
from emogui.errors import EmoguiError


def said(output: io.StringIO) -> list[events.Event | None]:
    return [events.parse_event(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize(
    "event",
    [
        events.Started(10, 3),
        events.Advanced(1, 10, 1, 0, 2, 0, "a.jpg", 5, None, 1.5, None),
        events.Stopped(3, 10, 3, 0, 0, 6, 1),
        events.Finished(10, 9, 0, 0, 20, 1),
        events.Failed("It is full.", "Make room."),
        events.Warned("odd"),
        events.Paused(),
    ],
)
def test_events_come_back_as_they_were(event):
    assert events.parse_event(piped.format_event(event)) == event


@pytest.mark.parametrize(
    "line",
    ["", "nonsense", "[]", '{"event": "dance"}', '{"event": "started", "total": "many", "done": 0}',
     '{"event": "started", "total": 4}', '{"event": "warned", "text": 7}'],
)  # fmt: skip
def test_what_is_no_event_is_passed_over(line):
    assert events.parse_event(line) is None


def test_a_name_that_is_no_unicode_can_be_told():
    line = piped.format_event(events.Warned("a\udcff.jpg"))
    assert json.loads(line)["text"] == "a?.jpg"


def test_controls_hold_and_end_the_batch():
    read, write = os.pipe()
    output, control = io.StringIO(), BatchControl()
    remote = Remote(output, control, read)
    remote.listen()

    def until(condition):
        by = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < by
            time.sleep(0.002)

    os.write(write, b"sing\npause\n")
    until(lambda: control.paused)
    waiting = threading.Thread(target=control.wait)
    waiting.start()
    os.write(write, b"resume\n")
    waiting.join(10)
    until(lambda: said(output) == [events.Paused(), events.Resumed()])
    os.write(write, b"attached\n")
    os.close(write)  # the watcher died
    until(lambda: control.cancelled)


def test_when_nobody_reads_any_more_the_batch_ends():
    output, control = io.StringIO(), BatchControl()
    output.close()
    Remote(output, control).send(events.Paused())
    assert control.cancelled


def test_progress_and_end_are_told(tmp_path):
    output = io.StringIO()
    remote = Remote(output, BatchControl())
    remote.started(5, 1)
    for done in (2, 3):
        remote.tell(Progress(done, 5, 1, Counts(pictures=done), f"{done}.jpg"))
    remote.tell(Progress(3, 5, 1, Counts(pictures=3), "3.jpg", warning="odd"))
    remote.ended(BatchReport(tmp_path, 5, Counts(pictures=3), False))
    told = said(output)
    assert told[0] == events.Started(5, 1)
    assert [one.done for one in told if isinstance(one, events.Advanced)] == [2, 3]
    assert told[-1] == events.Stopped(3, 5, 3)
    assert events.Warned("odd") in told


def test_what_goes_wrong_is_told_and_passes():
    output = io.StringIO()
    with pytest.raises(EmoguiError), Remote(output, BatchControl()).failures():
        raise EmoguiError("It is full.", "Make room.")
    assert said(output) == [events.Failed("It is full.", "Make room.")]


def test_the_pace_is_that_of_late():
    pace = Pace(100)
    pace.add(0.0, 0, 0)
    pace.add(1.0, 10, 10)
    assert pace.per_second is None and pace.seconds_left is None
    pace.add(4.0, 20, 20)
    assert (pace.per_second, pace.seconds_left) == (5.0, 16.0)
    assert pace.seconds_left_with(0, None) == 16.0
    assert pace.seconds_left_with(10, 510) == 100.0, "the video under way takes longer"
    for second in range(5, 200):
        pace.add(float(second), 20 + 0.1 * (second - 4), 20 + second - 4)
    assert pace.per_second == pytest.approx(1.0)
    assert pace.seconds_left == pytest.approx((100 - 39.5) / 0.1)


def test_words_give_the_same_options_back(tmp_path):
    from emogui.commands import batch as command

    options = BatchOptions(
        model="resnet50", detector="haar", threshold=0.4, labels="fer2013", picture_side=640,
        video_side=480, every=7, smoothing_s=0.5, any_suffix=True, jsonl=True, parquet=True,
        annotate=True, hide="box", subtitles=("srt", "eaf"), time_limit_s=9.0, memory_mb=512,
        workers=2,
    )  # fmt: skip
    inputs = ["-odd name.jpg", "/in/photos"]
    words = words_of(inputs, tmp_path, options, restart=True, progress="events")
    parser = cli._make_parser(words, "batch", command)
    args = parser.parse_args(words)
    assert (args.inputs, args.output, args.restart) == (inputs, str(tmp_path), True)
    assert command.options_of(args) == options


def test_many_inputs_become_a_table(tmp_path):
    few = ["/in/a.jpg"]
    assert shortened(few, tmp_path / "out") == few
    names = [f"/in/{n}, “odd”\nname.jpg" for n in range(MOST_INPUTS)]
    many = shortened([*names, "/in/list.csv"], tmp_path / "out")
    assert many == [str(tmp_path / "out" / CHOSEN), "/in/list.csv"]
    count = WorkList.write(tmp_path / "list", tmp_path / "table.csv", many[:1])
    assert count == len(names)
    assert [one.path for one in WorkList(tmp_path / "list")] == names


def test_folders_without_a_batch_hold_none(tmp_path):
    assert find_batch(tmp_path) is None and find_batch(tmp_path / "nothing") is None
    assert read_failures(tmp_path) == () and not is_busy(tmp_path)


def make_batch(folder: Path) -> None:
    (folder / WORK).mkdir()
    asked = {"inputs": ["photos"], "from folder": "/data", **BatchOptions(every=3).fingerprint()}
    (folder / WORK / "settings.json").write_text(json.dumps({"asked": asked, "total": 9}))


def test_an_interrupted_batch_is_found_with_its_options(tmp_path):
    make_batch(tmp_path)
    found = find_batch(tmp_path)
    assert not found.begun and found.total == 9 and found.options == BatchOptions(every=3)
    assert (found.inputs, found.beside) == (("photos",), "/data")
    Checkpoint(4, counts=Counts(pictures=4)).save(tmp_path / WORK / "state.json")
    with FolderLock(tmp_path / WORK / "lock"):
        found = find_batch(tmp_path)
        assert found.busy and found.begun and found.done == 4 and not found.complete
    assert not find_batch(tmp_path).busy


def test_a_damaged_batch_says_so(tmp_path):
    make_batch(tmp_path)
    (tmp_path / WORK / "settings.json").write_text('{"asked": {"inputs": [], "dance": 1}}')
    with pytest.raises(EmoguiError, match="dance"):
        find_batch(tmp_path)


def test_failures_are_read_while_they_are_written(tmp_path):
    path = tmp_path / "failures.csv"
    rows = 'source,frame,reason\r\n/in/a.jpg,,"is, ""odd"""\r\n/in/b.mp4,7,cut'
    path.write_text(rows)
    assert read_failures(tmp_path) == (Failure("/in/a.jpg", "", 'is, "odd"'),)
    path.write_text(rows + "\r\n", newline="")
    assert read_failures(tmp_path)[1] == Failure("/in/b.mp4", "7", "cut")
    assert len(read_failures(tmp_path, most=1)) == 1


def test_a_followed_batch_says_what_is_wrong(tmp_path):
    words = words_of(["/nothing"], tmp_path, BatchOptions(model="nonsense"), progress="events")
    done = subprocess.run(
        [*program(), *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    (line,) = done.stdout.splitlines()
    event = events.parse_event(line)
    assert isinstance(event, events.Failed) and "nonsense" in event.message
    assert done.returncode != 0 and not (tmp_path / WORK).exists()
