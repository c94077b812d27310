"""What a batch writes beside the tables, a file an input: copies, crops, subtitles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from emogui.bulk.frames import AnnotatedVideo
from emogui.bulk.options import BatchOptions
from emogui.bulk.worklist import WorkItem
from emogui.output.annotate import annotate
from emogui.output.durable import DurableFile, Existing
from emogui.output.files import cannot_write, make_folder, save_image
from emogui.output.privacy import hide_faces
from emogui.output.records import to_json_line
from emogui.output.recover import read_results
from emogui.output.subtitles import SpanCollector, write_subtitles
from emogui.types import FaceBox, Frame, FrameResult, Image

_IN_A_FOLDER: Final = 1000
_LONGEST_STEM: Final = 80
_LOSSY: Final = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".heic", ".heif", ".avif"})

Crop = Callable[[Image, FaceBox], Image]
"""A face as the network saw it; ``Analyzer.crop``."""


def place_in(folder: Path, item: WorkItem, suffix: str, what: str = "") -> Path:
    """The file that belongs to an input: ``folder/000/000123-STEM[-WHAT].SUFFIX``.

    Args:
        folder: of all files of this kind; no more than a thousand inputs share one inside it.
        item: the input.
        suffix: with its dot.
        what: which of several it is.
    """
    stem = Path(item.path).stem
    safe = "".join(c if c.isalnum() or c in "-_. " else "-" for c in stem)[:_LONGEST_STEM]
    end = f"-{what}" if what else ""
    inside = folder / f"{item.number // _IN_A_FOLDER:03d}"
    return inside / f"{item.number:06d}-{safe.rstrip('. ') or 'input'}{end}{suffix}"


class Sidecars:
    """Writes the files of inputs one after another.

    Args:
        folder: of the batch.
        work: folder for what is needed only until the end of a video.
        options: which files are asked for.
        crop: see `Crop`.
    """

    def __init__(self, folder: Path, work: Path, options: BatchOptions, crop: Crop) -> None:
        self._folder, self._work = folder, work
        self._options = options
        self._crop = crop
        self._video: _Video | None = None

    @property
    def results_size(self) -> int:
        """Bytes of the results kept for the video at hand; 0 where none are kept."""
        return 0 if self._video is None else self._video.size

    @property
    def needs_results(self) -> bool:
        """Whether the results of a video are kept until its end."""
        return self._options.annotate or bool(self._options.subtitles)

    def picture(self, item: WorkItem, image: Image, result: FrameResult) -> None:
        """Writes the files of a picture.

        Raises:
            EmoguiError: one cannot be written.
        """
        self._crops(item, image, result)
        if self._options.annotate:
            if self._options.hide:
                image = hide_faces(image, [f.box for f in result.faces], self._options.hide)
            suffix = ".jpg" if Path(item.path).suffix.lower() in _LOSSY else ".png"
            path = place_in(self._folder / "annotated", item, suffix)
            make_folder(path.parent)
            save_image(annotate(image, result), path)

    def begin(self, item: WorkItem, fps: float, results_size: int = 0) -> None:
        """A video begins, or goes on.

        Args:
            item: the video.
            fps: its frame rate.
            results_size: length of the results kept of it by a run that was ended.
        """
        if self.needs_results:
            self._video = _Video(self._folder, self._work, self._options, item, fps, results_size)

    def again(self, frame: Frame) -> None:
        """A frame that an earlier run has analysed: the annotated video needs it once more."""
        if self._video is not None:
            self._video.again(frame)

    def frame(self, item: WorkItem, frame: Frame, result: FrameResult) -> None:
        """Takes the next frame of a video, and what was found in it."""
        self._crops(item, frame.image, result, f"{frame.index:06d}-")
        if self._video is not None:
            self._video.add(frame, result)

    def end(self) -> None:
        """The video has ended: its files get their names.

        Raises:
            EmoguiError: one cannot be written.
        """
        video, self._video = self._video, None
        if video is not None:
            video.end()

    def sync(self) -> None:
        """Puts what is kept of a video on the disk."""
        if self._video is not None:
            self._video.sync()

    def close(self) -> None:
        """Closes what is open; files of a video that has not ended do not get their names."""
        video, self._video = self._video, None
        if video is not None:
            video.close()

    def tidy(self, first: int, window: int) -> None:
        """Removes the temporary files that a killed run left.

        Args:
            first: the item at which the batch goes on.
            window: how many items may have been under way.
        """
        for number in {first // _IN_A_FOLDER, (first + window) // _IN_A_FOLDER}:
            for kind in ("annotated", "crops", "subtitles"):
                for path in (self._folder / kind / f"{number:03d}").glob(".emogui-*"):
                    with suppress(OSError):
                        path.unlink()

    def _crops(self, item: WorkItem, image: Image, result: FrameResult, frame: str = "") -> None:
        if not self._options.crops:
            return
        for face in result.faces:
            what = f"{frame}face{face.face_id}"
            path = place_in(self._folder / "crops", item, ".png", what)
            make_folder(path.parent)
            save_image(self._crop(image, face.box), path)


class _Video:
    """The files of one video.

    Its results are kept in a file until its end: a run that goes on draws the annotated video again
    from them, since a video cannot be appended to, and makes the subtitles of all of them.
    """

    def __init__(
        self,
        folder: Path,
        work: Path,
        options: BatchOptions,
        item: WorkItem,
        fps: float,
        results_size: int,
    ) -> None:
        self._options, self._item = options, item
        self._folder = folder
        self._results = work / "results.jsonl"
        self._kept = cut_open(self._results, results_size)
        self._earlier = read_results(self._results) if results_size else iter(())
        self._before: FrameResult | None = None
        self._annotated: AnnotatedVideo | None = None
        self._target = place_in(folder / "annotated", item, ".mp4")
        self._part = self._target.with_name(f".emogui-{self._target.name}")
        if options.annotate:
            make_folder(self._target.parent)
            self._annotated = AnnotatedVideo(
                self._part, Existing.REPLACE, fps=fps, hide=options.hide
            )

    @property
    def size(self) -> int:
        return self._kept.size

    def again(self, frame: Frame) -> None:
        while self._before is None or self._before.frame < frame.index:
            self._before = next(self._earlier, None)
            if self._before is None:
                return
        if self._annotated is not None and self._before.frame == frame.index:
            self._annotated.write(frame, self._before)

    def add(self, frame: Frame, result: FrameResult) -> None:
        self._kept.write((to_json_line(result) + "\n").encode("utf-8"))
        if self._annotated is not None:
            self._annotated.write(frame, result)

    def sync(self) -> None:
        self._kept.sync()

    def end(self) -> None:
        self._kept.close()
        if self._annotated is not None:
            self._annotated.__exit__(None, None, None)
            if self._part.exists():  # not where no frame could be analysed
                try:
                    self._part.replace(self._target)
                except OSError as error:
                    raise cannot_write(self._target, error) from error
        if self._options.subtitles:
            collector = SpanCollector(self._longest())
            for result in read_results(self._results):
                collector.add(result)
            spans = collector.finish()
            for suffix in self._options.subtitles:
                path = place_in(self._folder / "subtitles", self._item, f".{suffix}")
                make_folder(path.parent)
                write_subtitles(path, spans, self._item.path)
        # The results stay until the next video begins: a checkpoint may still rely on them.

    def close(self) -> None:
        self._kept.close()
        if self._annotated is not None:
            self._annotated.__exit__(None, None, None)

    def _longest(self) -> float:
        """A frame stands until the next one, also where few are taken."""
        fps = self._options.fps
        return max(1.0, 2 / fps) if fps else max(1.0, 0.2 * (self._options.every or 1))


def cut_open(path: Path, size: int) -> DurableFile:
    """Opens a file to write on from a place, and cuts off what is behind that.

    Raises:
        EmoguiError: it cannot be changed, or is shorter.
    """
    try:
        with path.open("ab") as file:
            if file.tell() < size:
                raise OSError(None, "it is shorter than the batch has made it")
            file.truncate(size)
    except OSError as error:
        raise cannot_write(path, error) from error
    return DurableFile(path, Existing.APPEND)
