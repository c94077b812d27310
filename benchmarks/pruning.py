"""How many of the shipped network's weights can be left out before it errs more.

    python benchmarks/pruning.py --data fer2013.csv --votes fer2013new.csv [--rows 800]

Magnitude pruning (Han et al., 2015): the smallest weights of all convolutions but the first are
set to 0, by one threshold for the whole network ("global") or the same share in every layer
("by layer"), without training again. The network runs in Keras, in float32, on the FER+ majority
rows of PublicTest. What it would weigh is what its weights in 8 bit, zeros included, take when
they are compressed (DEFLATE). The table goes into ``docs/further-work.md``.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from bootstrap import Resamples, estimate
from page import ROOT, made_by, write_block
from results import table
from robustness import SIX, public_faces

from emogui.backend.classifier import load_classifier
from emogui.commands.console import add_data_options

Weights = npt.NDArray[np.float32]
SHARES = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8)


def pruned(kernels: Sequence[Weights], share: float, *, by_layer: bool) -> list[Weights]:
    """The kernels with that share of their smallest weights at 0."""
    if by_layer:
        limits = [float(np.quantile(np.abs(k), share)) for k in kernels]
    else:
        every = np.concatenate([np.abs(k).ravel() for k in kernels])
        limits = [float(np.quantile(every, share))] * len(kernels)
    return [np.where(np.abs(k) > limit, k, 0.0) for k, limit in zip(kernels, limits, strict=True)]


def megabytes(kernels: Sequence[Weights]) -> float:
    """Size of the kernels in 8 bit, a scale a filter, compressed."""
    total = 0
    for kernel in kernels:
        scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True), 1e-12) / 127
        total += len(zlib.compress(np.rint(kernel / scale).astype(np.int8).tobytes(), 6))
    return total / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--rows", type=int, default=800, metavar="N", help="of PublicTest")
    args = parser.parse_args()
    faces, truth = public_faces(args.data, args.votes, args.rows, 0)
    classifier = load_classifier("resnet50", "ferplus", runtime="keras")
    network: Any = classifier.runtime.network  # type: ignore[attr-defined]
    import keras

    layers = [
        layer
        for layer in network.get_layer("backbone").layers
        if isinstance(layer, keras.layers.Conv2D)
    ][1:]
    kernels = [np.asarray(layer.kernel) for layer in layers]
    draws = Resamples(len(truth))

    def right() -> npt.NDArray[np.bool_]:
        return np.asarray(classifier.predict(faces).argmax(axis=1) == truth)

    whole = right()
    rows = []
    for share, by_layer in [(0.0, False), *((s, b) for b in (False, True) for s in SHARES)]:
        kept = pruned(kernels, share, by_layer=by_layer) if share else kernels
        for layer, kernel in zip(layers, kept, strict=True):
            layer.kernel.assign(kernel)
        found = right()
        rows.append(
            [
                "whole" if not share else f"{share:.0%}, {'by layer' if by_layer else 'global'}",
                f"{found.mean():.3f}",
                estimate(draws.mean(found) - draws.mean(whole)).text() if share else "",
                f"{draws.mean_recall(found, truth, SIX)[0]:.3f}",
                f"{sum(int((k != 0).sum()) for k in kept) / 1e6:.1f} million",
                f"{megabytes(kept):.1f} MB",
            ]
        )
        print(rows[-1], flush=True)
    header = ["left out", "accuracy", "difference", "six", "weights left", "in 8 bit, compressed"]
    text = "\n\n".join(
        [
            f"{len(truth):,} FER+ majority rows of PublicTest. {made_by()} In brackets are 95 % "
            "bootstrap intervals of the difference on the same faces.",
            table(header, rows),
        ]
    )
    write_block(ROOT / "docs" / "further-work.md", "pruning", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
