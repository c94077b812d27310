"""The parts of a report with the figures: emotions, sources, groups, people over time, examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emogui.output.document import Paragraph
from emogui.reporting.blocks import DataTable, Notice, Picture, ReportBlock, plain
from emogui.reporting.charts import (
    clock,
    groups_chart,
    means_chart,
    percent,
)
from emogui.reporting.data import Example, GroupRow, ReportData
from emogui.reporting.estimates import FEWEST
from emogui.reporting.words import interval, number, several


def emotions(data: ReportData) -> Iterator[ReportBlock]:
    """How the emotions are distributed, and how many faces are uncertain."""
    if not data.faces:
        yield Paragraph("There are no faces.")
        return
    labels, overall = data.table.labels, data.overall
    what = "Mean probability" if data.table.has_probabilities else "Share"
    told = [f"{a} {interval(e)}" for a, e in zip(labels, overall.means, strict=True)]
    yield Picture(
        means_chart(labels, overall),
        f"{what} of each emotion, each picture or video counting once: {'; '.join(told)}.",
        f"{what} of each emotion, each picture or video counting once."
        + ("" if overall.sources < FEWEST else " The thin line is the 95 % interval."),
    )
    doubt = data.table.has_uncertain
    rows = [
        (
            count.label,
            number(count.faces),
            percent(count.faces / data.faces),
            *(
                [
                    percent(count.uncertain / count.faces) if count.faces else "",
                ]
                if doubt
                else []
            ),
            interval(found),
        )
        for count, found in zip(data.labels, overall.means, strict=True)
    ]
    all_doubt = [percent(data.uncertain / data.faces)] if doubt else []
    total = ("all", number(data.faces), "100 %", *all_doubt, "")
    yield DataTable(
        "Faces by their most probable emotion, and the "
        f"{what.lower()} with each picture or video counting once (in brackets the 95 % interval).",
        (
            *("emotion", "faces", "of all faces"),
            *(["of them uncertain"] if doubt else []),
            "mean, each source once",
        ),
        (*rows, total),
        frozenset(range(1, 5)),
    )
    if doubt:
        yield Paragraph(
            f"**{percent(data.uncertain / data.faces)} of all faces are marked uncertain** "
            f"({number(data.uncertain)} of {number(data.faces)}): small, turned or covered faces, "
            "and those of a low confidence. With each picture or video counting once it is "
            f"{interval(overall.uncertain)}. Faces that are not marked can be wrong too."
        )
    if overall.sources < FEWEST:
        yield Paragraph(
            f"There are no intervals, since fewer than {FEWEST} pictures or videos have a face."
        )


def sources(data: ReportData) -> Iterator[ReportBlock]:
    """Faces a source."""
    if not data.faces:
        yield Paragraph("There are no faces.")
        return
    if any(count for _, count in data.per_picture):
        counted = [(text, count) for text, count in data.per_picture if count]
        without = (data.run.pictures or 0) - sum(count for _, count in counted)
        if without > 0 and data.run.complete:
            counted.insert(0, ("none", without))
        yield DataTable(
            "Pictures by the number of faces that were found.",
            ("faces in the picture", "pictures"),
            tuple((text, number(count)) for text, count in counted),
            frozenset({1}),
        )
    shown, labels = data.leading, data.table.labels
    left = data.sources - len(shown)
    caption = "Pictures and videos with a face, those with most faces first."
    if left > 0:
        caption += f" The first {len(shown)}; {number(left)} more are in faces.csv."
    time = data.table.has_time and any(row.video for row in shown)
    doubt = data.table.has_uncertain
    rows = []
    for row in shown:
        best = max(range(len(labels)), key=row.counts.__getitem__)
        cells = [plain(row.source), number(row.faces)]
        if time:
            cells += [number(row.people), number(row.frames)] if row.video else ["", ""]
        cells.append(f"{labels[best]} {percent(row.counts[best] / row.faces)}")
        if doubt:
            cells.append(percent(row.uncertain / row.faces))
        rows.append(tuple(cells))
    header = ["source", "faces", *(["faces followed", "frames with a face"] if time else [])]
    header += ["most frequent", *(["uncertain"] if doubt else [])]
    numeric = {n for n, name in enumerate(header) if name not in ("source", "most frequent")}
    yield DataTable(caption, tuple(header), tuple(rows), frozenset(numeric))


def groups(data: ReportData) -> Iterator[ReportBlock]:
    """The means of each group that the list of inputs names."""
    labels = data.table.labels
    yield Notice(
        "**A difference between groups is not a fact about people.** Pictures of groups differ in "
        "light, camera, age, pose and who chose them, and the network is right more often for some "
        "people than for others; how much, its data cannot tell. Only a study that was designed "
        "for it can compare groups."
    )
    with_faces = [group for group in data.groups if group.sources]
    what = "Mean probability" if data.table.has_probabilities else "Share"
    if with_faces:
        yield Picture(
            groups_chart(labels, with_faces),
            f"{what} of each emotion a group; the table below has the same figures.",
            f"{what} of each emotion a group, each picture or video counting once.",
        )
    caption = f"{what} with its 95 % interval, each picture or video counting once."
    if data.groups_left_out:
        caption += f" {several(data.groups_left_out, 'smaller group')} not shown."
    doubt = data.table.has_uncertain
    for first in range(0, len(data.groups), _ACROSS):
        shown = data.groups[first : first + _ACROSS]
        yield DataTable(
            caption if not first else "Further groups.",
            ("emotion", *(plain(group.name, 40) for group in shown)),
            tuple(_group_rows(labels, shown, doubt)),
            frozenset(range(1, _ACROSS + 1)),
        )
    if any(0 < group.sources < FEWEST for group in data.groups):
        yield Paragraph(
            f"No interval is given where fewer than {FEWEST} pictures or videos have a face."
        )
    if data.unmatched:
        yield Paragraph(
            f"{several(data.unmatched, 'source')} of faces.csv could not be found in inputs.csv; "
            "their group is not known."
        )


_ACROSS = 4
"""So many groups fit beside one another."""


def _group_rows(
    labels: Sequence[str], shown: Sequence[GroupRow], doubt: bool
) -> Iterator[tuple[str, ...]]:
    yield ("inputs", *(number(group.inputs) for group in shown))
    yield ("with a face", *(number(group.sources) for group in shown))
    yield ("faces", *(number(group.faces) for group in shown))
    for place, label in enumerate(labels):
        yield (label, *(interval(g.means[place]) if g.sources else "" for g in shown))
    if doubt:
        yield ("uncertain", *(interval(g.uncertain) if g.sources else "" for g in shown))


def examples(data: ReportData) -> Iterator[ReportBlock]:
    """The most typical faces and the most doubtful ones."""
    if not data.faces:
        yield Paragraph("There are no faces.")
        return
    if not data.thumbnails:
        yield Paragraph("The faces themselves are shown only on request: `--thumbnails`.")
    if not data.typical:
        yield Paragraph("No face is certain enough to be called typical.")
    yield from _unless_empty(
        DataTable(
            "Most typical: the faces with the highest confidence of each emotion, without those "
            "that are marked uncertain; of a person in a video one for each emotion.",
            ("emotion", "confidence", "source", "where"),
            tuple(
                (e.emotion, percent(e.confidence), plain(e.source), _where(e, data))
                for e in data.typical
            ),
            frozenset({1}),
            tuple(e.thumbnail for e in data.typical) if data.thumbnails else (),
        )
    )
    if not data.doubtful:
        yield Paragraph("No face is doubtful: none is marked uncertain, and none is a close call.")
    yield from _unless_empty(
        DataTable(
            "Most doubtful: the faces whose two most probable emotions are closest. Look at them: "
            "they show where the network cannot decide.",
            ("between", "confidence", "ahead by", "source", "where"),
            tuple(
                (
                    f"{e.emotion} and {e.runner_up}" if e.runner_up else e.emotion,
                    percent(e.confidence),
                    percent(e.margin),
                    plain(e.source),
                    _where(e, data),
                )
                for e in data.doubtful
            ),
            frozenset({1, 2}),
            tuple(e.thumbnail for e in data.doubtful) if data.thumbnails else (),
        )
    )


def _unless_empty(table: DataTable) -> Iterator[ReportBlock]:
    if table.rows:
        yield table


def _where(example: Example, data: ReportData) -> str:
    if not data.table.has_time:
        return ""
    face = f"face {example.face_id}"
    if example.video:
        return f"{clock(example.time_s)}, frame {number(example.frame)}, {face}"
    return face
