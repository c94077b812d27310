"""Writes what a batch finds, so that a kill at any point loses and repeats no row."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from emogui.bulk.checkpoint import Checkpoint, Counts
from emogui.bulk.options import BatchOptions
from emogui.bulk.sidecars import Crop, Sidecars, cut_open
from emogui.bulk.worklist import WorkItem
from emogui.output.dictionary import FAILURES, faces_columns, frames_columns, write_dictionary
from emogui.output.durable import DurableFile
from emogui.output.files import make_folder
from emogui.output.parquet import PART_ROWS, ParquetParts
from emogui.output.records import CsvWriter, csv_line, safe_cell, to_json_line
from emogui.types import Frame, FrameResult, Image

FACES, FAILED, FRAMES, PARQUET = "faces.csv", "failures.csv", "frames.jsonl", "faces.parquet"
_RESULTS: Final = "results"

SAVE_S: Final = 1.0
"""A checkpoint is made about this often: so much work is done again after a kill."""

SAVE_VIDEO_S: Final = 5.0
"""The same within a video, where the tracker's state is part of it."""


class BatchWriter:
    """Takes results in the order of the work list.

    Each file only grows, and about once a second a checkpoint says how long each is. A batch that
    goes on cuts its files back to the last checkpoint first. So the rows are those of an
    uninterrupted run.

    Args:
        folder: of the batch; made when missing.
        work: folder for the checkpoint and what is needed for going on.
        labels: of the network, in order.
        options: what is to be written.
        crop: see `emogui.bulk.sidecars.Crop`.
        clock: seconds, monotonic.

    Attributes:
        start: the checkpoint from which it goes on.
        counts: what was done so far, all runs together.

    Raises:
        EmoguiError: a file cannot be opened, or the checkpoint does not fit the files.
        UsageError: Parquet is asked for and pyarrow is missing.
    """

    def __init__(
        self,
        folder: str | Path,
        work: str | Path,
        labels: Sequence[str],
        options: BatchOptions,
        crop: Crop,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder, self._work = make_folder(folder), make_folder(work)
        self._state = self._work / "state.json"
        found = Checkpoint.load(self._state)
        self.start = found or Checkpoint()
        self.counts: Counts = self.start.counts
        self._clock = clock
        self._began = self._saved_at = clock()
        self._now = self.start
        self._labels = tuple(labels)
        self._sidecars = Sidecars(self.folder, self._work, options, crop)
        names = [FACES, FAILED, *([FRAMES] if options.jsonl else [])]
        columns = faces_columns(labels)
        parquet = self.folder / PARQUET if options.parquet else None
        self._parquet = ParquetParts(parquet, columns, self.start.parts) if parquet else None
        self._files: dict[str, DurableFile] = {}
        try:
            for name in names:
                size = self.start.sizes.get(name, 0)
                self._files[name] = cut_open(self.folder / name, size)
            self._lines = StringIO()
            self._rows = CsvWriter(self._lines, labels)
            head = self._take()
            if found is None:
                self._files[FACES].write(head.encode("utf-8"))
                self._files[FAILED].write(csv_line([c.name for c in FAILURES]).encode("utf-8"))
                self._now = replace(self._now, part_start=len(head.encode("utf-8")))
                self._dictionaries(options)
                self._save()
            else:
                self._sidecars.tidy(self.start.item, 64)
        except BaseException:
            self._close_files()
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

    def picture(self, item: WorkItem, image: Image | None, result: FrameResult) -> None:
        """Writes the result of a picture.

        Args:
            item: the picture.
            image: RGB uint8 (height, width, 3); None where it could not be read, and may be None
                where no copies or crops are asked for.
            result: what was found, or why nothing was.

        Raises:
            EmoguiError: a file cannot be written.
        """
        self._result(result)
        if result.error is not None:
            self._failure(item, None, result.error)
            self._count(failed_inputs=1)
        else:
            self._count(pictures=1)
            if image is not None:
                self._sidecars.picture(item, image, result)
        self._next(item)

    def begin_video(self, item: WorkItem, fps: float) -> None:
        """A video begins, or goes on in its middle."""
        within = item.number == self.start.item and self.start.frame > 0
        self._sidecars.begin(item, fps, self.start.sizes.get(_RESULTS, 0) if within else 0)

    def again(self, frame: Frame) -> None:
        """A frame that an earlier run has written, for what has to be made again."""
        self._sidecars.again(frame)

    def frame(
        self, item: WorkItem, frame: Frame, result: FrameResult, state: Callable[[], bytes]
    ) -> None:
        """Writes the result of a frame of a video.

        Args:
            item: the video.
            frame: the frame.
            result: what was found, or why nothing was.
            state: gives the state of the sequence after this frame.

        Raises:
            EmoguiError: a file cannot be written.
        """
        self._result(result)
        if result.error is not None:
            self._failure(item, result.frame, result.error)
        self._sidecars.frame(item, frame, result)
        self._count(frames=1)
        self._now = replace(self._now, item=item.number, frame=frame.index + 1)
        if self._clock() - self._saved_at >= SAVE_VIDEO_S:
            self._save(state)

    def end_video(self, item: WorkItem, failure: FrameResult | None = None) -> None:
        """A video has ended.

        Args:
            item: the video.
            failure: the result that tells why it could not be opened, or read on; else None.

        Raises:
            EmoguiError: a file cannot be written.
        """
        if failure is not None:
            self._result(failure)
            begun = failure.frame > 0
            self._failure(item, failure.frame if begun else None, failure.error or "")
            self._count(failed_inputs=1)
        else:
            self._count(videos=1)
        self._sidecars.end()
        # The next video's results take the place of those that the last checkpoint relies on.
        self._next(item, at_once=self._sidecars.needs_results)

    def stop(self, state: Callable[[], bytes] | None) -> None:
        """Makes a checkpoint here, for a batch that is to go on another time.

        Args:
            state: gives the state of the sequence where this is within a video.
        """
        self._save(state)

    def finish(self) -> None:
        """Everything is done.

        Raises:
            EmoguiError: a file cannot be written.
        """
        self._part(1)
        self._now = replace(self._now, complete=True)
        self._save()

    def close(self) -> None:
        """Closes the files; what came after the last checkpoint is done again another time."""
        self._sidecars.close()
        self._close_files()

    def _result(self, result: FrameResult) -> None:
        self._rows.write(result)
        text = self._take()
        if text:
            self._files[FACES].write(text.encode("utf-8"))
            self._count(faces=len(result.faces))
            self._now = replace(self._now, part_rows=self._now.part_rows + len(result.faces))
            self._part(PART_ROWS)
        if FRAMES in self._files:
            line = to_json_line(replace(result, timings_ms={})) + "\n"
            self._files[FRAMES].write(line.encode("utf-8"))

    def _failure(self, item: WorkItem, frame: int | None, reason: str) -> None:
        line = csv_line([safe_cell(item.path), frame, safe_cell(reason)])
        self._files[FAILED].write(line.encode("utf-8"))
        self._count(failures=1)

    def _part(self, fewest: int) -> None:
        """Makes a Parquet file of the rows that have none, where there are enough of them."""
        if self._parquet is None or self._now.part_rows < fewest:
            return
        end = self._files[FACES].size
        self._parquet.add(self.folder / FACES, self._now.part_start, end)
        self._now = replace(self._now, part_start=end, parts=self._parquet.parts, part_rows=0)

    def _count(self, **more: int) -> None:
        old = self.counts
        self.counts = replace(old, **{name: getattr(old, name) + n for name, n in more.items()})

    def _next(self, item: WorkItem, *, at_once: bool = False) -> None:
        self._now = replace(self._now, item=item.number + 1, frame=0)
        if at_once or self._clock() - self._saved_at >= SAVE_S:
            self._save()

    def _save(self, state: Callable[[], bytes] | None = None) -> None:
        for file in self._files.values():
            file.sync()
        self._sidecars.sync()
        within = state is not None and self._now.frame > 0
        sizes = {name: file.size for name, file in self._files.items()}
        if within:
            # The video may not have begun to go on yet.
            kept = self._now.sizes.get(_RESULTS, 0)
            sizes[_RESULTS] = self._sidecars.results_size or kept
        now = self._clock()
        self._now = replace(
            self._now,
            sizes=sizes,
            counts=self.counts,
            tracker=Checkpoint.as_text(state()) if state is not None and within else "",
            seconds=self.start.seconds + now - self._began,
        )
        self._now.save(self._state)
        self._saved_at = now

    def _dictionaries(self, options: BatchOptions) -> None:
        write_dictionary(self.folder / "faces.dictionary.csv", faces_columns(self._labels))
        write_dictionary(self.folder / "failures.dictionary.csv", FAILURES)
        if options.jsonl:
            write_dictionary(self.folder / "frames.dictionary.csv", frames_columns(self._labels))
        if options.parquet:
            write_dictionary(
                self.folder / "faces.parquet.dictionary.csv", faces_columns(self._labels)
            )

    def _take(self) -> str:
        text = self._lines.getvalue()
        self._lines.seek(0)
        self._lines.truncate()
        return text

    def _close_files(self) -> None:
        for file in self._files.values():
            file.close()
