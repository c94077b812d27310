"""What benchmarks/soak.py plays, and by what: a camera that misbehaves, a window, a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from emogui.errors import SourceLostError
from emogui.live.update import LiveUpdate
from emogui.media.source import SourceBase
from emogui.media.video import VideoSource
from emogui.types import Frame

PASSING = ("grey", "black", "resized", "hiccup")
ENDING = ("stall", "raise", "garbage", "end")
FAULTS = tuple(name for pair in zip(PASSING, ENDING, strict=True) for name in pair)
"""Every fault of the camera: such as pass, and such as end it, in turn."""


class Camera(SourceBase):
    """A video played in a loop as a camera, which misbehaves while ``faults`` names how."""

    is_camera, patience_s = True, 2.0

    def __init__(self, clip: str, faults: list[str]) -> None:
        super().__init__()
        self._video = VideoSource(clip, realtime=True, loop=True)
        self.name, self.fps = self._video.name, self._video.fps
        self._faults = faults

    def read(self) -> Frame | None:
        frame = self._video.read()
        fault = self._faults[0] if self._faults else ""
        if frame is None or not fault:
            return frame
        image = frame.image
        match fault:
            case "grey":
                image = np.full_like(image, 128)
            case "black":
                image = np.zeros_like(image)
            case "resized":
                image = np.ascontiguousarray(image[::2, ::2])
            case "hiccup":
                self._interrupted.wait(self.patience_s / 4)
            case "stall":
                self._interrupted.wait(60)
                return None
            case "raise":
                raise SourceLostError("The camera was pulled out.", "Plug it in again.")
            case "garbage":
                image = image[:, :, 0]
            case "end":
                return None
        return Frame(image, frame.index, frame.time_s, frame.captured_at)

    def interrupt(self) -> None:
        super().interrupt()
        self._video.interrupt()

    def close(self) -> None:
        self._video.close()


class Player(Protocol):
    """What the soak drives; all calls return at once."""

    @property
    def update(self) -> LiveUpdate | None: ...
    @property
    def quiet(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def turn(self) -> None: ...
    def close(self) -> None: ...


class SessionPlayer:
    """A live session without a window, polled as often as the window does."""

    def __init__(self, open_source: Callable[[], Camera]) -> None:
        from emogui import Analyzer
        from emogui.live.analysis import LazyAnalysis

        self._open, self._analysis = open_source, LazyAnalysis(Analyzer)
        self._session: Any = None
        self.update: LiveUpdate | None = None

    @property
    def quiet(self) -> bool:
        return self._session is None or not self._session.alive

    def start(self) -> None:
        from emogui.live.session import LiveSession

        self.update, self._session = None, LiveSession(self._open, self._analysis)
        self._session.start()

    def stop(self) -> None:
        self._session.stop()

    def turn(self) -> None:
        time.sleep(0.015)
        if self._session is not None:
            self.update = self._session.poll()

    def close(self) -> None:
        self.stop()


class WindowPlayer:
    """The real window with its Live tab in front; notes the time of each callback of Tk."""

    def __init__(self, open_source: Callable[[], Camera], folder: Path) -> None:
        from emogui.gui.app import Application
        from emogui.gui.dialogs.help import NOTICE_VERSION
        from emogui.gui.settings import Settings, SettingsStore

        store = SettingsStore(folder)
        store.save(Settings(theme="light", scale=100, notice_seen=NOTICE_VERSION))
        self._app = Application((), store=store)
        self._app.show()
        self._app.shell.show_tab("live")
        self._view = self._app.shell.live_view()
        self._view.open_spec = lambda spec, **options: open_source()
        self._view.find_cameras = list

    @property
    def update(self) -> LiveUpdate | None:
        return self._view.latest

    @property
    def quiet(self) -> bool:
        return self._app.is_quiet() if self._app.closed else self._view.is_closed()

    def start(self) -> None:
        self._view.start("0")

    def stop(self) -> None:
        self._view.stop()

    def turn(self) -> None:
        if self._app.closed:
            time.sleep(0.01)
        else:
            self._app.root.tk.dooneevent()  # one callback, or a wait for the next

    def close(self) -> None:
        self._app.close()
