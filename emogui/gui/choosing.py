"""Models and detectors: what there is, and which one is taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from emogui.gui.catalogue import Catalogue, ModelEntry, read_catalogue, read_model
from emogui.gui.context import ViewContext


class Choosing:
    """The actions that change the model, its head or the detector.

    Args:
        context: see ``emogui.gui.context``.
        found: called with what is installed, once that is known.
        refresh: brings the menus' marks up to date.
    """

    def __init__(
        self,
        context: ViewContext,
        found: Callable[[Catalogue], None],
        refresh: Callable[[], None],
    ) -> None:
        self.context, self._found, self._refresh = context, found, refresh

    def look_up(self) -> None:
        """Finds out in a worker what is installed, and fills the menus."""
        folders = self.context.settings.model_folders
        # After the models of the first picture, whose imports it shares, not beside them.
        self.context.submit(
            lambda: read_catalogue(folders),
            self._looked_up,
            lane="analyse",
            doing="looking for models",
        )

    def _looked_up(self, catalogue: Catalogue) -> None:
        self.context.catalogue = catalogue
        self._found(catalogue)
        if catalogue.problem is not None:
            self.context.show_error(catalogue.problem)

    def pick_model(self, model: str, labels: str) -> None:
        """Takes another network, by name or folder, and one of its heads."""
        self.context.update_settings(model=model, labels=labels)

    def do_next_model(self) -> None:
        catalogue = self.context.catalogue
        if catalogue is None or not catalogue.models:
            return
        pairs = [(m.model, head) for m in catalogue.models for head, _ in m.heads]
        choice = self.context.choice
        now = (choice.model, choice.labels)
        self.pick_model(*pairs[(pairs.index(now) + 1) % len(pairs) if now in pairs else 0])

    def do_look_for_models(self) -> None:
        """Reads again what is installed: a network was added."""
        self.look_up()

    def do_load_model(self) -> None:
        folder = self.context.dialogs.open_folder("Load a model from its folder", "")
        if folder:
            self.context.submit(
                lambda: read_model(folder), self._model_loaded, doing="reading the model"
            )

    def _model_loaded(self, entry: ModelEntry) -> None:
        known = self.context.settings.model_folders
        folders = (entry.model, *(f for f in known if f != entry.model))[:8]
        labels = self.context.choice.labels
        heads = [head for head, _ in entry.heads]
        self.context.update_settings(
            model=entry.model,
            model_folders=folders,
            labels=labels if labels in heads else heads[0],
        )
        self.look_up()

    def pick_detector(self, name: str) -> None:
        """Takes another detector; one that needs a model file asks for it first."""
        catalogue = self.context.catalogue
        entry = catalogue.detector(name) if catalogue else None
        file = ""
        if entry is not None and entry.needs_file:
            settings = self.context.settings
            file = self.context.dialogs.open_file(
                f"Model file of {entry.title}",
                (("ONNX models", "*.onnx"), ("All files", "*")),
                str(Path(settings.detector_file).parent) if settings.detector_file else "",
            )
            if not file:
                self._refresh()  # the menu's mark goes back
                return
        # Thresholds of different detectors mean different things.
        self.context.update_settings(detector=name, detector_file=file, threshold=None)

    def do_next_detector(self) -> None:
        if self.context.catalogue is None:
            return
        # Going round, one that asks for its file would be in the way.
        names = [one.name for one in self.context.catalogue.detectors if not one.needs_file]
        now = self.context.choice.detector
        self.pick_detector(names[(names.index(now) + 1) % len(names) if now in names else 0])
