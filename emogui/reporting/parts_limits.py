"""The parts of a report on what its figures do not mean, how they were made, and the network."""

from __future__ import annotations

from collections.abc import Iterator

from emogui.output import model_card_prose as prose
from emogui.output.document import Bullets, Heading, Paragraph
from emogui.output.model_card_figures import FEW
from emogui.reporting.blocks import DataTable, ReportBlock
from emogui.reporting.charts import percent
from emogui.reporting.data import ReportData
from emogui.reporting.estimates import DRAWN, FEWEST, RESAMPLES, SEED
from emogui.reporting.tracks import HOLD_S
from emogui.reporting.words import number


def limits(data: ReportData) -> Iterator[ReportBlock]:
    """What the figures do not mean."""
    yield from prose.EXPRESSION
    yield Bullets(
        (
            "**Not what anybody felt**, thought, wanted or will do, and nothing about character, "
            "health or honesty. No decision about a person may rest on it.",
            "**Not a count of people.** The same person counts again in each picture, and under "
            "another number in each video.",
            "**Not without errors.** The network errs differently on each emotion (see below), so "
            "a share of 10 % can be 5 or 20 in truth. The intervals say how much chance is in "
            "which pictures there were; they know nothing of the network's errors.",
            "**Not equal for all.** For whom the network is right more or less often could not be "
            "measured. A difference between groups of pictures is no fact about groups of people.",
            "**Not like a day.** Pictures were taken and kept for a reason. What they show is "
            "what was worth a picture.",
        )
    )
    if data.network.recalls:
        faces = {count.label: count.faces for count in data.labels}
        yield DataTable(
            f"Of test faces ({data.network.measured_on}) that people gave an emotion, the share "
            "that the network gave it too. They were small, cropped and chosen; on your pictures "
            "it can be less.",
            ("emotion", "recognised", "of test faces", "faces in this batch"),
            tuple(
                (r.label, percent(r.recall), number(r.faces), number(faces.get(r.label, 0)))
                for r in data.network.recalls
            ),
            frozenset({1, 2, 3}),
        )
        few = [r.label for r in data.network.recalls if r.faces < FEW or r.recall < 0.5]
        if few:
            yield Paragraph(
                f"**Do not count on {', '.join(few)}:** the network misses most of these faces, or "
                "was tested on too few. That it finds none or little of them means little."
            )
    if data.network.card:
        yield Paragraph(
            "**The law.** In the European Union, inferring emotions of people at work and in "
            "education is prohibited but for medical and safety reasons, and elsewhere those who "
            "are exposed must be informed: Regulation (EU) 2024/1689 (AI Act), Articles 5(1)(f) "
            "and 50(3). A picture of a face is personal data (GDPR). The model card below has a "
            "part on the law."
        )
    else:
        yield Heading(2, "The law")
        yield from prose.LAW


def method(data: ReportData) -> Iterator[ReportBlock]:
    """How the figures were made, so that somebody else gets the same."""
    table = "faces.csv, failures.csv and inputs.csv of the folder, and its records of the run"
    yield Bullets(
        (
            f"Everything is computed from {table}; faces.dictionary.csv says what each column "
            "means. The same tables give the same figures.",
            "**Each source once:** the probabilities of all faces of a picture or video are "
            "averaged, then those means over all sources. Pictures and videos without a face have "
            "no part in it.",
            f"**95 % intervals:** percentile bootstrap over sources, not faces, since the faces "
            f"of one video are nearly the same face; {RESAMPLES:,} draws, seed {SEED}. Under "
            f"{FEWEST} sources none is given; above {DRAWN:,} it is computed from the standard "
            "error. Sources that depend on one another, such as pictures of one person, make "
            "them too narrow.",
            f"**Changes:** a new emotion counts once it lasted {HOLD_S:g} s over two analysed "
            "frames. Analysing fewer frames (--every, --fps) or smoothing gives fewer changes.",
            "**Most doubtful** is the smallest distance between the two most probable emotions, of "
            "faces that are marked uncertain or where it is under 50 %.",
        )
    )


def network(data: ReportData) -> Iterator[ReportBlock]:
    """The model card."""
    if not data.network.card:
        yield Paragraph(
            "The network is not installed on this computer, so its model card cannot be shown. "
            "`emogui models --card NAME` prints it where the network is."
        )
        return
    yield Paragraph("As it is installed now, under the name that the batch has noted.")
    for block in data.network.card:
        if isinstance(block, Heading):
            if block.level > 1:
                yield block
        else:
            yield block
