"""``emogui live --publish``: what is told, what is refused, and what receivers get."""

from __future__ import annotations

import json
import re
import socket
import threading

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from emogui.live.publish.publisher import ThreadPublisher
from emogui.live.publish.publishing import Publishing
from tests.live.publish.feeding import publish_threads, wait_until
from tests.test_cli_live import FRAMES, clip, emogui_live, fake  # noqa: F401 - fixtures


def test_a_receiver_gets_what_is_analysed(fake, clip, capsys, monkeypatch):  # noqa: F811
    started = threading.Event()
    servers = []
    real = Publishing.start

    def start(self, *arguments):
        servers.extend(real(self, *arguments))
        started.set()
        return tuple(servers)

    monkeypatch.setattr(Publishing, "start", start)
    got = []

    def receive():
        assert started.wait(30)
        with connect(servers[0].url, open_timeout=20) as client:
            try:
                while True:
                    got.append(json.loads(client.recv(20)))
            except ConnectionClosed:
                pass

    receiver = threading.Thread(target=receive)
    receiver.start()
    fake.takes_s = 0.02
    words = ["--source", clip, "--loop", "--duration", 2, "--publish", "websocket:0"]
    assert emogui_live(*words) == 0
    receiver.join(30)
    frames = [one for one in got if one["type"] == "frame"]
    assert len(frames) > 5 and frames[0]["faces"][0]["emotion"] == "happiness"
    assert got[0]["type"] == "hello" and got[-1]["event"] == "recording_ended"
    assert len({one["recording"] for one in frames}) == 1
    out, err = capsys.readouterr()
    assert out == "" and re.search(r"publishing: ws://127\.0\.0\.1:\d+\.", err)
    assert "leave this computer" not in err and f"{len(frames)} frames sent" in err
    assert publish_threads() == []


def test_another_host_is_told_plainly(fake, clip, capsys):  # noqa: F811
    words = ["--publish", "osc:192.0.2.1:9000", "--publish", "osc:127.0.0.1:9"]
    status = emogui_live("--source", clip, *words)
    err = capsys.readouterr().err
    if "cannot be sent to" in err:
        pytest.skip("there is no network, and so no way to another host")
    assert status == 0 and err.count("Results leave this computer.") == 1


def test_a_port_that_is_taken_is_told_before_anything_runs(fake, clip, tmp_path, capsys):  # noqa: F811
    (tmp_path / "a.jsonl").write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["--publish", f"websocket:{port}", "--json", tmp_path / "a.jsonl"]
        assert emogui_live("--source", clip, *words) == 1
    err = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in err and "choose another" in err and "frames" not in err
    assert (tmp_path / "a.jsonl").read_text() == "mine" and publish_threads() == []


def test_models_that_do_not_load_leave_nothing_open(fake, clip, monkeypatch, capsys):  # noqa: F811
    def fail():
        raise MemoryError

    monkeypatch.setattr(fake, "warm_up", fail)
    assert emogui_live("--source", clip, "--publish", "websocket:0") == 1
    wait_until(lambda: publish_threads() == [])


@pytest.mark.parametrize("also", [[], ["--json"]])
def test_what_fails_on_the_way_is_told_and_the_rest_goes_on(
    also,
    fake,  # noqa: F811
    clip,  # noqa: F811
    tmp_path,
    monkeypatch,
    capsys,
):
    def fail(self):
        raise OSError("the cable was pulled")

    monkeypatch.setattr(ThreadPublisher, "_next", fail)
    fake.takes_s = 0.02
    words = [*also, tmp_path / "a.jsonl"] if also else []
    assert emogui_live("--source", clip, "--publish", "osc:127.0.0.1:9", *words) == 1
    err = capsys.readouterr().err
    assert err.count("cable was pulled") == 1
    frames = int(re.search(r"(\d+) frames in", err)[1])
    assert frames == FRAMES if also else frames < FRAMES, "without a purpose it ends"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--publish", "midi"], "midi"),
        (["--publish", "osc:1:2:3"], "address"),
        (["--publish", "osc", "--publish", "osc:9000"], "twice"),
        (["--publish", "osc", "--publish-origin", "https://a.example"], "WebSocket"),
    ],
)
def test_wrong_use(words, says, clip, capsys):  # noqa: F811
    assert emogui_live("--source", clip, *words) == 2
    assert says in capsys.readouterr().err
