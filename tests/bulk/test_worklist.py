"""Which inputs a batch has."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from emogui.bulk.worklist import WorkList


@pytest.fixture
def listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(*inputs, **options):
        count = WorkList.write("list.jsonl", "list-table.out", list(inputs), **options)
        items = list(WorkList("list.jsonl"))
        assert [i.number for i in items] == list(range(count))
        with Path("list-table.out").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == count
        return items

    return make


def touch(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_folders_patterns_and_files_are_there_once(listed):
    touch("a/2.jpg", "a/1.jpg", "a/deep/3.mp4", "b.png", "a/notes.txt")
    items = listed("b.png", "a", "a/*.jpg", "./b.png")
    assert [i.path for i in items] == ["b.png", "a/1.jpg", "a/2.jpg", "a/deep/3.mp4"]


def test_any_suffix_takes_every_file(listed):
    touch("a/1.jpg", "a/2.dat", "a/3")
    assert [i.path for i in listed("a", any_suffix=True)] == ["a/1.jpg", "a/2.dat", "a/3"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.csv", 'id,Path,note\n7,1.jpg,x\n8,"two, 2.jpg",y\n9,,\n'),
        ("l.csv", "\ufeffnote;source\nx;1.jpg\ny;two, 2.jpg\n"),
        ("l.tsv", "1.jpg\tx\ntwo, 2.jpg\ty\n"),
        ("l.txt", "1.jpg\n\ntwo, 2.jpg\n"),
    ],
)
def test_a_table_of_paths(listed, name, text):
    touch("t/1.jpg", "t/two, 2.jpg")
    (Path("t") / name).write_text(text, encoding="utf-8")
    assert [i.path for i in listed(f"t/{name}")] == ["t/1.jpg", "t/two, 2.jpg"]


def test_the_groups_of_a_table_are_in_the_list_of_inputs(listed):
    touch("1.jpg", "more/2.jpg", "more/3.jpg", "4.jpg", "5.jpg", "6.jpg")
    Path("l.csv").write_text('Group ,path\n a ,1.jpg\n"=b, c",more\n,4.jpg\nb,1.jpg\nb\n')
    listed("l.csv", "5.jpg")
    with Path("list-table.out").open(encoding="utf-8", newline="") as file:
        found = [(row["source"], row["group"]) for row in csv.DictReader(file)]
    # A folder gives its group to what is in it; the first mention of an input counts.
    assert found == [
        ("1.jpg", "a"),
        ("more/2.jpg", "'=b, c"),
        ("more/3.jpg", "'=b, c"),
        ("4.jpg", ""),
        ("5.jpg", ""),
    ]


def test_what_is_not_there_is_an_item_with_a_problem(listed):
    touch("1.jpg")
    Path("l.txt").write_text("1.jpg\ngone.jpg\n")
    good, gone, pattern = listed("l.txt", "none*.png")
    assert good.problem is None
    assert "no file" in gone.problem
    assert "matches no picture" in pattern.problem


def test_names_of_any_bytes_come_back(listed):
    Path("a").mkdir()
    name = b"a/new\nline \xff\xfe.jpg"
    Path(os.fsdecode(name)).write_bytes(b"x")
    (item,) = listed("a")
    assert os.fsencode(item.path) == name


def test_the_results_are_no_input(listed):
    touch("a/1.jpg", "a/results/annotated/1.jpg")
    assert [i.path for i in listed("a", without="a/results")] == ["a/1.jpg"]
