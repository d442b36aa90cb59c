"""The playground: its experiments, its images, and its page."""

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.export.playground.content import (
    fields,
    images_block,
    playground_content,
)
from explorer.export.playground.presets import PRESETS
from explorer.live.block import read_block
from explorer.live.fields import check_values
from explorer.live.page import build_page
from explorer.query import read, write


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_the_settings_of_experiments_are_valid_and_stand_in_the_link(preset):
    settings = {**preset.settings, "preset": preset.name}
    assert check_values(fields(), settings) == settings
    assert read(fields(), write(fields(), settings)) == (settings, [])
    assert preset.do.endswith(".") and preset.watch.endswith(".") and preset.shows.endswith(".")


def test_own_images_are_a_choice_only_where_there_are_some():
    assert "own" in next(f for f in fields(has_own=True) if f.name == "dataset").options
    assert read(fields(), {"dataset": "own"})[1]


@pytest.mark.parametrize("name", ["digits", "moons"])
def test_images_are_the_first_ones_of_each_split(name):
    metadata, tensors = read_block(images_block(name))
    data = load_dataset(name)
    n_train, n_test = {"digits": (1437, 360), "moons": (1600, 400)}[name]
    assert metadata["n_train"] == n_train and metadata["image_shape"] == list(data.shape)
    assert np.array_equal(tensors["images"], np.concatenate([data.x[:n_train], data.x[data.test][:n_test]]))
    assert np.array_equal(tensors["labels"], np.concatenate([data.y[:n_train], data.y[data.test][:n_test]]))


def test_a_page_holds_the_script_of_its_worker():
    content = playground_content()
    _, tensors = read_block(content.blocks["worker"])
    script = bytes(tensors["script"]).decode()
    assert "class TrainingSession" in script and "export " not in script and "document." not in script
    assert "worker-src blob:" in build_page(content)
