"""``emogui cameras``: lists the cameras of this computer."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from emogui.commands.console import private_stdout, table


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "cameras",
        help="list the cameras of this computer",
        description="List the cameras of this computer with the numbers by which "
        "'emogui gui --camera N' opens them. No camera is switched on.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array instead")
    return parser


def run(args: argparse.Namespace) -> int:
    """Prints the cameras; that there is none is no error."""
    from emogui.media.cameras import list_cameras

    with private_stdout() as stdout:
        cameras = list_cameras()
        if args.json:
            records = [{"camera": camera.spec, **asdict(camera)} for camera in cameras]
            text = json.dumps(records, ensure_ascii=False, indent=2)
        elif cameras:
            rows = [[camera.spec, camera.name, camera.path] for camera in cameras]
            text = table(["camera", "name", "device"], rows)
        else:
            text = (
                "No camera was found.\n"
                "Plug one in, and check that the system lets programs use it.\n"
                "The window also plays a video file or a stream address."
            )
        print(text, file=stdout)
    return 0
