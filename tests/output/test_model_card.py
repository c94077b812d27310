"""The model card: of the shipped network, of one without records, and as a page of the docs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.model_card import NETWORK, PAGE, page
from emogui.backend.store import load_model_info
from emogui.cli import main
from emogui.errors import EmoguiError
from emogui.output.document import Bullets, Code, Heading, Paragraph, Table, runs, to_markdown
from emogui.output.model_card import model_card


@pytest.fixture
def copied(tmp_path) -> Path:
    """A folder with a copy of the shipped model.json, to be changed."""
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(NETWORK / "model.json", folder)
    return folder


def change(folder: Path, **entries) -> str:
    """The card of a network with other entries; None takes one out."""
    path = folder / "model.json"
    card = json.loads(path.read_text(encoding="utf-8")) | entries
    path.write_text(json.dumps({k: v for k, v in card.items() if v is not None}), encoding="utf-8")
    return to_markdown(model_card(load_model_info(folder)))


def test_the_page_in_the_docs_fits_the_shipped_network():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/model-card.md is not of this network any more: python -m benchmarks.model_card"
    )


def test_every_recorded_figure_is_in_the_card_with_its_command_and_commit():
    info = load_model_info(NETWORK)
    text = page()
    assert info.metrics
    for metric in info.metrics:
        assert metric["command"] in text and f"# commit {metric['commit']}" in text
        assert f"{metric['accuracy']:.3f}" in text and f"{metric['n']:,}" in text
        for label, found in metric["recall"].items():
            assert f"{100 * found['recall']:.0f} % of {found['n']:,}" in text, label
    for head in info.heads.values():
        assert f"{head.temperature:.3f}" in text
    for entry in info.files.values():
        assert entry.sha256 in text
    for stage in info.card["training"]["stages"]:
        assert f"| {stage['minutes']:.0f} |" in text


@pytest.mark.parametrize(
    "words",
    [
        "not a feeling", "Students and teachers", "hiring", "lie detection", "no legal advice",
        "2024/1689", "Article 5(1)(f)", "2 February 2025", "Article 50(3)", "2 August 2026",
        "point 1(c)", "no record of the age, sex", "703 Training pictures", "disagree on a third",
        "contempt (n = 19)", "disgust (n = 21)", "CenterFace (MIT)", "docs/robustness.md",
    ],
)  # fmt: skip
def test_the_card_says(words):
    assert words in " ".join(page().split())


def test_the_classes_that_it_misses_are_named_from_the_recalls(copied):
    recall = {"neutral": {"n": 90, "recall": 0.9}, "fear": {"n": 90, "recall": 0.3}}
    rare = {"contempt": {"n": 4, "recall": 1.0}}
    metric = {"label_set": "ferplus", "split": "public", "n": 184, "accuracy": 0.6, "ece": 0.02}
    metric |= {"command": "emogui evaluate", "commit": "abc", "recall": recall | rare}
    metric["intervals"] = {"accuracy": [0.5, 0.7]}
    metric["ece_if_calibrated"] = {"mean": 0.03, "low": 0.01, "high": 0.05}
    text = change(copied, metrics=[metric])
    assert "more than half of: **fear**" in text
    assert "contempt (n = 4) in PublicTest" in text
    assert "| accuracy | 0.600 (.500 – .700) |" in text
    assert "| ECE, if calibrated | 0.030 (.010 – .050) |" in text


def test_a_network_without_records_says_so(copied):
    text = change(copied, metrics=[], calibration=None, training=None, title="Mine")
    assert text.startswith("# Model card: Mine\n")
    for words in ("No figures are recorded", "not calibrated", "trained is not recorded"):
        assert words in text
    assert "belong to whoever trained them" in text, "it is none of the shipped ones"
    assert "not one that emogui knows" in " ".join(text.split())


def test_damaged_records_are_an_error_with_a_hint(copied):
    with pytest.raises(EmoguiError, match=r"records in the model\.json of 'mine'"):
        change(copied, metrics=[{"accuracy": 0.5}])


def test_the_command_prints_it(capsys):
    assert main(["models", "--card", "resnet50"]) == 0
    assert capsys.readouterr().out == page()
    assert main(["models", "--card", "nothing"]) == 1
    assert "no network called 'nothing'" in capsys.readouterr().err
    assert main(["models", "--card", "resnet50", "--json"]) == 2


def test_a_document_becomes_markdown():
    blocks = [
        Heading(2, "A"),
        Paragraph("word " * 40),
        Bullets(("one", "two " * 40)),
        Table(("a", "b|c"), (("1", "2"),)),
        Code("x\ny"),
    ]
    text = to_markdown(blocks)
    assert max(map(len, text.splitlines())) <= 110
    assert "## A\n\nword" in text and "- one\n- two" in text and "\n  two" in text
    assert "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |" in text
    assert text.endswith("```\nx\ny\n```\n")
    assert list(runs("a **b** `c`d")) == [
        ("a ", "plain"), ("b", "bold"), (" ", "plain"), ("c", "code"), ("d", "plain"),
    ]  # fmt: skip
