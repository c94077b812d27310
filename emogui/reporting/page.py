"""Pages of a PDF and what is put on them, in points from their upper left corner."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from emogui.output.document import Style
from emogui.reporting.blocks import Anchor
from emogui.reporting.typeset import Piece, Words, path_of, printable, width_of
from emogui.types import Image

WIDTH, HEIGHT = 595.28, 841.89
"""A4."""

LEFT, RIGHT, TOP, BOTTOM = 48.0, WIDTH - 48.0, 48.0, HEIGHT - 54.0
BODY: Final = 9.5
_ALIGN: Final[dict[Anchor, str]] = {"start": "left", "middle": "center", "end": "right"}


class Pages:
    """A PDF file that is written page by page.

    Args:
        path: the file.
        title: in its description and at the foot of each page.

    Attributes:
        y: where the next thing comes.
    """

    def __init__(self, path: Path, title: str) -> None:
        self._path, self._title = path, title
        self._stack = ExitStack()
        self._number = 0
        self.y = TOP

    def __enter__(self) -> Self:
        import matplotlib
        from matplotlib.backends.backend_pdf import PdfPages
        from matplotlib.font_manager import FontProperties

        # Whole letters instead of drawings of them: text can be selected.
        self._stack.enter_context(matplotlib.rc_context({"pdf.fonttype": 42}))
        # No date, so that the same tables give the same file.
        about = {"Title": self._title, "Creator": "emogui", "CreationDate": None}
        self._file: Any = self._stack.enter_context(PdfPages(self._path, metadata=about))
        styles: tuple[Style, ...] = ("plain", "bold", "code")
        self._fonts = {style: FontProperties(fname=str(path_of(style))) for style in styles}
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._end()
        self._stack.__exit__(kind, error, trace)

    def _begin(self) -> None:
        from matplotlib.figure import Figure

        self._number += 1
        self._figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        self._axes: Any = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_autoscale_on(False)
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(HEIGHT, 0)
        self._layer = 0
        self.y = TOP

    def _end(self) -> None:
        self.rule(LEFT, RIGHT, BOTTOM + 10, "#cccccc")
        self.label(LEFT, BOTTOM + 22, self._title, 7.5, "start", "#555555")
        self.label(RIGHT, BOTTOM + 22, f"{self._number}", 7.5, "end", "#555555")
        self._file.savefig(self._figure)

    @staticmethod
    def leading(size: float) -> float:
        """From one line to the next."""
        return size * 1.35

    def need(self, height: float) -> bool:
        """Begins a new page where the rest of this one is lower; returns whether it did."""
        if self.y + height <= BOTTOM or self.y <= TOP:
            return False
        self._end()
        self._begin()
        return True

    def skip(self, height: float) -> None:
        """Leaves room."""
        self.y += height

    def lines(
        self,
        lines: Sequence[Words],
        size: float,
        colour: str = "#000000",
        *,
        indent: float = 0.0,
        mark: str = "",
    ) -> None:
        """Sets lines below one another, over as many pages as it takes; the first has a mark."""
        for number, line in enumerate(lines):
            self.need(self.leading(size))
            if mark and not number:
                self.label(LEFT + 4, self.y + size, mark, size, "start", colour)
            self.line(LEFT + indent, self.y, line, size, colour)
            self.skip(self.leading(size))

    def line(
        self, x: float, y: float, line: Sequence[Piece], size: float, colour: str = "#000000"
    ) -> None:
        """Sets a line whose upper edge is at ``y``."""
        for text, style in line:
            if text.strip():
                self._text(x, y + size, text, size, style, "left", colour)
            x += width_of(text, style, size)

    def label(
        self, x: float, y: float, text: str, size: float, anchor: Anchor, colour: str
    ) -> None:
        """Sets text whose base line is at ``y``."""
        self._text(x, y, printable(text), size, "plain", _ALIGN[anchor], colour)

    def _text(
        self, x: float, y: float, text: str, size: float, style: Style, align: str, colour: str
    ) -> None:
        self._axes.text(
            x,
            y,
            text,
            fontproperties=self._fonts[style],
            fontsize=size,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=self._next_layer(),
        )

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, fill)

    def polygon(
        self, points: Sequence[tuple[float, float]], fill: str, *, outlined: bool = False
    ) -> None:
        """A filled polygon."""
        from matplotlib.patches import Polygon

        edge, width = ("#000000", 0.4) if outlined else ("none", 0.0)
        self._axes.add_patch(
            Polygon(
                points,
                closed=True,
                facecolor=fill,
                edgecolor=edge,
                linewidth=width,
                zorder=self._next_layer(),
            )
        )

    def rule(self, left: float, right: float, y: float, colour: str) -> None:
        """A thin line across."""
        self.stroke([(left, y), (right, y)], colour, 0.5)

    def stroke(self, ends: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        """A line."""
        from matplotlib.lines import Line2D

        xs, ys = zip(*ends, strict=True)
        self._axes.add_line(
            Line2D(xs, ys, color=colour, linewidth=width, zorder=self._next_layer())
        )

    def _next_layer(self) -> int:
        """What comes later lies on top; matplotlib would put all lines over all areas."""
        self._layer += 1
        return self._layer

    def image(self, x: float, y: float, side: float, image: Image) -> None:
        """A square picture: RGB uint8 (side, side, 3)."""
        self._axes.imshow(image, extent=(x, x + side, y + side, y), aspect="auto")
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(HEIGHT, 0)
