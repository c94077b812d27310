"""The settings dialog. What is chosen takes effect with Save; Cancel and Escape change nothing."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import Any

import ttkbootstrap as ttk

from emogui.gui.catalogue import Catalogue, head_title
from emogui.gui.dialogs.base import Dialog
from emogui.gui.settings import LONGEST_SMOOTHING_S, SCALES, Settings
from emogui.gui.theme import Theme
from emogui.tracking.smoothing import SMOOTHING_S

THEMES = {"As the system": "system", "Light": "light", "Dark": "dark"}
LOWEST, HIGHEST = 0.05, 0.95


class SettingsDialog(Dialog):
    """Edits threshold, labels, what happens on opening, smoothing, theme and size.

    Args:
        root: the main window.
        theme: for colours and sizes.
        settings: the present ones.
        catalogue: what there is to choose from; None while it is not known yet.
        save: called with the changed settings by name.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        settings: Settings,
        catalogue: Catalogue | None,
        save: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__(root, theme, "emogui: settings")
        self._save = save
        self._settings = settings
        detector = catalogue.detector(settings.detector) if catalogue else None
        self._usual = detector.threshold if detector else 0.5
        self._build_analysis(settings, catalogue, detector.title if detector else "the detector")
        self._build_live(settings)
        self._build_window(settings)
        self.body.columnconfigure(1, weight=1, minsize=theme.px(240))
        self.save_button = self.add_button("Save", self._accept, default=True)
        self.add_button("Cancel", self.dismiss)
        self._show_threshold()
        self._show_smoothing()
        self.present()

    def _build_analysis(self, settings: Settings, catalogue: Catalogue | None, name: str) -> None:
        px = self.theme.px
        self._heading("Analysis", 0)
        self.own_threshold = tkinter.BooleanVar(self, settings.threshold is None)
        self.threshold = tkinter.DoubleVar(self, settings.threshold or self._usual)
        self._label("Detection threshold", 1)
        cell = ttk.Frame(self.body)
        cell.grid(row=1, column=1, sticky="ew", pady=px(4))
        cell.columnconfigure(0, weight=1)
        self.scale = ttk.Scale(
            cell,
            from_=LOWEST,
            to=HIGHEST,
            variable=self.threshold,
            command=lambda _value: self._show_threshold(),
        )
        self.scale.grid(row=0, column=0, sticky="ew")
        self.number = ttk.Label(cell, width=5, anchor="e")
        self.number.grid(row=0, column=1, padx=(px(8), 0))
        ttk.Checkbutton(
            self.body,
            text=f"Usual for {name} ({self._usual:.2f})",
            variable=self.own_threshold,
            command=self._show_threshold,
        ).grid(row=2, column=1, sticky="w", pady=(0, px(4)))
        self._note("Lower finds more faces, and more that are none.", 3)
        model = catalogue.model(settings.model) if catalogue else None
        heads = model.heads if model else ((settings.labels, 0),)
        self._heads = {head_title(head, count): head for head, count in heads}
        current = next((t for t, h in self._heads.items() if h == settings.labels), "")
        self.labels = tkinter.StringVar(self, current)
        self._label("Emotions", 4)
        self._choose(self.labels, list(self._heads), 4)
        self.detect_on_open = tkinter.BooleanVar(self, settings.detect_on_open)
        ttk.Checkbutton(
            self.body, text="Look for faces as soon as a picture is opened",
            variable=self.detect_on_open,
        ).grid(row=5, column=1, sticky="w", pady=px(4))  # fmt: skip

    def _build_live(self, settings: Settings) -> None:
        px = self.theme.px
        self._heading("Live camera", 6)
        self.smoothing = tkinter.BooleanVar(self, settings.smoothing)
        self.smoothing_s = tkinter.DoubleVar(self, settings.smoothing_s)
        ttk.Checkbutton(
            self.body,
            text="Smooth the numbers over time",
            variable=self.smoothing,
            command=self._show_smoothing,
        ).grid(row=7, column=1, sticky="w", pady=px(4))
        self._label("Time constant", 8)
        cell = ttk.Frame(self.body)
        cell.grid(row=8, column=1, sticky="ew", pady=px(4))
        cell.columnconfigure(0, weight=1)
        self.smoothing_scale = ttk.Scale(
            cell,
            from_=0.0,
            to=LONGEST_SMOOTHING_S,
            variable=self.smoothing_s,
            command=lambda _value: self._show_smoothing(),
        )
        self.smoothing_scale.grid(row=0, column=0, sticky="ew")
        self.smoothing_number = ttk.Label(cell, width=6, anchor="e")
        self.smoothing_number.grid(row=0, column=1, padx=(px(8), 0))
        self._note(f"Longer is calmer and later. Usual is {SMOOTHING_S:g} s.", 9)

    def _build_window(self, settings: Settings) -> None:
        self._heading("Window", 10)
        self.theme_name = tkinter.StringVar(
            self, next(title for title, mode in THEMES.items() if mode == settings.theme)
        )
        self._label("Theme", 11)
        self._choose(self.theme_name, list(THEMES), 11)
        self._sizes = {("As the system" if not s else f"{s} %"): s for s in SCALES}
        self.text_size = tkinter.StringVar(
            self, next(title for title, s in self._sizes.items() if s == settings.scale)
        )
        self._label("Size of text", 12)
        self._choose(self.text_size, list(self._sizes), 12)
        self._note("A change of size shows when emogui is started again.", 13)

    def _heading(self, text: str, row: int) -> None:
        ttk.Label(self.body, text=text, font="EmoguiLarge").grid(
            row=row, column=0, columnspan=2, sticky="w",
            pady=(self.theme.px(16) if row else 0, self.theme.px(6)),
        )  # fmt: skip

    def _label(self, text: str, row: int) -> None:
        ttk.Label(self.body, text=text).grid(
            row=row, column=0, sticky="w", padx=(0, self.theme.px(24)), pady=self.theme.px(4)
        )

    def _note(self, text: str, row: int) -> None:
        ttk.Label(self.body, text=text, style="Small.TLabel").grid(row=row, column=1, sticky="w")

    def _choose(self, variable: tkinter.StringVar, titles: list[str], row: int) -> None:
        ttk.Combobox(
            self.body, textvariable=variable, values=titles, state="readonly", width=26
        ).grid(row=row, column=1, sticky="ew", pady=self.theme.px(4))

    def _show_threshold(self) -> None:
        usual = self.own_threshold.get()
        if usual:
            self.threshold.set(self._usual)
        self.scale.configure(state="disabled" if usual else "normal")
        self.number.configure(text=f"{self.threshold.get():.2f}")

    def _show_smoothing(self) -> None:
        on = self.smoothing.get()
        self.smoothing_scale.configure(state="normal" if on else "disabled")
        self.smoothing_number.configure(text=f"{self.smoothing_s.get():.2f} s")

    def _accept(self) -> None:
        changes: dict[str, Any] = {
            "threshold": None if self.own_threshold.get() else round(self.threshold.get(), 2),
            "labels": self._heads.get(self.labels.get(), self._settings.labels),
            "detect_on_open": self.detect_on_open.get(),
            "smoothing": self.smoothing.get(),
            "smoothing_s": round(self.smoothing_s.get(), 2),
            "theme": THEMES[self.theme_name.get()],
            "scale": self._sizes[self.text_size.get()],
        }
        self._save(changes)
        self.dismiss()
