"""Spans of emotions, and the subtitles made of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from emogui.errors import UsageError
from emogui.output.subtitles import Span, SpanCollector, write_subtitles
from emogui.types import FaceBox, FaceResult, FrameResult


def frame(time_s: float, *faces: tuple[int, str]) -> FrameResult:
    found = tuple(
        FaceResult(n, FaceBox(0, 0, 9, 9), 0.9, None, {text.rstrip("?"): 1.0}, text.endswith("?"))
        for n, text in faces
    )
    return FrameResult(time_s=time_s, faces=found)


def spans_of(*frames: FrameResult, longest_s: float = 1.0) -> list[Span]:
    collector = SpanCollector(longest_s)
    for one in frames:
        collector.add(one)
    return collector.finish()


def test_a_span_lasts_until_the_next_frame_says_otherwise():
    assert spans_of(
        frame(0.0, (0, "anger")),
        frame(0.5, (0, "anger"), (1, "fear")),
        frame(1.0, (0, "anger?"), (1, "fear")),
        frame(1.5, (1, "fear")),
    ) == [
        Span(0, "anger", 0.0, 1.0),
        Span(1, "fear", 0.5, 2.0),
        Span(0, "anger?", 1.0, 1.5),
    ]


def test_a_gap_is_not_bridged():
    assert spans_of(frame(0.0, (0, "fear")), frame(5.0, (0, "fear")), frame(5.5)) == [
        Span(0, "fear", 0.0, 1.0),
        Span(0, "fear", 5.0, 5.5),
    ]


def test_a_single_frame_is_shown_for_a_moment():
    (span,) = spans_of(frame(0.0, (3, "fear")))
    assert span.end_s > span.start_s


TWO = [Span(0, "fear", 0.0, 1.0), Span(1, "joy & <b>", 0.25, 3661.5)]


def test_srt(tmp_path):
    write_subtitles(tmp_path / "a.srt", TWO, "a.mp4")
    assert (tmp_path / "a.srt").read_text() == (
        "1\n00:00:00,000 --> 00:00:00,250\n0: fear\n\n"
        "2\n00:00:00,250 --> 00:00:01,000\n0: fear\n1: joy & <b>\n\n"
        "3\n00:00:01,000 --> 01:01:01,500\n1: joy & <b>\n\n"
    )


def test_a_single_face_has_no_number(tmp_path):
    write_subtitles(tmp_path / "a.vtt", TWO[1:], "a.mp4")
    assert (tmp_path / "a.vtt").read_text() == (
        "WEBVTT\n\n00:00:00.250 --> 01:01:01.500\njoy &amp; &lt;b&gt;\n\n"
    )


def test_elan(tmp_path):
    write_subtitles(tmp_path / "a.eaf", TWO, str(tmp_path / "new\nline.mp4"))
    root = ET.parse(tmp_path / "a.eaf").getroot()
    slots = {s.get("TIME_SLOT_ID"): int(s.get("TIME_VALUE")) for s in root.iter("TIME_SLOT")}
    found = [
        (
            tier.get("TIER_ID"),
            slots[a.get("TIME_SLOT_REF1")],
            slots[a.get("TIME_SLOT_REF2")],
            a.findtext("ANNOTATION_VALUE"),
        )
        for tier in root.iter("TIER")
        for a in tier.iter("ALIGNABLE_ANNOTATION")
    ]
    assert found == [("face 0", 0, 1000, "fear"), ("face 1", 250, 3661500, "joy & <b>")]
    kinds = {k.get("LINGUISTIC_TYPE_ID") for k in root.iter("LINGUISTIC_TYPE")}
    assert {t.get("LINGUISTIC_TYPE_REF") for t in root.iter("TIER")} <= kinds


@pytest.mark.parametrize("suffix", ["srt", "vtt", "eaf"])
def test_a_video_without_faces(tmp_path, suffix):
    write_subtitles(tmp_path / f"a.{suffix}", [], "a.mp4")
    assert (tmp_path / f"a.{suffix}").exists()


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"\.srt, \.vtt, \.eaf"):
        write_subtitles(tmp_path / "a.ass", TWO, "a.mp4")
