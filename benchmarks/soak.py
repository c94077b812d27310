"""Half an hour of played video in the Live tab: memory, threads, handles and callbacks in bounds.

    python benchmarks/soak.py [--minutes 30] [--faults] [--no-window] [--clip VIDEO] [--json FILE]

A clip with faces of the sample picture (or VIDEO) is played in a loop at its own rate, as a camera
is, through the real window with the real network. It is stopped and started each minute; with
``--faults`` it also misbehaves each minute in another way (see ``FAULTS``). Every ten seconds
memory, threads and open handles are noted. What is held, or the exit status is 1:

- memory at the end within 20 MB of that at the fifth minute (a sixth of a shorter run);
- no more threads and handles at the end than after a first short run, and of emogui's own
  threads none once the window is closed;
- callbacks on Tk's thread: 99 of 100 within 16 ms, all within 50 ms of its processor time. The
  wall time beside it also holds what other programs took;
- every fault is noticed or survived within 10 s, and no error was logged.

Without a display, or with ``--virtual``, it starts one of its own (Xvfb).
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

from soak_players import ENDING, FAULTS, Camera, Player, SessionPlayer, WindowPlayer
from soak_report import Callbacks, Errors, Report, Sample

SAMPLE_S, EVENT_S, REACTION_S = 10.0, 60.0, 10.0


class Soak:
    """Plays, starts, stops and disturbs a player, and fills in the report."""

    def __init__(self, player: Player, faults: list[str], report: Report, *, faulty: bool) -> None:
        self._player, self._faults, self._report = player, faults, report
        self._names: Iterator[str] = cycle(FAULTS if faulty else ())
        self._began, self._sampling = time.monotonic(), False

    def run(self) -> None:
        report, player = self._report, self._player
        self._start()
        self._for(5.0)
        self._stop()
        gc.collect()
        report.before = Sample.take(0.0)
        callbacks = Callbacks()
        if report.window:
            callbacks.install()
        self._began, self._sampling = time.monotonic(), True
        length = 60 * report.minutes
        each = min(EVENT_S, length / 8)
        self._start()
        while self._now() + each < length:
            self._for(each - 5)
            self._disturb(next(self._names, ""))
            self._stop()
            self._start()
        self._for(length - self._now())
        self._sampling = False
        report.callbacks, report.longest_callback = callbacks.count, callbacks.longest
        report.longest_collection_ms = callbacks.longest_collection_ms
        report.callback_ms = callbacks.milliseconds() if report.window else {}
        self._stop()
        gc.collect()
        report.after = Sample.take(self._now())
        player.close()
        self._until(lambda: player.quiet, "the end")
        main = threading.main_thread()
        report.own_threads_left = [t.name for t in threading.enumerate() if t is not main]
        report.judge()

    def _start(self) -> None:
        self._report.starts += 1
        self._player.start()
        self._until(lambda: self._player.update and self._player.update.newest, "a first result")

    def _stop(self) -> None:
        if self._player.update is not None:
            self._report.count(self._player.update.statistics)
        self._player.stop()
        self._until(lambda: self._player.quiet, "the end of its threads")

    def _disturb(self, fault: str) -> None:
        """Has the source misbehave: it ends soon, or goes on when the fault is over."""
        if not fault:
            return
        self._report.faults[fault] = self._report.faults.get(fault, 0) + 1
        self._faults.append(fault)
        if fault in ENDING:
            self._until(lambda: self._player.update.state.final, f"the end by '{fault}'")
            self._faults.clear()
            return
        self._for(2.0)
        self._faults.clear()
        self._until(lambda: self._player.update.newest.result.faces, f"faces after '{fault}'")
        if self._player.update.state.final:
            self._report.broken.append(f"'{fault}' ended the source")

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._turn()

    def _until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + REACTION_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come within {REACTION_S:.0f} s")
            self._turn()

    def _turn(self) -> None:
        self._player.turn()
        samples = self._report.samples
        if self._sampling and self._now() >= SAMPLE_S * (len(samples) + 1):
            samples.append(Sample.take(self._now()))


def soak(clip: str, args: argparse.Namespace, folder: Path) -> Report:
    faults: list[str] = []
    report = Report(args.minutes, not args.no_window)
    logging.getLogger().addHandler(Errors(report.broken))

    def open_source() -> Camera:
        return Camera(clip, faults)

    player: Player = (
        SessionPlayer(open_source) if args.no_window else WindowPlayer(open_source, folder)
    )
    try:
        Soak(player, faults, report, faulty=args.faults).run()
    except TimeoutError as error:
        report.broken.append(str(error))
    return report


def say(report: Report) -> None:
    """Prints the report for people."""
    print(f"{report.minutes:g} minutes, {'window' if report.window else 'no window'}, "
          f"{report.starts} starts, faults: {sum(report.faults.values())}")  # fmt: skip
    if report.memory_mb:
        print(
            "memory: {settled:.0f} MB settled, {end:.0f} MB at the end".format(**report.memory_mb)
        )
    if report.before and report.after:
        print(f"threads: {report.before.threads} before, {report.after.threads} after; "
              f"handles: {report.before.handles} before, {report.after.handles} after")  # fmt: skip
    for clock, times in report.callback_ms.items():
        print(f"callbacks, {clock} time: p99 {times['p99'] or 0:.1f} ms, max {times['max']:.1f} ms")
    print("frames: " + ", ".join(f"{number} {name}" for name, number in report.frames.items()))
    for one in report.broken:
        print(f"BROKEN: {one}")


def in_virtual_display() -> int:
    """Runs this script again in a virtual display."""
    if not shutil.which("xvfb-run"):
        raise SystemExit("There is no display, and no xvfb-run to make one.")
    arguments = [one for one in sys.argv[1:] if one != "--virtual"]
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -dpi 96"]
    command = [*screen, sys.executable, __file__, *arguments]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0, help="(%(default)g)")
    parser.add_argument("--clip", help="video to play instead of the made one")
    parser.add_argument("--faults", action="store_true", help="misbehave each minute")
    parser.add_argument("--no-window", action="store_true", help="the session alone")
    parser.add_argument("--virtual", action="store_true", help="use a virtual display")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there")
    args = parser.parse_args()
    on_x = sys.platform not in ("win32", "darwin")
    if on_x and not args.no_window and (args.virtual or not os.environ.get("DISPLAY")):
        return in_virtual_display()
    with tempfile.TemporaryDirectory() as folder:
        clip = args.clip
        if clip is None:
            from live import placed_faces, write_clip

            clip = str(Path(folder) / "4.mp4")
            write_clip(Path(clip), placed_faces(4))
        report = soak(clip, args, Path(folder))
    say(report)
    if args.json is not None:
        args.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    return 1 if report.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
