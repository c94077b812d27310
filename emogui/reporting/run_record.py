"""How a batch was run, put together from what its folder still has."""

from __future__ import annotations

import csv
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from emogui.bulk.checkpoint import Checkpoint
from emogui.bulk.lock import WORK
from emogui.bulk.options import BatchOptions
from emogui.bulk.writer import FACES, FAILED
from emogui.errors import EmoguiError
from emogui.reporting.data import Failure, Failures, RunRecord

_FAILURES: Final = 20
"""Failures that are listed."""

_ASKED: Final = 20
"""Inputs that are listed, as they were named."""

_OPTIONS: Final = {
    "detector_model": "detector's file",
    "threshold": "detection threshold",
    "picture_side": "pictures looked at once, long side in pixels",
    "video_side": "frames looked at, long side in pixels",
    "every": "of videos, every so many frames",
    "fps": "of videos, frames a second",
    "smoothing_s": "smoothing of videos, in seconds",
    "any_suffix": "files of any suffix",
}
"""Options that change the figures, in words."""


def read_run(folder: Path) -> RunRecord:
    """What is known of a batch; the less, the earlier it was ended or the more is missing.

    ``run.json`` is written when a run ends in good order, so after a kill it is missing, or older
    than the checkpoint, which then counts.
    """
    told = _read(folder / "run.json")
    settings = _read(folder / WORK / "settings.json")
    asked = _mapping(settings.get("asked"))
    options = _mapping(told.get("options")) or asked
    state = _checkpoint(folder)
    counts: dict[str, Any] = {
        "complete": told.get("complete"),
        **{name: told.get(name) for name in ("pictures", "videos", "frames")},
    }
    if state is not None:
        done = state.counts
        counts = {
            "complete": state.complete,
            "pictures": done.pictures,
            "videos": done.videos,
            "frames": done.frames,
            "failed_inputs": done.failed_inputs,
        }
    elif not told and settings:
        counts["complete"] = False
    named = asked.get("inputs")
    inputs = told.get("inputs", settings.get("total"))
    below = told.get("uncertain_below")
    return RunRecord(
        folder=folder.resolve().name,
        from_folder=_text(asked.get("from folder")),
        version=_text(told.get("emogui") or settings.get("emogui")),
        model=_text(told.get("model") or options.get("model")),
        head=_text(options.get("labels")),
        detector=_text(told.get("detector") or options.get("detector")),
        uncertain_below=float(below) if isinstance(below, int | float) else None,
        options=_options(options),
        asked=tuple(map(str, named[: _ASKED + 1])) if isinstance(named, list) else (),
        inputs=inputs if isinstance(inputs, int) else None,
        complete=counts["complete"] if isinstance(counts["complete"], bool) else None,
        hides_faces=bool(options.get("hide")),
        written_at=_written_at(folder / FACES),
        **{
            name: value if isinstance(value := counts.get(name), int) else None
            for name in ("pictures", "videos", "frames", "failed_inputs")
        },
    )


def labels_of(folder: Path) -> tuple[str, ...]:
    """The labels as ``run.json`` tells them; empty where it does not."""
    found = _read(folder / "run.json").get("labels")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def read_failures(folder: Path) -> Failures:
    """The first failures, and how many there are."""
    first: list[Failure] = []
    total = 0
    with (
        suppress(OSError, csv.Error),
        (folder / FAILED).open(encoding="utf-8", errors="replace", newline="") as file,
    ):
        for row in csv.DictReader(file):
            if not row.get("source") or row.get("reason") is None:
                continue
            total += 1
            if len(first) < _FAILURES:
                first.append(Failure(row["source"], row.get("frame") or "", row["reason"]))
    return Failures(tuple(first), total)


def _checkpoint(folder: Path) -> Checkpoint | None:
    with suppress(EmoguiError):
        return Checkpoint.load(folder / WORK / "state.json")
    return None


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return _mapping(json.loads(path.read_text(encoding="utf-8")))
    return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _options(options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    default = BatchOptions()
    return tuple(
        (words, "yes" if options[name] is True else str(options[name]))
        for name, words in _OPTIONS.items()
        if name in options and options[name] != getattr(default, name)
    )


def _written_at(path: Path) -> str:
    with suppress(OSError, ValueError, OverflowError):
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
    return ""
