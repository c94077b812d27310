"""The Train tab's state machine, without a display and without a process."""

from __future__ import annotations

import pytest

from emogui.errors import TrainingError
from emogui.gui import training_words as words
from emogui.gui.training_form import TrainingForm, plan_of, problems_of
from emogui.gui.training_presenter import Page, TrainingPresenter
from emogui.gui.training_progress import Doing
from emogui.training import events
from emogui.training.data_check import CheckFailed, Checking, DataReport, HeadCounts
from emogui.training.recipes import RECIPES
from emogui.training.report import RunReport
from emogui.training.runs import Phase, Run, RunPlan
from emogui.training.supervisor import Ended, NetworkReady, PhaseBegan


class FakeWork:
    """Notes what is asked of it."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        def ask(*arguments):
            self.asked.append((name, *arguments))

        return ask

    def last(self, name):
        return next(one for one in reversed(self.asked) if one[0] == name)

    def count(self, name):
        return sum(one[0] == name for one in self.asked)


@pytest.fixture
def work():
    return FakeWork()


@pytest.fixture
def told():
    return []


@pytest.fixture
def presenter(work, told):
    one = TrainingPresenter(RECIPES, work, tell=told.append)
    one.propose_name("my-network")
    return one


def report(*heads, problems=()):
    counts = [HeadCounts(head, ["a", "b"], [100, 200], [10, 20]) for head in heads]
    splits = {"Training": 300, "PublicTest": 30, "PrivateTest": 30}
    return DataReport("faces", "a csv", splits, counts, problems=problems)


def checked(presenter, work, *heads, **more):
    presenter.data.choose("/data/faces.csv")
    presenter.data.checked(work.last("check")[3], report(*heads, **more))


def started(**changes):
    fields = {"epochs": 4.0, "minutes": None, "done": 0.0, "epoch": 1} | changes
    return events.Started(
        data="faces", rows=160, public_rows=40, batch=16, steps_per_epoch=10,
        backend="jax", device="a processor", **fields,
    )  # fmt: skip


def begin(presenter, work, tmp_path):
    checked(presenter, work, "ferplus", "fer2013")
    presenter.start()
    run = Run(tmp_path / "my-network", work.last("begin")[1])
    presenter.began(run)
    return run


# Before it starts


def test_nothing_starts_before_the_data_are_checked(presenter, work, told):
    assert "Choose a data set" in presenter.why_not
    presenter.data.choose("/data/faces.csv")
    assert "being checked" in presenter.why_not
    presenter.start()
    assert "being checked" in told[0].message and not work.count("begin")
    presenter.data.checked(1, Checking(10, 100))
    assert presenter.data.checking.done == 10 and presenter.why_not
    presenter.data.checked(1, report("ferplus", "fer2013"))
    assert presenter.why_not == ""


def test_the_answer_for_another_data_set_is_dropped(presenter, work):
    presenter.data.choose("/data/first.csv")
    presenter.data.choose("/data/second.csv")
    assert work.count("cancel_check") == 1
    presenter.data.checked(1, CheckFailed("no such file"))
    assert presenter.data.failure is None and presenter.data.checking is not None


def test_a_cancelled_check_leaves_the_data_unchecked(presenter, work):
    presenter.data.choose("/data/first.csv")
    presenter.data.cancel()
    presenter.data.checked(1, report("ferplus"))
    assert presenter.data.report is None and "not checked" in presenter.why_not
    presenter.data.check_again()
    assert work.last("check")[1:3] == ("/data/first.csv", "")


@pytest.mark.parametrize("failed", [True, False])
def test_data_that_cannot_be_used_keep_it_from_starting(presenter, work, failed):
    presenter.data.choose("/data/x.csv")
    event = CheckFailed("Row 7.", "Mend it.") if failed else report(problems=["No labels."])
    presenter.data.checked(1, event)
    assert presenter.why_not in ("This data set cannot be read.", "No labels.")


def test_votes_are_checked_with_the_data(presenter, work):
    presenter.data.choose_votes("/data/votes.csv")
    assert not work.count("check")
    presenter.data.choose("/data/faces.csv")
    assert work.last("check")[1:3] == ("/data/faces.csv", "/data/votes.csv")


def test_a_recipe_whose_labels_are_not_there(presenter, work):
    checked(presenter, work, "ferplus")
    assert presenter.why_not == ""
    presenter.choose_recipe("cnn-toleubay")
    assert "FER-2013" in presenter.why_not


def test_a_recipe_brings_its_numbers(presenter):
    presenter.edit(backend="jax", start="imagenet")
    presenter.choose_recipe("cnn-elsharkawy")
    form, config = presenter.form, RECIPES["cnn-elsharkawy"].config
    assert (form.length, form.batch, form.rate) == ("60", "32", f"{config.rate:g}")
    assert (form.backend, form.start, form.name) == ("jax", "none", "my-network")


def test_a_name_that_was_given_is_kept(presenter):
    presenter.edit(name="mine")
    presenter.propose_name("my-network-2")
    assert presenter.form.name == "mine"


@pytest.mark.parametrize(
    ("field", "value"),
    [("length", "0"), ("length", "soon"), ("length", "nan"), ("batch", "1.5"), ("batch", "0"),
     ("batch", "-1"), ("rate", "0"), ("rate", "inf"), ("rate", "100"), ("name", "  ")],
)  # fmt: skip
def test_fields_that_make_no_plan(presenter, work, field, value):
    checked(presenter, work, "ferplus")
    presenter.edit(**{field: value})
    assert set(problems_of(presenter.form)) == {field}
    assert presenter.why_not == problems_of(presenter.form)[field]


def test_the_plan_is_what_the_fields_say():
    form = TrainingForm("mine", "minutes", "2,5", "32", "0.01", "/w.keras", "torch")
    plan = plan_of(form, "light", "/faces.csv", "/votes.csv")
    assert plan == RunPlan(
        "mine", "light", "/faces.csv", "/votes.csv", None, 2.5, 32, 0.01, "/w.keras", "torch",
        "mine",
    )  # fmt: skip


def test_where_a_part_is_missing_nothing_starts(work):
    presenter = TrainingPresenter(RECIPES, work, lacking="NNCF must be installed.")
    checked(presenter, work, "ferplus")
    assert presenter.why_not == "NNCF must be installed."


def test_what_cannot_begin_is_told(presenter, work, told):
    checked(presenter, work, "ferplus")
    presenter.start()
    assert presenter.beginning and presenter.why_not
    presenter.failed_to_begin(TrainingError("The name is taken."))
    assert told[0].message == "The name is taken." and presenter.why_not == ""


# While it runs


def test_a_training_from_start_to_report(presenter, work, tmp_path):
    ready = []
    presenter._network_ready = lambda: ready.append(1)
    run = begin(presenter, work, tmp_path)
    progress = presenter.progress
    assert presenter.page is Page.RUN and progress.doing is Doing.PREPARING
    presenter.take(PhaseBegan(Phase.TRAIN))
    presenter.take(started())
    presenter.take(events.Step(0.3, 2, 2, 1.5, 70.0, 400.0, 100.0))
    assert progress.doing is Doing.TRAINING and progress.epoch_done == pytest.approx(0.2)
    assert progress.losses == [(1.2, 1.5)]
    assert words.total(progress) == "30 %  ·  2 min left" and words.epoch(progress) == "2 of 4"
    presenter.take(events.Evaluating(2))
    assert "measured" in words.doing(progress)
    presenter.take(events.Epoch({"epoch": 2, "score": 0.6}))
    presenter.take(events.Saved(0.5))
    assert len(progress.history) == 1 and "saved at 50 %" in words.figures(progress)
    presenter.take(PhaseBegan(Phase.EXPORT))
    assert progress.doing is Doing.FINISHING and not progress.can_pause
    presenter.take(NetworkReady("my-network"))
    assert ready == [1]
    done = Run(run.folder, run.plan, Phase.DONE)
    presenter.take(Ended(done))
    assert work.last("read_report") == ("read_report", done) and not presenter.running
    presenter.reported(RunReport(done, ()), [(1.0, 2.0)])
    assert presenter.page is Page.REPORT and presenter.report_losses == [(1.0, 2.0)]
    presenter.back()
    assert presenter.page is Page.SETUP


def test_pause_and_resume(presenter, work, tmp_path):
    begin(presenter, work, tmp_path)
    presenter.pause_or_go_on()  # nothing is to be paused yet
    assert not work.count("pause")
    presenter.take(started())
    presenter.pause_or_go_on()
    assert presenter.progress.doing is Doing.PAUSING
    presenter.take(events.Step(0.1, 1, 3, 1.0, 3.0))  # was on its way
    assert presenter.progress.paused
    presenter.take(events.Paused())
    assert presenter.progress.doing is Doing.PAUSED
    presenter.pause_or_go_on()
    presenter.take(events.Resumed())
    assert work.count("resume") == 1 and presenter.progress.doing is Doing.TRAINING


def test_cancel_saves_and_a_second_time_ends_at_once(presenter, work, tmp_path):
    run = begin(presenter, work, tmp_path)
    presenter.take(started())
    presenter.stop()
    assert presenter.progress.doing is Doing.STOPPING and work.count("stop") == 1
    presenter.take(events.Resumed())
    assert presenter.progress.doing is Doing.STOPPING
    presenter.stop()
    assert work.count("kill") == 1
    presenter.take(Ended(run))
    assert presenter.page is Page.SETUP and work.count("look_up")
    presenter.take(events.Saved(0.3))  # comes late: nothing runs


def test_a_crash_is_told_and_the_run_can_be_resumed(presenter, work, told, tmp_path):
    run = begin(presenter, work, tmp_path)
    presenter.take(started())
    presenter.take(Ended(run, TrainingError("It was ended.", "Resume.")))
    assert told[-1].hint == "Resume." and presenter.page is Page.SETUP
    presenter.found([run])
    assert presenter.unfinished == [run]
    presenter.go_on(run)
    assert work.last("go_on") == ("go_on", run)
    presenter.began(run, [(0.5, 2.0)])
    assert presenter.progress.losses == [(0.5, 2.0)] and presenter.unfinished == []
    presenter.go_on(run)
    assert work.count("go_on") == 1 and "under way" in told[-1].message


def test_a_run_that_is_trained_goes_on_where_it_was(presenter, tmp_path):
    run = Run(tmp_path, RunPlan("x", "resnet50", "/d"), Phase.CALIBRATE, done=1.0)
    presenter.began(run)
    assert presenter.progress.doing is Doing.FINISHING
    assert "confidence" in words.doing(presenter.progress)


def test_one_training_at_a_time(presenter, work, told, tmp_path):
    begin(presenter, work, tmp_path)
    presenter.start()
    assert work.count("begin") == 1 and "under way" in told[-1].message


# Words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (61, "1 min"), (3599, "1 h"), (7860, "2 h 11 min"),
     (400_000, "5 days")],
)  # fmt: skip
def test_spans_of_time(seconds, said):
    assert words.duration(seconds) == said


def test_every_recipe_can_be_told():
    for recipe in RECIPES.values():
        said = words.recipe_facts(recipe)
        assert recipe.summary in said and "Learns" in said
        assert recipe.source in said and recipe.claimed in said


def test_runs_in_words(tmp_path):
    plan = RunPlan("x", "resnet50", "/d")
    assert "40 % done" in words.unfinished(Run(tmp_path, plan, done=0.4, seconds=600))
    assert "starts anew" in words.unfinished(Run(tmp_path, plan))
    assert "saving" in words.unfinished(Run(tmp_path, plan, busy=True))
    assert words.when("yesterday") == ""
