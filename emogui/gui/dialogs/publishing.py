"""Asks where live results are to be published; nothing is opened before the answer."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ttkbootstrap as ttk

from emogui.errors import UsageError
from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme
from emogui.live.publish.target import KINDS, Kind, Target, parse_target

TITLES: dict[Kind, str] = {
    "websocket": "WebSocket",
    "osc": "OSC",
    "lsl": "Lab Streaming Layer",
}
_FOR: dict[Kind, str] = {
    "websocket": "Address that web pages and dashboards connect to",
    "osc": "Address of the game, music or light program",
    "lsl": "Name of the stream, for experiments",
}
_TEXT = (
    "Other programs get the numbers as they come: where faces are and how each appears to feel. "
    "Pictures are never sent. It starts when you press Publish, and never by itself."
)
STAYS = "Results stay on this computer (127.0.0.1)."
LEAVES = "Results leave this computer, unencrypted. Ask the people in the picture."


@dataclass(frozen=True, slots=True)
class PublishAnswer:
    """The answer.

    Attributes:
        targets: where to publish.
        lines: what stands in each field, chosen or not, for the next time.
    """

    targets: tuple[Target, ...]
    lines: tuple[str, ...]


class PublishDialog(Dialog):
    """See the module.

    Args:
        root: the main window.
        theme: for colours and sizes.
        kinds: protocols that are chosen at first.
        lines: targets as they were written the last time, as far as there are any.
        accept: called with the answer.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        kinds: Sequence[str],
        lines: Sequence[str],
        accept: Callable[[PublishAnswer], None],
    ) -> None:
        super().__init__(root, theme, "emogui: publish")
        self._accept = accept
        px = theme.px
        ttk.Label(self.body, text="Publish", font="EmoguiTitle").grid(
            row=0, column=0, columnspan=2, sticky="w"
        )
        ttk.Label(
            self.body, text=_TEXT, style="Muted.TLabel", wraplength=px(460), justify="left"
        ).grid(row=1, column=0, columnspan=2, sticky="w", pady=(px(4), px(12)))
        self._chosen: dict[Kind, tkinter.BooleanVar] = {}
        self.checks: dict[Kind, ttk.Checkbutton] = {}
        self.addresses: dict[Kind, tkinter.StringVar] = {}
        self.fields: dict[Kind, ttk.Entry] = {}
        for place, kind in enumerate(KINDS):
            self._add(kind, 2 + 2 * place, kind in kinds, _before(kind, lines).address)
        self.note = ttk.Label(
            self.body, style="Small.TLabel", wraplength=px(460), justify="left", anchor="nw"
        )
        # Two lines in any case, so that the dialog does not change its size while one types.
        height = 2 * int(self.tk.call("font", "metrics", "EmoguiSmall", "-linespace"))
        self.body.rowconfigure(9, minsize=height + px(12))
        self.note.grid(row=9, column=0, columnspan=2, sticky="new", pady=(px(12), 0))
        self.body.columnconfigure(1, weight=1)
        self.button = self.add_button("Publish", self._done, default=True)
        self.add_button("Cancel", self.dismiss)
        self._show()
        self.present()

    @property
    def answer(self) -> PublishAnswer:
        """What is chosen now.

        Raises:
            UsageError: a field of a chosen protocol cannot be read.
        """
        return PublishAnswer(
            tuple(parse_target(self._line(kind)) for kind in KINDS if self._chosen[kind].get()),
            tuple(self._line(kind) for kind in KINDS),
        )

    def _line(self, kind: Kind) -> str:
        return f"{kind}:{self.addresses[kind].get().strip()}"

    def _add(self, kind: Kind, row: int, chosen: bool, address: str) -> None:
        px = self.theme.px
        self._chosen[kind] = tkinter.BooleanVar(self, chosen)
        self.addresses[kind] = tkinter.StringVar(self, address)
        self.checks[kind] = ttk.Checkbutton(
            self.body, text=TITLES[kind], variable=self._chosen[kind], command=self._show
        )
        self.checks[kind].grid(row=row, column=0, sticky="w", padx=(0, px(24)), pady=(px(6), 0))
        self.fields[kind] = ttk.Entry(self.body, textvariable=self.addresses[kind], width=30)
        self.fields[kind].grid(row=row, column=1, sticky="ew", pady=(px(6), 0))
        ttk.Label(self.body, text=_FOR[kind], style="Small.TLabel").grid(
            row=row + 1, column=1, sticky="w", pady=(px(2), px(2))
        )
        self.addresses[kind].trace_add("write", lambda *_: self._show())

    def _show(self) -> None:
        """Says where results would go, or what cannot be read."""
        colours = self.theme.colours
        for kind, field in self.fields.items():
            field.configure(state="normal" if self._chosen[kind].get() else "disabled")
        try:
            targets = self.answer.targets
        except UsageError as error:
            self.note.configure(text=error.message, foreground=colours.danger)
            self.button.configure(state="disabled")
            return
        leaves = any(target.leaves for target in targets)
        self.note.configure(
            text=LEAVES if leaves else STAYS,
            foreground=colours.danger if leaves else colours.muted,
        )
        self.button.configure(state="normal" if targets else "disabled")

    def _done(self) -> None:
        answer = self.answer
        self.dismiss()
        self._accept(answer)


def _before(kind: Kind, lines: Sequence[str]) -> Target:
    """The target of a kind as it was the last time, or as usual; settings are never trusted."""
    for line in lines:
        try:
            target = parse_target(line)
        except UsageError:
            continue
        if target.kind == kind:
            return target
    return parse_target(kind)
