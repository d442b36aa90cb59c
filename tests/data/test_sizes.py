"""How many images there are to train on, against the data sets as they are read."""

import numpy as np
import pytest
from PIL import Image

from explorer.data import load_dataset, own
from explorer.data.dataset import Dataset
from explorer.data.sizes import n_train
from explorer.errors import UserError
from explorer.registry import DATASETS


@pytest.mark.parametrize(
    "name", [name for name, kind in DATASETS.items() if kind.n_train and not kind.is_slow]
)
def test_what_comes_along_or_was_downloaded(name):
    kind = DATASETS[name]
    if kind.download and not kind.source.is_installed(name):
        pytest.skip(f"{name} is not on this machine")
    assert n_train(name) == load_dataset(name).n_train


def test_none_was_forgotten():
    assert all(kind.n_train or kind.count for kind in DATASETS.values())


@pytest.mark.parametrize("n", [2, 3, 7, 13])
def test_a_folder(tmp_path, n):
    for i in range(n):
        Image.new("L", (9, 9), i).save(tmp_path / f"{i}.png")
    assert n_train(f"folder:{tmp_path}") == load_dataset(f"folder:{tmp_path}").n_train
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "broken.png").write_bytes(b"")
    assert n_train(f"folder:{tmp_path}") >= load_dataset(f"folder:{tmp_path}").n_train
    assert n_train(f"folder:{tmp_path / 'none'}") == 1


def test_uploaded_images_by_the_head_of_their_file(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    own.save_own(
        Dataset("faces", np.zeros((11, 1, 16, 16), np.uint8), np.zeros(11, np.int64), ("face",), 8), "faces"
    )
    assert n_train("own:faces") == 8
    own.path_of("faces").write_bytes(b"cut")
    with pytest.raises(UserError, match="damaged"):
        n_train("own:faces")
    with pytest.raises(UserError, match="There is no data set named"):
        n_train("own:faeces")
