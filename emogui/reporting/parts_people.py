"""The part of a report on the people of videos: over time, and how their emotions changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emogui.output.document import Heading, Paragraph
from emogui.reporting.blocks import DataTable, Picture, ReportBlock, plain
from emogui.reporting.charts import clock, legend_chart, percent, timeline_chart
from emogui.reporting.data import ReportData, VideoPeople
from emogui.reporting.tracks import Person
from emogui.reporting.words import number, several


def people(data: ReportData) -> Iterator[ReportBlock]:
    """The people of videos over time, and how their emotions changed."""
    labels = data.table.labels
    yield Paragraph(
        "Within a video a face keeps its number as long as it is followed. The number names "
        "nobody, it may change when a face was gone for long, and number 0 of one video is not "
        "number 0 of another. A change counts when the new emotion lasted a quarter of a second "
        "and two analysed frames at least; frames that are marked uncertain are passed over for it."
    )
    yield Picture(
        legend_chart(labels, doubt=data.table.has_uncertain),
        "Legend: " + ", ".join(labels) + ".",
        "Colours of the charts below. Each shows the mean probabilities over time, stacked; gaps "
        "are times without the face.",
    )
    for video in data.videos:
        yield from _video(video, labels, doubt=data.table.has_uncertain)
    if data.videos_left_out > 0:
        yield Paragraph(
            f"The videos with most faces are shown; {several(data.videos_left_out, 'more video')} "
            f"{'has' if data.videos_left_out == 1 else 'have'} faces in faces.csv."
        )


def _video(video: VideoPeople, labels: Sequence[str], *, doubt: bool) -> Iterator[ReportBlock]:
    name = plain(video.source)
    from_s = 0.0
    to_s = max(person.last_s + person.bin_s for person in video.people)
    yield Heading(2, _unmarked(name))
    for person in video.people:
        yield Picture(
            timeline_chart(labels, person, from_s, to_s),
            f"Face {person.number} of {name} from {clock(person.first_s)} to "
            f"{clock(person.last_s)}: {_shares(person, labels, 3)}.",
            f"Face {person.number}: {_shares(person, labels, 3)}.",
        )
    header = ["face", "seen from", "to", "frames", "emotions", *(["uncertain"] if doubt else [])]
    rows = []
    for person in video.people:
        cells = [f"{person.number}", clock(person.first_s), clock(person.last_s)]
        cells += [number(person.faces), _shares(person, labels, 3)]
        if doubt:
            cells.append(percent(person.uncertain / person.faces))
        rows.append((*cells, _changes(person, labels)))
    left = (
        f" {several(video.left_out, 'more face')} seen in fewer frames." if video.left_out else ""
    )
    yield DataTable(
        f"People of the video and how often their emotion changed.{left}",
        (*header, "changes"),
        tuple(rows),
        frozenset({1, 2, 3, *({5} if doubt else ())}),
    )


def _shares(person: Person, labels: Sequence[str], most: int) -> str:
    ranked = sorted(range(len(labels)), key=lambda place: -person.counts[place])
    told = [(labels[p], person.counts[p] / person.faces) for p in ranked[:most] if person.counts[p]]
    return ", ".join(f"{label} {percent(share)}" for label, share in told)


def _changes(person: Person, labels: Sequence[str]) -> str:
    if not person.changes:
        return "none"
    told = [f"{labels[c.before]} to {labels[c.after]} {c.count}x" for c in person.changes[:6]]
    rest = sum(change.count for change in person.changes[6:])
    if rest:
        told.append(f"others {rest}x")
    return f"{sum(c.count for c in person.changes)}: " + ", ".join(told)


def _unmarked(text: str) -> str:
    """A name in a heading, where ``*`` and backticks would be taken for marks."""
    return text.replace("**", "* *").replace("`", "'")
