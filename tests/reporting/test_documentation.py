"""docs/report.md is true: its example runs, its figures are those of the program."""

from __future__ import annotations

import re

from emogui.labels import FERPLUS
from emogui.reporting import estimates, examples, scan, tracks
from tests.reporting.making import chances, face, make_batch


def test_the_example_runs(project_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_batch(tmp_path / "results", [face("a.jpg", chances(FERPLUS, fear=0.9))])
    page = (project_root / "docs" / "report.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    exec(compile(code, "docs/report.md", "exec"), {"__name__": "example"})
    assert (tmp_path / "results" / "report.html").exists()
    assert (tmp_path / "results" / "report.pdf").exists()


def test_the_figures_of_the_page():
    """Change the page with them."""
    assert (scan.LEADING, scan.TIMELINES, scan.PEOPLE, scan.GROUPS) == (20, 8, 5, 30)
    assert (examples.TYPICAL, examples.DOUBTFUL, examples.DOUBTFUL_MARGIN) == (3, 12, 0.5)
    assert (estimates.RESAMPLES, estimates.DRAWN, estimates.FEWEST) == (2000, 2000, 5)
    assert tracks.HOLD_S == 0.25
