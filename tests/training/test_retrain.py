"""The record of a training, and a chain of two small stages that is run again from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest

from emogui.backend.store import load_model_info, verify
from emogui.cli import main
from emogui.errors import TrainingError
from emogui.labels import FERPLUS
from emogui.training.augment import Augmentation
from emogui.training.checkpoint import config_of
from emogui.training.config import TrainingConfig
from emogui.training.network import load_start
from emogui.training.record import StageRecord, chain_of_run, earlier_stages, stages_of
from emogui.training.retrain import PlannedStage, bounded, hand_on, plan

SHIPPED = Path(__file__).parents[2] / "weights" / "resnet50"


def tiny(input_shape):
    import keras

    image = keras.Input(input_shape)
    x = keras.layers.Conv2D(8, 3, strides=2)(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="backbone")


@pytest.fixture(scope="module", autouse=True)
def small_backbone():
    from emogui.training.network import BACKBONES

    BACKBONES["tiny"] = tiny


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Faces whose emotion shows in their brightness."""
    rng = np.random.default_rng(0)
    n = 48
    emotion = rng.integers(0, 3, n)
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), emotion] = 10
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    np.savez(
        path,
        images=(rng.integers(0, 60, (n, 48, 48)) + 80 * emotion[:, None, None]).astype(np.uint8),
        labels=np.array([6, 3, 5], np.uint8)[emotion],
        usage=np.array([0] * 32 + [1] * 8 + [2] * 8, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(n, np.uint8),
    )
    return path


def config(**changes) -> TrainingConfig:
    from emogui.training.network import NetworkConfig

    usual = {"epochs": 1, "batch": 8, "stages": ((40, 1.0),), "prior_strengths": {}}
    return TrainingConfig(**usual | {"network": NetworkConfig(40, backbone="tiny")} | changes)


def train(data: Path, output: Path, how: TrainingConfig) -> Path:
    from emogui.training.datasets import load_dataset
    from emogui.training.train import Training

    for _ in Training(load_dataset(data), how, output).run():
        pass
    return output


@dataclass(frozen=True)
class Made:
    """A network of two stages, and the folder of the first one."""

    network: Path
    first: Path
    config: TrainingConfig


@pytest.fixture(scope="module")
def made(data, tmp_path_factory) -> Made:
    """The FER+ head alone at two sizes, then both heads."""
    root = tmp_path_factory.mktemp("made")
    alone = config(epochs=2, stages=((32, 0.5), (40, 1.0)), head_weights={"ferplus": 1.0})
    first = train(data, root / "first", alone)
    second = train(data, root / "second", config(start=str(first), seed=4))
    # The files of a network are not needed to make it again: its model.json is enough.
    card = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))
    card |= {"title": "Little", "training": {"stages": [s.as_dict() for s in chain_of_run(second)]}}
    (root / "little").mkdir()
    (root / "little" / "model.json").write_text(json.dumps(card), encoding="utf-8")
    return Made(root / "little", first, alone)


def test_the_whole_chain_is_recorded(made):
    first, second = stages_of(load_model_info(made.network).card["training"])
    assert first.config["start"] == "none" and second.config["start"] == "first"
    assert first.pictures == {"32": 32, "40": 32} and first.epochs == 2.0
    assert second.config["seed"] == 4 and second.config["epochs"] == 1
    assert [row["epoch"] for row in first.history] == [1, 2]
    (machine,) = second.machines
    assert {"python", "numpy", "keras", "backend", "tensorflow"} <= set(machine["versions"])
    assert machine["hardware"]["cores"] >= 1 and machine["hardware"]["processor"]


def test_the_chain_is_run_again_by_one_command(made, data, tmp_path, capsys, monkeypatch):
    pytest.importorskip("nncf")
    words = ["retrain", str(made.network), "--data", str(data), "--output", str(tmp_path / "again")]
    words += ["--backend", "tensorflow"]

    import emogui.commands.retrain as command

    follow, stopped = command.follow, []

    def stop_once(training, minutes):
        if training.output.name == "stage-2" and not stopped:
            stopped.append(True)
            raise KeyboardInterrupt
        follow(training, minutes)

    monkeypatch.setattr(command, "follow", stop_once)
    assert main(words) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
    assert main(words) == 0
    said = capsys.readouterr().err
    assert "stage 1 of 2 is done" in said and "going on at epoch 1" in said

    info = load_model_info(tmp_path / "again" / "little")
    assert info.title == "Little" and verify(info) == []
    assert info.heads["ferplus"].temperature != 1.0, "it was not calibrated"
    first, second = stages_of(info.card["training"])
    before, after = stages_of(load_model_info(made.network).card["training"])
    assert first.config == before.config
    assert second.config == after.config | {"start": "stage-1"}
    assert (first.pictures, second.pictures) == (before.pictures, after.pictures)
    assert all(one.done for one in plan([before, after], tmp_path / "again"))


@pytest.mark.parametrize("which", ["best", "last"])
def test_the_next_stage_gets_what_was_handed_on(made, data, which):
    """The recorded weights, with the prior given back as it was then."""
    from emogui.training.datasets import load_dataset
    from emogui.training.finish import averaged_weights
    from emogui.training.network import build_network

    how = made.config
    record = StageRecord(how.as_dict(), "x", 32, which, prior_returned={"ferplus": 0.5})
    handed_on = hand_on(PlannedStage(1, record, how, made.first), load_dataset(data))
    network = build_network(how.network)
    network.set_weights(averaged_weights(made.first, which))
    biases = {h: np.asarray(network.get_layer(h).bias) for h in ("ferplus", "fer2013")}
    load_start(network, str(handed_on))
    shift = np.asarray(network.get_layer("ferplus").bias) - biases["ferplus"]
    assert shift[0] > shift[FERPLUS.index("contempt")] + 0.5, "what is frequent is favoured"
    np.testing.assert_array_equal(np.asarray(network.get_layer("fer2013").bias), biases["fer2013"])
    (noted,) = earlier_stages(handed_on)
    assert (noted.weights, noted.prior_returned) == (which, {"ferplus": 0.5})


def test_the_plan_of_the_shipped_network_begins_from_nothing(capsys):
    assert main(["retrain", str(SHIPPED), "--dry-run"]) == 0
    said = capsys.readouterr().out
    stages = stages_of(load_model_info(SHIPPED).card["training"])
    assert stages[0].config["start"] == "none"
    assert f"{len(stages)} stages" in said and "random weights" in said
    assert f"{sum(s.minutes for s in stages) / 60:.1f} hours" in said
    for stage in stages:
        assert f"{stage.minutes:.0f} min, {stage.epochs:.1f} epochs" in said


def stage(**changes) -> StageRecord:
    how = TrainingConfig(minutes=10.0, stages=((64, 0.4), (96, 1.0))).as_dict()
    return StageRecord(how, "x", 640, pictures={"64": 960, "96": 640}, minutes=10.0, **changes)


def test_a_stage_bounded_by_time_sees_as_many_pictures_again():
    again = bounded(stage(), "epochs")
    assert (again.epochs, again.minutes) == (2.5, None)
    assert again.stages == ((64, 0.6), (96, 1.0))
    same = bounded(stage(), "minutes")
    assert (same.epochs, same.minutes, same.stages) == (None, 10.0, ((64, 0.4), (96, 1.0)))


def test_a_chain_that_began_with_a_lost_file(tmp_path):
    how = TrainingConfig(start="lost.npz", epochs=1).as_dict()
    with pytest.raises(TrainingError, match=r"begins with the weights 'lost.npz'"):
        plan([StageRecord(how, "x", 1)], tmp_path)
    (planned,) = plan([StageRecord(how, "x", 1)], tmp_path, start="none")
    assert planned.config.start == "none" and not planned.done
    with pytest.raises(TrainingError, match="no record"):
        plan([], tmp_path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--data and --output are needed"),
        (["--data", "x", "--output", str(SHIPPED.parent)], "would overwrite the network"),
        (["--data", "x", "--output", "y", "--checkpoint-minutes", "0"], "must be above 0"),
    ],
)
def test_wrong_use(words, told, capsys):
    assert main(["retrain", str(SHIPPED), *words]) == 2
    assert told in capsys.readouterr().err


def test_networks_of_before_have_one_stage():
    card = {
        "data": "fer.csv",
        "rows": 100,
        "weights": "last",
        "progress": {"seconds": 120.0, "best_epoch": 2, "history": [{"epoch": 1}]},
        "config": TrainingConfig(start="head.npz", minutes=2.0).as_dict(),
        "versions": {"keras": "3"},
    }
    (only,) = stages_of(card)
    assert (only.minutes, only.weights, only.rows) == (2.0, "last", 100)
    assert only.machines[0]["versions"] == {"keras": "3"}
    assert stages_of({}) == []
    with pytest.raises(TrainingError, match="no record of a training"):
        stages_of({"stages": [{"data": "x"}]})


def test_a_training_of_an_earlier_version_goes_on_and_is_exported(data, tmp_path):
    """Without record.json, without what came later in configuration and checkpoint."""
    run = train(data, tmp_path / "run", config())
    (run / "record.json").unlink()
    with np.load(run / "checkpoint.npz") as file:
        arrays = dict(file)
    meta = json.loads(arrays["meta"].tobytes())
    del meta["progress"]["pictures"], meta["config"]["precision"]
    del meta["config"]["network"]["dropout"]
    meta["progress"] |= {"epoch": 0, "step": 2}
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(run / "checkpoint.npz", **arrays)
    (older,) = chain_of_run(run)
    assert older.pictures == {"40": 32} and not older.machines
    train(data, run, config())
    (record,) = chain_of_run(run)
    assert len(record.machines) == 1 and record.commit is None
    earlier = [stage()]
    assert chain_of_run(run, earlier=earlier)[0] == earlier[0]


def test_what_a_start_is_known_to_come_from(tmp_path):
    assert earlier_stages("none") == []
    assert earlier_stages(tmp_path / "gone.npz") == []
    shipped = stages_of(load_model_info(SHIPPED).card["training"])
    assert earlier_stages(SHIPPED) == shipped
    assert earlier_stages(SHIPPED / "model.json") == shipped


NEW_RANGES = ("dull", "reduce", "reduce_side", "noise_rare", "noise_dull", "noise_coarse")
NEW_RANGES += ("erase_low",)


def test_a_replay_of_the_shipped_network_has_the_augmentation_of_then():
    """It was recorded before some ranges were there, and with others than today's."""
    for record in earlier_stages(SHIPPED):
        ranges = asdict(TrainingConfig.from_dict(record.config).augmentation)
        then = record.config["augmentation"]
        assert ranges == dict.fromkeys(ranges, 0.0) | dict(then)
    assert then["rotation"] == 18.0 and not set(NEW_RANGES) & set(then)


def test_the_same_command_goes_on_with_the_augmentation_of_an_earlier_version(
    data, tmp_path, capsys, monkeypatch
):
    """Whose ranges were others and fewer; what is asked for is compared all the same."""
    from emogui.training.network import BACKBONES

    monkeypatch.setitem(BACKBONES, "resnet50", tiny)
    run = tmp_path / "run"
    words = ["train", "resnet50", "--data", str(data), "--output", str(run), "--epochs", "1"]
    words += ["--batch", "8", "--sizes", "40", "--backend", "tensorflow"]
    old = {"rotation": 18.0, "noise": 8.0} | dict.fromkeys(NEW_RANGES, 0.0)
    assert main([*words, "--augment", ",".join(f"{k}={v}" for k, v in old.items())]) == 0
    with np.load(run / "checkpoint.npz") as file:
        arrays = dict(file)
    meta = json.loads(arrays["meta"].tobytes())
    for name in NEW_RANGES:
        del meta["config"]["augmentation"][name]
    meta["progress"] |= {"epoch": 0, "step": 2}
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(run / "checkpoint.npz", **arrays)
    capsys.readouterr()

    assert main([*words, "--augment", "noise=12"]) == 1
    assert "started with other options" in capsys.readouterr().err
    assert main(words) == 0
    said = capsys.readouterr().err
    assert "ranges of the augmentation that it began with" in said
    assert "going on at epoch 1, step 2" in said
    written = config_of(run / "checkpoint.npz")
    assert TrainingConfig.from_dict(written).augmentation == Augmentation(**old)
