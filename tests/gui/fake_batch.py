"""Stands in for ``emogui batch`` and ``emogui report``: the same words and files, no network.

What it does is steered by a file ``orders`` in the folder that ``EMOGUI_FAKE`` names: words such as
``slow`` (an input takes a while, for as long as it stands there), ``crash``, ``fail``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from emogui import piped
from emogui.bulk import events
from emogui.bulk.checkpoint import Checkpoint, Counts
from emogui.bulk.control import BatchControl
from emogui.bulk.lock import WORK, FolderLock
from emogui.commands import batch as command

TOTAL = 12


def orders() -> set[str]:
    try:
        return set((Path(os.environ["EMOGUI_FAKE"]) / "orders").read_text().split())
    except OSError:
        return set()


def send(event: events.Event) -> None:
    print(piped.format_event(event), flush=True)


def batch() -> int:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(sys.argv[1:])
    options = command.options_of(args)
    control = BatchControl()

    def pause() -> None:
        control.pause()
        send(events.Paused())

    def resume() -> None:
        control.resume()
        send(events.Resumed())

    piped.Controls(0, pause, resume, control.cancel).listen()
    print("a library says something", file=sys.stderr)
    print("and prints where it should not", flush=True)
    if "fail" in orders():
        send(events.Failed("The disk is full.", "Make room."))
        return 1
    folder = Path(args.output)
    (folder / WORK).mkdir(parents=True, exist_ok=True)
    state = folder / WORK / "state.json"
    with FolderLock(folder / WORK / "lock"):
        if args.restart:
            state.unlink()
        asked = {"inputs": args.inputs, **options.fingerprint()}
        (folder / WORK / "settings.json").write_text(json.dumps({"asked": asked, "total": TOTAL}))
        before = Checkpoint.load(state)
        done = 0 if before is None else before.item
        send(events.Started(TOTAL, done))
        while done < TOTAL and control.wait():
            time.sleep(0.1 if "slow" in orders() else 0.002)
            done += 1
            failures = done // 5
            counts = Counts(done - failures, 0, 0, 2 * done, failures, failures)
            rows = "".join(f"/in/bad{n}.jpg,,is not a picture\n" for n in range(failures))
            (folder / "failures.csv").write_text("source,frame,reason\n" + rows)
            Checkpoint(done, counts=counts, complete=done == TOTAL).save(state)
            send(
                events.Advanced(
                    done, TOTAL, counts.pictures, 0, counts.faces, failures, f"/in/p{done}.jpg",
                    per_second=8.5, seconds_left=200.0 * (TOTAL - done),
                )
            )  # fmt: skip
            if "crash" in orders() and done == 3:
                os.kill(os.getpid(), signal.SIGKILL)
    counts = Counts() if not done else counts
    told = (counts.pictures, 0, 0, counts.faces, counts.failures)
    if done < TOTAL:
        send(events.Stopped(done, TOTAL, *told))
        return 130
    send(events.Finished(TOTAL, *told))
    return 1


def report() -> int:
    if "fail" in orders():
        print("emogui: The table cannot be read. Look at it.", file=sys.stderr)
        return 1
    folder = Path(sys.argv[2])
    (folder / "report.html").write_text(" ".join(sys.argv[3:]))
    return 0


assert threading.current_thread() is threading.main_thread()
raise SystemExit({"batch": batch, "report": report}[sys.argv[1]]())
