"""Several publishers at once, their coming and going, and the example clients."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import replace

import psutil
import pytest

from emogui.errors import EmoguiError
from emogui.live.publish.publisher import ThreadPublisher
from emogui.live.publish.schema import Published, frame_fields, hello_fields, wall_clock
from emogui.live.publish.target import Target, parse_target
from tests.live.publish.feeding import Feed, analysed, face, publish_threads, wait_until
from tests.live.publish.test_lsl import needs_lsl

WEB = Target("websocket")


def test_two_at_once_get_the_same(publishing):
    web, osc = publishing.start([WEB, Target("osc", port=9)])
    for index in range(3):
        publishing.result(analysed(index, face()))
        wait_until(lambda done=index: osc.status.sent + osc.status.dropped > done)
    assert web.status.running and osc.status.running
    assert web.status.receivers == 0 and osc.status.receivers is None


def test_one_target_is_not_taken_twice(publishing):
    with pytest.raises(EmoguiError, match="twice"):
        publishing.start([parse_target("osc"), parse_target("osc:9000")])


def test_without_publishers_results_cost_nothing_and_begin_no_recording(publishing):
    publishing.result(analysed(0, face()))
    assert publishing._recording is None and not publishing.alive


def test_starting_and_stopping_leaves_nothing_open(publishing):
    process = psutil.Process()

    def once():
        publishing.start([WEB, Target("osc", port=9)])
        publishing.result(analysed(0, face()))
        publishing.stop()
        assert publishing.join(20)

    once()  # what is made once and for all is there now
    before = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
    for _ in range(20):
        once()
    after = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
    assert publish_threads() == [] and after <= before + 1


class Stuck(ThreadPublisher):
    """Its network takes nothing until it is told to, and then fails."""

    _where, _receivers = "nowhere", None

    def _connect(self):
        self.go_on = threading.Event()

    def _write(self, message):
        assert self.go_on.wait(60)
        raise OSError("the cable was pulled")

    def _disconnect(self):
        pass


def test_one_that_is_stuck_holds_up_nobody_and_tells_why_it_ended(publishing):
    stuck = Stuck(Target("osc", port=9))
    stuck.open()
    publishing._publishers = (stuck,)
    for index in range(500):
        publishing.result(analysed(index, face()))  # returns, though nothing is ever sent
    assert stuck.status.dropped >= 490 and stuck.status.running
    stuck.go_on.set()
    wait_until(lambda: not stuck.status.running)
    assert "cable was pulled" in stuck.status.error.message
    publishing.result(analysed(501))


def test_a_frame_without_a_time_is_left_out(publishing):
    (publisher,) = publishing.start([Target("osc", port=9)])
    one = analysed(0)
    publishing.result(replace(one, result=replace(one.result, time_s=float("nan"))))
    assert publishing._recording is None and publisher.status.running


def test_what_ended_does_not_end_what_has_begun_since(publishing):
    publishing.start([Target("osc", port=9)])
    before, after = analysed(0, sequence=1), analysed(1, sequence=2)
    publishing.result(before)
    publishing.result(after)
    publishing.ended(before)
    running = publishing._recording
    publishing.result(analysed(2, sequence=2))
    assert running is not None and publishing._recording is running
    publishing.ended(after)
    publishing.result(analysed(3, sequence=2))  # came late
    assert publishing._recording is None


def test_one_of_several_can_be_stopped(publishing):
    first, second = publishing.start([WEB, Target("osc", port=9)])
    publishing.stop([first])
    assert publishing.publishers == (second,) and first.join(20) and second.status.running


def test_a_moment_is_told_by_the_clock_on_the_wall():
    assert wall_clock(time.monotonic()) == pytest.approx(time.time(), abs=30)
    assert wall_clock(5.0) - wall_clock(3.0) == pytest.approx(2.0, abs=1.0)


# The clients of the documentation


class Client:
    """An example client as a process of its own, which ends after three frames."""

    def __init__(self, project_root, name, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-u", project_root / "docs" / "examples" / name, *words,
             "--frames", "3"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip

    def output(self):
        text = self.process.communicate(timeout=90)[0]
        assert self.process.returncode == 0, text
        return text


def test_the_client_for_websocket(publishing, project_root):
    (publisher,) = publishing.start([WEB])
    with Feed(publishing):
        text = Client(project_root, "publish_websocket.py", "--url", publisher.url).output()
    assert "emotions: neutral, happiness" in text and "event: face_appeared 3" in text
    assert "face 0: happiness 93%" in text and "face 3: anger 93%" in text


def test_the_client_for_osc(publishing, project_root):
    client = Client(project_root, "publish_osc.py", "--port", "0")
    port = int(client.process.stdout.readline().rpartition(" ")[2])
    publishing.start([Target("osc", port=port)])
    with Feed(publishing):
        text = client.output()
    assert "emotions: neutral, happiness" in text
    assert "face 0: happiness 93%" in text and "face 3: anger 93%" in text


@needs_lsl
def test_the_client_for_lsl(publishing, project_root):
    """It has liblsl's usual settings, and finds a stream that is announced here alone."""
    name = f"emogui-test-{uuid.uuid4().hex[:12]}"
    publishing.start([Target("lsl", name=name)])
    with Feed(publishing):
        text = Client(project_root, "publish_lsl.py", "--name", name).output()
    assert "channels: frame, faces, 1_face_id" in text
    assert "face 0: happiness 93%" in text and "face 3: anger 93%" in text


def test_the_page_needs_nothing_else_and_reads_what_is_sent(publishing, project_root):
    page = (project_root / "docs" / "examples" / "publish_websocket.html").read_text("utf-8")
    assert not re.search(r"(src|href)=|https://|innerHTML", page)
    publishing.start([Target("osc", port=9)])
    publishing.result(analysed(0, face()))
    info = publishing._recording
    frame = frame_fields(Published(info, analysed(0, face()).result, 0.0))
    known = {*hello_fields(info), *frame, "event"}
    assert set(re.findall(r"message\.(\w+)", page)) <= known
    assert set(re.findall(r"face\.(\w+)", page)) <= set(frame["faces"][0])
