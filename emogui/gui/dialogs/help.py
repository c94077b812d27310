"""The first-start notice, the shortcuts, and what emogui is."""

from __future__ import annotations

from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.actions import ACTIONS, accelerator
from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme
from emogui.version import __version__

NOTICE_VERSION = 1
"""Raised when the notice says something new, so that it is shown once more."""

MEANING: tuple[tuple[str, str], ...] = (
    (
        "An expression, not a feeling",
        "For each face emogui shows how it appears to people who look at such pictures: the "
        "numbers are the shares of such viewers that would name each emotion, as a network "
        "estimates them. A face can smile without joy and be calm in grief. The numbers say "
        "nothing about what a person feels, thinks, wants or will do.",
    ),
    (
        "It errs",
        "Small, dark, covered or turned faces are read badly, and faces unlike those the network "
        "learned from (by age, origin, illness or culture) worse than others. A result marked "
        "with a question mark is doubtful.",
    ),
    (
        "Nobody may be judged by it",
        "Do not use it to decide about people: not at work or in hiring, not at school, not in "
        "medicine, not in law, policing, insurance or at borders. In the European Union the AI "
        "Act (Article 5) prohibits inferring emotions at work and in education. Ask people "
        "before you analyse pictures of them.",
    ),
    (
        "Nothing leaves this computer",
        "Pictures and results stay in memory here. Nothing is kept unless you save it. Nothing is "
        "sent anywhere, except that you can publish live results to other programs.",
    ),
)


def show_meaning(root: ttk.App, theme: Theme, closed: Callable[[], None] | None = None) -> Dialog:
    """Shows what the numbers mean and what they must not be used for."""
    dialog = Dialog(root, theme, "emogui: what the numbers mean", closed)
    ttk.Label(dialog.body, text="What the numbers mean", font="EmoguiTitle").pack(anchor="w")
    for heading, text in MEANING:
        dialog.paragraph(heading, text, 520)
    dialog.add_button("I understand", dialog.dismiss, default=True)
    dialog.present()
    return dialog


_COLUMNS = (
    ("File", "Faces", "Batch"),
    ("Camera", "Video", "Inside the timeline"),
    ("Training", "Model", "Detector", "View", "Help"),
)
"""How the shortcuts stand beside one another; groups that are not named come last."""

_IN_TIMELINE = (
    ("Back and ahead", "Left, Right, wheel"),
    ("A whole width", "Page Up, Page Down"),
    ("Oldest and newest", "Home, End"),
    ("Pause or resume", "Space"),
)
"""Keys of the timeline while it has the focus."""


def _shortcuts(*, mac: bool) -> dict[str, list[tuple[str, str]]]:
    """Group to what can be done and the keys for it."""
    found = {}
    for group, actions in ACTIONS.items():
        found[group] = [
            (
                action.title.rstrip("…"),
                " or ".join(
                    dict.fromkeys(accelerator(k, mac=mac) for k in (action.keys, *action.also[:1]))
                ),
            )
            for action in actions
        ]
    return {**found, "Inside the timeline": list(_IN_TIMELINE)}


def show_keys(root: ttk.App, theme: Theme) -> Dialog:
    """Shows all keyboard shortcuts."""
    dialog = Dialog(root, theme, "emogui: keyboard shortcuts")
    px, mac = theme.px, root.winsys == "aqua"
    shortcuts = _shortcuts(mac=mac)
    named = {group for column in _COLUMNS for group in column}
    others = tuple(group for group in shortcuts if group not in named)
    for index, groups in enumerate((*_COLUMNS[:-1], _COLUMNS[-1] + others)):
        column = ttk.Frame(dialog.body)
        column.grid(row=0, column=index, sticky="n", padx=(px(32) if index else 0, 0))
        for group in groups:
            row = column.grid_size()[1]
            ttk.Label(column, text=group, font="EmoguiBold").grid(
                row=row, column=0, columnspan=2, sticky="w", pady=(px(10) if row else 0, px(3))
            )
            for number, (title, keys) in enumerate(shortcuts.get(group, ()), row + 1):
                # Small: there are many, and a laptop's screen has to hold them.
                ttk.Label(column, text=title, font="EmoguiSmall").grid(
                    row=number, column=0, sticky="w"
                )
                ttk.Label(column, text=keys, style="Small.TLabel").grid(
                    row=number, column=1, sticky="e", padx=(px(20), 0)
                )
    dialog.add_button("Close", dialog.dismiss, default=True)
    dialog.present()
    return dialog


def show_about(root: ttk.App, theme: Theme, using: str) -> Dialog:
    """Shows the version, the licence and what is in use."""
    dialog = Dialog(root, theme, "About emogui")
    ttk.Label(dialog.body, text="emogui", font="EmoguiTitle").pack(anchor="w")
    ttk.Label(dialog.body, text=f"Version {__version__}", style="Muted.TLabel").pack(anchor="w")
    dialog.paragraph(
        "",
        "\nShows how the faces in a picture or before a camera appear to feel. Everything is "
        "computed on this computer.",
        400,
    )
    dialog.paragraph("In use", using, 400)
    dialog.paragraph(
        "Made with",
        "Keras and OpenVINO for the network, CenterFace for the faces, OpenCV, Pillow, "
        "matplotlib and ttkbootstrap. emogui is free software under the MIT licence.",
        400,
    )
    dialog.add_button("Close", dialog.dismiss, default=True)
    dialog.present()
    return dialog
