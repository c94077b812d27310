"""The PDF says what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib

import pytest

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.output.document import Paragraph
from emogui.reporting.blocks import Document, Section
from emogui.reporting.gather import gather
from emogui.reporting.layout import lay_out
from emogui.reporting.pdf import write_pdf
from emogui.reporting.typeset import broken, column_widths, printable, width_of
from tests.reporting.making import chances, face, make_batch
from tests.reporting.test_html import NASTY, everything


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    path = folder / "r.pdf"
    write_pdf(lay_out(gather(everything(folder / "batch"))), path)
    return path


def test_it_has_pages_and_whole_letters(pdf):
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", data)) >= 5
    assert b"/FontFile2" in data  # TrueType: text can be selected
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    drawn = b"".join(zlib.decompress(s) for s in streams if s[:1] == b"\x78")
    assert b"BT" in drawn


def test_its_text_can_be_selected(pdf):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    text = " ".join(done.stdout.decode("utf-8").replace("\u00a0", " ").split())
    for part in (
        "What the figures do not mean",
        "120 faces in 41 pictures and videos",
        "A difference between groups is not a fact about people",
        "happiness to anger 1x",
        "Excluded use",
        "It ends too early.",
    ):
        assert part in text


def test_it_is_the_same_each_time(tmp_path):
    document = Document("title", "", (Section("k", "part", (Paragraph("some **text**"),)),))
    for name in ("1.pdf", "2.pdf"):
        write_pdf(document, tmp_path / name)
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()


@pytest.mark.filterwarnings("error")
def test_any_name_can_be_set(tmp_path):
    rows = [face(f"{name}/x.jpg", chances(FERPLUS, fear=0.9)) for name in NASTY[:8]]
    failures = [(name.encode("utf-8", "replace").decode(), "", "x" * 400) for name in NASTY]
    folder = make_batch(tmp_path / "$x^2$ \u4e2d", rows, failures=failures)
    write_pdf(lay_out(gather(folder)), tmp_path / "r.pdf")
    assert (tmp_path / "r.pdf").stat().st_size > 1000


def test_where_it_cannot_be_written_is_told(tmp_path):
    document = Document("title", "", ())
    with pytest.raises(EmoguiError, match="Cannot write"):
        write_pdf(document, tmp_path / "none" / "r.pdf")


def test_lines_fit_and_lose_nothing():
    text = "some words, a `longer` one: " + "x" * 200 + " and the end"
    lines = broken([(text, "plain"), (" in bold", "bold")], 10, 120)
    for line in lines:
        assert sum(width_of(t.rstrip(), style, 10) for t, style in line) <= 120.01
    assert "".join(t for line in lines for t, _ in line).replace(" ", "") == (
        f"{text} in bold".replace(" ", "")
    )


def test_columns_fit():
    def cells(*texts):
        return [[(text, "plain")] for text in texts]

    rows = [cells("a", "word " * 100, "1,234"), cells("b", "w", "word " * 50)]
    widths = column_widths(rows, 8, 400, 8)
    assert sum(widths) + 16 <= 400.01
    assert widths[0] < widths[2] < widths[1]


def test_letters_that_the_typeface_lacks_are_escaped():
    assert printable("caf\u00e9 \u4e2d") == "caf\u00e9 \\u4e2d"
