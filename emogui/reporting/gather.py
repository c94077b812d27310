"""Computes a report from the folder of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emogui.backend.model_info import ModelInfo
from emogui.backend.store import load_model_info
from emogui.bulk.lock import WORK
from emogui.bulk.writer import FACES
from emogui.errors import EmoguiError, UsageError
from emogui.labels import HEADS
from emogui.output.model_card import model_card
from emogui.output.model_card_figures import evaluation_title
from emogui.reporting.data import NetworkFacts, Recognised, ReportData, TableFacts
from emogui.reporting.inputs import InputList
from emogui.reporting.run_record import labels_of, read_failures, read_run
from emogui.reporting.scan import Scan
from emogui.reporting.table import FaceTable
from emogui.reporting.thumbnails import with_thumbnails


def gather(folder: str | Path, *, thumbnails: bool = False) -> ReportData:
    """Reads the tables of a batch, once, whatever their length, and computes what a report says.

    The batch may be unfinished or still at work: then the report is on what there is so far.

    Args:
        folder: that ``emogui batch`` has written.
        thumbnails: cut the faces worth a look from their sources.

    Raises:
        UsageError: it is not the folder of a batch, or faces are to be shown that it hides.
        EmoguiError: its table cannot be read.
    """
    folder = Path(folder)
    if not (folder / FACES).is_file():
        begun = (folder / WORK).is_dir()
        raise UsageError(
            f"'{folder}' has no {FACES} yet: its batch has just begun."
            if begun
            else f"'{folder}' is not the folder of a batch: it has no {FACES}.",
            "Wait for its first results." if begun else "Make one: emogui batch INPUT --output DIR",
        )
    run = read_run(folder)
    if thumbnails and run.hides_faces:
        raise UsageError(
            "Thumbnails show the faces, and this batch was told to hide them.",
            "Make the report without thumbnails.",
        )
    table = FaceTable(folder / FACES, labels_of(folder) or HEADS.get(run.head, ()))
    inputs = InputList(folder / "inputs.csv")
    scan = Scan(table, inputs)
    typical, doubtful = scan.examples.typical(), scan.examples.doubtful()
    if thumbnails:
        typical = with_thumbnails(typical, run.from_folder)
        doubtful = with_thumbnails(doubtful, run.from_folder)
    groups = scan.groups()
    videos = scan.video_people()
    return ReportData(
        run=run,
        table=TableFacts(
            table.labels,
            table.missing,
            table.has_probabilities,
            table.has_uncertain,
            table.has_time,
            table.unreadable,
            table.cut_short,
        ),
        network=_network(run.model, run.head, table.labels),
        failures=read_failures(folder),
        faces=scan.faces,
        sources=scan.sources,
        labels=scan.label_counts(),
        overall=scan.overall(),
        groups=groups,
        groups_left_out=len(inputs.groups) + inputs.left_out - len(groups),
        unmatched=scan.unmatched,
        per_picture=scan.per_picture(),
        leading=scan.leading(),
        videos=videos,
        videos_left_out=scan.videos - len(videos),
        typical=typical,
        doubtful=doubtful,
        thumbnails=thumbnails,
    )


def _network(model: str, head: str, labels: Sequence[str]) -> NetworkFacts:
    if not model:
        return NetworkFacts()
    try:
        info = load_model_info(model)
        card = tuple(model_card(info))
        recalls, where = _recalls(info, head, labels)
    except (EmoguiError, KeyError, TypeError, ValueError):
        return NetworkFacts()  # it was removed, or the batch was run on another computer
    return NetworkFacts(card, recalls, where)


def _recalls(
    info: ModelInfo, head: str, labels: Sequence[str]
) -> tuple[tuple[Recognised, ...], str]:
    """How much of each class was recognised; PrivateTest is the stricter judge where it is told."""
    told = [
        m
        for m in info.metrics
        if m.get("recall") and m["label_set"] == head and m.get("runtime", "fast") == "fast"
    ]
    if not told:
        return (), ""
    judge = next((m for m in told if m["split"] == "private"), told[-1])
    recalls = tuple(
        Recognised(label, int(found["n"]), float(found["recall"]))
        for label in labels
        if (found := judge["recall"].get(label))
    )
    return recalls, evaluation_title(judge)
