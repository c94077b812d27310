"""Writes an MP4 video that plays even if the program is killed in the middle.

An ordinary MP4 file has its table of contents at the end; without it no player can open the rest.
Here the video is written in fragments of about a quarter of a second (ISO/IEC 14496-12, movie
fragments), each with a table of its own and each handed to the system in one piece. What was
written before a kill, a full disk or a lost cable is a whole video.

OpenCV's ``VideoWriter`` cannot do this: it counts frames at a fixed rate and has no way to give
each its own time, it buffers and never tells that the disk is full, and its files are of no use
until they are closed. So FFmpeg is used through PyAV.

PyAV itself is under the BSD licence. Its wheels on PyPI carry an FFmpeg (LGPL) together with
libx264 and libx265 (GPL 2 or later); emogui ships neither, and the MIT licence is compatible with
both. Who passes on emogui bundled with such a wheel does so under the GPL, or bundles a PyAV built
without these two: nothing here needs them, the encoders are tried in turn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

import numpy as np

from emogui.errors import EmoguiError
from emogui.output.durable import DurableFile, Existing
from emogui.types import Image

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

ENCODERS: Final[dict[str, dict[str, str]]] = {
    # No frame is held back (zerolatency), so that none of them is lost; threads cost memory and
    # time that the networks need more.
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "crf": "23", "threads": "1"},
    "libopenh264": {"rc_mode": "quality", "threads": "1"},
    "mpeg4": {"flags": "+qscale", "global_quality": str(4 * 118), "threads": "1"},
}
"""FFmpeg's encoders, the best first, with their options. The first two make H.264, which every
player and browser plays; the last is part of every FFmpeg."""

KEY_FRAME_S: Final = 1.0
"""A picture that needs none before it comes at least this often: there a player can seek to."""

FRAGMENT_S: Final = 0.25
"""So much video is lost at most with the program, and one frame more."""

_TIME_BASE: Final = Fraction(1, 60_000)
"""Every frame has its own time, so any rate and a changing one fit; the usual ones, 29.97 too, are
whole numbers of this, and MPEG-4 takes none finer than 65,535."""

_BT601, _LIMITED_RANGE = 6, 1
"""How FFmpeg's scaler turns RGB into YUV unless told otherwise; written into the file, since
players would guess another matrix for large pictures."""


class VideoWriter:
    """See the module. The size is that of the first frame; the colours are yuv420p.

    Writing waits for the encoder and the disk; use it in a thread that may wait.

    Args:
        path: the file; its name should end in ``.mp4``.
        existing: what to do where there is a file of that name.
        fps: frames a second as the file's header states them; the frames have their own times.

    Raises:
        EmoguiError: the file cannot be opened, or FFmpeg lacks every encoder.
    """

    def __init__(
        self,
        path: str | Path,
        existing: Existing = Existing.REFUSE,
        *,
        fps: float = 30.0,
    ) -> None:
        if existing is Existing.APPEND:
            raise EmoguiError("A video cannot be appended to.", "Choose another name.")
        self.path = Path(path)
        self.frames = 0
        self._fps = Fraction(fps).limit_denominator(1001)
        self._options = find_encoder()
        self._file = DurableFile(path, existing)
        self._fragments = _Fragments(self._file)
        self._container: av.container.OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._size = (0, 0)
        self._started_s = self._key_s = 0.0
        self._pts = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:  # the first error counts
            with contextlib.suppress(EmoguiError):
                self.close()

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._file.size

    @property
    def duration_s(self) -> float:
        """Time from the first frame to the last, in seconds."""
        return max(0, self._pts) * float(_TIME_BASE)

    def write(self, image: Image, time_s: float) -> None:
        """Adds a frame.

        Args:
            image: RGB uint8 (height, width, 3). One of another size than the first is fitted
                into it, with black bars where its shape differs; a row or a column that makes
                the size odd is left out, as yuv420p demands.
            time_s: when it is to be shown, in seconds; the first one counts as zero. One that
                is not later than the frame before follows it at once.

        Raises:
            EmoguiError: the disk is full or gone, or the picture is too small for a video.
        """
        import av

        with self._plain_errors():
            stream = self._stream or self._start(image, time_s)
            frame = av.VideoFrame.from_ndarray(_fitted(image, self._size), format="rgb24")
            since = round((time_s - self._started_s) / _TIME_BASE)
            self._pts = max(self._pts + 1, since)
            frame.pts, frame.time_base = self._pts, _TIME_BASE
            now = self._pts * float(_TIME_BASE)
            if self.frames == 0 or now - self._key_s >= KEY_FRAME_S:
                frame.pict_type = av.video.frame.PictureType.I
                self._key_s = now
            self._mux(stream.encode(frame))
            self.frames += 1

    def close(self) -> None:
        """Writes the rest and closes the file; a second call does nothing.

        Raises:
            EmoguiError: the rest could not be written; what was there before is a whole video.
        """
        container, self._container = self._container, None
        try:
            if container is not None and self._stream is not None:
                with self._plain_errors():
                    if not self._fragments.failed:
                        for packet in self._stream.encode(None):
                            container.mux(packet)
                with self._plain_errors():
                    container.close()
                if self._fragments.failed:
                    raise self._fragments.failed
        finally:
            self._file.close()

    def _start(self, image: Image, time_s: float) -> VideoStream:
        import av

        height, width = (side // 2 * 2 for side in image.shape[:2])
        if min(height, width) < 16:
            raise EmoguiError(
                f"A video needs frames of at least 16x16 pixels; got {width}x{height}.",
                "Choose a source with larger pictures.",
            )
        self._size = width, height
        self._started_s = time_s
        self._container = av.open(
            self._fragments,
            "w",
            format="mp4",
            options={
                "movflags": "empty_moov+default_base_moof+frag_keyframe",
                "frag_duration": str(round(FRAGMENT_S * 1e6)),
                "flush_packets": "1",
            },
        )
        name, options = self._options
        stream = cast("VideoStream", self._container.add_stream(name, rate=self._fps))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = _TIME_BASE
        context.options = options
        context.gop_size = 600  # by time, see above; this is for the very fast
        context.colorspace, context.color_range = _BT601, _LIMITED_RANGE
        self._stream = stream
        return stream

    def _mux(self, packets: Iterable[av.Packet[Any]]) -> None:
        assert self._container is not None
        for packet in packets:
            self._container.mux(packet)
        if self._fragments.failed:
            raise self._fragments.failed

    @contextlib.contextmanager
    def _plain_errors(self) -> Iterator[None]:
        import av

        try:
            yield
        except (av.FFmpegError, OSError, ValueError) as error:
            if self._fragments.failed:
                raise self._fragments.failed from error
            raise EmoguiError(
                f"The video '{self.path}' cannot be written: {error}.",
                "Record only the results, or choose another source.",
            ) from error


class _Fragments:
    """What FFmpeg writes to: collects bytes and passes on whole fragments.

    So the file ends with a whole fragment at any time; some players refuse half a one.

    Attributes:
        failed: the first error of the file; after it everything is thrown away.
    """

    def __init__(self, file: DurableFile) -> None:
        self._file = file
        self._pending = bytearray()
        self.failed: EmoguiError | None = None

    def write(self, data: bytes) -> int:
        if self.failed is None:
            self._pending += data
            end = self._end_of_fragment()
            if end:
                try:
                    self._file.write(bytes(self._pending[:end]))
                except EmoguiError as error:
                    # FFmpeg must not see it: it would leave its own state half done. The writer
                    # asks for it after each frame.
                    self.failed = error
                del self._pending[:end]
        return len(data)

    def _end_of_fragment(self) -> int:
        """Bytes up to the end of the last whole fragment: the box before it describes it."""
        start = end = 0
        while start + 8 <= len(self._pending):
            size = int.from_bytes(self._pending[start : start + 4], "big")
            kind = bytes(self._pending[start + 4 : start + 8])
            if size == 1:  # longer than 4 GiB: the length follows
                size = int.from_bytes(self._pending[start + 8 : start + 16], "big")
            start += max(size, 8)
            if start > len(self._pending):
                break
            if kind in (b"moov", b"mdat", b"mfra"):
                end = start
        return end


def find_encoder() -> tuple[str, dict[str, str]]:
    """The best encoder of this FFmpeg and its options.

    Raises:
        EmoguiError: PyAV's FFmpeg has none of them.
    """
    import av.codec

    for name, options in ENCODERS.items():
        with contextlib.suppress(av.codec.codec.UnknownCodecError):
            av.codec.Codec(name, "w")
            return name, options
    raise EmoguiError(
        f"FFmpeg has none of the encoders {', '.join(ENCODERS)}.",
        "Install PyAV's own wheel: pip install --force-reinstall av",
    )


def _fitted(image: Image, size: tuple[int, int]) -> Image:
    """The picture in that size (width, height), C-contiguous."""
    import cv2

    width, height = size
    rows, columns = image.shape[:2]
    if rows // 2 * 2 == height and columns // 2 * 2 == width:
        return np.ascontiguousarray(image[:height, :width])
    scale = min(width / columns, height / rows)
    across, down = max(1, round(columns * scale)), max(1, round(rows * scale))
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - across) // 2, (height - down) // 2
    canvas[top : top + down, left : left + across] = cv2.resize(
        image, (across, down), interpolation=cv2.INTER_AREA
    )
    return canvas
