"""``emogui gui``: opens the window."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "gui",
        help="open the window (also without any command)",
        description="Open the window. Pictures that are given are opened in it.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a picture or a folder of them")
    parser.add_argument(
        "--camera",
        metavar="N",
        help="start camera N of 'emogui cameras'; also a video file or a stream's address",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Opens the window and waits until it is closed."""
    from emogui.gui.app import run as run_window

    return run_window(args.paths, camera=args.camera)
