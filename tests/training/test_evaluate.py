import csv
import json

import numpy as np
import pytest
from PIL import Image

from emogui import cli
from emogui.commands import evaluate as command
from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS
from emogui.training.data import EmotionDataset
from emogui.training.evaluate import evaluate, report, select_rows

USAGES = ("Training", "PublicTest", "PrivateTest")
VOTE_HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt"


class Oracle:
    """Reads the FER+ class from the left half of a face, and is less sure of the right one."""

    def __init__(self, labels=FERPLUS):
        self.labels = labels
        self.name, self.head = "oracle", "ferplus"
        self.calls = []

    def predict(self, faces):
        self.calls.append(len(faces))
        result = np.full((len(faces), len(self.labels)), 0.2 / (len(self.labels) - 1), np.float32)
        for row, face in zip(result, faces, strict=True):
            row[min(int(face[0, 0]) // 20, len(self.labels) - 1)] = 0.8
        return result


def make_faces(classes):
    faces = np.zeros((len(classes), 48, 48), np.uint8)
    faces[:, :, :24] = (np.array(classes) * 20 + 3)[:, None, None]
    faces[:, 40, 40] = np.arange(len(classes))  # no two pictures are equal
    return faces


def make_dataset(classes, split, fer2013=None, ferplus=True):
    n = len(classes)
    shares = np.zeros((n, 8), np.float32)
    if ferplus:
        shares[np.arange(n), classes] = 1
        shares[0] = 0.5 * np.eye(8)[0] + 0.5 * np.eye(8)[1]  # kept, but no majority
    return EmotionDataset(
        name="made",
        faces=make_faces(classes),
        split=np.array(split, np.uint8),
        fer2013=np.array([-1] * n if fer2013 is None else fer2013, np.int16),
        votes=None,
        ferplus=shares,
        sources=[str(i) for i in range(n)],
    )


def test_only_majority_rows_of_the_split_count():
    dataset = make_dataset([1, 2, 3, 4, 5], [1, 1, 1, 2, 0])
    rows, truth = select_rows(dataset, "public", "ferplus")
    assert list(rows.sources) == ["1", "2"] and truth.tolist() == [2, 3]
    rows, truth = select_rows(dataset, "private", "ferplus")
    assert list(rows.sources) == ["3"] and truth.tolist() == [4]


def test_all_labelled_rows_count_for_fer2013():
    dataset = make_dataset([1, 2, 3], [2, 2, 2], fer2013=[3, -1, 4])
    rows, truth = select_rows(dataset, "private", "fer2013")
    assert list(rows.sources) == ["0", "2"] and truth.tolist() == [3, 4]


def test_no_rows_is_a_plain_error():
    with pytest.raises(DatasetError, match="no picture in the public split"):
        select_rows(make_dataset([1, 2], [0, 0]), "public", "ferplus")
    with pytest.raises(DatasetError, match="no picture of the public split has a ferplus") as e:
        select_rows(make_dataset([1, 2], [1, 1], ferplus=False), "public", "ferplus")
    assert "--votes" in e.value.hint
    with pytest.raises(DatasetError, match="has a fer2013 label"):
        select_rows(make_dataset([1, 2], [1, 1]), "public", "fer2013")


def test_one_pass_a_face_in_batches():
    classes = [i % 8 for i in range(150)]
    oracle = Oracle()
    result = evaluate(oracle, make_dataset(classes, [1] * 150), "public", "ferplus")
    assert sum(oracle.calls) == 149 and max(oracle.calls) <= 64
    assert result.metrics.accuracy == 1.0 and result.metrics.n == 149
    assert result.tta is None and result.as_dict()["tta"] is None
    assert result.metrics.ece == pytest.approx(0.2, abs=1e-6)


def test_flips_stand_apart():
    oracle = Oracle()
    dataset = make_dataset([1, 2, 3, 4], [1] * 4)
    result = evaluate(oracle, dataset, "public", "ferplus", tta="flip")
    plain = evaluate(Oracle(), dataset, "public", "ferplus")
    assert sum(oracle.calls) == 6
    assert result.metrics.accuracy == plain.metrics.accuracy == 1.0
    method, averaged = result.tta.method, result.tta.metrics
    # Mirrored, every face says class 0, so that the average is less sure of the right one.
    assert method == "flip" and averaged.nll > plain.metrics.nll
    record = result.as_dict()
    assert record["accuracy"] == 1.0 and record["tta"]["method"] == "flip"
    assert record["tta"]["nll"] == averaged.nll
    assert "averaged over flips" in report(result)


def test_a_seven_class_network_on_eight_classes():
    dataset = make_dataset([7, 7, 6], [1] * 3)
    result = evaluate(Oracle(FERPLUS[:7]), dataset, "public", "ferplus")
    figures = {c.label: c for c in result.metrics.per_class}
    assert figures["contempt"].n == 1 and figures["contempt"].recall == 0
    assert figures["fear"].recall == 1


def test_digest_tells_the_rows():
    first = evaluate(Oracle(), make_dataset([1, 2, 3], [1] * 3), "public", "ferplus")
    again = evaluate(Oracle(), make_dataset([1, 2, 3], [1] * 3), "public", "ferplus")
    other = evaluate(Oracle(), make_dataset([1, 2, 4], [1] * 3), "public", "ferplus")
    assert first.rows_sha256 == again.rows_sha256 != other.rows_sha256


@pytest.fixture
def files(tmp_path):
    """A FER-2013 csv and its votes: eight classes in each test split, two training rows."""
    classes = [0, 1, *range(8), *range(8)]
    usages = ["Training"] * 2 + ["PublicTest"] * 8 + ["PrivateTest"] * 8
    codes = [6, 3, 5, 4, 0, 1, 2, 6]  # FER-2013's code for each FER+ class; contempt is neutral
    data, votes = tmp_path / "fer2013.csv", tmp_path / "fer2013new.csv"
    with data.open("w", newline="") as a, votes.open("w", newline="") as b:
        rows, ballots = csv.writer(a), csv.writer(b)
        rows.writerow(["emotion", "pixels", "Usage"])
        ballots.writerow([*VOTE_HEADER.split(","), "unknown", "NF"])
        for i, (face, cls) in enumerate(zip(make_faces(classes), classes, strict=True)):
            rows.writerow([codes[cls], " ".join(map(str, face.ravel())), usages[i]])
            ballots.writerow(
                [usages[i], f"fer{i:07}.png", *(10 if k == cls else 0 for k in range(8)), 0, 0]
            )
    return data, votes


@pytest.fixture
def oracle(monkeypatch):
    from emogui.backend.crop import CropRule
    from emogui.backend.model_info import FileInfo, HeadInfo, ModelInfo

    made = Oracle()
    made.info = ModelInfo(
        name="oracle",
        title="Oracle",
        path=None,
        heads={"ferplus": HeadInfo(FERPLUS, 1.5)},
        input_size=48,
        crop=CropRule(),
        files={"fast": FileInfo("fast.xml", "ab" * 32, 1)},
        metrics=(),
        card={},
    )
    monkeypatch.setattr(command, "load", lambda *_: made)
    return made


def test_the_command_prints_and_writes(files, oracle, tmp_path, capsys):
    data, votes = map(str, files)
    output = tmp_path / "out" / "deep"
    words = ["--data", data, "--votes", votes, "--split", "private", "--labels", "ferplus"]
    status = cli.main(["evaluate", *words, "--tta", "flip", "--output", str(output)])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert "macro precision" in printed.out and "contempt" in printed.out
    assert "Dropped" in printed.err or "faces" in printed.err
    record = json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    assert record["accuracy"] == 1.0 and record["n"] == 8
    assert record["labels"] == list(FERPLUS) and record["split"] == "private"
    assert record["label_set"] == "ferplus" and len(record["confusion"]) == 8
    assert record["tta"]["method"] == "flip"
    assert record["data"]["file"] == "fer2013.csv" and len(record["data"]["sha256"]) == 64
    assert record["data"]["votes"] == "fer2013new.csv"
    assert record["model"]["name"] == "oracle" and record["model"]["temperature"] == 1.5
    assert record["command"].startswith("emogui evaluate --model resnet50 --data ")
    assert {"emogui", "python", "numpy"} <= set(record["versions"])
    assert "commit" in record
    for name in ("confusion.png", "reliability.png"):
        with Image.open(output / name) as picture:
            assert min(picture.size) > 400


def test_progress_is_on_standard_error(files, oracle, capsys):
    data, votes = map(str, files)
    words = ["evaluate", "--data", data, "--split", "public", "--labels", "fer2013"]
    assert cli.main([*words, "--votes", votes, "--progress"]) == 0
    printed = capsys.readouterr()
    assert "batches" in printed.err and "batches" not in printed.out
    assert "fer2013 labels, public split, all rows: 8 faces" in printed.out


def test_command_errors(files, oracle, tmp_path, capsys):
    data = str(files[0])
    asked = ["--split", "public", "--labels", "ferplus"]
    assert cli.main(["evaluate", "--data", data, *asked]) == 1
    assert "--votes fer2013new.csv" in capsys.readouterr().err
    assert cli.main(["evaluate", "--data", str(tmp_path / "no.csv"), *asked]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert cli.main(["evaluate", "--data", data, "--labels", "ferplus"]) == 2
    assert cli.main(["evaluate", "--data", data, "--split", "x", "--labels", "ferplus"]) == 2
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert cli.main(["evaluate", "--data", data, *asked, "--output", str(blocked)]) == 1
    assert "is a file" in capsys.readouterr().err


def test_unknown_network(files, capsys):
    words = ["--data", str(files[0]), "--split", "public", "--labels", "fer2013"]
    assert cli.main(["evaluate", "--model", "no-such-network", *words]) == 1
    assert "no network called 'no-such-network'" in capsys.readouterr().err


def test_head_is_chosen_by_the_label_set(monkeypatch):
    from types import SimpleNamespace

    from emogui.backend import classifier, store

    heads = {"fer2013": FER2013}
    monkeypatch.setattr(store, "load_model_info", lambda _: SimpleNamespace(heads=heads))
    monkeypatch.setattr(classifier, "load_classifier", lambda *given: given)
    assert command.load("m", "ferplus", "fast") == ("m", "fer2013", "fast")
    heads["ferplus"] = FERPLUS
    assert command.load("m", "ferplus", "keras") == ("m", "ferplus", "keras")
