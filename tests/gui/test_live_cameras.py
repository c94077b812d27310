"""Cameras in the Live tab: lost and found again, busy, forbidden, of another size."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogui.errors import (
    SourceBusyError,
    SourceError,
    SourceLostError,
    SourcePermissionError,
    SourceTimeoutError,
)
from emogui.gui.widgets import live_reconnect
from emogui.gui.widgets.live_modes import Asked, remembered, remembering
from emogui.gui.widgets.live_open import open_live
from emogui.live.update import LiveState
from emogui.media.cameras import CameraInfo
from emogui.media.modes import CameraMode
from emogui.media.player import VideoPlayer
from tests.gui.live_driver import CAMERAS, Live, endless_squares, squares
from tests.live import faulty_source as faulty
from tests.media.clips import make_clip

LOST = SourceLostError("Camera 0 stopped delivering pictures.", "Plug it in again.")


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_reconnect, "LOOK_EACH_S", 0.02)


def lose(live: Live) -> None:
    """Starts the first camera, which is pulled out after a few pictures."""
    live.make = lambda spec: faulty.FaultySource([squares()] * 5 + [LOST])
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    live.make = lambda spec: faulty.FaultySource(endless_squares())


def test_a_lost_camera_is_reconnected_with_the_button(live: Live) -> None:
    lose(live)
    assert live.title() == "Camera 0 stopped delivering pictures."
    assert live.view.message.button.cget("text") == "Reconnect"
    assert "by itself" in live.view.message.text.cget("text")
    live.driver.screenshot("live-reconnect")
    live.view.message.button.invoke()
    live.wait_for_faces()
    assert not live.view.reconnect.waiting


def test_a_camera_that_is_plugged_in_again_starts_by_itself(live: Live) -> None:
    live.cameras = [CAMERAS[1]]
    lose(live)
    live.wait(lambda: live.view.reconnect._missing)
    live.cameras = [CAMERAS[1], CameraInfo(4, "HD Webcam")]  # under another number
    live.wait_for_faces()
    assert live.opened == ["0", "4"]


def test_a_camera_that_hangs_but_is_listed_is_not_opened_again_and_again(live: Live) -> None:
    looks: list[int] = []
    live.view.find_cameras = lambda: looks.append(1) or list(CAMERAS)
    lose(live)
    live.wait(lambda: len(looks) > 5)
    assert live.opened == ["0"]


@pytest.mark.parametrize("what", ["stop", "choose", "file"])
def test_it_waits_only_until_the_user_does_something_else(
    live: Live, what: str, tmp_path: Path
) -> None:
    live.cameras = [CAMERAS[1]]
    lose(live)
    live.wait(lambda: live.view.reconnect._missing)
    if what == "stop":
        live.view.stop()
    elif what == "choose":
        live.view.chooser.box.current(1)
        live.view.chooser.box.event_generate("<<ComboboxSelected>>")
    else:
        live.view.start(str(tmp_path / "clip.mp4"))
    live.driver.root.update()
    assert not live.view.reconnect.waiting
    opened = len(live.opened)
    live.cameras = list(CAMERAS)
    for _ in range(20):
        live.driver.root.update()
    assert len(live.opened) <= opened + 1 and live.opened.count("0") == 1


def test_a_camera_does_not_start_by_itself_unseen(live: Live) -> None:
    live.cameras = [CAMERAS[1]]
    lose(live)
    live.wait(lambda: live.view.reconnect._missing)
    live.driver.shell.show_tab("image")
    live.driver.root.update()
    live.cameras = list(CAMERAS)
    for _ in range(30):
        live.driver.root.update()
    assert live.opened == ["0"]
    live.driver.shell.show_tab("live")
    live.wait(lambda: live.opened == ["0", "0"])


@pytest.mark.parametrize(
    ("error", "icon"),
    [
        (SourceBusyError("Camera 0 is used by 'zoom'.", "Close it."), "people"),
        (SourcePermissionError("You may not use camera 0.", "Join the group."), "shield-lock"),
        (SourceTimeoutError("The server did not answer.", "Check it."), "camera-video-off"),
        (SourceError("Camera 0 is odd.", "Take another."), "camera-video-off"),
    ],
)
def test_each_reason_has_its_words(live: Live, error: SourceError, icon: str) -> None:
    def refuse(spec: str) -> object:
        raise error

    live.make = refuse
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    live.sources.clear()
    assert (live.title(), live.view.message.text.cget("text")) == (error.message, error.hint)
    assert live.view.message._icon_name == icon
    assert live.view.message.button.cget("text") == "Try again"


def test_size_and_rate_are_chosen_and_remembered_for_each_camera(live: Live) -> None:
    live.start()
    live.wait_for_faces()
    button = live.view.chooser.mode_button
    modes = [CameraMode(640, 480, (30.0, 15.0)), CameraMode(1280, 720, (30.0, 10.0))]
    button.fill(CAMERAS[0], modes)
    titles = [
        button.menu.entrycget(i, "label")
        for i in range(int(button.menu.index("end")) + 1)
        if button.menu.type(i) == "command"
    ]
    assert titles == [
        "Usual size", "640 × 480", "1280 × 720",
        "Usual rate", "30 a second", "15 a second", "10 a second",
    ]  # fmt: skip
    button.menu.invoke(2)
    live.wait(lambda: live.options == [{}, {"size": (1280, 720)}])
    live.wait_for_faces()
    live.wait(
        lambda: "320 × 240 (1280 × 720 was asked for)" in live.driver.shell.status.cget("text")
    )
    button.fill(CAMERAS[0], modes)
    assert button.menu.index("end") == 6, "the rates of that size alone"
    button.menu.invoke(6)
    live.wait(lambda: live.options[-1] == {"size": (1280, 720), "fps": 10.0})
    live.view.chooser.box.current(1)
    live.view.chooser.box.event_generate("<<ComboboxSelected>>")
    live.wait(lambda: live.opened[-1] == "2" and live.options[-1] == {})


def test_the_menu_offers_common_sizes_where_the_system_tells_none(live: Live) -> None:
    button = live.view.chooser.mode_button
    button.fill(CAMERAS[0], ())
    labels = [button.menu.entrycget(i, "label") for i in (1, 2, 3)]
    assert labels == ["320 × 240", "640 × 360", "640 × 480"]
    live.view.chooser.choose("clip.mp4")
    assert "disabled" in str(button.cget("state"))
    live.view.chooser.choose("2")
    assert "disabled" not in str(button.cget("state"))


@pytest.mark.parametrize("text", ["", "1280x720", "1280x720@29.97", "@15"])
def test_what_is_asked_survives_the_settings(text: str) -> None:
    assert str(Asked.parse(text)) == text


@pytest.mark.parametrize("text", ["wide", "1280", "x", "1x2@fast"])
def test_what_cannot_be_read_asks_for_nothing(text: str) -> None:
    assert Asked.parse(text) == Asked()


def test_cameras_are_known_by_name_or_before_that_is_known_by_number() -> None:
    lines = remembering((), "HD Webcam", "0", Asked((640, 480)))
    lines = remembering(lines, "USB Camera", "2", Asked(fps=15.0))
    lines = remembering(lines, "HD Webcam", "0", Asked((1280, 720)))
    assert len(lines) == 2
    assert remembered(lines, "HD Webcam", "7") == Asked((1280, 720))
    assert remembered(lines, "Camera 2", "2") == Asked(fps=15.0)
    assert remembered(lines, "Another", "0") == Asked()
    assert remembered(("broken",), "HD Webcam", "0") == Asked()


def test_files_are_opened_in_a_player(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", [0, 40, 80])
    with open_live(str(clip)) as source:
        assert isinstance(source, VideoPlayer)
    with pytest.raises(SourceError, match="No source was named"):
        open_live(" ")


def test_no_password_is_seen_or_kept(live: Live) -> None:
    def refuse(spec: str) -> object:
        raise SourceTimeoutError("rtsp://cam.local/1 did not answer in time.", "Check it.")

    live.make = refuse
    live.view.start("rtsp://me:secret@cam.local/1")
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    live.sources.clear()
    shell = live.driver.shell
    seen = [
        live.title(),
        live.view.message.text.cget("text"),
        shell.status.cget("text"),
        live.view.chooser.box.get(),
        live.driver.root.title(),
        str(live.driver.context.settings),
    ]
    assert "secret" not in " ".join(map(str, seen))
