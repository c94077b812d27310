"""The columns of the tables: what each means, in what unit and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emogui.output.files import write_text
from emogui.output.records import CSV_COLUMNS, csv_line

SCHEMA_VERSION: Final = 1
"""Raised when a column changes its name, meaning or unit."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: its head.
        kind: ``"string"``, ``"int64"``, ``"int32"``, ``"float64"`` or ``"bool"``.
        unit: of its values; empty for none.
        values: their range, or which there are.
        meaning: in words.
    """

    name: str
    kind: str
    unit: str
    values: str
    meaning: str


_FACES: Final = (
    Column(
        "source",
        "string",
        "",
        "a path",
        "the picture or video as it was named, or found in a folder; text that a spreadsheet "
        "would take for a formula has an apostrophe in front",
    ),
    Column("frame", "int64", "", "0 and up", "number of the frame in its video; 0 for a picture"),
    Column(
        "time_s",
        "float64",
        "seconds",
        "0 and up, 4 decimals",
        "time stamp of the frame after the first one; 0 for a picture",
    ),
    Column(
        "face_id",
        "int32",
        "",
        "0 and up",
        "number of the face within its source; within a video it stays with a face as long as "
        "that is followed, it names nobody",
    ),
    Column(
        "x", "int32", "pixels", "0 and up", "left side of the face's box in the upright picture"
    ),
    Column("y", "int32", "pixels", "0 and up", "upper side of the box, counted from the top"),
    Column("w", "int32", "pixels", "1 and up", "width of the box"),
    Column("h", "int32", "pixels", "1 and up", "height of the box"),
    Column(
        "detection_score",
        "float64",
        "",
        "0 to 1, 4 decimals",
        "how sure the detector is that this is a face; no probability",
    ),
    Column("emotion", "string", "", "one of the labels", "the most probable emotion"),
    Column("confidence", "float64", "", "0 to 1, 4 decimals", "its probability, calibrated"),
    Column(
        "uncertain",
        "bool",
        "",
        "true, false",
        "whether the emotion should not be relied on: a small, turned or covered face, or a low "
        "confidence",
    ),
)

FAILURES: Final = (
    Column("source", "string", "", "a path", "the input that could not be read or analysed"),
    Column(
        "frame",
        "int64",
        "",
        "0 and up, or empty",
        "of a video: the frame that could not be analysed, or the first one that could not be "
        "read; empty where nothing of the input could be read",
    ),
    Column("reason", "string", "", "a sentence or two", "what is wrong and what to do about it"),
)

INPUTS: Final = (
    Column("number", "int64", "", "0 and up", "place in the work list; files are named after it"),
    Column("source", "string", "", "a path", "as in the other tables"),
    Column(
        "group",
        "string",
        "",
        "any text, or empty",
        "what the column group of a list of paths says of the input; the report compares groups",
    ),
)


def faces_columns(labels: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a table of faces whose network has these labels."""
    assert tuple(column.name for column in _FACES) == CSV_COLUMNS
    return _FACES + tuple(
        Column(
            f"p_{label}",
            "float64",
            "",
            "0 to 1, 4 decimals",
            f"probability that the face appears to show {label}; all p_ columns of a row add up "
            "to 1, but for rounding",
        )
        for label in labels
    )


def frames_columns(labels: Sequence[str]) -> tuple[Column, ...]:
    """The fields of a line of JSON Lines: one a picture or frame, faces or not."""
    by_name = {column.name: column for column in _FACES}
    number = Column("width", "int32", "pixels", "1 and up, or null", "width of the upright picture")
    return (
        by_name["source"],
        by_name["frame"],
        by_name["time_s"],
        number,
        Column("height", "int32", "pixels", "1 and up, or null", "its height"),
        *(
            Column(f"faces[].{name}", by_name[name].kind, *_rest(by_name[name]))
            for name in ("face_id", "detection_score", "emotion", "confidence", "uncertain")
        ),
        *(
            Column(f"faces[].box.{name}", by_name[name].kind, *_rest(by_name[name]))
            for name in ("x", "y", "w", "h")
        ),
        Column("faces[].uncertain_reason", "string", "", "a sentence, or null", "why"),
        *(
            Column(f"faces[].probabilities.{label}", "float64", "", "0 to 1, 4 decimals", "")
            for label in labels
        ),
        Column("model", "string", "", "a name", "the network"),
        Column("detector", "string", "", "a name", "the face detector"),
        Column("timings_ms", "object", "", "empty", "not told for batches, whose stages overlap"),
        Column("error", "string", "", "a sentence, or null", "why there is no result"),
    )


def _rest(column: Column) -> tuple[str, str, str]:
    return column.unit, column.values, column.meaning


def write_dictionary(path: str | Path, columns: Sequence[Column]) -> None:
    """Writes a data dictionary as CSV: a row a column.

    Raises:
        EmoguiError: it cannot be written.
    """
    lines = [csv_line(["column", "type", "unit", "values", "meaning", "schema_version"])]
    lines += [
        csv_line([c.name, c.kind, c.unit, c.values, c.meaning, SCHEMA_VERSION]) for c in columns
    ]
    write_text(path, "".join(lines))
