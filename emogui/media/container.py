"""Opens video files and streams with FFmpeg, and says in words what is wrong with them."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emogui.errors import (
    SourceError,
    SourceLostError,
    SourceMissingError,
    SourcePermissionError,
    SourceTimeoutError,
)
from emogui.media.source import is_address, sane_fps

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

MAX_PIXELS = 36_000_000
"""Larger frames are refused: 8K has 33 million pixels, which take 100 MB as RGB alone."""

OPEN_LIMIT_S = 8.0
"""Longest time to wait for a file or server to answer."""
READ_LIMIT_S = 5.0
"""Longest time to wait for the next piece of it."""

_FILE_PROTOCOLS = "file"
"""A file must not make FFmpeg fetch others: a playlist could name addresses."""
_NETWORK_PROTOCOLS = "http,https,tls,tcp,udp,rtp,rtsp,rtsps,srtp,rtmp,rtmps,srt,mms,mmsh,crypto"
_STILL_FORMATS = re.compile(r".*_pipe|image2|tty|webp_anim|svg")
_EXACT_FORMATS = frozenset({"mov", "mp4", "avi", "matroska", "webm"})
"""Formats whose header says how long the picture lasts; others only estimate it."""
_WANTED_CODECS = "Choose another file, or convert it to MP4 (H.264)."


@dataclass(frozen=True, slots=True)
class Facts:
    """What a container tells of its pictures; see `VideoFile`.

    Attributes:
        promised_s: seconds that the header states for the pictures; None where it is an estimate.
    """

    width: int
    height: int
    fps: float
    duration_s: float | None
    frame_count: int | None
    promised_s: float | None


def open_container(
    target: str,
    name: str,
    *,
    options: dict[str, str] | None = None,
    open_limit_s: float = OPEN_LIMIT_S,
    read_limit_s: float = READ_LIMIT_S,
) -> tuple[InputContainer, av.VideoStream]:
    """Opens a file or address and chooses its main picture.

    Args:
        target: path or address.
        name: how errors call it; holds no password.
        options: more options for FFmpeg.
        open_limit_s: longest time to wait for an answer.
        read_limit_s: longest time to wait for the next piece.

    Raises:
        SourceError: of the kind that fits.
    """
    import av

    remote = is_address(target)
    protocols = _NETWORK_PROTOCOLS if remote else _FILE_PROTOCOLS
    settings = {"protocol_whitelist": protocols, "max_pixels": str(MAX_PIXELS), **(options or {})}
    began = time.monotonic()
    try:
        container = av.open(
            target if remote else f"file:{target}",
            "r",
            options=settings,
            metadata_errors="replace",
            timeout=(open_limit_s, read_limit_s),
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        # FFmpeg's RTSP calls it bad data when the time is up.
        if isinstance(error, av.ExitError) or time.monotonic() - began >= open_limit_s:
            raise _no_answer(name, remote, open_limit_s) from None
        raise _cannot_open(error, name, remote) from None
    try:
        return container, _choose(container, name)
    except BaseException:
        container.close()
        raise


def _choose(container: InputContainer, name: str) -> av.VideoStream:
    from av.codec.context import ThreadType
    from av.stream import Discard, Disposition

    if _STILL_FORMATS.fullmatch(container.format.name):
        raise SourceError(
            f"'{name}' is a picture; expected a video file.", "Open it in the Image tab."
        )
    videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not videos:
        what = "sound, but no pictures" if container.streams.audio else "no pictures"
        raise SourceError(f"'{name}' holds {what}.", "Choose a video.")
    best = container.streams.best("video")
    stream = next((video for video in videos if video is best), videos[0])
    if not stream.codec_context:
        raise SourceError(f"'{name}' is of a kind that cannot be decoded.", _WANTED_CODECS)
    if stream.width * stream.height > MAX_PIXELS:
        raise SourceError(
            f"'{name}' has frames of {stream.width}x{stream.height}; up to "
            f"{MAX_PIXELS // 1_000_000} megapixels can be read.",
            "Make it smaller with another program.",
        )
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    stream.thread_type = ThreadType.AUTO
    return stream


def facts(container: InputContainer, stream: av.VideoStream) -> Facts:
    """What the header says."""
    fps = sane_fps(float(stream.average_rate or stream.guessed_rate or math.nan))
    own_s = float(stream.duration * stream.time_base) if stream.duration else 0.0  # type: ignore[operator]
    own_s = own_s or _clock_time(stream.metadata.get("DURATION", ""))
    whole_s = (container.duration or 0) / 1e6
    if "matroska" in container.format.name:  # its durations count from zero, not from the start
        begin_s = float((stream.start_time or 0) * (stream.time_base or 0))
        own_s, whole_s = own_s - begin_s, whole_s - begin_s
    duration_s = next((s for s in (own_s, whole_s) if 0 < s < math.inf), None)
    count = stream.frames or (round(duration_s * fps) if duration_s else 0)
    exact = own_s > 0 and not _EXACT_FORMATS.isdisjoint(container.format.name.split(","))
    promised_s = own_s if exact else None
    if container.format.name == "avi":  # FFmpeg shortens the duration of a file cut short
        promised_s = stream.frames / fps
    return Facts(stream.width, stream.height, fps, duration_s, count or None, promised_s)


def _clock_time(text: str) -> float:
    """Seconds of Matroska's ``00:01:02.500000000``; 0.0 for anything else."""
    match = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0


def raise_if_lost(error: Exception, name: str) -> None:
    """Raises what a failed read means when going on is of no use.

    Raises:
        SourceTimeoutError: nothing came within the limit.
        SourceLostError: the connection or the disk has gone.
    """
    import av

    silent = isinstance(error, av.ExitError | TimeoutError)
    if not silent and (not isinstance(error, OSError) or isinstance(error, av.InvalidDataError)):
        return  # damage that reading may get over
    what = f"nothing came for {READ_LIMIT_S:.0f} seconds" if silent else _reason(error)
    if is_address(name):
        raise SourceLostError(
            f"{name} stopped delivering pictures: {what}.",
            "Check the network connection, then try again.",
        ) from None
    kind = SourceTimeoutError if silent else SourceLostError
    raise kind(
        f"'{name}' cannot be read any further: {what}.", "Check the disk, then try again."
    ) from None


def _reason(error: Exception) -> str:
    """What FFmpeg says, without the address it adds, which may hold a password."""
    return str(getattr(error, "strerror", None) or type(error).__name__).rstrip(".")


def _no_answer(name: str, remote: bool, limit_s: float) -> SourceTimeoutError:
    if remote:
        return SourceTimeoutError(
            f"{name} did not answer within {limit_s:g} seconds.",
            "Check the address and the network connection, then try again.",
        )
    return SourceTimeoutError(
        f"'{name}' did not open within {limit_s:g} seconds.", "Copy it to this computer first."
    )


def _cannot_open(error: Exception, name: str, remote: bool) -> SourceError:
    import av

    if not remote:
        return SourceError(f"'{name}' is not a video that can be read.", _WANTED_CODECS)
    if isinstance(error, av.HTTPUnauthorizedError | av.HTTPForbiddenError):
        return SourcePermissionError(
            f"{name} asks for a user name and a password.",
            "Write them into the address: rtsp://NAME:PASSWORD@HOST/...",
        )
    reason = _reason(error) if isinstance(error, OSError | av.HTTPError) else "no video is there"
    return SourceMissingError(
        f"No stream was found at {name}: {reason}.",
        "Check the address, its user name and password, and the network connection.",
    )
