"""A run from its first step to the network in the list, with a quick stand-in for the commands.

``test_train_process.py`` has the same with the real ones.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from emogui.child import Child, program, why_it_ended
from emogui.training import events, runs
from emogui.training.report import read_report
from emogui.training.runs import Phase, RunPlan
from emogui.training.supervisor import Ended, NetworkReady, PhaseBegan, Supervisor

FAKE = Path(__file__).parents[1] / "gui" / "fake_emogui.py"


class Runs:
    """The user's folder, and a supervisor that talks to the test."""

    def __init__(self, folder):
        self.folder = folder
        self.said = []
        self._news = threading.Condition()
        self.supervisor = None

    def order(self, *words):
        (self.folder / "orders").write_text(" ".join(words))

    def create(self, name="first", **changes):
        plan = {"name": name, "recipe": "resnet50", "data": "/data/faces.npz", "epochs": 3.0}
        return runs.create_run(RunPlan(**(plan | changes)))

    def start(self, run):
        self.said = []
        self.supervisor = Supervisor(run, self._tell, [sys.executable, str(FAKE)])
        self.supervisor.start()
        return self.supervisor

    def _tell(self, message):
        with self._news:
            self.said.append(message)
            self._news.notify_all()

    def until(self, wanted, timeout=30.0):
        """Waits for a message that fulfils a condition, and gives it."""
        by = time.monotonic() + timeout
        with self._news:
            while True:
                for message in self.said:
                    if wanted(message):
                        return message
                assert self._news.wait(by - time.monotonic()), self.said

    def ended(self):
        return self.until(lambda message: isinstance(message, Ended))

    def kinds(self):
        return [type(message) for message in self.said]


@pytest.fixture
def user(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("EMOGUI_FAKE", str(tmp_path))
    monkeypatch.setattr("emogui.paths.user_data", lambda: tmp_path / "emogui")
    one = Runs(tmp_path)
    yield one
    if one.supervisor is not None:
        one.supervisor.kill()
        by = time.monotonic() + 10
        while one.supervisor.alive:
            assert time.monotonic() < by
            time.sleep(0.005)


def test_a_run_goes_through_all_phases_to_a_network_with_figures(user):
    from emogui.backend.store import load_model_info

    user.start(user.create())
    end = user.ended()
    assert end.error is None and end.run.finished
    phases = [m.phase for m in user.said if isinstance(m, PhaseBegan)]
    assert phases == list(Phase)
    assert [m.figures["epoch"] for m in user.said if isinstance(m, events.Epoch)] == [1, 2, 3]
    assert NetworkReady("first") in user.said
    assert load_model_info("first").path == user.folder / "emogui" / "models" / "first"
    report = read_report(end.run)
    assert [head.labels for head in report.heads] == ["ferplus", "fer2013"]
    accuracy = report.heads[0].figures[0]
    assert (accuracy.title, accuracy.value) == ("Accuracy", 0.84) and accuracy.low < 0.84
    assert not list((end.run.folder / "export").iterdir())


def test_pause_resume_and_stop_then_go_on(user):
    user.order("slow")
    supervisor = user.start(user.create())
    user.until(lambda m: isinstance(m, events.Step))
    supervisor.pause()
    user.until(lambda m: isinstance(m, events.Paused))
    supervisor.resume()
    user.until(lambda m: isinstance(m, events.Resumed))
    supervisor.stop()
    end = user.ended()
    assert end.error is None and end.run.phase is Phase.TRAIN and 0 < end.run.done < 1
    user.order()
    user.start(end.run)
    started = user.until(lambda m: isinstance(m, events.Started))
    assert started.done == pytest.approx(end.run.done)
    assert user.ended().run.finished


def test_a_crash_is_told_and_loses_what_came_after_the_checkpoint_only(user):
    user.order("crash")
    user.start(user.create())
    end = user.ended()
    assert "SIGKILL" in end.error.message and "Resume" in end.error.hint
    assert end.run.done == pytest.approx(1 / 3) and not end.run.busy
    user.order()
    user.start(end.run)
    assert user.ended().run.finished


def test_what_the_training_says_of_its_failure_is_passed_on(user):
    user.order("fail")
    user.start(user.create())
    error = user.ended().error
    assert (error.message, error.hint) == ("The data have no labels.", "Take others.")


def test_a_later_command_that_fails_says_why_and_is_begun_again(user):
    user.order("refuse")
    user.start(user.create())
    end = user.ended()
    assert "The calibration failed: There is no PublicTest." in end.error.message
    assert end.run.phase is Phase.CALIBRATE
    user.order()
    user.start(end.run)
    assert user.ended().run.finished
    assert events.Started not in user.kinds()  # the training is not repeated


def test_a_run_at_work_is_left_alone(user):
    run = user.create()
    runs.lock(run.folder, os.getpid())
    user.start(run)
    assert "still at work" in user.ended().error.message


def test_a_stop_before_the_first_process_starts_nothing(user):
    run = user.create()
    supervisor = Supervisor(run, user._tell, [sys.executable, str(FAKE)])
    supervisor.stop()
    supervisor.start()
    assert user.ended().error is None
    assert not (run.folder / "checkpoint.npz").exists()


def test_whoever_leaves_hears_nothing_more_and_the_training_is_saved(user):
    user.order("slow")
    run = user.create()
    supervisor = user.start(run)
    user.until(lambda m: isinstance(m, events.Step))
    supervisor.leave()
    by = time.monotonic() + 20
    while runs.is_busy(run.folder) or supervisor.alive:
        assert time.monotonic() < by
        time.sleep(0.01)
    assert 0 < runs.load_run(run.folder).done < 1
    assert Ended not in user.kinds()


def test_a_program_that_is_not_there_is_told(tmp_path):
    child = Child([str(tmp_path / "nothing")], tmp_path / "log.txt")
    with pytest.raises(Exception, match="cannot be started"):
        child.run(lambda line: None)


def test_last_words_are_those_of_emogui_or_the_last_line(tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("emogui: from an earlier process\n")
    code = "import sys; sys.stderr.write('emogui: what it was\\nW: chatter\\n')"
    child = Child([sys.executable, "-c", code], log)
    assert child.run(lambda line: None) == 0
    assert child.last_words() == "what it was"
    child = Child([sys.executable, "-c", "1 / 0"], log)
    assert child.run(lambda line: None) == 1
    assert child.last_words() == "ZeroDivisionError: division by zero"


def test_the_program_is_this_python():
    assert program()[0] == sys.executable and program()[-2:] == ["-m", "emogui"]
    assert "SIGKILL" in why_it_ended(-9) and "status 3" in why_it_ended(3)
