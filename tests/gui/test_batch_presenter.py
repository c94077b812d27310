"""The Batch tab's state machine, without a display and without a process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogui.bulk import events
from emogui.bulk.checkpoint import Counts
from emogui.bulk.found import Failure, FoundBatch
from emogui.bulk.options import BatchOptions
from emogui.errors import EmoguiError
from emogui.gui import batch_words as words
from emogui.gui.batch_form import BatchForm, options_of, problems_of, proposed_folder
from emogui.gui.batch_presenter import BatchPresenter, Page
from emogui.gui.batch_progress import BatchProgress, Doing
from emogui.gui.choice import Choice


class FakeWork:
    """Notes what is asked of it."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        def ask(*arguments, **named):
            self.asked.append((name, *arguments, *named.values()))

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
    return BatchPresenter(work, lambda: Choice(detector="haar"), tell=told.append)


def found(**changes):
    plain = FoundBatch(
        Path("/out"), ("/in/photos",), "", BatchOptions(jsonl=True), 30, 100,
        Counts(28, 0, 0, 60, 2), False,
    )  # fmt: skip
    return replace(plain, **changes)


def chosen(presenter, work, lying=None):
    presenter.add(["/in/photos"])
    presenter.choose_output("/out")
    presenter.looked(work.last("look")[2], lying)


def advanced(done, failures=0, **more):
    return events.Advanced(done, 100, done, 0, 2 * done, failures, f"/in/{done}.jpg", **more)


def test_nothing_starts_before_inputs_and_a_folder_are_chosen(presenter, work, told):
    assert "Add pictures" in presenter.why_not
    presenter.start()
    assert "Add pictures" in told[0].message and not work.count("begin")
    presenter.add(["/in/photos"])
    assert presenter.output == "/in/photos-results" and "Looking" in presenter.why_not
    presenter.looked(work.last("look")[2], None)
    assert presenter.why_not == ""
    presenter.choose_output("")
    assert "Choose a folder" in presenter.why_not
    presenter.choose_output("/in/photos")
    assert "folder of their own" in presenter.why_not


def test_a_start_takes_the_form_and_the_choice_of_the_other_tabs(presenter, work):
    chosen(presenter, work)
    presenter.edit(frames="every", number="3", annotate=True, hide="box", eaf=True)
    presenter.start()
    _, inputs, folder, options, restart = work.last("begin")
    assert (inputs, folder, restart) == (("/in/photos",), "/out", False)
    wanted = BatchOptions(detector="haar", every=3, annotate=True, hide="box", subtitles=("eaf",))
    assert options == wanted
    assert presenter.page is Page.RUN and presenter.running
    presenter.start()
    assert work.count("begin") == 1


def test_a_folder_that_is_chosen_is_not_replaced_by_a_proposal(presenter, work):
    chosen(presenter, work)
    presenter.add(["/in/more", "/in/photos"])
    assert presenter.output == "/out" and presenter.inputs == ("/in/photos", "/in/more")
    presenter.remove({0})
    assert presenter.inputs == ("/in/more",)


def test_the_answer_for_another_folder_is_dropped(presenter, work):
    presenter.choose_output("/first")
    ticket = work.last("look")[2]
    presenter.choose_output("/second")
    presenter.looked(ticket, found())
    assert presenter.found is None and presenter.looking


def test_an_interrupted_batch_goes_on_with_its_own_options(presenter, work):
    presenter.choose_output("/out")
    presenter.looked(work.last("look")[2], found())
    assert presenter.can_go_on and presenter.replaces
    presenter.go_on()
    assert work.last("go_on")[1] == found()
    progress = presenter.progress
    assert (progress.done, progress.total, progress.options.jsonl) == (30, 100, True)
    assert progress.share == 0.3


@pytest.mark.parametrize(
    "changes", [{"busy": True}, {"complete": True, "done": 100}], ids=["busy", "complete"]
)
def test_what_is_busy_or_done_cannot_go_on(presenter, work, changes):
    chosen(presenter, work, found(**changes))
    assert not presenter.can_go_on
    presenter.go_on()
    assert not work.count("go_on")
    assert ("at work" in presenter.why_not) == ("busy" in changes)


def test_starting_over_replaces_what_lies_there_also_if_it_is_damaged(presenter, work):
    chosen(presenter, work, EmoguiError("damaged"))
    assert presenter.replaces and presenter.fault.message == "damaged"
    presenter.start()
    assert work.last("begin")[4] is True


def test_a_batch_that_did_nothing_yet_is_not_replaced(presenter, work):
    chosen(presenter, work, found(begun=False, done=0))
    assert presenter.can_go_on and not presenter.replaces


def test_it_pauses_resumes_and_stops_and_is_killed_when_asked_twice(presenter, work):
    chosen(presenter, work)
    presenter.start()
    presenter.pause_or_go_on()
    assert not work.count("pause"), "it is still starting"
    presenter.took(events.Started(100, 0))
    presenter.pause_or_go_on()
    assert presenter.progress.doing is Doing.PAUSING
    presenter.took(advanced(3))
    presenter.took(events.Paused())
    assert presenter.progress.doing is Doing.PAUSED
    presenter.pause_or_go_on()
    assert presenter.progress.doing is Doing.WORKING and work.count("resume") == 1
    presenter.stop()
    presenter.took(events.Resumed())
    assert presenter.progress.doing is Doing.STOPPING and not work.count("kill")
    presenter.stop()
    assert work.count("kill") == 1


def test_failures_are_read_as_they_come_but_one_at_a_time(presenter, work):
    chosen(presenter, work)
    presenter.start()
    presenter.took(events.Started(100, 0))
    presenter.took(advanced(1))
    assert not work.count("read_failures")
    presenter.took(advanced(2, failures=1))
    presenter.took(advanced(3, failures=2))
    assert work.count("read_failures") == 1
    first = (Failure("/in/1.jpg", "", "'/in/1.jpg' is empty."),)
    presenter.failures_read(Path("/out"), first)
    presenter.failures_read(Path("/elsewhere"), ())
    assert presenter.progress.failures == first
    presenter.took(advanced(4, failures=2))
    assert work.count("read_failures") == 2
    assert words.reason(first[0]) == "is empty."


@pytest.mark.parametrize("complete", [True, False])
def test_at_the_end_the_results_are_shown(presenter, work, complete):
    chosen(presenter, work)
    presenter.edit(annotate=True, hide="blur")
    presenter.start()
    presenter.took(events.Started(100, 0))
    counts = {"pictures": 40, "faces": 90, "failures": 2}
    ended = events.Finished(100, **counts) if complete else events.Stopped(42, 100, **counts)
    presenter.took(ended)
    presenter.ended(None)
    outcome = presenter.outcome
    assert presenter.page is Page.DONE and not presenter.running
    assert (outcome.complete, outcome.done) == (complete, 100 if complete else 42)
    title = words.outcome_title(outcome)
    assert title == ("100 inputs done" if complete else "Stopped: 42 of 100 inputs done")
    presenter.make_report(pdf=True, thumbnails=True)
    presenter.make_report(pdf=True, thumbnails=True)
    assert work.count("report") == 1
    assert work.last("report")[1:] == (Path("/out"), True, False), "hidden faces stay hidden"
    presenter.reported()
    assert not presenter.reporting
    presenter.looked(work.last("look")[2], found(complete=complete))
    assert presenter.can_go_on is not complete


def test_a_batch_that_breaks_off_is_told_and_looked_for_again(presenter, work, told):
    chosen(presenter, work)
    presenter.start()
    looks = work.count("look")
    presenter.ended(EmoguiError("The batch broke off."))
    assert presenter.page is Page.SETUP and told[0].message == "The batch broke off."
    assert work.count("look") == looks + 1


def test_results_of_another_day_can_be_shown(presenter, work):
    presenter.choose_output("/out")
    presenter.looked(work.last("look")[2], found(complete=True, done=100))
    presenter.show_results()
    assert presenter.page is Page.DONE and presenter.outcome.faces == 60
    presenter.failures_read(Path("/out"), (Failure("/in/1.jpg", "7", "bad"),))
    assert words.failed_source(presenter.failures[0]) == "1.jpg, frame 7"
    presenter.back()
    assert presenter.page is Page.SETUP


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"frames": "every", "number": "2.5"}, "number"),
        ({"frames": "fps", "number": "0"}, "number"),
        ({"frames": "fps", "number": "many"}, "number"),
        ({"annotate": True, "hide": "blur", "crops": True}, "crops"),
        ({"frames": "all", "number": "many"}, None),
        ({"frames": "fps", "number": "0,5"}, None),
        ({"hide": "blur", "crops": True}, None),
    ],
)
def test_problems_of_the_form(fields, problem):
    form = replace(BatchForm(), **fields)
    assert list(problems_of(form)) == ([problem] if problem else [])
    if not problem:
        options_of(form, Choice())


def test_folders_are_proposed_beside_the_inputs(tmp_path):
    (tmp_path / "day.one").mkdir()
    assert proposed_folder([str(tmp_path / "day.one")]) == str(tmp_path / "day.one-results")
    assert proposed_folder(["/in/clip.mp4"]) == "/in/clip-results"
    assert proposed_folder(["/in/a.jpg", "/in/b.jpg"]) == "/in/in-results"


def test_the_words_of_a_batch_within_a_video():
    progress = BatchProgress(Path("/out"), BatchOptions())
    assert progress.share is None and "Starting" in words.doing(progress)
    progress.take(events.Started(4, 1))
    progress.take(
        events.Advanced(1, 4, 1, 50, 70, 0, "/in/clip.mp4", 50, 100, per_second=12.0,
                        seconds_left=7200.0)
    )  # fmt: skip
    assert progress.share == pytest.approx(0.375)
    assert words.doing(progress) == "clip.mp4, frame 50 of 100"
    assert words.total(progress) == "1 of 4  ·  2 h left"
    assert "12.0 pictures and frames a second" in words.figures(progress)
    assert words.status(progress) == "Batch: working, 1 of 4  ·  2 h left"
