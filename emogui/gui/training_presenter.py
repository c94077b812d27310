"""The Train tab as a state machine: what was chosen, what works, what came of it. Knows no Tk.

The view shows what stands here after each call of ``changed`` and does what the user asks by
calling the methods; what takes time is done by ``Work``, which answers by calling the ``...ed``
methods, on the same thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol

from emogui.errors import EmoguiError, TrainingError
from emogui.gui.training_data import Checker, DataChoice
from emogui.gui.training_form import TrainingForm, form_of, plan_of, problems_of
from emogui.gui.training_progress import Doing, RunProgress
from emogui.training.losses_file import Point
from emogui.training.recipes import Recipe
from emogui.training.report import RunReport
from emogui.training.runs import Phase, Run, RunPlan
from emogui.training.supervisor import Ended, Message, NetworkReady


class Page(Enum):
    """What the tab shows."""

    SETUP = auto()
    RUN = auto()
    REPORT = auto()


class Work(Checker, Protocol):
    """What takes time; each returns at once."""

    def look_up(self) -> None:
        """Reads which runs there are; answers with ``found``."""

    def begin(self, plan: RunPlan) -> None:
        """Makes a run and starts it; answers with ``began`` or ``failed_to_begin``."""

    def go_on(self, run: Run) -> None:
        """Starts a run that is there; answers likewise."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...

    def read_report(self, run: Run) -> None:
        """Reads the figures of a finished run; answers with ``reported`` or ``tell``."""

    def remove(self, run: Run) -> None:
        """Deletes a run's folder; answers with ``found``."""


class TrainingPresenter:
    """See the module.

    Args:
        recipes: name to recipe.
        work: does what takes time.
        changed: called after every change.
        tell: shows an error.
        network_ready: called when there is another network to choose.
        lacking: why no network can be finished here; empty where it can.
    """

    def __init__(
        self,
        recipes: Mapping[str, Recipe],
        work: Work,
        changed: Callable[[], None] = lambda: None,
        tell: Callable[[EmoguiError], None] = lambda _error: None,
        network_ready: Callable[[], None] = lambda: None,
        lacking: str = "",
    ) -> None:
        self.recipes, self._work = recipes, work
        self.changed, self.tell, self._network_ready = changed, tell, network_ready
        self.lacking = lacking
        self.recipe = next(iter(recipes))
        self.form = form_of(recipes[self.recipe], TrainingForm())
        self.data = DataChoice(work, self._data_changed)
        self.page = Page.SETUP
        self.runs: Sequence[Run] = ()
        self.progress: RunProgress | None = None
        self.report: RunReport | None = None
        self.report_losses: Sequence[Point] = ()
        self.beginning = False
        self._named = False

    # What the user chooses

    def choose_recipe(self, name: str) -> None:
        """Takes a recipe, and its own numbers."""
        if name == self.recipe or name not in self.recipes:
            return
        self.recipe = name
        self.form = form_of(self.recipes[name], self.form)
        self.changed()

    def edit(self, **fields: str) -> None:
        """Changes fields of the form."""
        if "name" in fields:
            self._named = True
        form = replace(self.form, **fields)  # type: ignore[arg-type]
        if form != self.form:
            self.form = form
            self.changed()

    def propose_name(self, name: str) -> None:
        """A name for the network, unless the user gave one."""
        if not self._named and name != self.form.name:
            self.form = replace(self.form, name=name)
            self.changed()

    def _data_changed(self) -> None:
        self.changed()

    # Whether it can start

    @property
    def why_not(self) -> str:
        """Why no training can be started; empty where one can."""
        if self.lacking:
            return self.lacking
        if self.beginning or self.running:
            return "A training is under way."
        if self.data.why_not:
            return self.data.why_not
        learned = self.data.heads
        wanted = self.recipes[self.recipe].heads
        if not learned & set(wanted):
            titles = {"ferplus": "FER+", "fer2013": "FER-2013"}
            return (
                f"The recipe learns {' and '.join(titles.get(h, h) for h in wanted)}; the data "
                "set has no such labels."
            )
        return next(iter(problems_of(self.form).values()), "")

    @property
    def running(self) -> bool:
        """Whether a run works, or is paused."""
        return self.progress is not None

    # Runs

    def start(self) -> None:
        """Starts a training as chosen; where it cannot be, says why."""
        why = self.why_not
        if why:
            self.tell(TrainingError(f"The training cannot be started: {_lower(why)}"))
            return
        self.beginning = True
        self._work.begin(plan_of(self.form, self.recipe, self.data.path, self.data.votes))
        self.changed()

    def go_on(self, run: Run) -> None:
        """Resumes a run that was interrupted."""
        if self.running or self.beginning:
            self.tell(TrainingError("A training is under way.", "Wait for it, or cancel it."))
            return
        self.beginning = True
        self._work.go_on(run)
        self.changed()

    def began(self, run: Run, losses: Sequence[Point] = ()) -> None:
        """A run works now."""
        self.beginning = False
        self._named = False
        self.progress = RunProgress(
            run,
            phase=run.phase,
            done=run.done,
            seconds=run.seconds,
            losses=list(losses),
            history=list(run.history),
        )
        if run.phase is not Phase.TRAIN:
            self.progress.doing = Doing.FINISHING
        self.page = Page.RUN
        self.changed()

    def failed_to_begin(self, error: EmoguiError) -> None:
        """It could not be started."""
        self.beginning = False
        self.tell(error)
        self._work.look_up()
        self.changed()

    def pause_or_go_on(self) -> None:
        """Pauses the training, or lets it go on."""
        progress = self.progress
        if progress is None:
            return
        if progress.paused:
            progress.doing = Doing.TRAINING
            self._work.resume()
        elif progress.can_pause:
            progress.doing = Doing.PAUSING
            self._work.pause()
        self.changed()

    def stop(self) -> None:
        """Ends the run so that it can be resumed; asked once more, ends it at once."""
        progress = self.progress
        if progress is None:
            return
        if progress.doing is Doing.STOPPING:
            self._work.kill()
        else:
            progress.doing = Doing.STOPPING
            self._work.stop()
        self.changed()

    def take(self, message: Message) -> None:
        """A message of the supervisor."""
        progress = self.progress
        if progress is None:
            return
        if isinstance(message, Ended):
            self._ended(message, progress)
            return
        progress.take(message)
        if isinstance(message, NetworkReady):
            self._network_ready()
        self.changed()

    def _ended(self, message: Ended, progress: RunProgress) -> None:
        self.progress = None
        self._work.look_up()
        if message.run.finished:
            self._network_ready()
            self._work.read_report(message.run)
        else:
            self.page = Page.SETUP
        if message.error is not None:
            self.tell(message.error)
        self.report_losses = tuple(progress.losses)
        self.changed()

    def found(self, runs: Sequence[Run]) -> None:
        """These runs there are."""
        self.runs = runs
        self.changed()

    @property
    def unfinished(self) -> list[Run]:
        """Runs that can be resumed: not the one that works."""
        now = self.progress.run.folder if self.progress else None
        return [run for run in self.runs if not run.finished and run.folder != now]

    @property
    def finished(self) -> list[Run]:
        """Runs that have a report."""
        return [run for run in self.runs if run.finished]

    def remove(self, run: Run) -> None:
        """Deletes a run and its checkpoint; the network that came of it stays."""
        self.runs = [one for one in self.runs if one.folder != run.folder]
        self._work.remove(run)
        self.changed()

    # The report

    def show_report(self, run: Run) -> None:
        """Reads and shows the figures of a finished run."""
        self._work.read_report(run)

    def reported(self, report: RunReport, losses: Sequence[Point] = ()) -> None:
        """The figures of a run."""
        self.report, self.report_losses = report, losses
        if not self.running:
            self.page = Page.REPORT
        self.changed()

    def failed_to_report(self, error: EmoguiError) -> None:
        """They cannot be read."""
        self.tell(error)
        if not self.running:
            self.page = Page.SETUP
        self.changed()

    def back(self) -> None:
        """From the report to what is chosen next."""
        self.report = None
        self.page = Page.RUN if self.running else Page.SETUP
        self.changed()


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
