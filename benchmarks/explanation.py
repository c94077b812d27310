"""Do the class activation maps show what the network looks at? Checked by brute force.

    python benchmarks/explanation.py --data fer2013.csv [--faces 200] [--model resnet50]

A grey patch is slid over real faces (PublicTest pictures and the sample picture's), and the network
is asked each time how much the logit of the face's top emotion fell. That map needs a hundred runs
of the network for each face, but nothing needs to be believed about it. Printed are

- how well maps and patches agree on the order of the places (Spearman's rank correlation, the mean
  over the faces with a bootstrap 95 % interval): for the map as it is shown; for the same map
  stretched over the face as if its cells tiled it; for the mean of maps of the face at four places
  half a cell apart; and, as a yardstick, for another face's map of the same emotion, which knows
  where faces mostly show an emotion, but has not seen this one;
- a deletion test: by how much the logit falls when the quarter of the face is greyed that the map
  calls strongest, weakest, that chance picks, or that the patches found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap, spearmanr

from emogui import load_image, paths
from emogui.backend.analyzer import Analyzer
from emogui.backend.classifier import Classifier
from emogui.backend.crop import prepare
from emogui.backend.explanation import Explanation, explain
from emogui.backend.model_info import MapGrid

Face = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]

PATCH = 0.25
"""Side of the sliding patch as a share of the face's."""

STEPS = 10
"""Places of the patch across and down."""

BLOCKS = 6
"""The deletion test greys squares of a sixth of the face's side, a quarter of the 36."""

DRAWS = 10
"""Random quarters of each face."""


def logits(classifier: Classifier, faces: Sequence[Face] | Face) -> Values:
    """Logits of the classifier's head, (n, classes)."""
    return classifier.logits_of_heads(list(faces))[classifier.head].astype(np.float64)


def middles() -> Values:
    """Middles of the patch's places, as shares of the face's side."""
    return np.linspace(PATCH / 2, 1 - PATCH / 2, STEPS)


def occlusion_map(classifier: Classifier, face: Face, emotion: int) -> Values:
    """How much the logit falls under the patch: (STEPS, STEPS), rows from top to bottom.

    Args:
        classifier: the network.
        face: grey uint8 (size, size).
        emotion: index of the emotion's label.
    """
    size = face.shape[0]
    side = round(PATCH * size)
    starts = [round(middle * size - side / 2) for middle in middles()]
    hidden = np.repeat(face[None], STEPS * STEPS, axis=0)
    grey = round(float(face.mean()))
    for index, (top, left) in enumerate((y, x) for y in starts for x in starts):
        hidden[index, top : top + side, left : left + side] = grey
    whole = logits(classifier, face[None])[0, emotion]
    return (whole - logits(classifier, hidden)[:, emotion]).reshape(STEPS, STEPS)


def correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Spearman's rank correlation of two maps."""
    return float(spearmanr(np.ravel(one), np.ravel(other)).statistic)


def stretched(explanation: Explanation) -> Explanation:
    """The same map as if its cells tiled the face, as it is mostly drawn."""
    cells = explanation.map.shape[0]
    grid = MapGrid(0.5 / cells, 1 / cells)
    return Explanation(explanation.emotion, explanation.method, explanation.map, grid)


def from_four_places(classifier: Classifier, face: Face, emotion: str) -> Values:
    """The mean of the maps of a face moved by nothing and by half a cell up and left."""
    first = explain(classifier, [face], [emotion])[0]
    half = first.grid.step / 2
    pixels = round(half * face.shape[0])
    total = np.zeros((STEPS, STEPS))
    for down in (0, pixels):
        for across in (0, pixels):
            pad = ((0, down), (0, across))
            moved = np.pad(face, pad, mode="edge")[down:, across:]
            (found,) = explain(classifier, [moved], [emotion])
            x, y = (middles() - move / face.shape[0] for move in (across, down))
            total += found.sample(x, y)
    return total / 4


def hide(face: Face, blocks: Sequence[int]) -> Face:
    """Greys some of the face's BLOCKS x BLOCKS squares, numbered row by row."""
    hidden, size = face.copy(), face.shape[0]
    edges = np.round(np.linspace(0, size, BLOCKS + 1)).astype(int)
    for block in blocks:
        row, column = divmod(int(block), BLOCKS)
        rows, columns = edges[row : row + 2], edges[column : column + 2]
        hidden[rows[0] : rows[1], columns[0] : columns[1]] = round(float(face.mean()))
    return hidden


def block_middles() -> Values:
    """Middles of the squares, as shares of the face's side."""
    return (np.arange(BLOCKS) + 0.5) / BLOCKS


def deletion(
    classifier: Classifier,
    face: Face,
    emotion: int,
    ranks: dict[str, Values],
    rng: np.random.Generator,
) -> dict[str, float]:
    """By how much the logit falls when a quarter of the face is greyed.

    Args:
        classifier: the network.
        face: grey uint8 (size, size).
        emotion: index of the emotion's label.
        ranks: name to (BLOCKS, BLOCKS), the squares with the largest values are greyed.
        rng: picks the random squares.

    Returns:
        Name to the fall of the logit; ``"chance"`` is the mean over DRAWS random quarters.
    """
    count = BLOCKS * BLOCKS // 4
    faces = [face]
    faces += [hide(face, np.argsort(-values.ravel())[:count]) for values in ranks.values()]
    faces += [hide(face, rng.permutation(BLOCKS * BLOCKS)[:count]) for _ in range(DRAWS)]
    found = logits(classifier, faces)[:, emotion]
    falls = found[0] - found[1:]
    fallen = dict(zip(ranks, map(float, falls), strict=False))
    return fallen | {"chance": float(falls[len(ranks) :].mean())}


def interval(values: Sequence[float]) -> str:
    """Mean and bootstrap 95 % interval."""
    array = np.asarray(values, np.float64)
    low, high = bootstrap(
        (array,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    return f"{array.mean():.3f} [{low:.3f}, {high:.3f}]"


def sample_faces(analyzer: Analyzer) -> list[Face]:
    """The faces of the sample picture, as the network gets them."""
    image = load_image(next(paths.assets().glob("sample.*")))
    crops = [analyzer.crop(image, face.box) for face in analyzer.analyze(image).faces]
    return list(prepare(crops, analyzer.classifier.info.input_size)[..., 0])


def public_faces(data: Path, votes: Path | None, count: int, size: int) -> list[Face]:
    """PublicTest faces, drawn without looking."""
    from emogui.training.data import Split
    from emogui.training.datasets import load_dataset

    dataset = load_dataset(data, votes=votes).in_split(Split.PUBLIC)
    rows = np.random.default_rng(0).permutation(len(dataset))[:count]
    return list(prepare([dataset.faces[int(row)] for row in rows], size)[..., 0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="FER-2013; without it the sample picture only")
    parser.add_argument("--votes", type=Path, help="fer2013new.csv, the FER+ votes")
    parser.add_argument("--faces", type=int, default=200, help="PublicTest faces (%(default)s)")
    parser.add_argument("--model", default="resnet50", help="network or its folder (%(default)s)")
    args = parser.parse_args()
    analyzer = Analyzer(args.model)
    classifier = analyzer.classifier
    size = classifier.info.input_size
    faces = sample_faces(analyzer)
    if args.data is not None:
        faces += public_faces(args.data, args.votes, args.faces, size)
    report(classifier, faces)
    return 0


def report(classifier: Classifier, faces: Sequence[Face]) -> None:
    """Prints both tables, in Markdown."""
    rng = np.random.default_rng(0)
    began = time.perf_counter()
    maps = explain(classifier, faces)
    by_map = (time.perf_counter() - began) / len(faces)
    classes = [classifier.labels.index(one.emotion) for one in maps]
    began = time.perf_counter()
    patches = [occlusion_map(classifier, face, c) for face, c in zip(faces, classes, strict=True)]
    by_patch = (time.perf_counter() - began) / len(faces)
    x = middles()
    agreement: dict[str, list[float]] = {
        "the map as it is shown": [],
        "the map stretched over the face": [],
        "the mean of maps from four places": [],
        "another face's map of the same emotion": [],
    }
    falls: dict[str, list[float]] = {}
    for i, (face, found, truth) in enumerate(zip(faces, maps, patches, strict=True)):
        alike = [j for j, c in enumerate(classes) if c == classes[i] and j != i]
        views = [
            found.sample(x, x),
            stretched(found).sample(x, x),
            from_four_places(classifier, face, found.emotion),
        ]
        if alike:
            views.append(maps[int(rng.choice(alike))].sample(x, x))
        for name, view in zip(agreement, views, strict=False):
            agreement[name].append(correlation(view, truth))
        at = block_middles()
        nearest = np.abs(at[:, None] - x[None]).argmin(axis=1)
        ranks = {
            "what the patches found": truth[np.ix_(nearest, nearest)],
            "what the map calls strongest": found.sample(at, at),
            "what the map calls weakest": -found.sample(at, at),
        }
        for name, fall in deletion(classifier, face, classes[i], ranks, rng).items():
            falls.setdefault(name, []).append(fall)
    print(f"{classifier.name}, {maps[0].method}, {classifier.head}, {len(faces)} faces, ", end="")
    print(f"{1e3 * by_map:.1f} ms a face by map and {1e3 * by_patch:.0f} ms by patch\n")
    print("| agreement with the patches | n | rank correlation [95 %] | above 0 |")
    print("|---|---|---|---|")
    for name, values in agreement.items():
        above = np.mean(np.array(values) > 0)
        print(f"| {name} | {len(values)} | {interval(values)} | {100 * above:.0f} % |")
    print("\n| a quarter of the face greyed | n | the logit falls by [95 %] | above chance |")
    print("|---|---|---|---|")
    for name, values in falls.items():
        more = np.mean(np.array(values) > np.array(falls["chance"]))
        last = "" if name == "chance" else f"{100 * more:.0f} %"
        print(f"| {name} | {len(values)} | {interval(values)} | {last} |")


if __name__ == "__main__":
    sys.exit(main())
