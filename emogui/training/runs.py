"""Trainings that the window started: what was asked for, and how far each one is.

A run is a folder in the user's ``runs``: the files of ``emogui train``, and ``run.json`` with the
plan and the phase. All that is needed to go on lies there, so that a training survives the window
that started it, a crash and a power cut.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from emogui import paths
from emogui.errors import EmoguiError, TrainingError
from emogui.training.checkpoint import config_of, progress_of

RUN: Final = "run.json"
LOCK: Final = "running.json"
LOG: Final = "log.txt"
EVALUATION: Final = "evaluation"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class Phase(StrEnum):
    """What a run does, in this order."""

    TRAIN = "train"
    EXPORT = "export"
    CALIBRATE = "calibrate"
    EVALUATE = "evaluate"
    DONE = "done"


@dataclass(frozen=True)
class RunPlan:
    """What is to be trained.

    Attributes:
        name: of the run and of the network that comes of it.
        recipe: of ``emogui train``.
        data, votes: the data set, and FER+'s votes, "" for none; absolute paths.
        epochs, minutes: what bounds it; at most one is given, neither leaves it to the recipe.
        batch, learning_rate, init, backend: as options of ``emogui train``; None, or "", leaves
            them to the recipe.
        title: of the network, for people.
    """

    name: str
    recipe: str
    data: str
    votes: str = ""
    epochs: float | None = None
    minutes: float | None = None
    batch: int | None = None
    learning_rate: float | None = None
    init: str = ""
    backend: str = ""
    title: str = ""

    @property
    def data_options(self) -> list[str]:
        """``--data`` and ``--votes``, as all commands take them."""
        return ["--data", self.data, *(["--votes", self.votes] if self.votes else [])]

    def train_command(self, folder: Path) -> list[str]:
        """The words after ``emogui`` that train it, or go on with it."""
        words = ["train", self.recipe, *self.data_options, "--output", str(folder)]
        given = {
            "--epochs": self.epochs,
            "--minutes": self.minutes,
            "--batch": self.batch,
            "--learning-rate": self.learning_rate,
            "--init": self.init,
            "--backend": self.backend,
        }
        for option, value in given.items():
            if value not in (None, ""):
                words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
        return [*words, "--progress", "json"]


@dataclass(frozen=True)
class Run:
    """A run as it lies in its folder.

    Attributes:
        folder: where.
        plan: what was asked for.
        phase: what it does, or would do next.
        created: when it was begun, in ISO 8601.
        done: how far the training itself is, 0 to 1, by its checkpoint.
        seconds: time spent training.
        history: lines of ``history.csv``.
        busy: whether a process of it is alive, of this window or another one.
    """

    folder: Path
    plan: RunPlan
    phase: Phase = Phase.TRAIN
    created: str = ""
    done: float = 0.0
    seconds: float = 0.0
    history: Sequence[Mapping[str, float]] = ()
    busy: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.phase is Phase.DONE


def create_run(plan: RunPlan, root: Path | None = None) -> Run:
    """Makes the folder of a new run.

    Args:
        plan: what to train.
        root: where runs lie; the user's folder by default.

    Raises:
        TrainingError: the name is taken or cannot be one, or the folder cannot be made.
    """
    problem = name_problem(plan.name, root)
    if problem:
        raise TrainingError(problem, "Choose another name for the network.")
    folder = (root or paths.user_runs()) / plan.name
    created = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        folder.mkdir(parents=True)
        _write(folder, plan, Phase.TRAIN, created)
    except OSError as error:
        raise TrainingError(
            f"The folder '{folder}' cannot be made: {error.strerror or error}.",
            "Check that the disk is not full and that you may write there.",
        ) from error
    return Run(folder, plan, created=created)


def name_problem(name: str, root: Path | None = None) -> str:
    """Why a network cannot be called so; empty where it can."""
    from emogui.backend.store import list_models

    if not _NAME.fullmatch(name):
        return (
            "A network's name begins with a letter or digit and has letters, digits, '.', '-' "
            "and '_', 60 at most."
        )
    folders = [paths.user_models() / name, (root or paths.user_runs()) / name]
    if name in {model.name for model in list_models()} or any(f.exists() for f in folders):
        return f"There is a network or training called '{name}' already."
    return ""


def free_name(base: str, root: Path | None = None) -> str:
    """A name for a new network: ``base``, or with the next free number."""
    name, number = base, 1
    while name_problem(name, root) and number < 1000:
        number += 1
        name = f"{base}-{number}"
    return name


def load_run(folder: Path) -> Run:
    """Reads a run's folder.

    Raises:
        TrainingError: it is none, or its ``run.json`` is damaged.
    """
    try:
        plain = json.loads((folder / RUN).read_text(encoding="utf-8"))
        known = {f.name for f in fields(RunPlan)}
        plan = RunPlan(**{k: v for k, v in plain["plan"].items() if k in known})
        phase, created = Phase(plain["phase"]), str(plain.get("created", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(
            f"'{folder}' holds no training of the window that can be read: {error}.",
            "Remove the folder, or go on with it by 'emogui train'.",
        ) from error
    done, seconds, history = _how_far(folder)
    return Run(folder, plan, phase, created, done, seconds, history, is_busy(folder))


def list_runs(root: Path | None = None) -> list[Run]:
    """All runs that can be read, the newest first."""
    found = []
    for file in (root or paths.user_runs()).glob(f"*/{RUN}"):
        with contextlib.suppress(TrainingError):
            found.append(load_run(file.parent))
    return sorted(found, key=lambda run: run.created, reverse=True)


def set_phase(run: Run, phase: Phase) -> None:
    """Notes what comes next.

    Raises:
        TrainingError: the disk is full, or the folder may not be written any more.
    """
    try:
        _write(run.folder, run.plan, phase, run.created)
    except OSError as error:
        raise TrainingError(
            f"'{run.folder / RUN}' cannot be written: {error.strerror or error}.",
            "Check that the disk is not full and that you may write there.",
        ) from error


def remove_run(run: Run) -> None:
    """Deletes a run's folder; the network that came of it stays.

    Raises:
        TrainingError: it is busy, or cannot be deleted.
    """
    if is_busy(run.folder):
        raise TrainingError(f"'{run.plan.name}' is being trained.", "Stop it first.")
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise TrainingError(
            f"'{run.folder}' cannot be deleted: {error.strerror or error}.",
            "Delete the folder by hand.",
        ) from error


# One process a run


def lock(folder: Path, pid: int) -> None:
    """Notes which process works in a run's folder."""
    (folder / LOCK).write_text(json.dumps({"pid": pid, "began": _began(pid)}), encoding="utf-8")


def unlock(folder: Path) -> None:
    """Notes that none does."""
    with contextlib.suppress(OSError):
        (folder / LOCK).unlink()


def is_busy(folder: Path) -> bool:
    """Whether the process that was noted last is still alive."""
    try:
        noted = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        began = _began(int(noted["pid"]))
        return began is not None and began == noted["began"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _began(pid: int) -> float | None:
    """When a process began; None where there is none of that number, or it is a zombie."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def _how_far(folder: Path) -> tuple[float, float, Sequence[Mapping[str, float]]]:
    """Share done, seconds and history by the checkpoint; nothing where there is none."""
    path = folder / "checkpoint.npz"
    try:
        config, progress = config_of(path), progress_of(path)
    except EmoguiError:
        return 0.0, 0.0, ()
    if config is None or progress is None:
        return 0.0, 0.0, ()
    try:
        if config.get("minutes"):
            done = progress.seconds / (60 * float(config["minutes"]))
        else:
            steps = max(1, int(config["rows"]) // int(config["batch"]))
            done = (progress.epoch + progress.step / steps) / float(config["epochs"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        done = 0.0
    return min(1.0, done), progress.seconds, progress.history


def _write(folder: Path, plan: RunPlan, phase: Phase, created: str) -> None:
    plain: dict[str, Any] = {"plan": asdict(plan), "phase": str(phase), "created": created}
    partial = folder / f"{RUN}.part"
    partial.write_text(json.dumps(plain, indent=2, ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / RUN)
