"""How right our network and that of the ``fer`` package stay on spoiled pictures, side by side.

    python benchmarks/robustness.py --data fer2013.csv --votes fer2013new.csv [--photos FOLDER]
        [--rows 600] [--output FILE.md]

Both get the same crops: the FER+ majority rows of PublicTest, spoiled by ``corruptions.py``.
Accuracy over eight classes (``fer`` knows no contempt and is wrong on it) and mean recall of the
six classes that are neither contempt nor disgust, with 95 % bootstrap intervals of the difference.
The table goes into ``docs/robustness.md``, between its markers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from bootstrap import Estimate, Resamples, estimate
from colours import colour_report
from corruptions import CORRUPTIONS, Face
from page import ROOT, made_by, write_block
from peer import Peer
from results import table

from emogui.backend.classifier import load_classifier
from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.training.metrics import frequent_classes, to_label_order

SIX = frequent_classes(FERPLUS)
Predict = Callable[[Sequence[Face]], npt.NDArray[np.float32]]
CHUNK = 512


@dataclass(frozen=True)
class Row:
    """A line of the table: one corruption at one level."""

    title: str
    accuracy: tuple[float, float]
    recall: tuple[float, float]
    accuracy_difference: Estimate
    recall_difference: Estimate


def public_faces(
    data: str, votes: str | None, rows: int | None, seed: int
) -> tuple[list[Face], npt.NDArray[np.int64]]:
    """The FER+ majority rows of PublicTest, or that many of them, and their true classes."""
    from emogui.training.datasets import load_dataset
    from emogui.training.evaluate import select_rows

    part, truth = select_rows(load_dataset(data, votes=votes), "public", "ferplus")
    chosen = np.arange(len(part))
    if rows is not None and rows < len(chosen):
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, rows, replace=False))
    return [np.asarray(part.faces[int(i)], np.uint8) for i in chosen], truth[chosen]


def conditions(faces: Sequence[Face], seed: int) -> Iterator[tuple[str, list[Face]]]:
    """Each corruption at each level: its title, and the faces under it."""
    yield "none", list(faces)
    for corruption in CORRUPTIONS:
        for level in range(1, len(corruption.strengths) + 1):
            yield (
                corruption.describe(level),
                [corruption.apply(f, level, seed=seed, row=i) for i, f in enumerate(faces)],
            )


def correct(
    predict: Predict, labels: Sequence[str], faces: Sequence[Face], truth: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Bool (n,): which faces are given their true class."""
    parts = [predict(faces[i : i + CHUNK]) for i in range(0, len(faces), CHUNK)]
    found = to_label_order(np.concatenate(parts), labels, FERPLUS)
    return np.asarray(found.argmax(axis=1) == truth)


def compare(
    title: str, ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_], truth: Any, draws: Any
) -> Row:
    accuracy = draws.mean(ours), draws.mean(theirs)
    recall = draws.mean_recall(ours, truth, SIX), draws.mean_recall(theirs, truth, SIX)
    return Row(
        title,
        (float(accuracy[0][0]), float(accuracy[1][0])),
        (float(recall[0][0]), float(recall[1][0])),
        estimate(accuracy[0] - accuracy[1]),
        estimate(recall[0] - recall[1]),
    )


def markdown(rows: Sequence[Row]) -> str:
    header = ["spoiled by", "emogui", "fer", "difference", "emogui, six", "fer, six", "difference"]
    return table(
        header,
        [
            [
                row.title,
                *(f"{a:.3f}" for a in row.accuracy),
                row.accuracy_difference.text(),
                *(f"{r:.3f}" for r in row.recall),
                row.recall_difference.text(),
            ]
            for row in rows
        ],
    )


def reading(rows: Sequence[Row]) -> str:
    """What the table says, from its own figures."""
    clean, spoiled = rows[0], rows[1:]
    ahead = [r for r in spoiled if r.accuracy_difference.low > 0]
    behind = [r for r in spoiled if r.accuracy_difference.high < 0]
    balanced_ahead = [r for r in spoiled if r.recall_difference.low > 0]
    balanced_behind = [r for r in spoiled if r.recall_difference.high < 0]
    kept = [np.mean([r.accuracy[i] / clean.accuracy[i] for r in spoiled]) for i in (0, 1)]
    worst = sorted(spoiled, key=lambda r: r.accuracy[0])[:5]
    costs = "; ".join(
        f"{r.title} ({clean.accuracy[0] - r.accuracy[0]:.3f}; fer "
        f"{clean.accuracy[1] - r.accuracy[1]:.3f})"
        for r in worst
    )

    def named(some: Sequence[Row]) -> str:
        return f" ({'; '.join(r.title for r in some)})" if some else ""

    return "\n".join(
        [
            f"- emogui's accuracy is above fer's with the whole interval in {len(ahead)} of "
            f"{len(spoiled)} lines and below it in {len(behind)}{named(behind)}; its mean recall "
            f"above in {len(balanced_ahead)} and below in {len(balanced_behind)}"
            f"{named(balanced_behind)}.",
            f"- Averaged over the lines, emogui keeps {kept[0]:.1%} of its clean accuracy, fer "
            f"{kept[1]:.1%} of its lower one.",
            f"- What costs emogui most accuracy: {costs}.",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="fer2013.csv or the like")
    parser.add_argument("--votes", help="fer2013new.csv")
    parser.add_argument("--model", default="resnet50", help="name or folder of our network")
    parser.add_argument("--rows", type=int, help="that many rows, drawn at random, for a quick run")
    parser.add_argument("--photos", help="folder of colour photographs, beside the sample picture")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "robustness.md")
    args = parser.parse_args()
    try:
        faces, truth = public_faces(args.data, args.votes, args.rows, args.seed)
        classifier = load_classifier(args.model)
        draws = Resamples(len(faces), seed=args.seed)
        rows = []
        with Peer() as peer:
            for title, spoiled in conditions(faces, args.seed):
                ours = correct(classifier.predict, classifier.labels, spoiled, truth)
                theirs = correct(peer.predict, peer.labels, spoiled, truth)
                rows.append(compare(title, ours, theirs, truth, draws))
                row = rows[-1]
                print(f"{title:36} {row.accuracy[0]:.3f} {row.accuracy[1]:.3f}", file=sys.stderr)
            colours = colour_report(classifier, peer, args.photos)
    except EmoguiError as error:
        print(error, file=sys.stderr)
        return 1
    counts = ", ".join(f"{FERPLUS[i]} {int((truth == i).sum()):,}" for i in SIX)
    text = "\n\n".join(
        [
            f"{len(faces):,} FER+ majority rows of PublicTest (of the six: {counts}); network "
            f"`{classifier.name}`, fast form, one pass a face. In brackets: 95 % bootstrap "
            "interval of the paired difference, 2,000 resamples of the rows.",
            markdown(rows),
            "What it says:",
            reading(rows),
            colours,
            made_by(),
        ]
    )
    write_block(args.output, "robustness table", text)
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
