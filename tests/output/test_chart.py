import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.output import palette
from emogui.output.chart import make_figure, save_chart
from emogui.types import FaceBox, FaceResult


def make_face(labels=FERPLUS, *, uncertain=False):
    values = np.linspace(1, 3, len(labels)) / np.linspace(1, 3, len(labels)).sum()
    return FaceResult(
        0,
        FaceBox(0, 0, 40, 40),
        0.9,
        None,
        dict(zip(labels, values.tolist(), strict=True)),
        uncertain,
        "the face is under 32 pixels" if uncertain else None,
    )


def test_every_bar_has_its_number_name_and_colour():
    face = make_face()
    axes = make_figure(face).axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == [f"{value * 100:.1f} %" for value in face.probabilities.values()]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(FERPLUS)
    colours = [tuple(round(part * 255) for part in bar.get_facecolor()[:3]) for bar in axes.patches]
    assert colours == [palette.colour(label) for label in FERPLUS]
    assert [bar.get_width() for bar in axes.patches] == list(face.probabilities.values())
    assert "contempt" in axes.get_title()


def test_uncertain_is_written_below():
    axes = make_figure(make_face(uncertain=True), title="A title").axes[0]
    assert axes.get_xlabel() == "Uncertain: the face is under 32 pixels"
    assert axes.get_title() == "A title"
    assert make_figure(make_face()).axes[0].get_xlabel() == ""


def test_formats(tmp_path):
    face = make_face(FER2013, uncertain=True)
    save_chart(face, tmp_path / "a.png", title="Zoë & $x <b>\x07 " * 9)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width >= 800
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20
    save_chart(face, tmp_path / "a.SVG", title="Zoë & $x <b>\x07")
    assert ElementTree.parse(tmp_path / "a.SVG").getroot().tag.endswith("svg")
    save_chart(face, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 3


def test_errors(tmp_path):
    with pytest.raises(EmoguiError, match=r"\.png, \.svg or \.pdf"):
        save_chart(make_face(), tmp_path / "a.gif")
    with pytest.raises(EmoguiError, match="No such file"):
        save_chart(make_face(), tmp_path / "no" / "a.png")


def test_no_global_state_of_pyplot():
    code = (
        "import sys; from emogui.output.chart import make_figure;"
        "from emogui.types import FaceBox, FaceResult;"
        "make_figure(FaceResult(0, FaceBox(0, 0, 9, 9), 1.0, None, {'a': 0.5, 'b': 0.5}));"
        "sys.exit('matplotlib.pyplot' in sys.modules or 'tkinter' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
