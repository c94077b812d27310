"""``emogui report``: what a batch has found, for people to read."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "report",
        help="make a page to read of what a batch has found",
        description="Make one HTML file, which needs nothing beside it, of the tables that 'emogui "
        "batch' has written: what was analysed, the emotions with their intervals, groups, people "
        "over time, faces worth a look, and what the figures do not mean.",
    )
    parser.add_argument("folder", metavar="DIR", help="folder that 'emogui batch' has written")
    parser.add_argument(
        "--output", metavar="FILE", help="the HTML file (default: report.html in DIR)"
    )
    parser.add_argument("--pdf", action="store_true", help="write the same as PDF beside it")
    parser.add_argument(
        "--thumbnails",
        action="store_true",
        help="show the faces worth a look, cut from the pictures and videos, which must still be "
        "where they were; the report then holds pictures of people",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Makes the report and says where it is."""
    from emogui.reporting.api import make_report

    made = make_report(args.folder, args.output, pdf=args.pdf, thumbnails=args.thumbnails)
    data = made.data
    files = f"'{made.html}'" if made.pdf is None else f"'{made.html}' and '{made.pdf}'"
    unfinished = " The batch is not finished." if data.run.complete is False else ""
    print(f"emogui: {data.faces:,} faces of {data.sources:,} sources: {files}.{unfinished}")
    return 0
