"""Sets emogui up from a fresh clone, with nothing but Python and git installed.

    python3 -m emogui.bootstrap run     sets everything up and opens the sample picture
    python3 -m emogui.bootstrap test    sets everything up and runs all checks

This file is kept readable for Pythons that are too old for the rest, so that they get a sentence
instead of a syntax error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(argv=None) -> int:  # type: ignore[no-untyped-def]
    """Runs the set-up; returns the exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    if sys.version_info < (3, 11):  # noqa: UP036 - the sentence below is for those
        return _with_newer_python(words)
    from emogui.setup_.main import run, test

    parser = argparse.ArgumentParser(prog="python3 -m emogui.bootstrap", description=_first_line())
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    running = commands.add_parser("run", help="set everything up and open the sample picture")
    running.add_argument(
        "--no-window", action="store_true", help="write the results into output/ instead"
    )
    testing = commands.add_parser("test", help="set everything up and run all checks")
    testing.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    args = parser.parse_args(words)
    if args.command == "run":
        return run(ROOT, window=not args.no_window)
    return test(ROOT, args.pytest)


def _with_newer_python(words) -> int:  # type: ignore[no-untyped-def]
    """Goes on with a Python that is new enough, or says that none was found."""
    mine = "Python {}.{} ({})".format(*sys.version_info[:2], sys.executable)
    search = os.pathsep.join(["/usr/bin", os.environ.get("PATH", "")])
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        path = shutil.which(name, path=search)
        if path and subprocess.call([path, "-c", check], stderr=subprocess.DEVNULL) == 0:
            print(f"{mine} is too old for emogui; going on with {path}.", flush=True)
            return subprocess.call([path, "-m", "emogui.bootstrap", *words], cwd=str(ROOT))
    print(
        f"emogui needs Python 3.11 or newer, and this is {mine}.\n"
        "Install a newer one (https://www.python.org/downloads/; on Ubuntu 22.04: "
        "sudo apt-get install python3.11 python3.11-venv python3-tk), then run this again with it.",
        file=sys.stderr,
    )
    return 1


def _first_line() -> str:
    return (__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    raise SystemExit(main())
