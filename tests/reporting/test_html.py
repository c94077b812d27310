"""The page: well formed, self-contained, harmless whatever files are called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emogui.labels import FER2013, FERPLUS
from emogui.reporting.blocks import plain
from emogui.reporting.data import Failure, Failures, ReportData
from emogui.reporting.gather import gather
from emogui.reporting.html import to_html
from emogui.reporting.layout import lay_out
from tests.reporting.checking import Page
from tests.reporting.making import chances, face, make_batch

GLAD = chances(FERPLUS, happiness=0.9)
TORN = chances(FERPLUS, anger=0.45, fear=0.44)


def page_of(data: ReportData) -> Page:
    page = Page(to_html(lay_out(data)))
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links} <= set(page.ids)
    return page


def everything(folder):
    rows = [face(f"{n}.jpg", GLAD if n % 2 else TORN, uncertain=n % 3 == 0) for n in range(40)]
    for n in range(80):
        rows.append(face("v.mp4", GLAD if n < 40 else TORN, frame=n, time_s=n / 25))
    inputs = [(f"{n}.jpg", "ab"[n % 2]) for n in range(40)] + [("v.mp4", "c")]
    run = {"pictures": 42, "videos": 1, "frames": 80, "inputs": 43, "uncertain_below": 0.6}
    failures = [("bad.mp4", 12, "It ends too early.")]
    return make_batch(folder, rows, inputs=inputs, run=run, failures=failures)


def test_all_parts_are_there_and_read_well(tmp_path):
    page = page_of(gather(everything(tmp_path)))
    for part in (
        "43 inputs",
        "120 faces in 41 pictures and videos",
        "A difference between groups is not a fact about people",
        "happiness to anger 1x",
        "An expression is not a feeling",
        "percentile bootstrap over sources, not faces",
        "It ends too early.",
        "Excluded use",
        "Do not count on disgust, fear, contempt",
        "shown only on request",
    ):
        assert part in page.text
    assert page.images == 0
    assert page.links[:3] == ["#short", "#analysed", "#emotions"]


def test_groups_and_people_are_left_out_where_there_are_none(tmp_path):
    page = page_of(gather(make_batch(tmp_path, [face("a.jpg", GLAD)], run={})))
    assert "#groups" not in page.links
    assert "#people" not in page.links
    assert "There are no intervals" in page.text


def test_no_face_at_all(tmp_path):
    failures = [("a.jpg", "", "It is damaged.")]
    page = page_of(gather(make_batch(tmp_path, [], failures=failures, run={})))
    assert "No face was found" in page.text
    assert "It is damaged." in page.text


def test_an_unfinished_batch_is_told(tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", GLAD)], run={"complete": False}, tail="b.jpg,0")
    assert "The batch is not finished." in page_of(gather(folder)).text


def test_damage_and_missing_columns_are_told(tmp_path):
    (tmp_path / "faces.csv").write_text("source,p_happy,p_sad\na.jpg,0.25,0.75\nb.jpg,9,9\n")
    text = page_of(gather(tmp_path)).text
    assert "1 row of faces.csv could not be read" in text
    assert "lacks columns (frame, time_s" in text
    assert "are marked uncertain (" not in text
    assert "not installed on this computer" in text


def test_other_labels(tmp_path):
    rows = [face(f"{n}.jpg", chances(FER2013, sad=0.7)) for n in range(9)]
    run = {"options": {"labels": "fer2013"}}
    page = page_of(gather(make_batch(tmp_path, rows, labels=FER2013, run=run)))
    assert "FER-2013, PrivateTest" in page.text
    assert "Most frequent: sad 100" in page.text


@pytest.mark.parametrize("count", [1, 4, 5, 35])
def test_any_number_of_groups(tmp_path, count):
    inputs = [(f"{n}.jpg", f"<g> {n % count}") for n in range(2 * count)]
    rows = [face(name, GLAD) for name, _ in inputs[1:]]
    page = page_of(gather(make_batch(tmp_path, rows, inputs=inputs)))
    assert "<g> 0" in page.text


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return gather(everything(tmp_path_factory.mktemp("whole")))


NASTY = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "]]><!--",
    "--></style></title>&lt;&amp;",
    "new\nline\r\ttab\0nul",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u4e2d\u6587",
    "\u202egpj.exe",
    "**bold** `code` $x^2$ {0} %s",
    "\udcff\udcfe",
    "long" * 500,
    "",
    " ",
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=60)))
def test_names_are_harmless_whatever_they_are(whole, name):
    data = replace(
        whole,
        run=replace(whole.run, folder=name, asked=(name,), model=name, options=((name, name),)),
        leading=tuple(replace(row, source=name) for row in whole.leading[:2]),
        groups=tuple(replace(group, name=name) for group in whole.groups),
        videos=tuple(replace(video, source=name) for video in whole.videos),
        typical=tuple(replace(e, source=name) for e in whole.typical[:2]),
        doubtful=tuple(replace(e, source=name) for e in whole.doubtful[:2]),
        failures=Failures((Failure(name, name, name),), 1),
        table=replace(whole.table, missing=(name,)),
        network=replace(whole.network, card=()),
    )
    html = to_html(lay_out(data))
    Page(html)
    html.encode("utf-8")
    assert "<script" not in html


def test_names_are_shown_on_one_line_and_as_they_are():
    assert plain("a b/\u4e2d \U0001f600.jpg") == "a b/\u4e2d \U0001f600.jpg"
    assert plain("a\nb\u202e\udcff") == "a\\nb\\u202e\\udcff"
    short = plain("folder/" * 50 + "name.jpg")
    assert len(short) <= 90
    assert short.startswith("folder/")
    assert short.endswith("name.jpg")
