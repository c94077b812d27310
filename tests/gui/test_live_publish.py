"""Publishing in the Live tab: what is asked, what is told, what receivers get, and the end."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from emogui.gui.widgets.live_publish_sign import line_of
from emogui.live.publish.publisher import PublisherStatus
from emogui.live.publish.target import Target
from emogui.live.recording_plan import RecordingStatus
from tests.gui.live_driver import Live
from tests.live.publish.feeding import publish_threads


@pytest.fixture(autouse=True)
def no_thread_left(live: Live) -> Iterator[None]:
    """A free port unless the test says otherwise; at the end the window closes all."""
    live.driver.context.update_settings(publish_to=("websocket:0",))
    yield
    live.release()
    live.driver.close()
    assert publish_threads() == []


def ask(live: Live):
    live.view.controls.publish_button.invoke()
    live.driver.root.update()
    dialog = live.view.publisher.dialog
    assert dialog is not None and dialog.winfo_exists()
    return dialog


def publish(live: Live) -> str:
    """Publishes over WebSocket; returns where."""
    ask(live).button.invoke()
    sign = live.view.publisher._sign
    live.wait(lambda: sign.visible)
    return sign.text.split()[0]


def client_of(live: Live, url: str) -> ClientConnection:
    return connect(url, open_timeout=20, close_timeout=1)


def read_until(client: ClientConnection, kind: str, event: str | None = None) -> dict:
    while True:
        message = json.loads(client.recv(20))
        if message["type"] == kind and message.get("event") == event:
            return message


def test_nothing_is_published_before_the_answer(live: Live) -> None:
    live.start()
    dialog = ask(live)
    live.driver.screenshot("live-publish-dialog")
    live.view.controls.publish_button.invoke()
    assert live.view.publisher.dialog is dialog, "a second press brings it to the front"
    assert not live.view.publisher.on and publish_threads() == []
    dialog.checks["websocket"].invoke()
    assert "disabled" in str(dialog.button.cget("state")), "there is nowhere to publish to"
    dialog.dismiss()
    assert not live.view.publisher.on
    assert live.driver.context.settings.publish_kinds == ("websocket",)


def test_a_receiver_gets_what_the_window_shows(live: Live) -> None:
    url = publish(live)
    sign, controls = live.view.publisher._sign, live.view.controls
    assert url.startswith("ws://127.0.0.1:") and controls.publish_button.cget("text") != "Publish"
    with client_of(live, url) as client:
        live.wait(lambda: "1 receiver" in sign.text)
        live.start()
        live.wait_for_faces()
        live.driver.screenshot("live-publishing")
        frame = read_until(client, "frame")
        while len(frame["faces"]) < 2:
            frame = read_until(client, "frame")
        assert frame["source"] == "HD Webcam" and frame["faces"][0]["emotion"]
        live.driver.commands.do("timeline_mark")
        assert read_until(client, "event", "mark")["recording"] == frame["recording"]
        live.driver.commands.do("live_publish")
        with pytest.raises(ConnectionClosed):
            while True:
                client.recv(20)
    assert not sign.visible and not live.view.publisher.on and live.view.running
    live.wait(lambda: live.view.publisher.closed)


def test_it_goes_on_from_one_source_to_the_next(live: Live) -> None:
    url = publish(live)
    with client_of(live, url) as client:
        live.start()
        live.wait_for_faces()
        first = read_until(client, "frame")["recording"]
        live.view.stop()
        assert read_until(client, "event", "recording_ended")["recording"] == first
        live.start()
        live.wait_for_faces()
        second = read_until(client, "frame")["recording"]
        assert second != first, "the numbers of faces begin anew"
        live.view.toggle_analysis()
        live.wait(lambda: live.view.latest.newest is None)
        read_until(client, "event", "recording_ended")
        live.view.toggle_analysis()
        live.wait_for_faces()
        assert read_until(client, "frame")["recording"] not in (first, second)
        assert live.view.publisher.on


def test_a_port_that_is_taken_is_told_and_the_switch_goes_off(live: Live) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        live.driver.context.update_settings(publish_to=(f"websocket:{port}",))
        ask(live).button.invoke()
        assert live.view.publisher.on
        live.wait(lambda: live.driver.shell.banner.visible)
    assert f"127.0.0.1:{port}" in live.driver.shell.banner.message
    assert not live.view.publisher.on and not live.view.publisher._sign.visible
    assert live.view.controls.publish_button.cget("text") in ("Publish", "")


def test_one_that_ends_by_itself_is_told_and_the_switch_goes_off(live: Live) -> None:
    publish(live)
    (publisher,) = live.view.publisher.publishing.publishers
    publisher.close()
    live.wait(lambda: live.driver.shell.banner.visible)
    assert "has stopped" in live.driver.shell.banner.message and not live.view.publisher.on


def test_what_is_typed_is_checked_and_told_at_once(live: Live) -> None:
    live.driver.context.update_settings(theme="dark")
    dialog = ask(live)
    assert "stay" in dialog.note.cget("text")
    size = (dialog.winfo_reqwidth(), dialog.winfo_reqheight())
    dialog.addresses["websocket"].set("0.0.0.0:8765")
    assert "leave" in dialog.note.cget("text")
    live.driver.screenshot("live-publish-dialog-dark")
    dialog.addresses["websocket"].set("127.0.0.1:99999")
    assert "65535" in dialog.note.cget("text")
    assert "disabled" in str(dialog.button.cget("state"))
    live.driver.root.update()
    assert (dialog.winfo_reqwidth(), dialog.winfo_reqheight()) == size
    dialog.checks["websocket"].invoke()
    dialog.checks["osc"].invoke()
    assert "stay" in dialog.note.cget("text"), "what is not chosen does not count"
    assert dialog.answer.targets == (Target("osc", port=9000),)


def test_the_choice_is_remembered_and_nothing_starts_by_itself(live: Live) -> None:
    dialog = ask(live)
    dialog.checks["osc"].invoke()
    dialog.addresses["osc"].set("127.0.0.1:9")
    dialog.button.invoke()
    live.wait(lambda: live.view.publisher._sign.visible)
    assert live.view.publisher._sign.text.count("\n") == 1
    live.view.publish()
    settings = live.driver.context.settings
    assert settings.publish_kinds == ("websocket", "osc")
    assert settings.publish_to == ("websocket:127.0.0.1:0", "osc:127.0.0.1:9", "lsl:emogui")
    live.start()
    live.wait_for_faces()
    assert not live.view.publisher.on
    dialog = ask(live)
    assert dialog.addresses["osc"].get() == "127.0.0.1:9"
    dialog.dismiss()


def test_settings_that_make_no_sense_are_as_usual(live: Live) -> None:
    live.driver.context.update_settings(publish_to=("nonsense", "osc:x:y:z"), publish_kinds=("x",))
    dialog = ask(live)
    assert dialog.addresses["websocket"].get() == "127.0.0.1:8765"
    assert "disabled" in str(dialog.button.cget("state"))


def test_it_lies_below_the_sign_of_a_recording(live: Live) -> None:
    recording = RecordingStatus(True, True, 65.0, 1, 1, 0, 0, 12_000)
    published, recorded = live.view.publisher._sign, live.view.recorder._sign
    for both in (False, True, False):
        if both:
            recorded.show(recording)
        else:
            recorded.hide()
        published.show([PublisherStatus("ws://127.0.0.1:8765", receivers=2)], leaves=False)
        live.driver.root.update()
        edge = recorded.winfo_y() + recorded.winfo_height() if both else 0
        assert edge <= published.winfo_y() < edge + 20
    published.hide()


def test_the_sign_tells_plainly_that_results_leave(live: Live) -> None:
    sign = live.view.publisher._sign
    sign.show([PublisherStatus("OSC to 192.0.2.1:9000")], leaves=True)
    assert sign.text.endswith("Results leave this computer")
    live.driver.screenshot("live-publishing-leaves")
    sign.hide()


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (PublisherStatus("OSC to a:1"), "OSC to a:1"),
        (PublisherStatus("ws://a", receivers=1), "ws://a  ·  1 receiver"),
        (PublisherStatus("LSL stream x", receivers=0), "LSL stream x  ·  nobody listens"),
    ],
)
def test_the_line_of_a_publisher(status: PublisherStatus, line: str) -> None:
    assert line_of(status) == line


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_fits_into_the_smallest_window(live: Live, theme: str) -> None:
    live.driver.context.update_settings(theme=theme)
    live.driver.root.geometry("760x520")
    publish(live)
    live.start()
    live.wait_for_faces()
    controls, sign = live.view.controls, live.view.publisher._sign
    live.wait(lambda: "frame age" in controls.figures.cget("text"))
    live.driver.root.update()
    for widget in (controls.figures, controls.mirror, controls.publish_button, sign):
        assert widget.winfo_width() >= widget.winfo_reqwidth()
    assert controls.mirror.winfo_x() + controls.mirror.winfo_width() <= controls.figures.winfo_x()
    assert sign.winfo_x() + sign.winfo_width() <= sign.master.winfo_width()
    live.driver.screenshot(f"live-publish-small-{theme}")
