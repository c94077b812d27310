from __future__ import annotations

import pytest

from emogui.errors import DatasetError
from emogui.training.readings import NAME, note_reading, read_readings

METRICS = {
    "model": {"name": "mine", "runtime": "fast", "temperature": 1.0, "files": {"fast": "ab"}},
    "label_set": "ferplus",
    "n": 3,
    "accuracy": 0.8,
    "commit": None,
    "command": "emogui evaluate",
    "confusion": [[1]],
}


def test_readings_outlive_the_network(tmp_path):
    (tmp_path / "mine").mkdir()
    assert read_readings(tmp_path / NAME) == []
    path = note_reading(tmp_path / "mine", METRICS)
    note_reading(tmp_path / "mine", METRICS | {"accuracy": 0.9})
    assert path == (tmp_path / NAME).resolve()
    found = read_readings(path)
    assert [reading["accuracy"] for reading in found] == [0.8, 0.9]
    assert found[0]["files"] == {"fast": "ab"} and "confusion" not in found[0]


def test_a_damaged_list_is_told_by_line(tmp_path):
    (tmp_path / NAME).write_text('{"a": 1}\n[2]\n', encoding="utf-8")
    with pytest.raises(DatasetError, match="line 2: expected a JSON object"):
        read_readings(tmp_path / NAME)


def test_the_shipped_readings_can_be_read(project_root):
    found = read_readings(project_root / "weights" / NAME)
    assert {"ferplus", "fer2013"} <= {reading["label_set"] for reading in found}
