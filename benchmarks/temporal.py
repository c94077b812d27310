"""A recurrent model over a face's recent frames against the live view's smoothing.

    python benchmarks/temporal.py --data fer2013.csv --votes fer2013new.csv [--sequences 400]

No film with labelled emotions comes with FER-2013, so sequences are made: a face of one emotion for
a second, then, within a sixth of a second, a face of another one for a second, 15 frames a second.
In every frame the face lies a little elsewhere, is turned, scaled, lit, blurred and noisy a little
otherwise, as a detector and a camera give it. What such sequences can show is how well a model
evens out trembling without hiding a change; how a real expression unfolds they do not contain.

The recurrent model is a GRU (Cho et al., 2014) of 32 units on the logarithms of the shipped
network's probabilities. It is trained on sequences of Training faces, stopped by half of those of
PublicTest, and all are compared on the other half. Since every emotion is equally often in them,
as in no real film, training also teaches it that: so a dense layer is trained on the same frames,
one by one, and smoothed. What the GRU has over that one comes from its memory. The table goes into
``docs/further-work.md``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from page import ROOT, made_by, write_block
from results import table

from emogui.backend.classifier import load_classifier
from emogui.commands.console import add_data_options
from emogui.labels import FERPLUS
from emogui.tracking.smoothing import SMOOTHING_S, ProbabilitySmoother
from emogui.training.data import EmotionDataset, Split
from emogui.training.datasets import load_dataset

FPS, HALF, FADE = 15, 15, 2
LENGTH = 2 * HALF
SETTLED = round(0.3 * FPS)
"""Frames after a change within which the new emotion has to show."""

Floats = npt.NDArray[np.float32]
Filter = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Sequences:
    """Made sequences, and what the network says of each frame.

    Attributes:
        said: float32 (n, frames, classes), the network's probabilities.
        truth: int64 (n, 2), the class before and after the change.
    """

    said: Floats
    truth: npt.NDArray[np.int64]

    def true_frames(self) -> npt.NDArray[np.int64]:
        """The true class of each frame, int64 (n, frames)."""
        return np.repeat(self.truth, HALF, axis=1)

    def part(self, rows: slice) -> Sequences:
        return Sequences(self.said[rows], self.truth[rows])


def trembling(face: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """One frame's picture of a face: uint8 of the same size."""
    side = face.shape[0]
    turn = cv2.getRotationMatrix2D(
        (side / 2, side / 2), rng.normal(0, 3), float(np.exp(rng.normal(0, 0.04)))
    )
    turn[:, 2] += rng.normal(0, 0.02, 2) * side
    x = cv2.warpAffine(face, turn, (side, side), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    x = cv2.GaussianBlur(x, (0, 0), 0.3 + abs(rng.normal(0, 0.5)))
    x = x * np.exp(rng.normal(0, 0.1)) + rng.normal(0, 8) + rng.normal(0, 6, x.shape)
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def make(rows: EmotionDataset, count: int, seed: int) -> Sequences:
    """Makes sequences of a split's majority rows; every emotion begins and ends equally many."""
    rng = np.random.default_rng(seed)
    classifier = load_classifier("resnet50", "ferplus")
    rows = rows.subset(rows.majority)
    truth = rows.ferplus.argmax(axis=1)
    there = [c for c in range(len(FERPLUS)) if (truth == c).sum() >= 8]
    said, pairs = [], []
    for _ in range(count):
        before, after = rng.choice(there, 2, replace=False)
        first, second = (
            np.asarray(rows.faces[int(rng.choice(np.flatnonzero(truth == c)))], np.uint8)
            for c in (before, after)
        )
        frames = []
        for i in range(LENGTH):
            share = np.clip((i - HALF + 0.5) / FADE + 0.5, 0, 1)  # of the second face
            mixed = cv2.addWeighted(first, 1 - share, second, share, 0)
            frames.append(trembling(np.asarray(mixed, np.uint8), rng))
        said.append(classifier.predict(frames))
        pairs.append((before, after))
    return Sequences(np.stack(said).astype(np.float32), np.array(pairs, np.int64))


def smoothed(said: Floats, constant_s: float = SMOOTHING_S) -> Floats:
    """What the live view shows: exponential smoothing."""
    out = np.empty_like(said)
    for n, frames in enumerate(said):
        smoother = ProbabilitySmoother()
        for i, frame in enumerate(frames):
            shown = smoother.update(dict(enumerate(map(float, frame))), i / FPS, constant_s)  # type: ignore[arg-type]
            out[n, i] = list(shown.values())
    return out


def mean_of_last(said: Floats, frames: int = 7) -> Floats:
    """The mean of the last few frames."""
    return np.stack(
        [said[:, max(0, i - frames + 1) : i + 1].mean(axis=1) for i in range(said.shape[1])], axis=1
    )


def train(training: Sequences, selection: Sequences, units: int) -> tuple[Filter, int]:
    """Trains a GRU of so many units, or with 0 a dense layer on each frame by itself.

    Returns:
        The trained filter and its number of parameters.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    keras.utils.set_random_seed(0)
    classes = len(FERPLUS)
    said = keras.Input((None, classes))
    x = keras.layers.GRU(units, return_sequences=True)(said) if units else said
    model = keras.Model(said, keras.layers.Dense(classes, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")

    def prepared(one: Floats) -> Floats:
        return np.asarray(np.log(np.maximum(one, 1e-4)), np.float32)

    model.fit(
        prepared(training.said), training.true_frames(), batch_size=32, epochs=200, verbose=0,
        validation_data=(prepared(selection.said), selection.true_frames()),
        callbacks=[keras.callbacks.EarlyStopping(patience=15, restore_best_weights=True)],
    )  # fmt: skip
    return lambda one: np.asarray(model.predict(prepared(one), verbose=0)), model.count_params()


def figures(found: Floats, on: Sequences, draws: Resamples) -> list[str]:
    """A line of the table, without its title."""
    truth = on.true_frames()
    winner = found.argmax(axis=2)
    settled = np.r_[SETTLED:HALF, HALF + SETTLED : LENGTH]
    right = (winner == truth)[:, settled].mean(axis=1)
    shares = np.eye(len(FERPLUS))[truth]
    brier = ((found - shares) ** 2).sum(axis=2)[:, settled].mean(axis=1)
    steady = [*range(SETTLED, HALF - 1), *range(HALF + SETTLED, LENGTH - 1)]
    changes = (np.diff(winner, axis=1) != 0)[:, steady]
    flicker = changes.mean(axis=1) * FPS
    # Of the changes that the network sees in the end: frames until the new emotion leads.
    seen = winner[:, -1] == on.truth[:, 1]
    late = (winner[seen, HALF:] == on.truth[seen, 1:]).argmax(axis=1)
    return [
        estimate(draws.mean(right)).text("{:.3f}"),
        estimate(draws.mean(brier)).text("{:.3f}"),
        estimate(draws.mean(flicker)).text("{:.3f}"),
        f"{1e3 * np.mean(late) / FPS:.0f} ms",
        f"{1e3 * np.percentile(late, 95) / FPS:.0f} ms",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--sequences", type=int, default=400, metavar="N", help="of each split")
    parser.add_argument("--units", type=int, default=32, metavar="N")
    args = parser.parse_args()
    dataset = load_dataset(args.data, votes=args.votes)
    training = make(dataset.subset(dataset.split == Split.TRAINING), args.sequences, 1)
    public = make(dataset.subset(dataset.split == Split.PUBLIC), args.sequences, 2)
    half = args.sequences // 2
    selection, test = public.part(slice(0, half)), public.part(slice(half, None))
    recurrent, parameters = train(training, selection, args.units)
    alone, few = train(training, selection, 0)
    draws = Resamples(len(test.truth))
    filters: dict[str, Filter] = {
        "each frame alone": lambda said: said,
        f"smoothing, {SMOOTHING_S:g} s (what the live view does)": smoothed,
        "smoothing, 0.4 s": lambda said: smoothed(said, 0.4),
        "mean of the last 7 frames": mean_of_last,
        f"dense layer on each frame, {few} parameters, then smoothing": lambda said: smoothed(
            alone(said)
        ),
        f"GRU of {args.units} units, {parameters:,} parameters": recurrent,
    }
    header = ["", "frames right", "Brier", "changes of the winner a second", "delay", "p95"]
    rows = [[title, *figures(apply(test.said), test, draws)] for title, apply in filters.items()]
    text = "\n\n".join(
        [
            f"{len(test.truth)} made sequences of PublicTest faces, {LENGTH / FPS:g} s each, every "
            f"emotion equally often. {made_by()} In brackets are 95 % bootstrap intervals over "
            f"sequences. Frames right, Brier score and changes of the winner leave out the "
            f"first {1e3 * SETTLED / FPS:.0f} ms and those after the change; the delay is that "
            "until the new emotion leads, where it does in the end.",
            table(header, rows),
        ]
    )
    print(text)
    write_block(ROOT / "docs" / "further-work.md", "temporal models", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
