"""What the user enters in the Batch tab, and the options that come of it. Knows no Tk."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from emogui.bulk.options import FAST_SIDE, SUBTITLE_FORMATS, BatchOptions
from emogui.gui.choice import Choice

Frames = Literal["all", "every", "fps"]
Hide = Literal["", "blur", "box"]

MOST_EVERY: Final = 1_000_000
MOST_FPS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class BatchForm:
    """The fields as they stand; numbers as text, as the user typed them.

    Attributes:
        frames: which frames of videos: all, every nth, or so many a second.
        number: for the latter two.
        fast: whether each picture is looked at once instead of thoroughly.
        jsonl, parquet, annotate, crops, srt, vtt, eaf: what is written beside the CSV tables.
        hide: how faces are hidden in annotated copies; "" shows them.
    """

    frames: Frames = "fps"
    number: str = "5"
    fast: bool = False
    jsonl: bool = False
    parquet: bool = False
    annotate: bool = False
    crops: bool = False
    srt: bool = False
    vtt: bool = False
    eaf: bool = False
    hide: Hide = ""


def problems_of(form: BatchForm) -> dict[str, str]:
    """What is wrong with the fields, by the field's name; empty where a batch can be made."""
    found = {}
    value = _number(form.number)
    if form.frames == "every" and not (1 <= value <= MOST_EVERY and value.is_integer()):
        found["number"] = "“Every Nth” needs a whole number from 1 on."
    if form.frames == "fps" and not 0 < value <= MOST_FPS:
        found["number"] = "The frames a second are a number above 0, such as 5 or 0.5."
    if form.annotate and form.hide and form.crops:
        found["crops"] = "Face crops show the faces: leave them out, or show the faces in copies."
    if form.parquet and not has_parquet():
        found["parquet"] = (
            "Parquet needs the package pyarrow: python -m pip install 'emogui[parquet]'"
        )
    return found


def options_of(form: BatchForm, choice: Choice) -> BatchOptions:
    """The options; the fields must have no problem, see :func:`problems_of`."""
    value = _number(form.number)
    return BatchOptions(
        model=choice.model,
        labels=choice.labels,
        detector=choice.detector,
        detector_model=choice.detector_file or None,
        threshold=choice.threshold,
        picture_side=FAST_SIDE if form.fast else None,
        every=int(value) if form.frames == "every" else None,
        fps=value if form.frames == "fps" else None,
        jsonl=form.jsonl,
        parquet=form.parquet,
        annotate=form.annotate,
        crops=form.crops,
        hide=(form.hide or None) if form.annotate else None,
        subtitles=tuple(name for name in SUBTITLE_FORMATS if getattr(form, name)),
    )


def has_parquet() -> bool:
    """Whether Parquet can be written here; looks for files, loads nothing."""
    return importlib.util.find_spec("pyarrow") is not None


def proposed_folder(inputs: Sequence[str]) -> str:
    """A folder for the results beside the first input: ``photos`` gives ``photos-results``."""
    if not inputs:
        return ""
    first = Path(inputs[0])
    name = first.name if first.is_dir() else first.stem
    if len(inputs) > 1 and not first.is_dir():
        name = first.parent.name or name
    return str(first.parent / f"{name or 'emogui'}-results")


def _number(text: str) -> float:
    """The number; a comma may stand for the point. Not a number where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")
