"""The loss curve of a run survives kills and resumes."""

from __future__ import annotations

from emogui.training.losses_file import FILE, MOST, LossFile, read_losses, thinned


def test_a_resumed_training_replaces_what_it_makes_again(tmp_path):
    (tmp_path / FILE).write_text("0.5,2.0\n1.0,1.5\n1.5,1.2\n1.2,1.4\n1.6,1.1\n")
    assert read_losses(tmp_path) == [(0.5, 2.0), (1.0, 1.5), (1.2, 1.4), (1.6, 1.1)]
    assert read_losses(tmp_path, before=1.1) == [(0.5, 2.0), (1.0, 1.5)]


def test_the_end_of_a_killed_writer_is_passed_over(tmp_path):
    (tmp_path / FILE).write_text("0.5,2.0\n1.0,1.5\n1.5,")
    assert read_losses(tmp_path) == [(0.5, 2.0), (1.0, 1.5)]
    assert read_losses(tmp_path / "nowhere") == []


def test_points_come_seldom(tmp_path):
    file = LossFile(tmp_path)
    for number in range(50):
        file.add(number / 10, 1.0)
    file.add(9.0, None)
    assert len(read_losses(tmp_path)) == 1


def test_a_folder_that_is_gone_costs_nothing_else(tmp_path):
    LossFile(tmp_path / "gone").add(1.0, 2.0)


def test_a_long_curve_is_thinned():
    points = [(float(n), float(n % 2)) for n in range(5000)]
    few = thinned(points)
    assert len(few) <= MOST
    assert few[0][0] < 8 and few[-1][0] > 4990
    assert [p[0] for p in few] == sorted(p[0] for p in few)
