"""Reports for programs: ``emogui.reporting.api.make_report``, for command line and window alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emogui.errors import UsageError
from emogui.output.files import write_text
from emogui.reporting.data import ReportData
from emogui.reporting.gather import gather
from emogui.reporting.html import to_html
from emogui.reporting.layout import lay_out

NAME = "report.html"
"""The report's name in the folder of its batch."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was made.

    Attributes:
        html: the file.
        pdf: the same as PDF; None where it was not asked for.
        data: what it says.
    """

    html: Path
    pdf: Path | None
    data: ReportData


def make_report(
    folder: str | Path,
    output: str | Path | None = None,
    *,
    pdf: bool = False,
    thumbnails: bool = False,
) -> Report:
    """Makes a report that a person reads on what ``emogui batch`` has written.

    It takes about a minute for a million faces, so a window calls it in a thread of its own. The
    batch's files are only read, and it may be at work meanwhile.

    Args:
        folder: that of the batch.
        output: the HTML file; by default ``report.html`` in the folder.
        pdf: write the same as PDF beside it, under the same name.
        thumbnails: show the faces worth a look, cut anew from the sources. Then the report has
            pictures of people in it.

    Raises:
        UsageError: ``folder`` is not that of a batch, the file's name does not fit, or thumbnails
            are asked for of a batch that hides faces.
        EmoguiError: its table cannot be read, or the report not be written.
    """
    html = Path(output) if output is not None else Path(folder) / NAME
    if html.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            f"A report is an HTML file; got '{html.name}'.", "Choose a name that ends in .html."
        )
    data = gather(folder, thumbnails=thumbnails)
    document = lay_out(data)
    write_text(html, to_html(document))
    printed = None
    if pdf:
        from emogui.reporting.pdf import write_pdf

        printed = html.with_suffix(".pdf")
        write_pdf(document, printed)
    return Report(html, printed, data)
