"""The server as real clients of the websockets package and bare sockets find it."""

from __future__ import annotations

import json
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.live.publish.target import Target, parse_target
from emogui.live.publish.websocket import WebSocketPublisher
from tests.live.publish.feeding import Feed, analysed, face, publish_threads, wait_until

FREE = Target("websocket")  # on this computer, a free port


def serve(publishing, **options):
    """A server that a publishing feeds."""
    publisher = WebSocketPublisher(FREE, **options)
    publisher.open()
    publishing._publishers = (*publishing._publishers, publisher)
    return publisher


def open_client(publisher, **options):
    return connect(publisher.url, open_timeout=20, close_timeout=1, **options)


def read(client):
    return json.loads(client.recv(20))


def read_until(client, kind):
    while (message := read(client))["type"] != kind:
        pass
    return message


def test_a_receiver_is_greeted_at_once_and_gets_each_frame(publishing):
    publisher = serve(publishing)
    with open_client(publisher) as client:
        hello = read(client)
        assert (hello["type"], hello["schema"], hello["version"]) == ("hello", "emogui", 1)
        assert hello["recording"] is None and hello["labels"] == []
        one = analysed(5, face(2), source="/home/somebody/clip.mp4")
        publishing.result(one)
        hello = read(client)
        assert hello["labels"] == list(FERPLUS) and len(hello["recording"]) == 32
        assert (hello["model"], hello["detector"]) == ("net", "finder")
        assert hello["source"] == "clip.mp4", "the folders of the user are nobody's business"
        events = [read(client), read(client)]
        assert [e["event"] for e in events] == ["recording_started", "face_appeared"]
        assert events[1]["face_id"] == 2 and events[0]["face_id"] is None
        frame = read(client)
        assert frame["type"] == "frame" and frame["recording"] == hello["recording"]
        assert frame["captured_at"] <= frame["sent_at"]
        line = one.result.as_dict() | {"source": "clip.mp4"}
        assert {name: frame[name] for name in line} == line, "as a line of emogui analyze"
        publishing.mark()
        assert read(client)["event"] == "mark"
        publishing.ended()
        assert [read(client)["event"] for _ in range(2)] == ["face_left", "recording_ended"]
    wait_until(lambda: publisher.status.receivers == 0)


def test_who_comes_late_knows_what_runs(publishing):
    publisher = serve(publishing)
    with open_client(publisher) as first:
        publishing.result(analysed(0, face()))
        read_until(first, "frame")
        with open_client(publisher) as second:
            assert read(second)["recording"]
            assert read_until(second, "frame")["frame"] == 0


def test_a_recording_is_one_run_of_face_numbers(publishing):
    publisher = serve(publishing)
    with open_client(publisher) as client:
        read(client)
        ids = []
        for number, (session, sequence) in enumerate([(1, 1), (1, 1), (1, 2), (2, 1)]):
            publishing.result(analysed(number, face(), session=session, sequence=sequence))
            ids.append(read_until(client, "frame")["recording"])
        publishing.ended()
        publishing.result(analysed(4, face(), session=2))  # came late
        publishing.result(analysed(5, face(), session=2, sequence=2))
        late = read_until(client, "frame")
        assert late["frame"] == 5
        ids.append(late["recording"])
        assert ids[0] == ids[1] and len(set(ids)) == 4


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://", "http://[",
     "http://localhost@evil.example"],
)  # fmt: skip
def test_pages_of_other_sites_are_refused(publishing, origin):
    publisher = serve(publishing)
    with pytest.raises(InvalidStatus) as caught:
        open_client(publisher, origin=origin)
    assert caught.value.response.status_code == 403
    assert publisher.status.receivers == 0 and publisher.status.running


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:1"])
def test_pages_of_this_computer_are_not(publishing, origin):
    with open_client(serve(publishing), origin=origin) as client:
        assert read(client)["type"] == "hello"


def test_a_page_may_be_let_in(publishing):
    publisher = serve(publishing, origins=["https://dash.example"])
    with open_client(publisher, origin="https://dash.example") as client:
        assert read(client)["type"] == "hello"
    with pytest.raises(InvalidStatus):
        open_client(publisher, origin="https://dash.example.evil")


def test_there_are_not_too_many_receivers(publishing):
    publisher = serve(publishing, most_receivers=2)
    with open_client(publisher), open_client(publisher):
        wait_until(lambda: publisher.status.receivers == 2)
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            open_client(publisher)
    wait_until(lambda: publisher.status.receivers == 0)
    with open_client(publisher) as client:
        assert read(client)["type"] == "hello"


def shake_hands(publisher):
    """A connection that, from here on, nobody reads from."""
    bare = socket.socket()
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    bare.connect(("127.0.0.1", int(publisher.url.rpartition(":")[2])))
    bare.sendall(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert bare.recv(12) == b"HTTP/1.1 101"
    return bare


def test_one_that_never_reads_loses_frames_and_is_cut_off_alone(publishing):
    publisher = serve(publishing, patience_s=0.5)
    with shake_hands(publisher), open_client(publisher) as good:
        wait_until(lambda: publisher.status.receivers == 2)
        with Feed(publishing, pace_s=0.0005) as feed:
            numbers = []
            while publisher.status.receivers == 2:
                numbers.append(read_until(good, "frame")["frame"])
            after = feed.fed
            while numbers[-1] < after:
                numbers.append(read_until(good, "frame")["frame"])
        assert publisher.status.dropped > 0
        assert numbers == sorted(set(numbers))


def test_one_that_vanishes_is_forgotten(publishing):
    publisher = serve(publishing, patience_s=0.5)
    bare = shake_hands(publisher)
    wait_until(lambda: publisher.status.receivers == 1)
    bare.close()
    with Feed(publishing):
        wait_until(lambda: publisher.status.receivers == 0)
    assert publisher.status.running


def test_what_is_no_websocket_does_no_harm(publishing):
    publisher = serve(publishing)
    port = int(publisher.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"\x16\x03\x01 hello? \r\n\r\n")
        while stranger.recv(1024):
            pass
    with open_client(publisher) as client:
        client.send("what a receiver says means nothing")
        assert read(client)["type"] == "hello"
        publishing.result(analysed(0))
        assert read_until(client, "frame")["faces"] == []


def test_a_long_message_of_a_receiver_ends_it(publishing):
    publisher = serve(publishing)
    with open_client(publisher) as client:
        client.send("x" * 5000)
        wait_until(lambda: publisher.status.receivers == 0)


def test_a_port_that_is_taken_is_told(publishing):
    taken = int(serve(publishing).url.rpartition(":")[2])
    with pytest.raises(EmoguiError, match=f"cannot use 127.0.0.1:{taken}") as caught:
        publishing.start([parse_target("websocket:0"), Target("websocket", port=taken)])
    assert str(taken + 1) in caught.value.hint or "8765" in caught.value.hint
    wait_until(lambda: len(publish_threads()) == 1)  # of two targets none stays open


@pytest.mark.parametrize("host", ["192.0.2.77", "no.such.host.invalid"])
def test_an_address_of_another_computer_is_told(publishing, host):
    with pytest.raises(EmoguiError, match=host):
        publishing.start([Target("websocket", host, 0)])


def test_the_end_is_told_and_frees_the_port(publishing):
    publisher = serve(publishing)
    port = int(publisher.url.rpartition(":")[2])
    with open_client(publisher) as client:
        publishing.result(analysed(0, face()))
        publishing.ended()
        publishing.stop()
        kinds = []
        with pytest.raises(ConnectionClosed):
            while True:
                kinds.append(read(client).get("event", ""))
        assert kinds[-1] == "recording_ended", "what waited was still sent"
    assert publisher.join(20) and not publisher.status.running
    publishing.start([Target("websocket", port=port)])
