"""What a file holds, told by its first bytes: suffixes are often wrong."""

from __future__ import annotations

from pathlib import Path

from emogui.errors import SourceError, SourceMissingError, SourcePermissionError

START_BYTES = 4096
"""So much of a file is enough to tell what it is."""

_PICTURE_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
_PICTURE_STARTS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"II*\0",  # TIFF
    b"MM\0*",
    b"BM",
    b"\0\0\0\x0cjP  ",  # JPEG 2000
    b"\xff\x4f\xff\x51",
    *(b"P%d%c" % (kind, space) for kind in range(1, 8) for space in b" \n\t\r"),  # PNM
)
_VIDEO_STARTS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"0&\xb2u\x8ef\xcf\x11",  # ASF: WMV
    b"FLV\x01",
    b"OggS",
    b"\0\0\x01\xba",  # MPEG programme stream
    b"\0\0\x01\xb3",  # MPEG video
)
_MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_TS_PACKET, _M2TS_PACKET = 188, 192


def read_start(path: Path) -> bytes:
    """Reads the first bytes of a file.

    Returns:
        At most :data:`START_BYTES`, at least one.

    Raises:
        SourceError: it is not there, is no ordinary file, may not be read, or is empty.
    """
    from emogui.media.listing import printable

    name = printable(path.name)
    try:
        if path.is_dir():
            raise SourceError(f"'{name}' is a folder; expected a video file.", "Choose a file.")
        # A pipe or device could be waited for without end.
        if path.exists() and not path.is_file():
            raise SourceError(f"'{name}' is not an ordinary file.", "Choose a video file.")
        with path.open("rb") as file:
            start = file.read(START_BYTES)
    except FileNotFoundError as error:
        raise SourceMissingError(
            f"There is no file '{printable(path)}'.", "Check the path, or choose the video again."
        ) from error
    except PermissionError as error:
        raise SourcePermissionError(
            f"'{name}' may not be read by you.", "Change the file's permissions, or copy it."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"'{name}' cannot be read: {reason}.", "Copy the file to this computer first."
        ) from error
    if not start:
        raise SourceError(f"'{name}' is empty; expected a video file.", "Copy it again.")
    return start


def is_gif(start: bytes) -> bool:
    """Whether a file that begins so is a GIF, moving or not."""
    return start.startswith((b"GIF87a", b"GIF89a"))


def is_picture(start: bytes) -> bool:
    """Whether a file that begins so is a picture; a GIF, which may move, is not counted."""
    if start[4:8] == b"ftyp":
        return start[8:12] in _PICTURE_BRANDS
    if start.startswith(b"RIFF"):
        return start[8:12] == b"WEBP"
    return start.startswith(_PICTURE_STARTS)


def is_video(start: bytes) -> bool:
    """Whether a file that begins so is a video of a common kind; a GIF is not counted."""
    if is_picture(start):
        return False
    if start[4:8] in _MP4_BOXES or start.startswith(_VIDEO_STARTS):
        return True
    if start.startswith(b"RIFF"):
        return start[8:12] == b"AVI "
    for first, length in ((0, _TS_PACKET), (4, _M2TS_PACKET)):
        marks = start[first : first + 4 * length : length]
        if marks == b"GGGG":
            return True
    return False


def is_text(start: bytes) -> bool:
    """Whether a file that begins so is text: FFmpeg would play it as a picture of the text."""
    return all(byte >= 0x20 or byte in b"\t\n\r\f\x1b" for byte in start)


def check_video_file(path: Path) -> None:
    """Says what is wrong with a file before FFmpeg, which only says that something is.

    Raises:
        SourceError: see `read_start`; or it is a picture or a text.
    """
    start = read_start(path)
    if is_picture(start):
        raise SourceError(
            f"'{path.name}' is a picture; expected a video file.", "Open it in the Image tab."
        )
    if is_text(start):
        raise SourceError(
            f"'{path.name}' is a text file; expected a video file.", "Choose a video file."
        )


def holds_video(path: Path, video_suffixes: frozenset[str]) -> bool:
    """Whether a file is to be read as a video: a GIF is when it moves.

    What neither looks like a picture nor like a video of a common kind goes by its suffix. It
    never raises; what cannot be read is no video.
    """
    try:
        start = read_start(path)
    except SourceError:
        return False
    if is_gif(start):
        return _moves(path)
    if is_picture(start):
        return False
    return is_video(start) or path.suffix.lower() in video_suffixes - {".gif"}


def _moves(path: Path) -> bool:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return bool(getattr(picture, "is_animated", False))
    except Exception:  # a damaged file; reading it will say so
        return False
