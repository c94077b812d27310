"""The looks of the window: one calm light and one dark theme, their fonts, the size of things."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

import ttkbootstrap as ttk

Mode = Literal["light", "dark"]

_FAMILY = ttk.Theme(
    name="emogui",
    primary="#2f6fde",
    success="#2b8a57",
    info="#2089a8",
    warning="#d98a00",
    danger="#cf3f46",
    neutral="#8a94a3",
    light={"background": "#ffffff", "foreground": "#1d2530"},
    dark={"background": "#1c2128", "foreground": "#e3e7ed"},
)


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours for what ttk does not draw: Canvas items and tk widgets (``#rrggbb``)."""

    background: str
    surface: str
    stage: str
    text: str
    muted: str
    line: str
    track: str
    primary: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    info_soft: str


LIGHT = Colours(
    background="#ffffff",
    surface="#f4f6f8",
    stage="#e9edf1",
    text="#1d2530",
    muted="#556070",
    line="#d5dae1",
    track="#e6eaef",
    primary="#2659b2",
    danger="#a5323a",
    danger_soft="#fbe9ea",
    warning="#7d5200",
    warning_soft="#fdf1dc",
    info_soft="#e7effc",
)
DARK = Colours(
    background="#1c2128",
    surface="#242a33",
    stage="#14181d",
    text="#e3e7ed",
    muted="#a3adba",
    line="#3a424e",
    track="#323a45",
    primary="#7da7f0",
    danger="#f2969b",
    danger_soft="#40262a",
    warning="#f0c06a",
    warning_soft="#3c311d",
    info_soft="#25344d",
)


class Theme:
    """The theme of one root window.

    Args:
        mode: what to begin with.
        scale: size of text and widgets in per cent; 0 follows the desktop.
    """

    def __init__(self, mode: Mode, scale: int = 0) -> None:
        _FAMILY.register()
        self.mode: Mode = mode
        factor = scale / 100 if scale else desktop_scale()
        self.root = ttk.App(
            title="emogui",
            theme=f"emogui-{mode}",
            iconphoto=None,
            scaling=None if factor is None else factor * 4 / 3,
        )
        self.root.withdraw()
        self._fonts()
        self._styles()

    @property
    def colours(self) -> Colours:
        return DARK if self.mode == "dark" else LIGHT

    def px(self, logical: float) -> int:
        """Logical units to pixels of this screen."""
        return int(ttk.scale_size(self.root, logical))

    def use(self, mode: Mode) -> None:
        """Switches between light and dark."""
        if mode != self.mode:
            self.mode = mode
            self.root.style.theme_use(f"emogui-{mode}")
            self._styles()

    def _fonts(self) -> None:
        described = ttk.Fonts.describe("TkDefaultFont")
        family, size = described["family"], max(10, abs(int(described["size"])))
        for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont"):
            ttk.Fonts.configure(name, size=size)
        ttk.Fonts.create_alias("EmoguiBold", family=family, size=size, weight="bold")
        ttk.Fonts.create_alias("EmoguiSmall", family=family, size=size - 1)
        ttk.Fonts.create_alias("EmoguiLarge", family=family, size=size + 2, weight="bold")
        ttk.Fonts.create_alias("EmoguiTitle", family=family, size=size + 8, weight="bold")

    def _styles(self) -> None:
        style, c = self.root.style, self.colours
        style.configure("TNotebook", tabmargins=(self.px(12), self.px(4), self.px(12), 0))
        style.configure(
            "TNotebook.Tab",
            padding=(self.px(16), self.px(7)),
            focuscolor=c.primary,
            focusthickness=self.px(1),
        )
        # The usual grey of a disabled button can hardly be read.
        faint = "#98a2ae" if self.mode == "light" else "#6b7684"
        style.map("TButton", foreground=[("disabled", faint)])
        style.configure("Muted.TLabel", foreground=c.muted, background=c.background)
        style.configure(
            "Small.TLabel", foreground=c.muted, background=c.background, font="EmoguiSmall"
        )
        style.configure("Treeview", rowheight=self.px(26))
        style.map(
            "Treeview",
            background=[("selected", c.info_soft)],
            foreground=[("selected", c.text)],
        )
        for name, soft, strong in (
            ("Danger", c.danger_soft, c.danger),
            ("Warning", c.warning_soft, c.warning),
            ("Info", c.info_soft, c.text),
        ):
            style.configure(f"{name}Soft.TFrame", background=soft)
            style.configure(f"{name}Soft.TLabel", background=soft, foreground=strong)
            style.configure(
                f"{name}SoftBold.TLabel", background=soft, foreground=strong, font="EmoguiBold"
            )


def desktop_scale() -> float | None:
    """How much larger than usual the desktop wants things; None where Tk knows it itself."""
    if sys.platform in ("win32", "darwin"):
        return None
    for name in ("GDK_SCALE", "QT_SCALE_FACTOR"):
        try:
            factor = float(os.environ.get(name, ""))
        except ValueError:
            continue
        if 1.0 < factor <= 4.0:
            return factor
    dpi = _xft_dpi()
    return dpi / 96 if dpi else None


def _xft_dpi() -> float | None:
    """The resolution that a desktop on X11 sets for text, which Tk itself does not read."""
    if not os.environ.get("DISPLAY") or not shutil.which("xrdb"):
        return None
    try:
        found = subprocess.run(
            ["xrdb", "-query"], capture_output=True, text=True, timeout=0.3, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    for line in found.stdout.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi":
            try:
                dpi = float(value)
            except ValueError:
                return None
            return dpi if 72 <= dpi <= 480 else None
    return None


def system_mode() -> Mode | None:
    """Whether the desktop is light or dark; None where it does not say. Slow: for a worker."""
    try:
        if sys.platform == "win32":
            return _windows_mode()
        if sys.platform == "darwin":
            answer = _ask("defaults", "read", "-g", "AppleInterfaceStyle")
            return "dark" if answer and "dark" in answer.lower() else "light"
        if "dark" in os.environ.get("GTK_THEME", "").lower():
            return "dark"
        answer = _ask("gsettings", "get", "org.gnome.desktop.interface", "color-scheme")
    except OSError:
        return None
    if answer is None:
        return None
    return "dark" if "dark" in answer.lower() else "light"


def _windows_mode() -> Mode | None:
    if sys.platform != "win32":
        return None
    import winreg

    path = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
        light, _ = winreg.QueryValueEx(key, "AppsUseLightTheme")
    return "light" if light else "dark"


def _ask(*command: str) -> str | None:
    if not shutil.which(command[0]):
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except subprocess.SubprocessError:
        return None
    return done.stdout
