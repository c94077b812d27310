"""The emotions of a video's faces as subtitles: SubRip, WebVTT, and ELAN's annotation documents."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from emogui.errors import UsageError
from emogui.output.files import cannot_write, replacing
from emogui.types import FrameResult

_SHOWN = 4
"""Faces a subtitle names: more do not fit under a picture."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a video in which a face appears to feel the same.

    Attributes:
        face_id: its number in the video.
        text: the emotion, with a question mark where it is uncertain.
        start_s, end_s: from the first frame that shows it to the one that no longer does.
    """

    face_id: int
    text: str
    start_s: float
    end_s: float


class SpanCollector:
    """Turns the results of consecutive frames into spans.

    A span ends with the next frame that was analysed, whether the face is in that or not; what was
    not looked at counts as the frame before it, but for no longer than ``longest_s``.

    Args:
        longest_s: time after a frame for which it stands at most.
    """

    def __init__(self, longest_s: float = 1.0) -> None:
        self.spans: list[Span] = []
        self._open: dict[int, tuple[str, float]] = {}
        self._last_s = 0.0
        self._step_s = 0.04
        self._longest_s = longest_s

    def add(self, result: FrameResult) -> None:
        """Takes the next frame."""
        now = result.time_s
        if now > self._last_s:
            self._step_s = min(now - self._last_s, self._longest_s)
        seen = {f.face_id: f"{f.emotion}{'?' if f.uncertain else ''}" for f in result.faces}
        broken = now - self._last_s > self._longest_s
        for number, (text, start) in list(self._open.items()):
            if broken or seen.get(number) != text:
                self._close(number, text, start, min(now, self._last_s + self._longest_s))
        for number, text in seen.items():
            self._open.setdefault(number, (text, now))
        self._last_s = now

    def finish(self) -> list[Span]:
        """All spans, by their starts; the last frame is shown as long as the one before it."""
        for number, (text, start) in list(self._open.items()):
            self._close(number, text, start, self._last_s + self._step_s)
        return sorted(self.spans, key=lambda span: (span.start_s, span.face_id))

    def _close(self, number: int, text: str, start: float, end: float) -> None:
        del self._open[number]
        if _ms(end) > _ms(start):
            self.spans.append(Span(number, text, start, end))


def write_subtitles(path: str | Path, spans: Sequence[Span], video: str) -> None:
    """Writes spans in the format that the file's suffix names.

    Args:
        path: ending in .srt, .vtt or .eaf; the last is an ELAN document with a tier a face.
        spans: from `SpanCollector.finish`.
        video: path of the video, which an ELAN document names.

    Raises:
        UsageError: the suffix is none of these.
        EmoguiError: it cannot be written.
    """
    makers = {".srt": _srt, ".vtt": _vtt, ".eaf": _eaf}
    make = makers.get(Path(path).suffix.lower())
    if make is None:
        raise UsageError(f"Subtitles are written as {', '.join(makers)}.", "Choose one of these.")
    try:
        with replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(make(spans, video))
    except OSError as error:
        raise cannot_write(path, error) from error


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _cues(spans: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """Start and end in milliseconds, and text: what holds between two changes is one cue.

    Where a video has one face only, it is not numbered.
    """
    single = len({span.face_id for span in spans}) <= 1
    active: list[Span] = []
    at = 0
    following = 0
    while following < len(spans) or active:
        starts = _ms(spans[following].start_s) if following < len(spans) else math.inf
        ends = min((_ms(span.end_s) for span in active), default=math.inf)
        change = int(min(starts, ends))
        if active and change > at:
            shown = sorted(active, key=lambda span: span.face_id)[:_SHOWN]
            yield (
                at,
                change,
                "\n".join(s.text if single else f"{s.face_id}: {s.text}" for s in shown),
            )
        at = change
        active = [span for span in active if _ms(span.end_s) > at]
        while following < len(spans) and _ms(spans[following].start_s) <= at:
            active.append(spans[following])
            following += 1


def _clock(ms: int, comma: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{comma}{ms:03d}"


def _srt(spans: Sequence[Span], video: str) -> Iterator[str]:
    for number, (start, end, text) in enumerate(_cues(spans), 1):
        yield f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text}\n\n"


def _vtt(spans: Sequence[Span], video: str) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for start, end, text in _cues(spans):
        shown = html.escape(text, quote=False)
        yield f"{_clock(start, '.')} --> {_clock(end, '.')}\n{shown}\n\n"


def _eaf(spans: Sequence[Span], video: str) -> Iterator[str]:
    """EAF 3.0, https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    times = sorted({_ms(seconds) for span in spans for seconds in (span.start_s, span.end_s)})
    slot = {ms: f"ts{i}" for i, ms in enumerate(times, 1)}
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ANNOTATION_DOCUMENT AUTHOR="emogui" DATE="{now}" FORMAT="3.0" '
        'VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">\n'
        '  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">\n'
    )
    uri = Path(video).resolve().as_uri()
    kind = "video/mp4" if video.lower().endswith((".mp4", ".m4v")) else "video/*"
    yield f'    <MEDIA_DESCRIPTOR MEDIA_URL={quoteattr(uri)} MIME_TYPE="{kind}"/>\n  </HEADER>\n'
    yield "  <TIME_ORDER>\n"
    for ms, name in slot.items():
        yield f'    <TIME_SLOT TIME_SLOT_ID="{name}" TIME_VALUE="{ms}"/>\n'
    yield "  </TIME_ORDER>\n"
    faces = sorted({span.face_id for span in spans})
    for face in faces or [0]:
        yield f'  <TIER LINGUISTIC_TYPE_REF="emotion" TIER_ID="face {face}">\n'
        for i, span in enumerate(spans, 1):
            if span.face_id == face:
                yield (
                    "    <ANNOTATION>\n"
                    f'      <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{i}" '
                    f'TIME_SLOT_REF1="{slot[_ms(span.start_s)]}" '
                    f'TIME_SLOT_REF2="{slot[_ms(span.end_s)]}">\n'
                    f"        <ANNOTATION_VALUE>{escape(span.text)}</ANNOTATION_VALUE>\n"
                    "      </ALIGNABLE_ANNOTATION>\n"
                    "    </ANNOTATION>\n"
                )
        yield "  </TIER>\n"
    yield (
        '  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="emotion" '
        'TIME_ALIGNABLE="true"/>\n'
        "</ANNOTATION_DOCUMENT>\n"
    )
