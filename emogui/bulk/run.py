"""A batch in its folder: begun, or gone on with."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from emogui.backend.analyzer import Analyzer
from emogui.bulk.checkpoint import Checkpoint
from emogui.bulk.control import BatchControl, Progress, Tell
from emogui.bulk.engine import Engine
from emogui.bulk.lock import WORK, FolderLock
from emogui.bulk.options import BatchOptions
from emogui.bulk.report import BatchReport
from emogui.bulk.work import make_analyzer
from emogui.bulk.worklist import WorkList
from emogui.bulk.writer import FACES, FAILED, FRAMES, PARQUET, BatchWriter
from emogui.errors import UsageError
from emogui.output.dictionary import INPUTS, SCHEMA_VERSION, write_dictionary
from emogui.output.files import cannot_write, make_folder, write_text
from emogui.output.parquet import import_pyarrow
from emogui.version import __version__

_INPUTS: Final = "inputs.csv"
_OWN: Final = (
    FACES,
    FAILED,
    FRAMES,
    _INPUTS,
    "run.json",
    "faces.dictionary.csv",
    "failures.dictionary.csv",
    "frames.dictionary.csv",
    "inputs.dictionary.csv",
    "faces.parquet.dictionary.csv",
)
_OWN_FOLDERS: Final = (PARQUET, "annotated", "crops", "subtitles", WORK)


class Batch:
    """The batch in a folder, which nobody else can open meanwhile.

    Where the folder holds a batch of the same inputs and options that was ended, by whatever means,
    this is that one, and goes on.

    Args:
        inputs: pictures, videos, folders, patterns, and tables (.csv, .tsv, .txt) of paths.
        folder: for the results.
        options: what is to be done.
        restart: throw away what an earlier batch has written there.

    Attributes:
        folder: for the results.
        options: what is to be done.
        worklist: the inputs, one by one.
        total: how many.

    Raises:
        UsageError: the folder holds another batch or other files of these names, or is in use.
        EmoguiError: it cannot be written.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        folder: str | Path,
        options: BatchOptions | None = None,
        *,
        restart: bool = False,
    ) -> None:
        if not inputs:
            raise UsageError("There are no inputs.", "Name pictures, videos or folders.")
        self.options = options or BatchOptions()
        if self.options.parquet:
            import_pyarrow()
        self.folder = make_folder(folder)
        work = make_folder(self.folder / WORK)
        self._stack = ExitStack()
        try:
            self._stack.enter_context(FolderLock(work / "lock"))
            if restart:
                _clear(self.folder)
                make_folder(work)
            self._settings = work / "settings.json"
            asked = {"inputs": list(inputs), **self.options.fingerprint()}
            if any(not Path(name).is_absolute() for name in inputs):
                asked["from folder"] = str(Path.cwd())
            self.worklist = WorkList(work / "inputs.jsonl")
            before = _read_settings(self._settings)
            if before is None or not (work / "state.json").exists():  # nothing is done yet
                self._begin(asked)
            else:
                _check_same(before["asked"], asked, self.folder)
                self.total: int = before["total"]
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets others open the folder; a second call does nothing."""
        self._stack.close()

    @property
    def done(self) -> int:
        """How many inputs are done."""
        found = Checkpoint.load(self.folder / WORK / "state.json")
        return 0 if found is None else found.item

    def run(
        self,
        analyzer: Analyzer | None = None,
        *,
        control: BatchControl | None = None,
        tell: Tell = lambda _progress: None,
    ) -> BatchReport:
        """Does what is left to do.

        Args:
            analyzer: the one that the options ask for; None makes it.
            control: to hold and end it.
            tell: called after each picture and each frame.

        Raises:
            ModelError, DetectorError, UsageError: as `emogui.Analyzer`.
            EmoguiError: a file cannot be written, or decoding cannot be started. What was done is
                kept, and another run goes on.
        """
        work = self.folder / WORK
        found = Checkpoint.load(work / "state.json")
        if found is not None and found.complete:  # what was done to the tables since is not touched
            return BatchReport(self.folder, self.total, found.counts, True)
        analyzer = analyzer or make_analyzer(self.options)
        labels = analyzer.classifier.labels
        with BatchWriter(self.folder, work, labels, self.options, analyzer.crop) as writer:
            engine = Engine(
                self.worklist,
                self.total,
                analyzer,
                self.options,
                writer,
                control or BatchControl(),
                tell,
            )
            complete = engine.run()
            report = BatchReport(self.folder, self.total, writer.counts, complete)
        self._describe(report, analyzer)
        return report

    def _begin(self, asked: dict[str, Any]) -> None:
        """Makes the work list and notes what was asked for; only then the batch has begun."""
        for name in (*_OWN, *_OWN_FOLDERS[:-1]):
            if os.path.lexists(self.folder / name) and not (self.worklist.path.exists()):
                raise UsageError(
                    f"'{self.folder}' holds a '{name}' that is of no batch.",
                    "Choose an empty folder.",
                )
        self.total = WorkList.write(
            self.worklist.path,
            self.folder / _INPUTS,
            asked["inputs"],
            any_suffix=self.options.any_suffix,
            without=self.folder,
        )
        write_dictionary(self.folder / "inputs.dictionary.csv", INPUTS)
        text = json.dumps({"asked": asked, "total": self.total, "emogui": __version__}, indent=1)
        write_text(self._settings, text + "\n")

    def _describe(self, report: BatchReport, analyzer: Analyzer) -> None:
        """Writes down how the tables were made, for whoever reports on them."""
        counts = report.counts
        told = {
            "emogui": __version__,
            "schema_version": SCHEMA_VERSION,
            "model": analyzer.classifier.name,
            "labels": list(analyzer.classifier.labels),
            "uncertain_below": analyzer.uncertain_below,
            "detector": analyzer.detector.name,
            "options": self.options.fingerprint(),
            "inputs": report.inputs,
            "complete": report.complete,
            "pictures": counts.pictures,
            "videos": counts.videos,
            "frames": counts.frames,
            "faces": counts.faces,
            "failures": counts.failures,
        }
        write_text(self.folder / "run.json", json.dumps(told, indent=2) + "\n")


def _read_settings(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"'{path}' cannot be read: {error}.", "Start over with --restart."
        ) from error
    return found


def _check_same(before: dict[str, Any], asked: dict[str, Any], folder: Path) -> None:
    """Refuses to go on with a batch in another way than it was begun."""
    now = json.loads(json.dumps(asked))
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            raise UsageError(
                f"'{folder}' holds a batch that was begun otherwise: {name.replace('_', ' ')} was "
                f"{_shown(before.get(name))}, now it is {_shown(now.get(name))}.",
                "Give the same inputs and options to go on, --restart to start over, or choose "
                "another folder.",
            )


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 200 else f"{text[:200]}..."


def _clear(folder: Path) -> None:
    """Removes what a batch has written, and nothing else."""
    try:
        for name in _OWN:
            (folder / name).unlink(missing_ok=True)
        for name in _OWN_FOLDERS:
            if name == WORK:
                for path in (folder / name).iterdir():
                    if path.name != "lock":
                        path.unlink()
            elif (folder / name).is_dir():
                shutil.rmtree(folder / name)
    except OSError as error:
        raise cannot_write(error.filename or folder, error) from error


__all__ = ["Batch", "BatchControl", "BatchReport", "Progress"]
