"""The network of the ``fer`` package, in its own environment, asked for finished face crops.

``fer`` brings another OpenCV, so it runs in a process of its own (``.venv-fer``, made by
``speed.py`` when it is missing). The crops go there and the probabilities come back through files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # fer's environment has no emogui

NAME = "fer"
LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The order of the peer's probabilities."""


class Peer:
    """The peer's process; a context manager.

    Raises:
        SystemExit: the process ended.
    """

    labels = LABELS

    def __init__(self) -> None:
        from speed import make_fer_environment

        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [str(make_fer_environment()), __file__, self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def predict(self, faces: Sequence[Any]) -> Any:
        """Probabilities for finished crops.

        Args:
            faces: uint8, all of one shape, grey (h, w) or RGB (h, w, 3).

        Returns:
            float32 (n, 7) in the order of :data:`LABELS`.
        """
        import numpy as np

        folder = Path(self._folder.name)
        np.save(folder / "faces.npy", np.stack(faces))
        assert self._process.stdin is not None and self._process.stdout is not None
        print("predict", file=self._process.stdin, flush=True)
        if self._process.stdout.readline().strip() != "done":
            raise SystemExit(f"the process of fer ended with status {self._process.wait()}")
        return np.load(folder / "probabilities.npy")


def serve(folder: Path) -> None:
    """The peer's side: answers each line with "done" once the probabilities are written."""
    import os

    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    import cv2
    import numpy as np
    from fer.fer import FER

    network = FER()
    if tuple(FER._get_labels().values()) != LABELS:
        raise SystemExit(f"this fer has other labels: {FER._get_labels()}")
    for _ in sys.stdin:
        faces = np.load(folder / "faces.npy")
        # What FER.detect_emotions does with a crop; called at the step before its rounding of
        # the probabilities to two digits, which would make ties.
        grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) if f.ndim == 3 else f for f in faces]
        batch = np.stack([cv2.resize(f, (64, 64)) for f in grey]).astype("float32")
        found = network._classify_emotions((batch / 255.0 - 0.5) * 2.0)
        np.save(folder / "probabilities.npy", np.asarray(found, np.float32))
        print("done", file=answer, flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
