from __future__ import annotations

import pytest


def samples(*memory_mb: float):
    from soak_report import Sample

    return [Sample(10.0 * (i + 1), mb, 20, 9) for i, mb in enumerate(memory_mb)]


def report(memory_mb=(300, 410, 412, 415, 420, 420), **how):
    from soak_report import Report, Sample

    before, after = Sample(0.0, 400.0, 20, 9), Sample(60.0, 400.0, 20, 9)
    ms = {"p50": 1.0, "p95": 5.0, "p99": 15.0, "max": 49.0}
    given = {
        "before": before,
        "after": after,
        "callback_ms": {"thread": ms, "wall": ms | {"max": 400.0}},
        "samples": samples(*memory_mb),
    }
    made = Report(1.0, True, **(given | how))
    made.judge()
    return made


def test_a_good_run_breaks_nothing_and_memory_before_the_settled_one_is_not_counted():
    good = report()
    assert good.broken == []
    assert good.memory_mb == {"settled": 410, "end": 420, "grown": 10}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"memory_mb": (400, 400, 400, 410, 425, 430, 430)}, "memory grew by 30.0 MB"),
        ({"own_threads_left": ["live-3-capture"]}, "threads that did not end: live-3-capture"),
        ({"callback_ms": {"thread": {"p99": 17.0, "max": 20.0}}}, "p99 17.0 ms, at most 16"),
        ({"callback_ms": {"thread": {"p99": 7.0, "max": 51.0}}}, "max 51.0 ms, at most 50"),
        ({"memory_mb": ()}, "too short"),
    ],
)
def test_each_bound_is_held(how, words):
    assert words in " ".join(report(**how).broken)


def test_threads_and_handles_are_compared_with_those_of_before():
    from soak_report import Sample

    found = report(after=Sample(60.0, 400.0, 23, 12))
    assert found.broken == ["threads: 20 before, 23 after", "handles: 9 before, 12 after"]
