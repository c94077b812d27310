"""What is remembered between runs: a small JSON file, written atomically, never trusted."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import types
import typing
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from emogui import paths
from emogui.gui.choice import DEFAULT_DETECTOR, DEFAULT_LABELS, DEFAULT_MODEL, Choice
from emogui.tracking.smoothing import SMOOTHING_S

logger = logging.getLogger(__name__)

ThemeMode = Literal["system", "light", "dark"]
FILE_NAME = "settings.json"

LONGEST_SMOOTHING_S = 2.0
"""More would hide what a face does."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the window remembers.

    Attributes:
        model, labels, detector, detector_file, threshold: see ``Choice``.
        model_folders: networks the user loaded from folders, newest first.
        detect_on_open: whether opening a picture looks for faces at once.
        theme: ``"system"`` follows the desktop.
        system_dark: whether the desktop was dark the last time; asking it anew takes a while.
        scale: size of text and widgets in per cent; 0 follows the desktop.
        geometry, maximized: of the main window.
        last_folder: where the file dialog opens.
        camera, mirror: the Live tab's source and mirror switch.
        smoothing, smoothing_s: whether its probabilities are smoothed, and the time constant.
        timeline, timeline_span_s: whether its timeline is in sight, and how much it shows.
        camera_modes: a camera's name and the chosen mode, see ``live_modes``, newest first.
        record_results, record_video, record_folder: what is recorded, and where; ``""`` is the
            user's folder for videos.
        hide_faces: how faces are hidden in what is saved of the Live tab; ``""`` shows them.
        publish_kinds, publish_to: protocols that the Live tab published by the last time, and for
            each the target as it was written; publishing never starts by itself.
        train_data, train_votes: the data set and the votes that were trained on, or checked, last.
        batch_output: results of the batch that was started last; if interrupted, it is offered.
        tab: the tab shown last.
        notice_seen: version of the first-start notice that the user has closed.
    """

    model: str = DEFAULT_MODEL
    labels: str = DEFAULT_LABELS
    detector: str = DEFAULT_DETECTOR
    detector_file: str = ""
    threshold: float | None = None
    model_folders: tuple[str, ...] = ()
    detect_on_open: bool = True
    theme: ThemeMode = "system"
    system_dark: bool = False
    scale: int = 0
    geometry: str = ""
    maximized: bool = False
    last_folder: str = ""
    camera: str = ""
    mirror: bool = True
    smoothing: bool = True
    smoothing_s: float = SMOOTHING_S
    timeline: bool = True
    timeline_span_s: int = 60
    camera_modes: tuple[str, ...] = ()
    record_results: bool = True
    record_video: bool = True
    record_folder: str = ""
    hide_faces: Literal["", "blur", "box"] = ""
    publish_kinds: tuple[str, ...] = ("websocket",)
    publish_to: tuple[str, ...] = ()
    train_data: str = ""
    train_votes: str = ""
    batch_output: str = ""
    tab: str = "image"
    notice_seen: int = 0

    @property
    def time_constant_s(self) -> float:
        """Time constant of the live probabilities in seconds; 0 where they are not smoothed."""
        return self.smoothing_s if self.smoothing else 0.0

    @property
    def choice(self) -> Choice:
        return Choice(self.model, self.labels, self.detector, self.detector_file, self.threshold)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as read, and a notice for the user where the file was not usable."""

    settings: Settings
    notice: str = ""


class SettingsStore:
    """Reads and writes the settings file.

    Args:
        folder: where the file lies; the user's configuration folder if not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or paths.user_config()) / FILE_NAME
        self._lock = threading.Lock()

    def load(self) -> Loaded:
        """Reads the settings; a file that is damaged is set aside, not deleted."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Loaded(Settings())
        except (OSError, UnicodeDecodeError) as error:
            return Loaded(Settings(), self._set_aside(str(error)))
        try:
            found = json.loads(text)
        except ValueError as error:
            return Loaded(Settings(), self._set_aside(str(error)))
        if not isinstance(found, dict):
            return Loaded(Settings(), self._set_aside("it holds no settings"))
        return Loaded(_checked(found))

    def save(self, settings: Settings) -> bool:
        """Writes the settings so that a crash leaves the old file or the new one.

        Returns:
            False where the folder cannot be written (nothing is remembered then).
        """
        # The last save, at the end of the program, must not be overtaken by one in a worker.
        with self._lock:
            try:
                self._write(settings)
            except OSError as error:
                logger.warning("The settings could not be saved: %s", error)
                return False
        return True

    def _write(self, settings: Settings) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".settings-", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(settings), file, indent=2, ensure_ascii=False)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _set_aside(self, why: str) -> str:
        logger.warning("Settings file %s cannot be used: %s", self.path, why)
        aside = self.path.with_suffix(".damaged.json")
        try:
            self.path.replace(aside)
        except OSError:
            return "The settings file could not be read, so the usual settings are in use."
        return (
            "The settings file was damaged. It was set aside as "
            f"'{aside.name}' and the usual settings are in use."
        )


def _checked(found: dict[str, Any]) -> Settings:
    """Takes over each value of the right kind; the others keep their default."""
    hints = typing.get_type_hints(Settings)
    good: dict[str, Any] = {}
    for field in fields(Settings):
        if field.name in found:
            value = found[field.name]
            if isinstance(value, list):
                value = tuple(value)
            if _fits(value, hints[field.name]):
                good[field.name] = value
    settings = replace(Settings(), **good)
    if settings.threshold is not None and not 0.0 < settings.threshold < 1.0:
        settings = replace(settings, threshold=None)
    if not 0.0 <= settings.smoothing_s <= LONGEST_SMOOTHING_S:
        settings = replace(settings, smoothing_s=SMOOTHING_S)
    if settings.scale not in SCALES:
        settings = replace(settings, scale=0)
    return settings


SCALES: tuple[int, ...] = (0, 100, 125, 150, 175, 200, 250, 300)
"""Choices for the size of text and widgets, in per cent; 0 follows the desktop."""


def _fits(value: object, kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        return any(_fits(value, one) for one in typing.get_args(kind))
    if origin is Literal:
        return value in typing.get_args(kind)
    if origin is tuple:
        return isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    if kind in (int, float) and isinstance(value, bool):
        return False  # to Python, True is a number
    return isinstance(value, (int, float) if kind is float else kind)
