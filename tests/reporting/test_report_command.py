"""``emogui report`` on a batch that was really run, and the same for programs."""

from __future__ import annotations

import base64
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PilImage

import emogui
from emogui.cli import main
from emogui.labels import FERPLUS
from tests.media.clips import make_clip
from tests.reporting.checking import Page
from tests.reporting.making import chances, face, make_batch


@pytest.fixture(scope="module")
def batch(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with a name that bites, a video, and what is no picture, in two groups."""
    folder = tmp_path_factory.mktemp("real")
    whole = emogui.load_image(project_root / "assets" / "sample.jpg")
    image = np.asarray(cv2.resize(whole, (480, 278), interpolation=cv2.INTER_AREA), np.uint8)
    PilImage.fromarray(image).save(folder / "=<b>&\u4e2d.jpg", quality=92)
    moved = [np.roll(image, 2 * n, axis=1) for n in range(10)]
    make_clip(folder / "clip.mp4", [40 * n for n in range(10)], size=(480, 278), pictures=moved)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n")
    table = "path,group\n=<b>&\u4e2d.jpg,still\nclip.mp4,<moving>\nbroken.png,still\n"
    (folder / "list.csv").write_text(table, encoding="utf-8")
    emogui.batch(folder / "list.csv", folder / "out", picture_side=480, workers=1)
    return folder


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_report_of_a_batch(batch, capsys):
    assert main(["report", str(batch / "out")]) == 0
    assert "22 faces of 2 sources" in capsys.readouterr().out
    page = Page(read(batch / "out" / "report.html"))
    for part in ("=<b>&\u4e2d.jpg", "<moving>", "broken.png", "Model card: resnet50"):
        assert part in page.text
    assert "not finished" not in page.text
    assert page.images == 0
    assert not (batch / "out" / "report.pdf").exists()


def test_thumbnails_are_cut_on_request(batch, tmp_path, capsys):
    place = tmp_path / "with faces.html"
    arguments = ["report", str(batch / "out"), "--thumbnails", "--output", str(place)]
    assert main(arguments) == 0
    html = read(place)
    page = Page(html)
    assert page.images >= 3
    start = html.index("base64,") + len("base64,")
    data = base64.b64decode(html[start : html.index('"', start)], validate=True)
    with PilImage.open(BytesIO(data)) as image:
        assert image.size == (96, 96)
        assert np.asarray(image).std() > 10  # a face, no grey square


def test_thumbnails_of_sources_that_have_gone_are_said_to_be(tmp_path):
    rows = [face("gone.jpg", chances(FERPLUS, fear=0.9))]
    (tmp_path / "other.jpg").write_bytes(b"no picture")
    rows.append(face(str(tmp_path / "other.jpg"), chances(FERPLUS, fear=0.9)))
    PilImage.new("RGB", (20, 20)).save(tmp_path / "small.png")
    outside = face(str(tmp_path / "small.png"), chances(FERPLUS, fear=0.9), box=(50, 50, 9, 9))
    report = emogui.make_report(make_batch(tmp_path / "out", [*rows, outside]), thumbnails=True)
    page = Page(read(report.html))
    assert page.images == 0
    assert page.text.count("source gone") == 3


def test_faces_that_the_batch_hides_are_not_shown(tmp_path, capsys):
    run = {"options": {"labels": "ferplus", "annotate": True, "hide": "blur"}}
    folder = make_batch(tmp_path, [face("a.jpg", chances(FERPLUS, fear=0.9))], run=run)
    assert main(["report", str(folder), "--thumbnails"]) == 2
    assert "told to hide them" in capsys.readouterr().err
    assert main(["report", str(folder)]) == 0


def test_the_batch_may_be_at_work(batch, tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", chances(FERPLUS, fear=0.9))], tail="b.jpg,0,0.0")
    report = emogui.make_report(folder)
    assert report.data.faces == 1
    assert "The batch is not finished." in Page(read(report.html)).text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{}"], "not the folder of a batch"),
        (["{}/none"], "not the folder of a batch"),
        (["{}", "--output", "r.pdf"], "ends in .html"),
    ],
)
def test_wrong_use_is_told(tmp_path, capsys, arguments, told):
    assert main(["report", *(word.format(tmp_path) for word in arguments)]) == 2
    assert told in capsys.readouterr().err


def test_where_it_cannot_be_written_is_told(tmp_path, capsys):
    folder = make_batch(tmp_path, [])
    assert main(["report", str(folder), "--output", str(tmp_path / "none" / "r.html")]) == 1
    assert "Make its folder first" in capsys.readouterr().err


def test_a_window_can_make_reports_without_loading_what_is_heavy(project_root, tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", chances(FERPLUS, fear=0.9))], run={})
    code = (
        "import sys; from emogui import make_report\n"
        f"make_report({str(folder)!r})\n"
        "print({'matplotlib', 'openvino', 'tensorflow', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
