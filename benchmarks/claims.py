"""How figures of 87 % and more come about that nobody sees again with the camera on.

    python benchmarks/claims.py --data fer2013.csv --votes fer2013new.csv

Three experiments, none of which needs a training:

- Binary accuracy taken for accuracy: a network of random weights with eight classes.
- Training pictures inside the test set, and a random split after augmentation: a classifier that
  only learns by heart (the nearest neighbour of the pixels) shows what such a split lets in.
- Accuracy on the training data: the same classifier.

The page is ``docs/claims.md``, between its markers.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from page import ROOT, made_by, write_block
from results import table

from emogui.commands.console import add_data_options
from emogui.labels import FERPLUS
from emogui.training.data import EmotionDataset, Split
from emogui.training.datasets import load_dataset

SIDE = 24
"""Pixels that pictures are compared in: fewer are quicker, and no copy hides in them."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """What a constant or untrained network scores.

    Attributes:
        title: of the network.
        accuracy: share of pictures whose most probable class is the true one.
        binary: Keras' binary accuracy of the same output.
    """

    title: str
    accuracy: float
    binary: float


def guesses(faces: npt.NDArray[np.uint8], truth: npt.NDArray[np.int64]) -> list[Guess]:
    """Scores of networks that learned nothing, on faces uint8 (n, 48, 48, 1)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    keras.utils.set_random_seed(0)
    classes = len(FERPLUS)
    untrained = keras.Sequential(
        [
            keras.Input(faces.shape[1:]),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    outputs = {
        "random weights": np.asarray(untrained.predict(faces, verbose=0)),
        "one eighth for each class": np.full((len(faces), classes), 1 / classes, np.float32),
    }
    wanted = np.eye(classes, dtype=np.float32)[truth]
    found = []
    for title, said in outputs.items():
        metric = keras.metrics.BinaryAccuracy()
        metric.update_state(wanted, said)
        right = float((said.argmax(axis=1) == truth).mean())
        found.append(Guess(title, right, float(metric.result())))
    return found


def described(faces: npt.NDArray[np.uint8]) -> Floats:
    """Pictures as vectors of length 1: small, without their mean."""
    small = np.stack([cv2.resize(f, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for f in faces])
    flat = small.reshape(len(small), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))


def nearest(known: Floats, asked: Floats) -> npt.NDArray[np.int64]:
    """Place of the most similar known picture for each asked one."""
    parts = [(asked[i : i + 512] @ known.T).argmax(axis=1) for i in range(0, len(asked), 512)]
    return np.concatenate(parts)


def varied(face: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A copy as an augmentation makes it: mirrored or not, turned, shifted, brighter or darker."""
    turn = cv2.getRotationMatrix2D((23.5, 23.5), rng.uniform(-10, 10), rng.uniform(0.95, 1.05))
    turn[:, 2] += rng.uniform(-2, 2, 2)
    x = cv2.warpAffine(face, turn, (48, 48), borderMode=cv2.BORDER_REPLICATE)
    x = cv2.convertScaleAbs(x, alpha=rng.uniform(0.8, 1.2), beta=rng.uniform(-15, 15))
    return np.asarray(x[:, ::-1] if rng.random() < 0.5 else x, np.uint8)


def by_heart(every: EmotionDataset, copies: int) -> list[tuple[str, str, npt.NDArray[np.bool_]]]:
    """The nearest neighbour under four ways to split: title, what is asked, right or not."""
    faces = np.stack([np.asarray(f, np.uint8) for f in every.faces])
    labels = every.fer2013.astype(np.int64)
    vectors = described(faces)
    training = np.flatnonzero(every.split == Split.TRAINING)
    test = np.flatnonzero(every.split == Split.PUBLIC)
    seen = {faces[i].tobytes() for i in test}
    clean = np.array([i for i in training if faces[i].tobytes() not in seen])
    known = {faces[i].tobytes() for i in training}
    leaked = np.array([faces[i].tobytes() in known for i in test])
    found = []

    def ask(title: str, of: str, rows: npt.NDArray[np.int64], asked: npt.NDArray[np.int64]) -> None:
        winner = labels[rows][nearest(vectors[rows], vectors[asked])]
        found.append((title, of, winner == labels[asked]))

    ask("test pictures taken out of Training", "PublicTest", clean, test)
    ask("as the set is distributed", "PublicTest", training, test)
    right = found[-1][2]
    found.append(
        (f"of these, the {int(leaked.sum())} that are in Training", "PublicTest", right[leaked])
    )
    rng = np.random.default_rng(0)
    sample = rng.choice(training, min(len(training), len(test)), replace=False)
    ask("accuracy on what was learned", "Training", training, sample)
    some = rng.choice(clean, min(len(clean), 7000), replace=False)
    made = [varied(faces[i], rng) for i in some for _ in range(copies)]
    pool = np.concatenate([vectors[some], described(np.stack(made))])
    of = np.concatenate([labels[some], np.repeat(labels[some], copies)])
    order = rng.permutation(len(pool))
    held, rest = np.split(order, [len(order) // 10])
    winner = of[rest][nearest(pool[rest], pool[held])]
    found.append(
        (f"{copies} augmented copies of each picture, then split at random", "a random tenth",
         winner == of[held])
    )  # fmt: skip
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--copies", type=int, default=4, metavar="N", help="of each picture")
    args = parser.parse_args()
    every = load_dataset(args.data, votes=args.votes, keep_leaked=True)
    public = every.subset((every.split == Split.PUBLIC) & every.majority)
    faces = np.stack([np.asarray(f, np.uint8) for f in public.faces])[..., None]
    guessed = guesses(faces, public.ferplus.argmax(axis=1).astype(np.int64))
    lines = [[g.title, f"{g.accuracy:.1%}", f"{g.binary:.2%}"] for g in guessed]
    binary = table(["network of eight classes that learned nothing", "accuracy", "binary"], lines)
    lines = []
    for title, of, right in by_heart(every, args.copies):
        share = estimate(Resamples(len(right)).mean(right)).text("{:.1%}")
        lines.append([title, of, f"{len(right):,}", share])
    heart = table(["how the pictures are split", "asked", "n", "right"], lines)
    text = f"{made_by()}\n\n{binary}\n\n{heart}"
    print(text)
    write_block(ROOT / "docs" / "claims.md", "claims", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
