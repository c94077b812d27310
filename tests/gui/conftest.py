"""A window under a virtual display, driven as a person does; any hidden error fails the test."""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from emogui.backend.explanation import Explanation
from emogui.backend.model_info import MapGrid
from emogui.gui.app import Application
from emogui.gui.choice import Choice
from emogui.gui.dialogs.help import NOTICE_VERSION
from emogui.gui.settings import Settings, SettingsStore
from emogui.labels import HEADS
from emogui.types import FaceBox, FaceResult, FrameResult, Image
from tests.gui.live_driver import CAMERAS, Live, live_threads

SCREENSHOTS = Path(__file__).parents[2] / "ci-output" / "screenshots"


class FakeAnalyzer:
    """Finds one face for each bright square that ``_make_picture`` draws, at once."""

    def __init__(self, choice: Choice, gate: threading.Event) -> None:
        self.choice, self.gate = choice, gate
        self.seen: list[str] = []
        self.explained: list[tuple[int, str | None]] = []

    def explain(
        self,
        image: Image,
        result: FrameResult,
        *,
        faces: Sequence[int] | None = None,
        emotion: str | None = None,
        load_keras: bool = True,
    ) -> tuple[Explanation, ...]:
        """The upper half of a face spoke for the emotion, the lower half against it."""
        assert threading.current_thread() is not threading.main_thread() and not load_keras
        (face,) = faces or (0,)
        self.explained.append((face, emotion))
        box = result.faces[face].box
        values = np.array([[2.0, 2.0], [-1.0, -1.0]], np.float32)
        square = (box.x, box.y, box.w)
        return (Explanation(emotion or "", "cam", values, MapGrid(0.25, 0.5), square),)

    def warm_up(self) -> None:
        self.seen.append("warm up")

    def analyze(
        self,
        image: Image,
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        long_side: int | None = None,
    ) -> FrameResult:
        self.seen.append(source)
        assert self.gate.wait(30)
        labels = HEADS[self.choice.labels]
        faces = []
        for index, box in enumerate(find_squares(image)):
            high = 0.9 - 0.5 * (index % 2)
            rest = (1 - high) / (len(labels) - 1)
            values = dict.fromkeys(labels, rest)
            values[labels[(index + 1) % len(labels)]] = high
            doubtful = high < 0.5
            why = "no emotion reaches 50 %" if doubtful else None
            faces.append(FaceResult(index, box, 0.9, None, values, doubtful, why))
        height, width = image.shape[:2]
        return FrameResult(
            source, frame, time_s, width, height, tuple(faces), self.choice.model,
            self.choice.detector, self.choice.labels, {"total": 12.0},
        )  # fmt: skip


def find_squares(image: Image) -> list[FaceBox]:
    """Boxes of the white squares of a picture by ``_make_picture``, largest first."""
    boxes = []
    for shade in range(255, 250, -1):
        rows, columns = np.nonzero((image == shade).all(axis=2))
        if len(rows) > 30:
            x, y = int(columns.min()), int(rows.min())
            boxes.append(FaceBox(x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1))
    return sorted(boxes, key=lambda box: -box.area)


def _make_picture(path: Path, faces: int = 2, size: tuple[int, int] = (400, 300)) -> Path:
    """Saves a grey PNG with that many white squares from left to right, each smaller."""
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    for index in range(faces):
        side = 60 - 10 * index
        x, y = 40 + 110 * index, 90
        image[y : y + side, x : x + side] = 255 - index
    PilImage.fromarray(image).save(path)
    return path


class FakeDialogs:
    """Answers the questions for files; the answers are set by the test."""

    def __init__(self) -> None:
        self.files: tuple[str, ...] = ()
        self.file = ""
        self.folder = ""
        self.save = ""
        self.asked: list[str] = []

    def open_files(self, title: str, types: object, folder: str) -> tuple[str, ...]:
        self.asked.append(title)
        return self.files

    def open_file(self, title: str, types: object, folder: str) -> str:
        self.asked.append(title)
        return self.file

    def save_file(self, title: str, types: object, folder: str, name: str) -> str:
        self.asked.append(title)
        return self.save

    def open_folder(self, title: str, folder: str) -> str:
        self.asked.append(title)
        return self.folder

    def yes_no(self, title: str, question: str) -> bool:
        self.asked.append(title)
        return True


class Driver:
    """An application and what a test needs to drive it."""

    def __init__(self, app: Application, dialogs: FakeDialogs, gate: threading.Event) -> None:
        self.app, self.dialogs, self.gate = app, dialogs, gate
        self.root, self.context, self.shell = app.root, app.context, app.shell
        self.commands, self.image = app.commands, app.shell.image
        self.presenter, self.canvas = self.image.presenter, self.image.canvas

    def wait_until(self, condition: Callable[[], object], timeout: float = 30.0) -> None:
        """Runs the window until something is true."""
        by = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > by:
                faulthandler.dump_traceback()
                raise AssertionError("the window did not get there in time")
            if not self.app.closed:
                self.root.update()
            time.sleep(0.002)
        if not self.app.closed:
            self.root.update()

    def settle(self) -> None:
        """Waits until nothing runs and the picture is drawn."""
        self.wait_until(
            lambda: (
                not self.presenter.busy
                and not self.presenter.models_loading
                and (
                    self.presenter.current is None
                    or self.presenter.current.image is None
                    or self.canvas.rendered
                )
            )
        )

    def open(self, *paths: Path) -> None:
        """Opens pictures with the button and the file dialog."""
        self.dialogs.files = tuple(str(path) for path in paths)
        self.shell.buttons["open"].invoke()
        self.settle()

    def key(self, sequence: str) -> None:
        self.canvas.focus_force()
        self.root.update()
        self.canvas.event_generate(sequence)
        self.root.update()

    def click(self, x: float, y: float) -> None:
        """Clicks a place on the canvas."""
        place = {"x": int(x), "y": int(y)}
        self.canvas.event_generate("<Motion>", **place)
        self.canvas.event_generate("<ButtonPress-1>", **place)
        self.canvas.event_generate("<ButtonRelease-1>", **place)
        self.root.update()

    def click_face(self, index: int) -> None:
        assert self.presenter.current is not None and self.presenter.current.result is not None
        box = self.presenter.current.result.faces[index].box
        left, top, right, bottom = self.canvas.viewport.to_view(box)
        self.click((left + right) / 2, (top + bottom) / 2)

    def close(self) -> None:
        if not self.app.closed:
            self.app.close()
            self.wait_until(lambda: self.app.closed, 5)

    def screenshot(self, name: str) -> Path:
        """Saves what the display shows."""
        from PIL import ImageGrab

        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.root.update()
        ImageGrab.grab(xdisplay=os.environ.get("DISPLAY", "")).save(path)
        return path


class _Collector(logging.Handler):
    """Keeps what is logged as an error anywhere, and as a warning by the window."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith("emogui.gui")
        if record.levelno >= logging.ERROR or ours:
            self.records.append(logging.Formatter().format(record))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsStore:
    """A settings file of the test's own, as after the first start."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("emogui.paths.user_config", lambda: tmp_path / "config" / "emogui")
    monkeypatch.setattr("emogui.paths.user_data", lambda: tmp_path / "data" / "emogui")
    monkeypatch.delenv("EMOGUI_TIMINGS", raising=False)
    store = SettingsStore()
    store.save(Settings(theme="light", scale=100, notice_seen=NOTICE_VERSION))
    return store


MakeApp = Callable[..., Driver]


@pytest.fixture
def expected_errors() -> list[str]:
    """Parts of logged messages that the test provokes on purpose."""
    return []


@pytest.fixture
def make_app(
    store: SettingsStore, monkeypatch: pytest.MonkeyPatch, expected_errors: list[str]
) -> Iterator[MakeApp]:
    """Opens windows; at the end each is closed, and no callback, thread or log has an error."""
    drivers: list[Driver] = []
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    in_threads: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: in_threads.append(repr(args)))

    def make(
        paths: tuple[str, ...] = (),
        camera: str | None = None,
        factory: Callable[[Choice], object] | None = None,
        *,
        ready: bool = True,
    ) -> Driver:
        gate = threading.Event()
        gate.set()
        dialogs = FakeDialogs()
        app = Application(
            paths,
            camera,
            factory=factory or (lambda choice: FakeAnalyzer(choice, gate)),  # type: ignore[arg-type]
            dialogs=dialogs,  # type: ignore[arg-type]
            store=store,
        )
        driver = Driver(app, dialogs, gate)
        drivers.append(driver)
        app.show()
        if ready:
            driver.wait_until(lambda: app.context.catalogue is not None)
        return driver

    try:
        yield make
        for driver in drivers:
            driver.gate.set()
            driver.close()
    finally:
        logging.getLogger().removeHandler(collector)
        for driver in drivers:
            if not driver.app.closed:
                driver.root.destroy()
    problems = [
        text for text in collector.records + in_threads
        if not any(part in text for part in expected_errors)
    ]  # fmt: skip
    assert not problems, "\n".join(problems)


@pytest.fixture
def window(make_app: MakeApp) -> Driver:
    """A window in which nothing is open."""
    return make_app()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture with two faces; the second one is doubtful."""
    return _make_picture(tmp_path / "two faces.png")


@pytest.fixture
def make_picture() -> Callable[..., Path]:
    """``make_picture(path, faces=2)`` saves a picture with that many faces."""
    return _make_picture


@pytest.fixture
def live(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """The Live tab in front, with two cameras; at the end no thread of it is left."""
    monkeypatch.setattr("emogui.gui.views.live.list_cameras", lambda: list(CAMERAS))
    one = Live(make_app())
    yield one
    one.release()
    one.driver.close()
    end = time.monotonic() + 3
    while live_threads() and time.monotonic() < end:
        time.sleep(0.005)
    assert live_threads() == []
