"""Recipes as data: the ones that come along, a user's own, and the commands that show them."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from emogui.cli import main
from emogui.commands.train_options import add_recipe_options, config_of, options_of
from emogui.errors import UsageError
from emogui.training.augment import NONE, Augmentation
from emogui.training.config import OPTIMIZERS, TrainingConfig
from emogui.training.network import NORMALISATIONS, NetworkConfig
from emogui.training.networks.backbones import BACKBONES, PUBLISHED
from emogui.training.recipes import RECIPES, find_recipe
from emogui.training.recipes.own import load_recipe, to_toml
from emogui.training.schedule import SCHEDULES

EVERY = pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_recipe_options(parser)
    return parser.parse_args(words)


def test_listing_them_loads_nothing_heavy():
    code = (
        "import sys; from emogui.training.recipes import RECIPES\n"
        "heavy = {'keras', 'tensorflow', 'torch', 'jax', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy or list(RECIPES)[0] != 'resnet50' else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@EVERY
def test_what_every_recipe_says(recipe):
    config = recipe.config
    assert recipe.title and recipe.summary.endswith(".") and recipe.heads
    assert (config.epochs is None) != (config.minutes is None)
    assert config.network.size == config.stages[-1][0]
    assert config.optimizer in OPTIMIZERS and config.schedule in SCHEDULES
    assert config.network.backbone in (*BACKBONES, "layers")
    assert config.start == "none", "published weights are asked for, never taken by themselves"
    if recipe.source and not recipe.source.startswith("emogui"):
        assert recipe.choices and config.augmentation == NONE
    if recipe.pretrained:
        assert config.network.backbone in PUBLISHED
    assert recipe.name in PAGE.read_text(encoding="utf-8")


@EVERY
def test_it_survives_every_way_of_writing_it(recipe, tmp_path):
    assert TrainingConfig.from_dict(json.loads(json.dumps(recipe.config.as_dict()))) == (
        recipe.config
    )
    path = tmp_path / "recipe.toml"
    path.write_text(to_toml(recipe), encoding="utf-8")
    assert load_recipe(path, RECIPES) == recipe
    # The full command line says all but backbone and layers, whatever recipe it is given to.
    other = replace(
        RECIPES["light" if recipe.name == "resnet50" else "resnet50"].config,
        network=replace(
            NetworkConfig(), backbone=recipe.config.network.backbone,
            layers=recipe.config.network.layers,
        ),
    )  # fmt: skip
    assert config_of(parse(*options_of(recipe.config)), other) == recipe.config


def test_the_command_line_knows_all_choices():
    from emogui.commands import train_options

    assert train_options.OPTIMIZERS == OPTIMIZERS and train_options.SCHEDULES == SCHEDULES
    assert set(train_options.NORMALISATIONS) == set(NORMALISATIONS)


def test_resnet50_is_what_it_was():
    """A training that an earlier version began goes on with the same command."""
    config = config_of(
        parse("--minutes", "30", "--prior", "ferplus=0.75"), RECIPES["resnet50"].config
    )
    assert config == TrainingConfig(minutes=30.0, prior_strengths={"ferplus": 0.75})
    assert config_of(parse(), RECIPES["resnet50"].config).epochs == 60
    assert config_of(parse("--init", "imagenet"), config).network.normalisation == "caffe"


def test_options_change_a_recipe():
    base = RECIPES["transfer-xception"].config
    config = config_of(
        parse("--sizes", "72", "--optimizer", "sgd", "--augment", "all,rotation=5", "--clip", "2"),
        base,
    )
    assert config.network == replace(base.network, size=72) and config.stages == ((72, 1.0),)
    assert config.augmentation == Augmentation(rotation=5.0)
    assert (config.optimizer, config.clip, config.rate) == ("sgd", 2.0, base.rate)
    assert config_of(parse("--init", "imagenet"), base).network.normalisation == "tf"
    again = config_of(parse("--augment", "none,flip=0.5"), RECIPES["resnet50"].config)
    assert again.augmentation == replace(NONE, flip=0.5)


def test_the_list_and_one_of_it(capsys):
    assert main(["recipes"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in RECIPES) and "63.2 % test" in listed
    assert main(["recipes", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == list(RECIPES)
    assert main(["recipes", "cnn-neamtiu"]) == 0
    shown = capsys.readouterr().out
    recipe = RECIPES["cnn-neamtiu"]
    assert recipe.source in shown and "dense 1024 relu" in shown and "--optimizer adam" in shown
    assert all(choice.split()[0] in shown for choice in recipe.choices)
    assert main(["recipes", "cnn-neamtiu", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["claimed"] == recipe.claimed
    assert main(["recipes", "light", "--toml"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["network"]["layers"]
    assert main(["recipes", "--toml"]) == 2


def test_show_prints_and_trains_nothing(capsys):
    assert main(["train", "light", "--show", "--epochs", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 3
    assert main(["train", "light"]) == 2
    assert "--data and --output are needed" in capsys.readouterr().err


def test_a_recipe_that_is_not_there(tmp_path, capsys):
    assert main(["recipes", "resnet51"]) == 2
    assert "There is no recipe 'resnet51'" in capsys.readouterr().err
    with pytest.raises(UsageError, match="cannot be read"):
        find_recipe(str(tmp_path / "gone.toml"))


def test_a_file_changes_what_it_names(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "cnn-neamtiu"\n[training]\nminutes = 5\n', encoding="utf-8")
    recipe, base = find_recipe(str(path)), RECIPES["cnn-neamtiu"]
    assert (recipe.name, recipe.source, recipe.claimed) == ("mine", "", "")
    assert recipe.config == replace(base.config, epochs=None, minutes=5)
    path.write_text('[network]\nlayers = ["conv 8 relu", "global-average-pool"]\n')
    network = find_recipe(str(path)).config.network
    assert network.backbone == "layers" and network.size == 96
    path.write_text('base = "transfer-xception"\n[network]\nbackbone = "resnet50"\n')
    assert find_recipe(str(path)).config.network.layers == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epochs = 3", "has 'epochs'; it can have"),
        ("[training", "cannot be read"),
        ("training = 3", "has 'training', which is a table"),
        ('base = "vgg"', "has the base 'vgg', which is none of resnet50"),
        ('pretrained = "faces"', "expected '' or 'ImageNet'"),
        ("choices = [1]", "a list of texts was expected"),
        ("[training]\nepochs = 0", "epochs = 0; it must be above 0"),
        ("[training]\nepochs = 3\nminutes = 3", "one bound"),
        ('[training]\nrate = "high"', "a number was expected"),
        ("[training]\nrate = true", "a number was expected"),
        ("[training]\nbatch = 1.5", "a whole number was expected"),
        ("[training]\ndecay = 1.0", "decay = 1.0; it is from 0 to below 1"),
        ("[training]\nclip = -1", "clip = -1; it must not be below 0"),
        ('[training]\noptimizer = "lion"', "none of sgd, sgd-plain, adam, adamw"),
        ('[training]\nsizes = "12"', "Picture sizes are given as"),
        ("[training]\nstages = []", "has [training] 'stages'"),
        ("[training]\nhead_weights = {mood = 1}", "has [head_weights] 'mood'"),
        ("[training]\nhead_weights = {ferplus = 0}", "trains no head"),
        ('[network]\nbackbone = "vgg"', "has the backbone 'vgg'"),
        ('[network]\nnormalisation = "zca"', "has normalisation = 'zca'"),
        ("[network]\ndropout = 1", "dropout = 1; it is from 0 to below 1"),
        ('[network]\nlayers = ["conv"]', "a number is missing"),
        ('[network]\nlayers = "conv 3"', "a list of texts was expected"),
        ('[augmentation]\nstart = "some"', "expected none or all"),
        ("[augmentation]\ncolour = 1", "has [augmentation] 'colour'"),
        ("[augmentation]\nrotation = -1", "below 0"),
    ],
)  # fmt: skip
def test_files_that_say_what_no_recipe_says(text, told, tmp_path, capsys):
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["recipes", str(path)]) == 2
    said = capsys.readouterr().err
    assert told in said and "wrong.toml" in said and "Traceback" not in said


def example_of_the_page() -> str:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return block


def test_the_example_of_the_page_is_a_recipe(tmp_path):
    path = tmp_path / "my-cnn.toml"
    path.write_text(example_of_the_page(), encoding="utf-8")
    recipe = find_recipe(str(path))
    assert recipe.name == "my-cnn" and recipe.config.network.backbone == "layers"
