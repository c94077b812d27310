"""Messages as a real server of python-osc receives them."""

from __future__ import annotations

import threading

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_message import OscMessage
from pythonosc.osc_server import ThreadingOSCUDPServer

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.live.publish.osc import HELLO_EVERY
from emogui.live.publish.target import Target
from tests.live.publish.feeding import analysed, face, wait_until


class Receiver:
    """An OSC server on a free port, which keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[str, tuple]] = []
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(lambda address, *a: self.got.append((address, a)))
        self.server = ThreadingOSCUDPServer(("127.0.0.1", 0), dispatcher)
        self.target = Target("osc", port=self.server.server_address[1])
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def of(self, address: str) -> list[tuple]:
        return [arguments for where, arguments in list(self.got) if where == f"/emogui/{address}"]

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


def test_a_frame_and_its_faces_arrive(publishing, receiver):
    publishing.start([receiver.target])
    publishing.result(analysed(6, face(0), face(3, "anger", 12)))
    wait_until(lambda: len(receiver.of("face")) == 2)
    wait_until(lambda: receiver.of("hello") and receiver.of("frame"))
    (hello,) = receiver.of("hello")
    assert hello[0] == 1 and len(hello[1]) == 32
    assert hello[2:] == ("clip", "net", "finder", "ferplus", *FERPLUS)
    (frame,) = receiver.of("frame")
    assert frame == (6, pytest.approx(0.2), 64, 48, 2)
    faces = {one[1]: one for one in receiver.of("face")}
    assert faces[3][:6] == (6, 3, 30, 5, 12, 12) and faces[3][7] == "anger"
    assert faces[3][6] == pytest.approx(0.9) and faces[3][8] == pytest.approx(0.93)
    assert faces[3][9] == 0
    anger = FERPLUS.index("anger")
    assert faces[3][10:] == pytest.approx([0.93 if i == anger else 0.01 for i in range(8)])


def test_events_arrive(publishing, receiver):
    publishing.start([receiver.target])
    publishing.result(analysed(0, face(4)))
    publishing.mark()
    publishing.ended()
    wait_until(lambda: len(receiver.of("event")) == 5)
    assert sorted(one[:2] for one in receiver.of("event")) == [
        ("face_appeared", 4),
        ("face_left", 4),
        ("mark", -1),
        ("recording_ended", -1),
        ("recording_started", -1),
    ]


def test_who_comes_late_is_told_the_labels_soon(publishing, receiver):
    (publisher,) = publishing.start([receiver.target])
    for index in range(2 * HELLO_EVERY + 1):
        publishing.result(analysed(index))
        wait_until(lambda done=index: publisher.status.sent == done + 1)
    wait_until(lambda: len(receiver.of("hello")) == 3)


def test_only_types_of_the_first_version_are_used(publishing, receiver, monkeypatch):
    seen = []
    (publisher,) = publishing.start([receiver.target])
    real = publisher._socket

    class Spy:
        def send(self, data):
            seen.append(OscMessage(data))
            return real.send(data)

        def close(self):
            real.close()

    publisher._socket = Spy()
    publishing.result(analysed(0, face()))
    publishing.ended()
    wait_until(lambda: len(seen) == 7)
    tags = b"".join(one.dgram.split(b",")[1].split(b"\0")[0] for one in seen)
    assert set(tags) <= set(b"ifs")
    assert max(len(one.dgram) for one in seen) < 512


def test_where_nobody_listens_nothing_waits(publishing):
    receiver = Receiver()
    (publisher,) = publishing.start([receiver.target])
    receiver.close()
    index = 0
    while publisher.status.dropped == 0:
        publishing.result(analysed(index, face()))
        wait_until(lambda done=index: publisher.status.sent + publisher.status.dropped > done)
        index += 1
    assert publisher.status.running and publisher.status.error is None


@pytest.mark.parametrize("host", ["no.such.host.invalid", "255.255.255.255"])
def test_a_host_that_cannot_be_is_told(publishing, host):
    with pytest.raises(EmoguiError, match=host):
        publishing.start([Target("osc", host, 9000)])
