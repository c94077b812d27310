"""The Live tab as tests drive it, with sources that they make."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from emogui.live.update import LiveState
from emogui.media.cameras import CameraInfo
from tests.live import faulty_source as faulty

CAMERAS = [CameraInfo(0, "HD Webcam"), CameraInfo(2, "USB Camera")]


def squares(step: int = 0) -> np.ndarray:
    """Two white squares, which the fake analyzer takes for faces; the larger one is left."""
    image = np.full((240, 320, 3), 90, np.uint8)
    image[60:120, 20 + step : 80 + step] = 255
    image[80:130, 200:250] = 254
    return image


def endless_squares() -> Iterator[np.ndarray]:
    step = 0
    while True:
        yield squares(step % 20)
        step += 1


class Live:
    """A window whose Live tab is in front, with sources that the test makes."""

    def __init__(self, driver) -> None:
        self.driver, self.sources, self.opened, self.options = driver, [], [], []
        self.make: Callable[[str], object] = lambda spec: faulty.FaultySource(endless_squares())
        self.cameras = list(CAMERAS)
        driver.shell.tabs.select(driver.shell._live_page)
        view = driver.shell.live_view()
        view.open_spec, view.find_cameras = self._open, lambda: self.cameras
        view.look_for_cameras()
        self.view, self.canvas, self.panel = view, view.canvas, view.panel
        driver.wait_until(lambda: view.chooser.cameras == tuple(self.cameras))

    def _open(self, spec: str, **options: object) -> object:
        self.opened.append(spec)
        self.options.append(options)
        source = self.make(spec)
        self.sources.append(source)
        return source

    def release(self) -> None:
        """Lets sources that hang go on."""
        for source in self.sources:
            if isinstance(source, faulty.FaultySource):
                source.release.set()

    def wait(self, condition: Callable[[], object], timeout: float = 30.0) -> None:
        self.driver.wait_until(condition, timeout)

    def start(self) -> None:
        self.view.controls.start_button.invoke()
        self.wait(lambda: self.canvas.showing is not None)

    def wait_for_faces(self, number: int = 2) -> None:
        self.wait(lambda: len(self.canvas.faces.labels) == number)

    def state(self) -> LiveState | None:
        return self.view.latest.state if self.view.latest else None

    def title(self) -> str:
        return str(self.view.message.title.cget("text"))


def live_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("live-")]
