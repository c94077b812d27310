"""The examples of docs/batch.md run as they stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from emogui.labels import FERPLUS
from emogui.output.dictionary import faces_columns


def test_the_python_examples_run(mixed, project_root, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    for name in ("p0.jpg", "p1.jpg"):
        shutil.copy(mixed / name, tmp_path / "photos" / name)
    shutil.copy(mixed / "clip.mp4", tmp_path)
    monkeypatch.chdir(tmp_path)
    examples = python_examples(project_root / "docs" / "batch.md")
    # The one that makes the tables comes first.
    examples.sort(key=lambda code: "emogui.batch(" not in code)
    assert len(examples) >= 5
    examples[0] = examples[0].replace("jsonl=True", "jsonl=True, parquet=True")
    for code in examples:
        exec(compile(code, "docs/batch.md", "exec"), {"__name__": "example"})
    assert (tmp_path / "results" / "faces.csv").exists()


def python_examples(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_page_has_every_column(project_root):
    page = (project_root / "docs" / "batch.md").read_text(encoding="utf-8")
    for column in faces_columns(FERPLUS):
        if not column.name.startswith("p_"):
            assert f"`{column.name}`" in page
