"""The pipeline of a batch on one computer: decoding, detection and classification side by side.

Decoding runs in processes of its own (`emogui.bulk.decoders`), detection in as many threads as
there are processors, each with a request of one thread; the calling thread puts the faces of
several pictures through the network together and writes, in the order of the work list. The
numbers of a face do not depend on what it shares a batch with, nor on the number of threads.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from emogui.backend.analyzer import Analyzer
from emogui.backend.detectors import create_detector
from emogui.backend.openvino_runtime import at_most_threads, usable_processors
from emogui.bulk.control import BatchControl, Progress, Tell
from emogui.bulk.decoder_process import DecodeOptions, Unit
from emogui.bulk.decoders import DecoderPool
from emogui.bulk.follower import VideoFollower
from emogui.bulk.options import BatchOptions
from emogui.bulk.work import failed_result, words_for
from emogui.bulk.worklist import WorkList
from emogui.bulk.writer import BatchWriter
from emogui.errors import EmoguiError
from emogui.types import Detection, Frame

logger = logging.getLogger(__name__)

UNDER_WAY: Final = 32
"""Pictures and frames whose faces are looked for or that wait for the network."""

AT_ONCE: Final = 16
"""So many of them go through the network together."""

UNDER_WAY_BYTES: Final = 128 << 20
"""Pixels of these at most, beside one picture."""

Found = tuple[list[Detection], npt.NDArray[np.uint8]]
"""The faces of a picture and their crops, uint8 (n, side, side)."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A piece of an input on its way.

    Attributes:
        unit: the piece; without its pixels once these are not needed any more.
        found: what the detector will have found, where there are pixels; the crops of frames are
            cut out later.
    """

    unit: Unit
    found: Future[Found] | None = None

    @property
    def bytes(self) -> int:
        image = self.unit.image
        return 0 if image is None else image.nbytes


class Engine:
    """Analyses the rest of a batch.

    Args:
        worklist: the inputs.
        total: how many there are.
        analyzer: the detector and network.
        options: of the batch.
        writer: where the results go, and where the batch goes on.
        control: to hold and end it.
        tell: see `Tell`.
    """

    def __init__(
        self,
        worklist: WorkList,
        total: int,
        analyzer: Analyzer,
        options: BatchOptions,
        writer: BatchWriter,
        control: BatchControl,
        tell: Tell,
    ) -> None:
        self._worklist, self._total = worklist, total
        self._analyzer, self._options = analyzer, options
        self._writer, self._control, self._tell = writer, control, tell
        self._keep_images = options.annotate or options.crops
        self._own = threading.local()
        self._fault: Exception | None = None
        self._entries: deque[_Entry] = deque()
        self._video: VideoFollower | None = None
        start = writer.start
        self._resumed = VideoFollower.resumed(start, analyzer, options) if start.frame else None
        # What an earlier run has analysed is decoded once more where its pictures are needed.
        self._again_until = start.frame if options.annotate else 0

    def run(self) -> bool:
        """Analyses what is left.

        Returns:
            Whether everything is done; False where it was ended before.

        Raises:
            EmoguiError: a file cannot be written, or decoding cannot be started.
            KeyboardInterrupt: what was done by then is kept.
        """
        start = self._writer.start
        processors = usable_processors()
        decoding = DecodeOptions(
            self._options.every,
            self._options.fps,
            self._options.time_limit_s,
            self._options.memory_mb,
        )
        with ExitStack() as stack:
            pool = stack.enter_context(
                DecoderPool(
                    self._worklist.items(start.item),
                    decoding,
                    self._options.workers or max(1, processors // 2),
                    0 if self._again_until else start.frame,
                )
            )
            looking = ThreadPoolExecutor(processors, "detect", self._prepare_thread)
            stack.callback(looking.shutdown, cancel_futures=True)
            for unit in pool:
                if not self._control.wait():
                    break
                self._begin(unit, looking)
                while self._is_full():
                    self._finish(AT_ONCE)
            while self._entries:  # what is under way is finished in any case
                self._finish(AT_ONCE)
            if not self._control.cancelled:
                self._writer.finish()
                return True
            video = self._video or self._resumed
            self._writer.stop(video.state if video is not None else None)
            return False

    # Detection

    def _prepare_thread(self) -> None:
        options = self._options
        try:
            with at_most_threads(1):
                detector = create_detector(
                    options.detector, threshold=options.threshold, model_file=options.detector_model
                )
        except Exception as error:
            self._fault = error
            raise
        self._own.analyzer = self._analyzer.beside(detector)

    def _begin(self, unit: Unit, looking: ThreadPoolExecutor) -> None:
        entry = _Entry(unit)
        if unit.kind == "picture":
            entry.found = looking.submit(self._look, entry)
        elif unit.kind == "frame" and not self._is_known(unit):
            entry.found = looking.submit(self._look_at_frame, entry)
        self._entries.append(entry)

    def _is_known(self, unit: Unit) -> bool:
        """Whether an earlier run has analysed a frame."""
        start = self._writer.start
        return unit.item.number == start.item and unit.index < self._again_until

    def _look(self, entry: _Entry) -> Found:
        analyzer: Analyzer = self._own.analyzer
        image = entry.unit.image
        assert image is not None
        found = analyzer.detect(image, long_side=self._options.picture_side)
        crops = analyzer.crops(image, [one.box for one in found])
        return found, crops

    def _look_at_frame(self, entry: _Entry) -> Found:
        analyzer: Analyzer = self._own.analyzer
        image = entry.unit.image
        assert image is not None
        found = analyzer.detect(image, long_side=self._options.video_side, faint=True)
        return found, np.empty((0, 0, 0), np.uint8)

    # Classification and writing, in order

    def _is_full(self) -> bool:
        size = sum(entry.bytes for entry in self._entries)
        return len(self._entries) >= UNDER_WAY or size > UNDER_WAY_BYTES

    def _finish(self, most: int) -> None:
        """Finishes the first entries: as many pictures in a row as may go together, or a frame."""
        run: list[_Entry] = []
        while self._entries and len(run) < most and self._entries[0].unit.kind == "picture":
            run.append(self._entries.popleft())
        if run:
            self._pictures(run)
        elif self._entries:
            self._piece(self._entries.popleft())

    def _pictures(self, run: Sequence[_Entry]) -> None:
        found: list[Found | Exception] = []
        for entry in run:
            assert entry.found is not None
            try:
                found.append(entry.found.result())
            except BrokenExecutor as error:
                raise self._cannot_look(error) from error
            except Exception as error:  # one picture must not end a long job
                found.append(error)
        crops = [crop for one in found if isinstance(one, tuple) for crop in one[1]]
        rows = self._analyzer.classifier.predict(crops)
        at = 0
        for entry, one in zip(run, found, strict=True):
            item, image = entry.unit.item, entry.unit.image
            assert image is not None
            if isinstance(one, tuple):
                count = len(one[0])
                faces = self._analyzer.faces(one[0], rows[at : at + count])
                at += count
                result = self._analyzer.result(image, faces, source=item.path)
            else:
                self._log(item.path, one)
                result = failed_result(self._analyzer, item.path, words_for(one))
            self._writer.picture(item, image if self._keep_images else None, result)
            self._report(item.number + 1, item.path)

    def _piece(self, entry: _Entry) -> None:
        unit = entry.unit
        item = unit.item
        if unit.kind == "video":
            resumed, self._resumed = self._resumed, None
            self._video = resumed or VideoFollower(self._analyzer, self._options)
            self._video.total = self._expected(unit)
            self._writer.begin_video(item, unit.fps)
        elif unit.kind == "frame":
            self._frame(unit, entry)
        elif unit.kind == "end":
            self._video = None
            self._writer.end_video(item)
            for warning in unit.warnings or ("",):
                self._report(item.number + 1, item.path, warning)
        else:
            self._failed(unit)

    def _frame(self, unit: Unit, entry: _Entry) -> None:
        assert unit.image is not None and self._video is not None
        frame = Frame(unit.image, unit.index, unit.time_s, 0.0)
        if entry.found is None:
            self._writer.again(frame)
            return
        try:
            detections, _ = entry.found.result()
            result = self._video.follow(frame, detections, unit.item.path)
        except BrokenExecutor as error:
            raise self._cannot_look(error) from error
        except Exception as error:  # one frame must not end a long job
            self._log(unit.item.path, error)
            result = replace(
                failed_result(self._analyzer, unit.item.path, words_for(error)),
                frame=frame.index,
                time_s=frame.time_s,
            )
        self._writer.frame(unit.item, frame, result, self._video.state)
        self._video.done += 1
        self._report(unit.item.number, unit.item.path)

    def _failed(self, unit: Unit) -> None:
        item = unit.item
        video = self._video or self._resumed
        self._video = self._resumed = None
        result = failed_result(self._analyzer, item.path, unit.error)
        if video is None:
            self._writer.picture(item, None, result)
        else:
            self._writer.end_video(item, replace(result, frame=unit.index))
        self._report(item.number + 1, item.path)

    def _expected(self, unit: Unit) -> int | None:
        """How many frames of a video will be taken, as far as the file tells."""
        fps = self._options.fps
        if fps is None:
            every = self._options.every or 1
            return None if unit.frames is None else -(-unit.frames // every)
        return None if unit.seconds is None else round(unit.seconds * min(fps, unit.fps)) or 1

    def _report(self, done: int, source: str, warning: str = "") -> None:
        video = self._video
        self._tell(
            Progress(
                done,
                self._total,
                self._writer.start.item,
                self._writer.counts,
                source,
                video.done if video is not None else 0,
                video.total if video is not None else None,
                warning,
            )
        )

    def _cannot_look(self, error: BaseException) -> EmoguiError:
        """What to raise when the threads that look for faces could not be made ready."""
        cause = self._fault or error
        if isinstance(cause, EmoguiError):
            return cause
        return EmoguiError(f"No detector could be started: {words_for(cause)}")

    @staticmethod
    def _log(path: str, error: Exception) -> None:
        if not isinstance(error, EmoguiError | MemoryError):
            logger.debug("Unforeseen error with %s", path, exc_info=error)
