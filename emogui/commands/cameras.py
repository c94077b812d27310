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
        "'emogui gui --camera N' opens them, what they offer, and what keeps one from being used. "
        "No camera is switched on.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array instead")
    return parser


def run(args: argparse.Namespace) -> int:
    """Prints the cameras; that there is none, or that one cannot be used, is no error."""
    from emogui.media.cameras import camera_modes, camera_problem, list_cameras

    with private_stdout() as stdout:
        found = [
            (camera, camera_modes(camera), camera_problem(camera)) for camera in list_cameras()
        ]
        if args.json:
            records = [
                {
                    "camera": camera.spec,
                    **asdict(camera),
                    "modes": [asdict(mode) for mode in modes],
                    "problem": None if problem is None else str(problem),
                }
                for camera, modes, problem in found
            ]
            text = json.dumps(records, ensure_ascii=False, indent=2)
        elif found:
            rows = [[camera.spec, camera.name, camera.path] for camera, _, _ in found]
            lines = table(["camera", "name", "device"], rows).splitlines()
            text = lines[0]
            for line, (_, modes, problem) in zip(lines[1:], found, strict=True):
                details = [str(problem)] if problem is not None else []
                details += [str(mode) for mode in modes]
                text += "\n" + "\n    ".join([line, *details])
        else:
            text = (
                "No camera was found.\n"
                "Plug one in, and check that the system lets programs use it.\n"
                "The window also plays a video file or a stream address."
            )
        print(text, file=stdout)
    return 0
