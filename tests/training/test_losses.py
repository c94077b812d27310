from __future__ import annotations

import numpy as np
import pytest

from emogui.training.losses import log_priors, make_loss


def value(loss, logits, targets):
    from keras import ops

    as_tensors = [{h: ops.convert_to_tensor(v) for h, v in d.items()} for d in (logits, targets)]
    return float(ops.convert_to_numpy(loss(*as_tensors)))


def test_plain_loss_is_the_mean_cross_entropy_over_labelled_rows():
    logits = np.array([[2.0, 0.0], [0.0, 1.0], [5.0, -5.0]], np.float32)
    targets = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]], np.float32)
    loss = make_loss({"a": 1.0}, {"a": np.zeros(2, np.float32)}, {})
    logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert value(loss, {"a": logits}, {"a": targets}) == pytest.approx(
        -(targets * logp).sum() / 2, rel=1e-5
    )


def test_the_prior_asks_more_of_the_rare_class():
    targets = {"a": np.array([[1.0, 0.0]] * 9 + [[0.0, 1.0]], np.float32)}
    priors = log_priors(targets)
    plain = make_loss({"a": 1.0}, priors, {"a": 0.0})
    adjusted = make_loss({"a": 1.0}, priors, {"a": 1.0})
    rare = {"a": np.array([[0.0, 1.0]], np.float32)}
    even = {"a": np.zeros((1, 2), np.float32)}
    assert value(adjusted, even, rare) > value(plain, even, rare)


def test_a_head_without_any_label_adds_nothing():
    loss = make_loss(
        {"a": 1.0, "b": 0.5}, {"a": np.zeros(2, np.float32), "b": np.zeros(3, np.float32)}, {}
    )
    logits = {"a": np.ones((2, 2), np.float32), "b": np.ones((2, 3), np.float32)}
    targets = {"a": np.eye(2, dtype=np.float32), "b": np.zeros((2, 3), np.float32)}
    assert value(loss, logits, targets) == pytest.approx(np.log(2), rel=1e-5)
