"""Sets of images that were kept: what their heads say, deleted and brought back."""

import os
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits

from explorer.data import load_dataset, own
from explorer.data.dataset import split_dataset
from explorer.errors import UserError
from explorer.jobs.limits import check_disk

DIGITS = (load_digits().images * 15.9375).round().astype(np.uint8)[:, None]
NAMES = tuple("0123456789")


@pytest.fixture
def digits(home):
    return own.save_own(split_dataset("x", DIGITS, load_digits().target, NAMES, ()), "digits")


def test_its_head_says_what_it_is(digits):
    assert own.read_info("digits") == own.OwnDatasetInfo(1797, 1438, (1, 8, 8), NAMES)


@pytest.mark.parametrize("content", [b"", b"x" * 100, (2**60).to_bytes(8, "little"), b"\x02\0\0\0\0\0\0\0{}"])
def test_a_head_that_is_damaged_gets_a_sentence(digits, content):
    own.path_of("digits").write_bytes(content)
    with pytest.raises(UserError, match="Upload the images again"):
        own.read_info("digits")


def test_deleted_images_come_back_whole(digits):
    before = load_dataset("own:digits")
    own.delete_own("digits")
    assert own.list_names() == []
    for look in (own.read_info, own.delete_own, load_dataset):
        with pytest.raises(UserError):
            look("own:digits" if look is load_dataset else "digits")
    own.restore_own("digits")
    after = load_dataset("own:digits")
    assert np.array_equal(after.x, before.x)
    assert after.class_names == before.class_names
    assert own.list_names() == ["digits"]


def test_new_images_of_the_name_are_not_overwritten(digits):
    own.delete_own("digits")
    own.save_own(split_dataset("x", DIGITS[:50], load_digits().target[:50], NAMES, ()), "digits")
    with pytest.raises(UserError, match="a new data set has this name"):
        own.restore_own("digits")
    assert own.read_info("digits").n == 50


def test_after_a_week_they_are_gone_for_good(digits):
    own.save_own(load_dataset("own:digits"), "other")
    own.delete_own("digits")
    [trashed] = (own.path_of("digits").parent / ".trash").iterdir()
    expired_at = time.time() - 8 * 86_400
    os.utime(trashed, (expired_at, expired_at))
    own.delete_own("other")
    with pytest.raises(UserError, match="kept for 7 days"):
        own.restore_own("digits")
    own.restore_own("other")


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".trash"])
def test_no_other_file_is_deleted(digits, name):
    for act in (own.delete_own, own.restore_own):
        with pytest.raises(UserError):
            act(name)
    assert own.list_names() == ["digits"]


def test_a_stray_file_is_no_set(digits):
    (own.path_of("digits").parent / "no set.safetensors").write_bytes(b"x")
    assert own.list_names() == ["digits"]


def test_deleted_images_count_for_the_disk(digits, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_MAX_DISK", "0.0001")
    own.delete_own("digits")
    with pytest.raises(UserError, match="the limit is 0.0001 GB"):
        check_disk()
