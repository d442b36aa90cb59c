"""What is read of own images before a training: their number, size and colour, and of which kind they are."""

import numpy as np
import pytest
from PIL import Image

from explorer.data import load_dataset, own
from explorer.data.dataset import Dataset
from explorer.data.digits import load_digits
from explorer.data.facts import describe, read_facts
from explorer.errors import UserError

RNG = np.random.default_rng(0)
PHOTOGRAPHS = RNG.integers(0, 256, (12, 3, 32, 32), np.uint8)  # no value is frequent
CIRCLES = np.where(np.hypot(*np.ogrid[-8:8, -8:8]) < RNG.uniform(3, 7, (12, 1, 1)), 255, 0).astype(np.uint8)
DRAWINGS = np.where(CIRCLES > 0, RNG.integers(90, 200, CIRCLES.shape, np.uint8), 40)


@pytest.mark.parametrize(
    ("images", "is_binary", "is_photograph", "can_be_shifted"),
    [
        (PHOTOGRAPHS, False, True, False),
        (PHOTOGRAPHS[:, :1], False, True, False),
        (CIRCLES[:, None], True, False, True),
        (CIRCLES[:, None, 4:-4, 4:-4], True, False, False),  # they fill the image
        (DRAWINGS[:, None], False, False, True),
        (load_digits().x, False, False, False),
    ],
)
def test_the_kind_of_images(images, is_binary, is_photograph, can_be_shifted):
    facts = describe(list(images), 9, images.shape[2], images.shape[1])
    assert (facts.is_binary, facts.is_photograph) == (is_binary, is_photograph)
    assert facts.can_be_shifted == can_be_shifted
    assert (facts.n_train, facts.side, facts.channels) == (9, images.shape[2], images.shape[1])


def test_a_folder_a_file_and_saved_images_have_the_facts_of_their_data_set(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    for i, image in enumerate(PHOTOGRAPHS):
        place = tmp_path / "photos" / "ab"[i % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.transpose(1, 2, 0)).save(place / f"{i}.png")
    np.savez(tmp_path / "circles.npz", images=CIRCLES)
    own.save_own(Dataset("it", DRAWINGS[:, None], np.zeros(12, np.int64), ("images",), 10), "it")
    for dataset, is_binary, is_photograph in (
        (f"folder:{tmp_path / 'photos'}", False, True),
        (f"file:{tmp_path / 'circles.npz'}", True, False),
        ("own:it", False, False),
    ):
        facts = read_facts(dataset)
        data = load_dataset(dataset, facts.side, facts.channels == 3)
        assert (facts.n_train, facts.channels, facts.side) == (data.n_train, *data.shape[:2])
        assert (facts.is_binary, facts.is_photograph) == (is_binary, is_photograph)


def test_built_in_images_have_facts_too():
    digits = read_facts("digits")
    assert (digits.n_train, digits.side, digits.channels, digits.is_binary) == (1437, 8, 1, False)
    celeba = read_facts("celeba")  # which is not decoded for it, nor downloaded
    assert (celeba.n_train, celeba.side, celeba.channels, celeba.is_photograph) == (162_770, 64, 3, True)


@pytest.mark.parametrize(
    ("side", "size"), [(8, 16), (20, 16), (25, 28), (28, 28), (40, 32), (52, 64), (900, 64)]
)
def test_the_size_is_the_nearest(tmp_path, side, size):
    for i in range(3):
        Image.new("L", (side + 5, side), 80 * i).save(tmp_path / f"{i}.png")
    assert read_facts(f"folder:{tmp_path}").side == size
    assert read_facts(f"folder:{tmp_path}", 32, True).side == 32
    assert read_facts(f"folder:{tmp_path}", 32, True).channels == 3


def test_without_images_it_is_an_error(tmp_path):
    with pytest.raises(UserError, match="contains no image"):
        read_facts(f"folder:{tmp_path}")
    with pytest.raises(UserError, match="There is no folder"):
        read_facts(f"folder:{tmp_path / 'none'}")
