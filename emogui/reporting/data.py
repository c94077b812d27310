"""What a report says, computed before a word of it is written."""

from __future__ import annotations

from dataclasses import dataclass

from emogui.output.document import Block
from emogui.reporting.estimates import Estimate
from emogui.reporting.table import Box
from emogui.reporting.tracks import Person


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a batch was run, as far as its folder tells.

    Attributes:
        folder: the folder's name.
        from_folder: the folder that relative inputs are meant from; empty where unknown.
        version: of emogui.
        model, head, detector: names; empty where unknown.
        uncertain_below: the confidence under which a face is uncertain.
        options: name and value, in words, of what was not left at its default.
        asked: the inputs as they were named.
        inputs: how many there are; None where unknown.
        complete: whether it was finished; None where unknown.
        pictures, videos, frames, failed_inputs: what was done, None where unknown.
        hides_faces: whether faces were to be hidden in copies.
        written_at: when the table of faces was written to last, local time, as text.
    """

    folder: str
    from_folder: str = ""
    version: str = ""
    model: str = ""
    head: str = ""
    detector: str = ""
    uncertain_below: float | None = None
    options: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    inputs: int | None = None
    complete: bool | None = None
    pictures: int | None = None
    videos: int | None = None
    frames: int | None = None
    failed_inputs: int | None = None
    hides_faces: bool = False
    written_at: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What there is of the table of faces.

    Attributes:
        labels: in order.
        missing: columns that it lacks.
        has_probabilities, has_uncertain, has_time: see `FaceTable`.
        unreadable: rows that were passed over.
        cut_short: whether it ends within a row.
    """

    labels: tuple[str, ...]
    missing: tuple[str, ...]
    has_probabilities: bool
    has_uncertain: bool
    has_time: bool
    unreadable: int
    cut_short: bool


@dataclass(frozen=True, slots=True)
class LabelCount:
    """Faces a label: how many, and how many of them are uncertain."""

    label: str
    faces: int
    uncertain: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A picture or video with faces.

    Attributes:
        source: as the table names it.
        video: whether it is one.
        faces: rows of the table.
        frames: frames with a face; 1 for a picture.
        people: different numbers.
        last_s: time of the last face, in seconds.
        counts: faces a label, in order.
        uncertain: faces that are marked so.
    """

    source: str
    video: bool
    faces: int
    frames: int
    people: int
    last_s: float
    counts: tuple[int, ...]
    uncertain: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The means of a group, or of everything.

    Attributes:
        name: of the group.
        inputs: how many inputs belong to it; None where unknown.
        sources: those of them with a face.
        faces: rows of the table.
        means: a label's mean probability (its share, where the table has no probabilities), each
            source counting once.
        uncertain: the same for the share of uncertain faces.
    """

    name: str
    inputs: int | None
    sources: int
    faces: int
    means: tuple[Estimate, ...]
    uncertain: Estimate


@dataclass(frozen=True, slots=True)
class VideoPeople:
    """The people of a video.

    Attributes:
        source: the video.
        people: those seen most, by number.
        left_out: how many more there are.
    """

    source: str
    people: tuple[Person, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Example:
    """A face that is worth a look.

    Attributes:
        source, frame, time_s, face_id, box: where it is.
        video: whether the source is one.
        emotion: the label.
        confidence: its probability.
        margin: how far it is ahead of the next label.
        runner_up: that label; empty where the table has no probabilities.
        uncertain: whether it is marked so.
        thumbnail: JPEG; None where none was asked for or its source has gone.
    """

    source: str
    frame: int
    time_s: float
    face_id: int
    box: Box | None
    video: bool
    emotion: str
    confidence: float
    margin: float
    runner_up: str
    uncertain: bool
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of the table of failures; ``frame`` is empty where nothing could be read."""

    source: str
    frame: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failures:
    """What could not be read or analysed: the first ones, and how many there are."""

    first: tuple[Failure, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Recognised:
    """How much of a class the network recognised on test faces, as its model card has it."""

    label: str
    faces: int
    recall: float


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """The network's own record.

    Attributes:
        card: its model card; empty where the network is not installed here.
        recalls: a class each, of the labels that the batch used.
        measured_on: the test faces, in words.
    """

    card: tuple[Block, ...] = ()
    recalls: tuple[Recognised, ...] = ()
    measured_on: str = ""


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything a report says.

    Attributes:
        run, table, network, failures: see there.
        faces, sources: rows of the table, and pictures and videos with a face.
        labels: a label each, in order.
        overall: the means over all sources.
        groups: those with most inputs, by name; empty where the inputs had none.
        groups_left_out: how many more there are.
        unmatched: sources that are not in the list of inputs, so that their group is not known.
        per_picture: pictures by their number of faces, in words, and how many.
        leading: the sources with most faces.
        videos: people over time, of the videos with most faces.
        videos_left_out: how many more videos have faces.
        typical, doubtful: faces worth a look.
        thumbnails: whether they were asked for.
    """

    run: RunRecord
    table: TableFacts
    network: NetworkFacts
    failures: Failures
    faces: int
    sources: int
    labels: tuple[LabelCount, ...]
    overall: GroupRow
    groups: tuple[GroupRow, ...]
    groups_left_out: int
    unmatched: int
    per_picture: tuple[tuple[str, int], ...]
    leading: tuple[SourceRow, ...]
    videos: tuple[VideoPeople, ...]
    videos_left_out: int
    typical: tuple[Example, ...]
    doubtful: tuple[Example, ...]
    thumbnails: bool = False

    @property
    def uncertain(self) -> int:
        """How many faces are marked uncertain."""
        return sum(label.uncertain for label in self.labels)
