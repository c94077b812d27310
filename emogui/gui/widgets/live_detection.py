"""Whether faces are looked for in the Live tab, and with which analysis."""

from __future__ import annotations

from collections.abc import Callable

from emogui.gui.choice import Choice
from emogui.gui.context import ViewContext
from emogui.gui.widgets import live_words as words
from emogui.gui.widgets.live_run import LiveRun
from emogui.live.analysis import LazyAnalysis
from emogui.live.update import LiveState


class LiveDetection:
    """Gives each run the analysis of the present choice, or none.

    Args:
        context: see ``emogui.gui.context``.
        running: the run whose source is open or being opened, or None.
        changed: called with the run after its analysis was set.

    Attributes:
        on: whether faces are looked for while a source runs.
    """

    def __init__(
        self,
        context: ViewContext,
        running: Callable[[], LiveRun | None],
        changed: Callable[[LiveRun], None],
    ) -> None:
        self.on = True
        self._context = context
        self._running = running
        self._changed = changed
        self._analysis: LazyAnalysis | None = None
        context.on_choice(self._choice_changed)

    @property
    def ready(self) -> bool:
        """Whether faces are looked for and the models are loaded."""
        return self.on and self._analysis is not None and self._analysis.loaded

    def toggle(self) -> None:
        """Starts or stops looking for faces in what runs."""
        self.on = not self.on
        self.apply()

    def apply(self) -> None:
        """Gives what runs its analysis."""
        run = self._running()
        if run is None:
            return
        self._context.clear_error()
        if not self.on:
            run.set_analysis(None)
        else:
            if self._analysis is None:
                choice = self._context.choice
                self._analysis = LazyAnalysis(lambda: self._context.make_analyzer(choice))
            self._analysis.source = run.source.title
            run.set_analysis(self._analysis)
        self._changed(run)

    def failed(self, run: LiveRun) -> None:
        """Detection is off from here on; Detect tries again, with models loaded anew."""
        self._analysis, self.on = None, False
        run.set_analysis(None)
        self._changed(run)

    def words_without_result(self, run: LiveRun) -> tuple[str, str]:
        """What stands beside the picture while there is no result: a heading and a text."""
        if run.state is not LiveState.RUNNING:
            return words.CHART_COMES
        if not self.on:
            return words.DETECTION_OFF
        if self._analysis is None or not self._analysis.loaded:
            return words.LOADING
        return words.LOOKING

    def _choice_changed(self, _choice: Choice) -> None:
        self._analysis = None
        if self._running() is not None:
            self._context.clear_error()  # it was about the choice of before
            if self.on:
                self.apply()
