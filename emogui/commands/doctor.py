"""``emogui doctor``: checks the installation and says what mends it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from emogui.commands.console import private_stdout

OK, SOMETHING_MISSING = 0, 1


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor",
        help="check the installation and say what mends it",
        description="Look at everything that emogui needs, and say for what is missing how to "
        "mend it. The exit status is 0 when all that is needed is there, 1 otherwise.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object instead")
    return parser


def run(args: argparse.Namespace) -> int:
    """Prints the findings."""
    from emogui import doctor
    from emogui.version import __version__

    missing = 0
    findings = []
    with private_stdout() as stdout:
        for finding in doctor.examine():
            findings.append(finding)
            missing += finding.state == "missing"
            if not args.json:
                mark = {"ok": "ok", "missing": "MISSING", "optional": "note"}[finding.state]
                print(f"{mark:8} {finding.name:22} {finding.found}", file=stdout, flush=True)
                if finding.mend:
                    print(f"{'':8} {'':22} -> {finding.mend}", file=stdout, flush=True)
        if args.json:
            report = {
                "version": __version__,
                "ok": not missing,
                "findings": [finding.as_dict() for finding in findings],
            }
            print(json.dumps(report, ensure_ascii=False, indent=2), file=stdout)
        elif missing:
            things = "thing is" if missing == 1 else "things are"
            print(f"\n{missing} needed {things} missing; the lines with -> mend it.", file=stdout)
        else:
            print(f"\nemogui {__version__} has all that it needs.", file=stdout)
    return SOMETHING_MISSING if missing else OK
