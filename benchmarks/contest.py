"""Contestants in processes of their own, asked in turn, round after round.

Whatever else the computer does then hits all alike, and no library disturbs another one.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Tasks = dict[str, Callable[[], Any]]
Times = dict[str, dict[str, float]]


def measure(action: Callable[[], Any], seconds: float = 0.4) -> float:
    """Milliseconds a call, over as many calls as fit into the time."""
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        action()
        calls += 1
    return 1e3 * (time.perf_counter() - start) / calls


def serve(make_tasks: Callable[[], Tasks]) -> None:
    """A contestant's process: reads the name of a task a line, answers with milliseconds."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    start = time.perf_counter()
    tasks = make_tasks()
    next(iter(tasks.values()))()
    ready = 1e3 * (time.perf_counter() - start)
    for action in tasks.values():
        action()
    print(json.dumps([list(tasks), ready]), file=answer, flush=True)
    for line in sys.stdin:
        task = line.strip()
        result = peak_memory_mb() if task == "memory" else measure(tasks[task])
        print(json.dumps(result), file=answer, flush=True)


def peak_memory_mb() -> float:
    """Most memory this process ever had in use, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss of Linux counts the process that started this one, too
        (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


class Worker:
    """A contestant's process, as the referee sees it."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        self.tasks: list[str]
        self.ready: float
        self.tasks, self.ready = self._read()

    def ask(self, task: str) -> float:
        assert self._process.stdin is not None
        print(task, file=self._process.stdin, flush=True)
        return float(self._read())

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a contestant ended with status {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self._process.communicate()


def contest(commands: Mapping[str, list[str]], rounds: int) -> dict[str, Times]:
    """Runs a contest.

    Args:
        commands: contestant to the command line of its process, which calls :func:`serve`.
        rounds: how often each is asked for each task.

    Returns:
        ``"ms"``: task to contestant to the median of its milliseconds a call; ``"memory_mb"`` and
        ``"ready_ms"`` (loading, and the first answer): likewise, under a task of that name.
    """
    workers = {name: Worker(command) for name, command in commands.items()}
    times: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for name, worker in workers.items():
            for task in worker.tasks:
                times.setdefault(task, {}).setdefault(name, []).append(worker.ask(task))
    memory = {name: worker.ask("memory") for name, worker in workers.items()}
    for worker in workers.values():
        worker.close()
    medians = {
        task: {name: statistics.median(values) for name, values in by_name.items()}
        for task, by_name in times.items()
    }
    return {
        "ms": medians,
        "memory_mb": {"peak memory": memory},
        "ready_ms": {"ready": {name: worker.ready for name, worker in workers.items()}},
    }


def machine() -> str:
    """The computer, in words."""
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores"


def print_times(times: Times, reference: str, unit: str = "ms") -> None:
    """Prints a line a task: each contestant's figure and its ratio to the reference's."""
    for task, by_name in times.items():
        base = by_name.get(reference)
        texts = [
            f"{name} {value:9.2f} {unit}" + (f" ({value / base:.2f})" if base else "")
            for name, value in by_name.items()
        ]
        print(f"{task:16}", *texts, sep="   ")
