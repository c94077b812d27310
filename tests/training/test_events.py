"""The words of `--progress json`: what is written can be read, what is not known is passed over."""

from __future__ import annotations

import json
import math

import pytest

from emogui.training import events

STARTED = events.Started(
    data="faces",
    rows=160,
    public_rows=40,
    epochs=3,
    minutes=None,
    batch=16,
    steps_per_epoch=10,
    backend="jax",
    device="a processor",
    done=0.5,
    epoch=2,
    seconds=31.5,
    history=[{"epoch": 1, "score": 0.5}],
)
ALL = [
    STARTED,
    events.Step(0.4, 2, 3, 1.25, 61.0, 400.0, 90.0),
    events.Step(0.4, 2, 3, 1.25, 61.0),
    events.Evaluating(2),
    events.Epoch({"epoch": 2, "score": 0.6}),
    events.Saved(0.5),
    events.Paused(),
    events.Resumed(),
    events.Stopped(0.5),
    events.Finished(2, "/runs/first"),
    events.Failed("There are no pictures.", "Choose others."),
    events.Said("preparing 28,006 pictures – a moment"),
]


@pytest.mark.parametrize("event", ALL, ids=lambda event: type(event).__name__)
def test_an_event_is_a_line_that_can_be_read(event):
    line = events.format_event(event)
    assert "\n" not in line
    assert events.parse_event(line) == event


def test_every_kind_has_a_name():
    assert {type(event) for event in ALL} == set(events.KINDS.values())
    for event in ALL:
        assert json.loads(events.format_event(event))["event"] in events.KINDS


def test_a_loss_that_is_no_number_leaves_valid_json():
    line = events.format_event(events.Step(0.1, 1, 1, math.nan, 1.0, math.inf))
    step = events.parse_event(line)
    assert step.loss is None and step.pictures_per_second is None


def test_fields_of_a_later_version_are_passed_over():
    plain = json.loads(events.format_event(events.Saved(0.5))) | {"where": "on the moon"}
    assert events.parse_event(json.dumps(plain)) == events.Saved(0.5)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Epoch 1/3",
        "[1, 2]",
        "3",
        "{}",
        '{"event": "levitated"}',
        '{"event": "step", "done": 0.5}',
        '{"event": "step", "done": "half", "epoch": 1, "step": 1, "loss": 1, "seconds": 1}',
        '{"event": "epoch", "figures": 3}',
        '{"event": ["step"]}',
    ],
)
def test_what_is_no_event_is_passed_over(line):
    assert events.parse_event(line) is None
