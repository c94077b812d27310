"""What is saved, copied and pasted. Knows no Tk; everything here runs in a worker."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emogui.errors import EmoguiError
from emogui.types import FaceResult, FrameResult, Image

PICTURE_TYPES = (
    ("PNG", "*.png"),
    ("JPEG", "*.jpg *.jpeg"),
    ("WebP", "*.webp"),
    ("TIFF", "*.tif *.tiff"),
)
CHART_TYPES = (("PNG", "*.png"), ("SVG", "*.svg"), ("PDF", "*.pdf"))
RESULT_TYPES = (("JSON Lines", "*.json *.jsonl"), ("CSV table", "*.csv"))


def save_picture(path: str, image: Image, result: FrameResult, selected: int | None) -> None:
    """Saves the picture with its faces framed and labelled; the suffix tells the format."""
    from emogui.output.annotate import annotate
    from emogui.output.files import save_image

    save_image(annotate(image, result, selected=selected), path)


def save_chart(path: str, face: FaceResult, title: str) -> None:
    """Saves the chart of one face; the suffix tells the format."""
    from emogui.output.chart import save_chart as save

    save(face, path, title=title)


def save_results(path: str, results: Sequence[FrameResult]) -> None:
    """Saves results as JSON Lines, one a picture, or as a table with one row a face.

    Raises:
        EmoguiError: the suffix is neither ``.csv`` nor ``.json`` or ``.jsonl``.
    """
    from emogui.output.records import write_csv, write_jsonl

    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        write_csv(results, path)
    elif suffix in (".json", ".jsonl"):
        write_jsonl(results, path)
    else:
        raise EmoguiError(
            f"Results are saved as .json, .jsonl or .csv, not as '{suffix or 'no suffix'}'.",
            "Choose a name that ends with one of them.",
        )


def values_text(result: FrameResult) -> str:
    """The values of all faces as a table with tabs, ready for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    labels = list(result.faces[0].probabilities) if result.faces else []
    writer.writerow(["face", "x", "y", "w", "h", "emotion", "confidence", "uncertain", *labels])
    for face in result.faces:
        box = face.box
        writer.writerow(
            [face.face_id, box.x, box.y, box.w, box.h, face.emotion, f"{face.confidence:.4f}"]
            + ["yes" if face.uncertain else "no"]
            + [f"{face.probabilities[label]:.4f}" for label in labels]
        )
    return out.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """What the clipboard held: a picture, or paths of files, or neither."""

    image: Image | None = None
    paths: tuple[str, ...] = ()


def read_clipboard() -> Pasted:
    """Looks for a picture or for files in the clipboard."""
    from PIL import ImageGrab

    try:
        found = ImageGrab.grabclipboard()
    except (NotImplementedError, OSError):  # no wl-paste, no xclip, or it failed
        return Pasted()
    if isinstance(found, list):
        return Pasted(paths=tuple(str(path) for path in found))
    if found is None:
        return Pasted()
    from emogui.media.image import decode_image

    with io.BytesIO() as buffer:
        found.save(buffer, "PNG")
        return Pasted(image=decode_image(buffer.getvalue(), "the clipboard"))


def paths_in_text(text: str) -> tuple[str, ...]:
    """Existing files that a text names, one a line, as paths or ``file://`` addresses."""
    from urllib.parse import unquote, urlsplit
    from urllib.request import url2pathname

    found = []
    for line in text.splitlines():
        name = line.strip().strip('"')
        if name.startswith("file://"):
            name = url2pathname(unquote(urlsplit(name).path))
        try:
            if name and Path(name).exists():
                found.append(name)
        except (OSError, ValueError):
            continue
    return tuple(found)


def copy_picture(image: Image, result: FrameResult, selected: int | None) -> None:
    """Puts the picture with its framed faces into the clipboard."""
    from emogui.gui.clipboard import copy_image
    from emogui.output.annotate import annotate

    copy_image(annotate(image, result, selected=selected))
