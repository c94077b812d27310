import json

import numpy as np
import pytest

from emogui.labels import FER2013, FERPLUS
from emogui.training.metrics import ECE_BINS, measure, to_label_order

# Six faces, three classes; predicted 0 0 1 1 1 2, true 0 0 0 1 1 2.
PROBABILITIES = np.array(
    [
        [0.90, 0.05, 0.05],
        [0.60, 0.30, 0.10],
        [0.30, 0.50, 0.20],
        [0.10, 0.80, 0.10],
        [0.20, 0.70, 0.10],
        [0.25, 0.25, 0.50],
    ],
    np.float32,
)
TRUTH = np.array([0, 0, 0, 1, 1, 2], np.int16)
LABELS = ("a", "b", "c")


def test_figures_of_an_example_worked_by_hand():
    m = measure(PROBABILITIES, TRUTH, LABELS)
    assert m.n == 6
    assert m.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [0, 0, 1]]
    assert m.accuracy == pytest.approx(5 / 6)
    assert m.balanced_accuracy == pytest.approx((2 / 3 + 1 + 1) / 3)
    assert [c.precision for c in m.per_class] == pytest.approx([1, 2 / 3, 1])
    assert [c.recall for c in m.per_class] == pytest.approx([2 / 3, 1, 1])
    assert [c.f1 for c in m.per_class] == pytest.approx([0.8, 0.8, 1])
    assert [(c.n, c.predicted) for c in m.per_class] == [(3, 2), (2, 3), (1, 1)]
    assert m.macro_precision == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert m.macro_recall == pytest.approx((2 / 3 + 1 + 1) / 3)
    assert m.macro_f1 == pytest.approx(2.6 / 3)
    expected = -np.mean(np.log([0.9, 0.6, 0.3, 0.8, 0.7, 0.5]))
    assert m.nll == pytest.approx(expected, rel=1e-6)
    rows = [0.015, 0.26, 0.78, 0.06, 0.14, 0.375]
    assert m.brier == pytest.approx(np.mean(rows), rel=1e-5)


def test_ece_of_an_example_worked_by_hand():
    # Two bins hold faces: (.6, .6667] with .65, right and wrong, and (.9333, 1] with .95, right.
    p = np.array([[0.65, 0.35], [0.65, 0.35], [0.95, 0.05]])
    m = measure(p, np.array([0, 1, 0]), ("a", "b"))
    assert m.ece == pytest.approx(2 / 3 * abs(0.5 - 0.65) + 1 / 3 * abs(1 - 0.95))
    assert len(m.reliability) == ECE_BINS == 15
    filled = [b for b in m.reliability if b.n]
    assert [(round(b.low, 4), round(b.high, 4), b.n) for b in filled] == [
        (0.6, 0.6667, 2),
        (0.9333, 1.0, 1),
    ]
    assert [b.accuracy for b in filled] == [0.5, 1.0]


def test_certain_and_right_is_perfect():
    m = measure(np.eye(3), np.arange(3), LABELS)
    assert (m.accuracy, m.balanced_accuracy, m.macro_f1) == (1, 1, 1)
    assert (m.nll, m.brier, m.ece) == (0, 0, 0)


def test_certain_and_wrong_stays_finite():
    m = measure(np.eye(2), np.array([1, 0]), ("a", "b"))
    assert m.accuracy == 0 and m.brier == 2 and m.ece == 1
    assert np.isfinite(m.nll) and m.nll > 10


def test_absent_classes_do_not_count_in_means():
    p = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.2, 0.7, 0.1]])
    m = measure(p, np.array([0, 0, 0]), LABELS)
    assert m.balanced_accuracy == pytest.approx(2 / 3)
    # Class b is predicted but absent, and counts with 0; class c is neither, and does not count.
    assert m.macro_recall == pytest.approx((2 / 3 + 0) / 2)
    assert m.macro_precision == pytest.approx((1 + 0) / 2)
    assert m.macro_f1 == pytest.approx(0.8 / 2)
    assert m.per_class[2].n == 0 and m.per_class[2].f1 == 0


def test_label_order_follows_the_meaning_of_the_words():
    p = np.arange(14, dtype=np.float32).reshape(2, 7) / 100
    mapped = to_label_order(p, FER2013, FERPLUS)
    assert mapped.shape == (2, 8)
    assert mapped[0, FERPLUS.index("happiness")] == p[0, FER2013.index("happy")]
    assert mapped[1, FERPLUS.index("anger")] == p[1, FER2013.index("angry")]
    assert (mapped[:, FERPLUS.index("contempt")] == 0).all()
    same = to_label_order(p, FER2013, FER2013)
    assert (same == p).all()


def test_a_network_without_contempt_is_wrong_on_contempt():
    p = np.full((1, 7), 1 / 7)
    truth = np.array([FERPLUS.index("contempt")])
    m = measure(to_label_order(p, FER2013, FERPLUS), truth, FERPLUS)
    assert m.accuracy == 0 and m.per_class[-1].n == 1 and m.per_class[-1].recall == 0


def test_classes_that_are_not_wanted_are_shared_out():
    p = np.array([[0.2, 0, 0, 0, 0.2, 0, 0, 0.6], [0, 0, 0, 0, 0, 0, 0, 1.0]])
    mapped = to_label_order(p, FERPLUS, FER2013)
    assert mapped[0].sum() == pytest.approx(1)
    assert mapped[0, FER2013.index("neutral")] == pytest.approx(0.5)
    assert (mapped[1] == 0).all()


def test_as_dict_is_json_with_the_documented_keys():
    record = json.loads(json.dumps(measure(PROBABILITIES, TRUTH, LABELS).as_dict()))
    assert set(record) >= {
        "accuracy",
        "balanced_accuracy",
        "macro_precision",
        "macro_recall",
        "macro_f1",
        "ece",
        "nll",
        "brier",
        "n",
        "per_class",
        "confusion",
        "labels",
    }
    assert record["per_class"]["b"] == {
        "n": 2,
        "predicted": 3,
        "precision": pytest.approx(2 / 3),
        "recall": 1.0,
        "f1": pytest.approx(0.8),
    }


@pytest.mark.parametrize(
    ("probabilities", "truth", "message"),
    [
        (np.zeros((2, 2)), [0, 1], r"\(n, 3\)"),
        (np.zeros((0, 3)), [], "n > 0"),
        (PROBABILITIES, [0, 1], "6 integer labels"),
        (PROBABILITIES, [0.0] * 6, "float64"),
        (PROBABILITIES, [0, 1, 2, 3, 0, 0], "0 to 2"),
        (PROBABILITIES, [0, 1, 2, -1, 0, 0], "0 to 2"),
        (PROBABILITIES * np.nan, TRUTH, "finite"),
        (PROBABILITIES * 2, TRUTH, "0 to 1"),
    ],
)
def test_wrong_arrays_are_refused(probabilities, truth, message):
    with pytest.raises(ValueError, match=message):
        measure(probabilities, np.array(truth), LABELS)


def test_wrong_label_sets_are_refused():
    with pytest.raises(ValueError, match=r"\(n, 7\)"):
        to_label_order(np.zeros((1, 8)), FER2013, FERPLUS)
    with pytest.raises(ValueError, match="none of"):
        to_label_order(np.zeros((1, 2)), ("cat", "dog"), FERPLUS)
