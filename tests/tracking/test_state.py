"""The state of a sequence: going on from it changes nothing, and it cannot name anything else."""

from __future__ import annotations

import os
import pickle
import zlib

import cv2
import numpy as np
import pytest

from emogui import Analyzer, load_image
from emogui.errors import UsageError
from emogui.tracking.sequence import SequenceAnalyzer
from emogui.tracking.state import pack, unpack
from emogui.types import Frame


def test_a_sequence_goes_on_as_if_nothing_had_been(project_root):
    image = load_image(project_root / "assets" / "sample.jpg")
    small = cv2.resize(image, (400, 232), interpolation=cv2.INTER_AREA).astype(np.uint8)
    frames = [Frame(np.roll(small, 5 * n, axis=1), n, n / 25, 0.0) for n in range(6)]
    stages = Analyzer()

    def make():
        return SequenceAnalyzer(stages, adaptive=False, smoothing_s=0.2, long_side=200)

    def seen(result):
        return [(f.face_id, f.box, f.detection_score, dict(f.probabilities)) for f in result.faces]

    whole = make()
    expected = [seen(whole(frame).result) for frame in frames]
    assert len(expected[-1]) == 2
    broken = make()
    for frame, rows in zip(frames, expected, strict=True):
        state = broken.state()
        broken = make()
        broken.restore(state)
        assert seen(broken(frame).result) == rows
        assert broken.given == 2


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        zlib.compress(b"nonsense"),
        zlib.compress(pickle.dumps(Evil())),
        zlib.compress(b"cemogui.tracking.sequence\ncheck_image\n."),
        zlib.compress(b"cemogui.tracking.state\npickle.loads\n."),
        zlib.compress(pickle.dumps({"schedule": 1})[:-2]),
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(UsageError):
        unpack(data)


def test_a_state_of_something_else_is_refused():
    with pytest.raises(UsageError, match="no state of a sequence"):
        SequenceAnalyzer(Analyzer()).restore(pack({"a": np.zeros(3)}))
