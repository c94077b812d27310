"""Size and rate of a camera's pictures: the menu beside the source list, and what is remembered."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.media.cameras import CameraInfo, camera_modes
from emogui.media.modes import COMMON_RATES, COMMON_SIZES, CameraMode

_MOST = 16
"""So many cameras are remembered."""
_BETWEEN = "\t"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a camera; None leaves it to emogui or the camera.

    Attributes:
        size: width and height in pixels.
        fps: frames a second.
    """

    size: tuple[int, int] | None = None
    fps: float | None = None

    @classmethod
    def parse(cls, text: str) -> Asked:
        """Reads what ``str`` wrote; what cannot be read asks for nothing."""
        size, _, rate = text.partition("@")
        width, _, height = size.partition("x")
        try:
            return cls((int(width), int(height)) if size else None, float(rate) if rate else None)
        except ValueError:
            return cls()

    def __str__(self) -> str:
        size = f"{self.size[0]}x{self.size[1]}" if self.size else ""
        return size + (f"@{self.fps:g}" if self.fps else "")

    @property
    def options(self) -> dict[str, Any]:
        """As ``open_source`` takes it; empty where nothing is asked for."""
        found: dict[str, Any] = {"size": self.size, "fps": self.fps}
        return {name: value for name, value in found.items() if value is not None}


def remembered(lines: Sequence[str], name: str, spec: str) -> Asked:
    """What was asked of a camera the last time.

    Args:
        lines: as they are in the settings.
        name: of the camera; where only its number is known, this finds it.
        spec: its number.
    """
    nameless = name == f"Camera {spec}"
    for line in lines:
        known, number, asked = [*line.split(_BETWEEN), "", ""][:3]
        if known == name or (nameless and number == spec):
            return Asked.parse(asked)
    return Asked()


def remembering(lines: Sequence[str], name: str, spec: str, asked: Asked) -> tuple[str, ...]:
    """The lines for the settings with this one in front."""
    others = [line for line in lines if line.split(_BETWEEN)[0] != name]
    return (_BETWEEN.join((name, spec, str(asked))), *others)[:_MOST]


class ModeButton(ttk.Button):
    """A gear that opens the menu.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        chosen: called with what the user asks of the camera.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        chosen: Callable[[Asked], None],
    ) -> None:
        super().__init__(parent, icon="sliders", command=self._look)
        self._context, self._chosen = context, chosen
        self._camera: CameraInfo | None = None
        self.find_modes: Callable[[CameraInfo], Sequence[CameraMode]] = camera_modes
        self.menu = ttk.Menu(self, tearoff=False)
        self._draw_marks()
        ttk.ToolTip(self, text="Size and rate of the camera's pictures", delay=600)

    def set_camera(self, camera: CameraInfo | None) -> None:
        """Whose modes the menu offers; None for what is no camera."""
        self._camera = camera
        self.configure(state="disabled" if camera is None else "normal")

    def _look(self) -> None:
        camera = self._camera
        if camera is not None:
            self._context.submit(
                lambda: self.find_modes(camera),
                lambda modes: self._offer(camera, modes),
                lambda _error: self._offer(camera, ()),
                doing="asking the camera",
            )

    def _offer(self, camera: CameraInfo, modes: Sequence[CameraMode]) -> None:
        if camera == self._camera:
            self.fill(camera, modes)
            self.menu.tk_popup(self.winfo_rootx(), self.winfo_rooty() + self.winfo_height())

    def fill(self, camera: CameraInfo, modes: Sequence[CameraMode]) -> None:
        """Writes the menu: sizes, then the rates of the chosen one."""
        now = remembered(self._context.settings.camera_modes, camera.name, camera.spec)
        self._draw_marks()
        self.menu.delete(0, "end")
        sizes = list(dict.fromkeys((m.width, m.height) for m in modes)) or list(COMMON_SIZES)
        self._add("Usual size", now, replace(now, size=None))
        for size in sizes:
            self._add(f"{size[0]} × {size[1]}", now, replace(now, size=size))
        self.menu.add_separator()
        self._add("Usual rate", now, replace(now, fps=None))
        for rate in _rates(modes, now.size):
            self._add(f"{rate:g} a second", now, replace(now, fps=rate))

    def _add(self, title: str, now: Asked, then: Asked) -> None:
        self.menu.add_command(
            label=title,
            compound="left",
            image=self._mark if then == now else self._no_mark,
            command=partial(self._chosen, then),
        )

    def _draw_marks(self) -> None:
        colours = self._context.theme.colours
        self._mark = ttk.Icon("check-lg", size=14, color=colours.text)
        width, height = (
            int(self.tk.call("image", side, str(self._mark))) for side in ("width", "height")
        )
        self._no_mark = tkinter.PhotoImage(master=self, width=width, height=height)
        self.menu.configure(activebackground=colours.info_soft, activeforeground=colours.text)


def _rates(modes: Sequence[CameraMode], size: tuple[int, int] | None) -> list[float]:
    """The rates of a size, the highest first; of all sizes where none was chosen."""
    known = {rate for m in modes if size is None or (m.width, m.height) == size for rate in m.rates}
    return sorted(known, reverse=True) or list(COMMON_RATES)
