"""The parts of a report on the batch itself: in short, what was analysed, what could not be."""

from __future__ import annotations

from collections.abc import Iterator

from emogui.output.document import Bullets, Paragraph
from emogui.reporting.blocks import DataTable, Notice, ReportBlock, plain
from emogui.reporting.charts import percent
from emogui.reporting.data import ReportData
from emogui.reporting.words import number, several


def in_short(data: ReportData) -> Iterator[ReportBlock]:
    """What somebody has to know who reads no further."""
    yield from warnings(data)
    yield Bullets(tuple(_short_lines(data)))
    yield Paragraph(
        "**An expression is not a feeling.** The figures say how faces would appear to people who "
        "look at small pictures of them, as a network has learned it. They do not say what anybody "
        "felt; read What the figures do not mean before you use them."
    )


def warnings(data: ReportData) -> Iterator[ReportBlock]:
    """What makes the figures those of a part only."""
    run, table = data.run, data.table
    if run.complete is False or (table.cut_short and run.complete is not True):
        yield Notice(
            "**The batch is not finished.** It was ended before its end, or is still at work. What "
            "follows is about the part that is done. The same emogui batch command goes on; make "
            "the report again when it has finished."
        )
    elif run.complete is None:
        yield Notice(
            "Whether the batch was finished is not known: the folder has no record of it any more."
        )
    if table.unreadable:
        yield Notice(
            f"{several(table.unreadable, 'row')} of faces.csv could not be read and "
            f"{'is' if table.unreadable == 1 else 'are'} not counted."
        )
    if table.missing:
        yield Notice(
            f"faces.csv lacks columns ({', '.join(table.missing)}), so parts of this report are "
            "empty or less exact."
        )


def _short_lines(data: ReportData) -> Iterator[str]:
    run = data.run
    if run.inputs is not None:
        yield f"{several(run.inputs, 'input')} (pictures and videos)."
    if not data.faces:
        yield "No face was found, so there are no figures."
        return
    where = several(data.sources, "picture or video", "pictures and videos")
    yield f"{several(data.faces, 'face')} in {where}."
    ranked = sorted(data.labels, key=lambda label: -label.faces)
    told = [f"{c.label} {percent(c.faces / data.faces)}" for c in ranked[:3] if c.faces]
    yield f"Most frequent: {', '.join(told)} of all faces."
    if data.uncertain:
        yield (
            f"{percent(data.uncertain / data.faces)} of the faces are marked uncertain: do not "
            "rely on their emotion."
        )
    elif data.table.has_uncertain:
        yield "No face is marked uncertain; they can be wrong all the same."
    if data.failures.total:
        yield f"{several(data.failures.total, 'failure')}: see What could not be read."


def analysed(data: ReportData) -> Iterator[ReportBlock]:
    """What was analysed, and by what."""
    run = data.run
    state = {True: "finished", False: "not finished", None: "not known"}[run.complete]
    # The table goes on behind it until the next one.
    so_far = ", at the last checkpoint" if run.complete is False else ""
    rows = [
        ("folder", plain(run.folder)),
        ("state", state),
        ("last written", run.written_at),
        *[("named as input", plain(name)) for name in run.asked[:20]],
        *([("", "... and more")] if len(run.asked) > 20 else []),
        ("inputs", number(run.inputs)),
        (f"pictures analysed{so_far}", number(run.pictures)),
        (f"videos analysed to the end{so_far}", number(run.videos)),
        (f"frames of videos{so_far}", number(run.frames)),
        (f"inputs that failed{so_far}", number(run.failed_inputs)),
        ("pictures and videos with a face", number(data.sources)),
        ("faces (rows of faces.csv)", number(data.faces)),
        ("network", plain(run.model)),
        ("labels", f"{run.head}: {', '.join(data.table.labels)}".removeprefix(": ")),
        ("face detector", plain(run.detector)),
        (
            "uncertain below a confidence of",
            "" if run.uncertain_below is None else percent(run.uncertain_below),
        ),
        *[(words, plain(value)) for words, value in run.options],
        ("emogui", plain(run.version)),
    ]
    yield DataTable("", ("", "batch"), tuple(row for row in rows if row[1]))
    yield Paragraph(
        "A face in a picture is counted once; a face in a video is counted in each frame that was "
        "analysed. So long videos have most of the faces. Where figures should not depend on that, "
        "each picture or video counts once; the text says where."
    )


def failed(data: ReportData) -> Iterator[ReportBlock]:
    """What could not be read or analysed."""
    failures = data.failures
    if not failures.total:
        yield Paragraph("Everything that was reached could be read and analysed.")
        return
    left = failures.total - len(failures.first)
    more = (
        f" The first {len(failures.first)}; {number(left)} more are in failures.csv."
        if left
        else ""
    )
    yield DataTable(
        f"{several(failures.total, 'failure')}.{more}",
        ("input", "from frame", "why"),
        tuple((plain(f.source), plain(f.frame, 20), plain(f.reason, 300)) for f in failures.first),
        frozenset({1}),
    )
