"""Lays a report out: its parts in their order."""

from __future__ import annotations

from emogui.reporting import parts_figures as figures
from emogui.reporting import parts_limits, parts_people, parts_run
from emogui.reporting.blocks import Document, Section, plain
from emogui.reporting.data import ReportData


def lay_out(data: ReportData) -> Document:
    """The report in words, tables and charts."""
    parts = [
        ("short", "In short", parts_run.in_short(data)),
        ("analysed", "What was analysed", parts_run.analysed(data)),
        ("emotions", "Emotions", figures.emotions(data)),
        ("sources", "Faces a source", figures.sources(data)),
    ]
    if data.groups:
        parts.append(("groups", "Groups", figures.groups(data)))
    if data.videos:
        parts.append(("people", "People over time", parts_people.people(data)))
    parts += [
        ("examples", "Faces worth a look", figures.examples(data)),
        ("failures", "What could not be read", parts_run.failed(data)),
        ("limits", "What the figures do not mean", parts_limits.limits(data)),
        ("method", "How the figures were made", parts_limits.method(data)),
        ("card", f"Model card: {data.run.model}".removesuffix(": "), parts_limits.network(data)),
    ]
    return Document(
        f"Report on the batch {plain(data.run.folder, 60)}",
        "How the faces in pictures and videos appeared to a network. Results last written "
        f"{data.run.written_at}.",
        tuple(Section(key, title, tuple(blocks)) for key, title, blocks in parts),
    )
