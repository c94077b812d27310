"""A video made from the sample picture, through the shipped detector and network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogui import Analyzer, load_image
from emogui.bulk.video import VideoAnalysis
from emogui.errors import UsageError
from tests.media.clips import make_clip


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    """The sample picture, half as large, pushed along by a few pixels a frame."""
    whole = load_image(project_root / "assets" / "sample.jpg")[::2, ::2]
    frames = [np.ascontiguousarray(whole[:320, 4 * n : 4 * n + 560]) for n in range(12)]
    path = tmp_path_factory.mktemp("clips") / "moving.mp4"
    return make_clip(path, [80 * n for n in range(12)], size=(560, 320), pictures=frames)


def test_each_frame_is_analysed_and_its_faces_keep_their_numbers(
    analyzer: Analyzer, moving: Path
) -> None:
    with VideoAnalysis(moving, analyzer) as video:
        assert video.total == 12
        results = [video.analyze(frame) for frame in video]
        assert video.warnings == ()
    assert [result.frame for result in results] == list(range(12))
    assert [result.time_s for result in results] == pytest.approx([0.08 * n for n in range(12)])
    assert {result.source for result in results} == {str(moving)}
    numbers = [{face.face_id for face in result.faces} for result in results]
    assert numbers[0]
    assert all(found == numbers[0] for found in numbers)
    assert all("detect" in result.timings_ms for result in results)


def test_which_frames_are_taken(analyzer: Analyzer, moving: Path) -> None:
    with VideoAnalysis(moving, analyzer, every=5) as video:
        assert video.total == 3
        assert [video.analyze(frame).frame for frame in video] == [0, 5, 10]
    with VideoAnalysis(moving, analyzer, fps=2.5) as video:
        assert [video.analyze(frame).frame for frame in video] == [0, 5, 10]
    with pytest.raises(UsageError):
        VideoAnalysis(moving, analyzer, every=5, fps=2)


def test_smoothing_is_left_out_unless_asked_for(analyzer: Analyzer, moving: Path) -> None:
    def happiness(smoothing_s: float) -> list[float]:
        with VideoAnalysis(moving, analyzer, smoothing_s=smoothing_s) as video:
            results = [video.analyze(frame) for frame in video]
        return [result.faces[0].probabilities["happiness"] for result in results]

    raw, smooth = np.array(happiness(0.0)), np.array(happiness(2.0))
    assert raw[0] == pytest.approx(smooth[0])
    assert np.abs(np.diff(smooth)).sum() < np.abs(np.diff(raw)).sum()
