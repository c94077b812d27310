"""Real streams on this computer, served by the test, with all that servers do wrong."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from emogui.errors import (
    SourceError,
    SourceLostError,
    SourceMissingError,
    SourcePermissionError,
    SourceTimeoutError,
)
from emogui.live.session import LiveSession
from emogui.live.update import LiveState
from emogui.media import grabber, stream
from emogui.media.cameras import open_source
from emogui.media.stream import StreamSource
from emogui.media.video import VideoSource
from tests.media.clips import make_clip


class StreamServer(ThreadingHTTPServer):
    """Sends blue pictures at ``/stream``, and a file at ``/clip.mp4``.

    ``mode`` is ``"send"``, ``"silent"`` (the connection stays), ``"hang up"``, ``"refuse"`` (asks
    for a password) or ``"say nothing"`` (not even a header).
    """

    daemon_threads = True

    def __init__(self, clip: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clip = clip
        self.mode = "send"
        self.ended = threading.Event()

    def url(self, path: str = "/stream", login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: StreamServer

    def do_GET(self) -> None:
        if self.server.mode == "say nothing":
            self.server.ended.wait(20)
        elif self.server.mode == "refuse":
            self.send_error(401)
        elif self.path.startswith("/clip.mp4"):
            self._send_file()
        elif self.path.startswith("/stream"):
            self._send_pictures()
        else:
            self.send_error(404)

    def _send_file(self) -> None:
        content = self.server.clip
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.server.mode == "hang up":
            content = content[: len(content) * 3 // 4]
        self.wfile.write(content)

    def _send_pictures(self) -> None:
        picture = np.full((120, 160, 3), (255, 0, 0), np.uint8)
        jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while self.server.mode != "hang up":
                if self.server.mode == "send":
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
                if self.server.ended.wait(0.03):
                    return
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (50, 64, 96, 3), np.uint8)
    path = tmp_path_factory.mktemp("clips") / "clip.ts"
    return make_clip(path, [40 * n for n in range(50)], pictures=list(noise)).read_bytes()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, clip: bytes) -> Iterator[StreamServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with StreamServer(clip) as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield one
        one.ended.set()
        one.shutdown()
        thread.join(5)


def read_all(source: StreamSource) -> None:
    while source.read() is not None:
        pass


def test_a_stream_is_a_camera_and_its_end_is_a_loss(server: StreamServer) -> None:
    with open_source(server.url()) as source:
        assert isinstance(source, StreamSource)
        assert source.is_camera
        assert source.size == (160, 120)
        first = source.read()
        assert first is not None
        assert first.image[60, 80] == pytest.approx([0, 0, 255], abs=8)
        second = source.read()
        assert second is not None
        assert second.index > first.index and second.time_s > first.time_s
        server.mode = "hang up"
        with pytest.raises(SourceLostError, match="stopped delivering") as caught:
            read_all(source)
        assert "network" in caught.value.hint


def test_a_stream_can_be_opened_again_after_its_loss(server: StreamServer) -> None:
    with StreamSource(server.url()) as source:
        server.mode = "hang up"
        with pytest.raises(SourceLostError):
            read_all(source)
    server.mode = "send"
    with StreamSource(server.url()) as source:
        assert source.read() is not None


def test_a_stream_that_falls_silent_is_lost_within_the_limit(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENCE_LIMIT_S", 0.5)
    with StreamSource(server.url()) as source:
        server.mode = "silent"
        began = time.monotonic()
        with pytest.raises(SourceLostError, match="stopped delivering"):
            read_all(source)
        assert time.monotonic() - began < 3
        server.mode = "hang up"


def test_a_server_that_says_nothing_is_given_up_in_time(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grabber, "OPEN_LIMIT_S", 0.4)
    monkeypatch.setattr(stream, "OPEN_LIMIT_S", 0.3)
    server.mode = "say nothing"
    began = time.monotonic()
    with pytest.raises(SourceTimeoutError, match="did not answer within"):
        StreamSource(server.url())
    assert time.monotonic() - began < 3


def test_an_rtsp_server_that_accepts_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grabber, "OPEN_LIMIT_S", 0.4)
    monkeypatch.setattr(stream, "OPEN_LIMIT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"rtsp://me:secret@127.0.0.1:{listening.getsockname()[1]}/live"
        with pytest.raises(SourceTimeoutError) as caught:
            StreamSource(address)
    assert "secret" not in str(caught.value)


def test_a_server_that_wants_a_password(server: StreamServer) -> None:
    server.mode = "refuse"
    with pytest.raises(SourcePermissionError, match="asks for a user name and a password"):
        StreamSource(server.url())


@pytest.mark.parametrize("address", ["rtsp://127.0.0.1:9/x", "http://127.0.0.1:9/x"])
def test_a_stream_that_nobody_offers_is_told_soon(address: str) -> None:
    with pytest.raises(SourceMissingError, match=f"No stream was found at {address}"):
        StreamSource(address)


@pytest.mark.parametrize("mode", ["send", "hang up", "refuse", "missing"])
def test_no_password_is_shown_or_logged(
    server: StreamServer,
    mode: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    server.mode = mode
    path = "/nowhere" if mode == "missing" else "/stream"
    told = ""
    try:
        with StreamSource(server.url(path, login="me:s3cr3t@")) as source:
            told = source.name
            server.mode = "hang up"
            read_all(source)
    except SourceError as error:
        told += f"{error} {error!r} {error.__cause__}"
    printed = capfd.readouterr()
    assert "127.0.0.1" in told
    assert "s3cr3t" not in told + caplog.text + printed.out + printed.err


def test_a_file_on_a_server_is_played_as_a_file(server: StreamServer) -> None:
    with open_source(server.url("/clip.mp4?a=1"), realtime=False) as source:
        assert isinstance(source, VideoSource)
        count = 0
        while source.read() is not None:
            count += 1
    assert count == 50


def test_a_file_whose_server_hangs_up_is_read_so_far(server: StreamServer) -> None:
    server.mode = "hang up"
    count = 0
    with open_source(server.url("/clip.mp4"), realtime=False) as source:
        try:
            while source.read() is not None:
                count += 1
        except SourceLostError as error:
            assert "127.0.0.1" in error.message
    assert 10 < count < 50


def test_a_session_gives_up_a_silent_stream_without_waiting_for_it(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENCE_LIMIT_S", 0.5)
    session = LiveSession(lambda: open_source(server.url()))
    session.start()
    end = time.monotonic() + 20

    def wait(ready: Callable[[], bool]) -> None:
        while not ready():
            assert time.monotonic() < end
            time.sleep(0.01)

    wait(lambda: session.poll().frame is not None)
    server.mode = "silent"
    wait(lambda: session.poll().state.final)
    update = session.poll()
    assert update.state is LiveState.FAILED
    assert isinstance(update.error, SourceLostError)
    assert "stopped delivering" in update.error.message
    server.mode = "hang up"
    wait(lambda: not session.alive)
