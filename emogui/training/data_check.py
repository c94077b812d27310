"""Looks at a data set before anything is trained on it: what it is, what is in it, what is wrong.

    python -m emogui.training.data_check PATH [--votes CSV] --sheet FILE

It runs in a process of its own, so that reading a large file neither holds up the window nor
keeps its memory, and can be ended at any moment. It writes JSON Lines: ``{"event": "reading"}``,
``{"event": "comparing", "done": 1024, "of": 28709}``, and at last ``checked`` with the report, or
``failed`` with message and hint.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emogui.errors import EmoguiError
from emogui.labels import HEADS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emogui.training.data import EmotionDataset

FEW: Final = 50
"""A class with fewer Training pictures is hardly learned."""
UNEVEN: Final = 20
"""How many times more pictures the largest class may have before it is worth a word."""
SAMPLES: Final = 8
"""Pictures of each class on the contact sheet."""
CELL: Final = 56
"""Side of a picture on the contact sheet, in pixels."""
GAP: Final = 4
"""Pixels between them."""


@dataclass(frozen=True)
class HeadCounts:
    """Pictures of each class of one label set.

    Attributes:
        head: ``"ferplus"`` or ``"fer2013"``.
        labels: the classes.
        training, public: pictures of each class in these splits. Those of PrivateTest are nobody's
            business before the network is finished.
    """

    head: str
    labels: Sequence[str]
    training: Sequence[int]
    public: Sequence[int]


@dataclass(frozen=True)
class DataReport:
    """What is in a data set.

    Attributes:
        name: of the file or folder.
        form: in words.
        splits: split to rows.
        heads: a label set each; none where there is nothing to learn from.
        dropped: why pictures are left out, to how many.
        notes: what the reader should know of how it was read.
        warnings: what may make a training worse, a sentence each.
        problems: why nothing can be trained on it, a sentence each.
        sheet: picture of samples: a line for each class of ``sheet_labels``.
        sheet_labels: the classes on it, from the top.
    """

    name: str
    form: str
    splits: Mapping[str, int]
    heads: Sequence[HeadCounts]
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    problems: Sequence[str] = ()
    sheet: str = ""
    sheet_labels: Sequence[str] = ()

    @property
    def total(self) -> int:
        """Pictures in all splits."""
        return sum(self.splits.values())


@dataclass(frozen=True, slots=True)
class Checking:
    """How far the check is; ``of`` is 0 while that is not known."""

    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """The data set cannot be read."""

    message: str
    hint: str = ""


CheckEvent = Checking | DataReport | CheckFailed


def parse_check(line: str) -> CheckEvent | None:
    """Reads a line; None where it is none of these."""
    try:
        plain = json.loads(line)
        match plain.pop("event"):
            case "reading":
                return Checking()
            case "comparing":
                return Checking(int(plain["done"]), int(plain["of"]))
            case "failed":
                return CheckFailed(str(plain["message"]), str(plain.get("hint", "")))
            case "checked":
                heads = [HeadCounts(**one) for one in plain.pop("heads")]
                return DataReport(heads=heads, **plain)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return None


def check_command(python: Sequence[str], data: str, votes: str, sheet: Path) -> list[str]:
    """The words that run a check in a process of its own.

    Args:
        python: words that start Python, see :func:`emogui.child.python`.
        data: file or folder.
        votes: FER+'s votes; "" for none.
        sheet: gets the contact sheet, a PNG file.
    """
    words = [*python, "-m", "emogui.training.data_check", data, "--sheet", str(sheet)]
    return [*words, "--votes", votes] if votes else words


def report_on(dataset: EmotionDataset, form: str = "") -> DataReport:
    """Counts a data set and judges it. The sheet is made by :func:`contact_sheet`."""
    from emogui.training.data import dropped_words

    splits = {split.usage: int((dataset.split == split).sum()) for split in _splits()}
    heads = [
        _counts(dataset, head)
        for head, there in (
            ("ferplus", dataset.has_ferplus),
            ("fer2013", dataset.has_fer2013),
        )
        if there
    ]
    problems = _problems(splits, heads)
    return DataReport(
        name=dataset.name,
        form=form,
        splits=splits,
        heads=heads,
        dropped={dropped_words(why): n for why, n in dataset.dropped.items() if n},
        notes=list(dataset.notes),
        warnings=[] if problems else _warnings(heads),
        problems=problems,
    )


def form_of(path: Path, dataset: EmotionDataset) -> str:
    """What kind of data set it was recognised as, in words."""
    votes = " with FER+ votes" if dataset.votes is not None else ""
    if path.is_dir():
        if any(file.is_dir() for file in (path / "annotations",)):
            return "AffectNet, pictures with annotations"
        return f"a folder of pictures for each emotion{votes}"
    if path.suffix.lower() == ".npz":
        return f"FER-2013 in NumPy's npz{votes}"
    return f"FER-2013 in a csv table{votes}"


def contact_sheet(dataset: EmotionDataset) -> tuple[npt.NDArray[np.uint8], list[str]]:
    """Samples of each class, a line each, from Training, the same at every call.

    Returns:
        Grey and alpha uint8 (height, width, 2), each picture `CELL` high and wide, with `GAP` below
        and to the right of it, transparent as the place of a picture that is not there; and the
        class of each line from the top.

    Raises:
        DatasetError: a picture cannot be read.
    """
    import cv2
    import numpy as np

    from emogui.training.data import Split

    head = "ferplus" if dataset.has_ferplus else "fer2013"
    truth = _truth(dataset, head)
    training = dataset.split == Split.TRAINING
    lines: list[npt.NDArray[np.uint8]] = []
    for code in range(len(HEADS[head])):
        rows = np.flatnonzero((truth == code) & training)
        line = np.zeros((CELL + GAP, SAMPLES * (CELL + GAP), 2), np.uint8)
        chosen = np.random.default_rng(code).permutation(rows)[:SAMPLES]
        for place, row in enumerate(chosen):
            face = dataset.faces[int(row)]
            grey = face if face.ndim == 2 else cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
            left = place * (CELL + GAP)
            line[:CELL, left : left + CELL, 0] = cv2.resize(
                grey, (CELL, CELL), interpolation=cv2.INTER_AREA
            )
            line[:CELL, left : left + CELL, 1] = 255
        lines.append(line)
    return np.concatenate(lines), list(HEADS[head])


def _splits() -> Any:
    from emogui.training.data import Split

    return Split


def _truth(dataset: EmotionDataset, head: str) -> npt.NDArray[np.int16]:
    """The class of each row; for FER+ the one with the largest share, as it is learned from."""
    import numpy as np

    if head == "fer2013":
        return dataset.fer2013
    return np.where(dataset.kept, dataset.ferplus.argmax(axis=1), -1).astype(np.int16)


def _counts(dataset: EmotionDataset, head: str) -> HeadCounts:
    import numpy as np

    truth = _truth(dataset, head)
    labels = HEADS[head]
    numbers = [
        np.bincount(truth[(dataset.split == split) & (truth >= 0)], minlength=len(labels)).tolist()
        for split in (_splits().TRAINING, _splits().PUBLIC)
    ]
    return HeadCounts(head, list(labels), *numbers)


def _problems(splits: Mapping[str, int], heads: Sequence[HeadCounts]) -> list[str]:
    if not heads:
        return ["No picture has a label that a network could learn."]
    found = []
    for words, split, numbers in (
        ("to learn from", "Training", [sum(head.training) for head in heads]),
        ("to select the best epoch by", "PublicTest", [sum(head.public) for head in heads]),
    ):
        if not splits[split]:
            found.append(f"There are no {split} pictures, {words}.")
        elif not any(numbers):
            found.append(f"No {split} picture, {words}, has a label.")
    if not found and not any(sum(n > 0 for n in head.training) > 1 for head in heads):
        found.append("All Training pictures have the same label.")
    return found


def _warnings(heads: Sequence[HeadCounts]) -> list[str]:
    found = []
    for head in heads:
        title = {"ferplus": "FER+", "fer2013": "FER-2013"}[head.head]
        counts = dict(zip(head.labels, head.training, strict=True))
        none = [label for label, n in counts.items() if not n]
        few = [f"{label} ({n})" for label, n in counts.items() if 0 < n < FEW]
        if none:
            found.append(f"{title}: no Training picture shows {_listed(none)}.")
        if few:
            found.append(f"{title}: few Training pictures show {_listed(few)}.")
        there = [n for n in counts.values() if n >= FEW]
        if there and max(there) > UNEVEN * min(there):
            large, small = (
                next(label for label, n in counts.items() if n == which)
                for which in (max(there), min(there))
            )
            found.append(
                f"{title}: {large} has {max(there) / min(there):.0f} times as many Training "
                f"pictures as {small}."
            )
    return found


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def main(argv: Sequence[str] | None = None) -> int:
    """Checks and reports; see the module."""
    parser = argparse.ArgumentParser(prog="data_check")
    parser.add_argument("data", type=Path)
    parser.add_argument("--votes", type=Path)
    parser.add_argument("--sheet", type=Path, required=True)
    args = parser.parse_args(argv)

    def send(event: str, **more: Any) -> None:
        sys.stdout.buffer.write(
            (json.dumps({"event": event, **more}, ensure_ascii=False) + "\n").encode("utf-8")
        )
        sys.stdout.buffer.flush()

    send("reading")
    try:
        from emogui.training.datasets import load_dataset

        dataset = load_dataset(
            args.data,
            votes=args.votes,
            track=lambda done, of: send("comparing", done=done, of=of),
        )
        report = asdict(report_on(dataset, form_of(args.data, dataset)))
        pixels, labels = contact_sheet(dataset)
        _save(pixels, args.sheet)
    except EmoguiError as error:
        send("failed", message=error.message, hint=error.hint)
        return 1
    except MemoryError:
        send(
            "failed",
            message="The memory of this computer does not suffice for this data set.",
            hint="Close other programs.",
        )
        return 1
    except OSError as error:
        where = f"'{error.filename}': " if error.filename else ""
        send("failed", message=f"{where}{error.strerror or error}.", hint="Check the path.")
        return 1
    send("checked", **report | {"sheet": str(args.sheet), "sheet_labels": labels})
    return 0


def _save(pixels: npt.NDArray[np.uint8], path: Path) -> None:
    from PIL import Image as PilImage

    PilImage.fromarray(pixels, "LA").save(path, format="PNG", compress_level=1)


if __name__ == "__main__":
    raise SystemExit(main())
