"""A real stream: Motion JPEG over HTTP, as network cameras send it, served by the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from emogui.errors import SourceError
from emogui.live.session import LiveSession
from emogui.live.update import LiveState
from emogui.media.cameras import open_source
from emogui.media.stream import StreamSource


class StreamServer(ThreadingHTTPServer):
    """Sends blue pictures until told to hang or to hang up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode = "send"
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/stream"


class Handler(BaseHTTPRequestHandler):
    server: StreamServer

    def do_GET(self) -> None:
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


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StreamServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with StreamServer() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield one
        one.ended.set()
        one.shutdown()
        thread.join(5)


def test_a_stream_is_a_camera_and_its_end_is_a_loss(server: StreamServer) -> None:
    with open_source(server.url) as source:
        assert isinstance(source, StreamSource)
        first = source.read()
        assert first is not None
        assert first.image.shape == (120, 160, 3)
        assert first.image[60, 80] == pytest.approx([0, 0, 255], abs=8)
        server.mode = "hang up"
        with pytest.raises(SourceError, match="stopped delivering") as caught:
            while True:
                source.read()
        assert "network" in caught.value.hint


def test_a_stream_that_falls_silent_is_given_up_without_waiting_for_it(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emogui.media.stream.SILENCE_LIMIT_S", 1.0)
    session = LiveSession(lambda: open_source(server.url))
    session.start()
    end = time.monotonic() + 20
    while session.poll().statistics.captured < 5:
        assert time.monotonic() < end
        time.sleep(0.01)
    server.mode = "silent"
    while not (update := session.poll()).state.final:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert update.state is LiveState.FAILED
    assert update.error is not None and "stopped delivering" in update.error.message
    server.mode = "hang up"
    while session.alive:
        assert time.monotonic() < end
        time.sleep(0.01)
