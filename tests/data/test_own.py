"""Sets of images that were kept: what their heads say, deleted and brought back."""

import os
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits

from explorer.data import load, own
from explorer.data.dataset import split
from explorer.errors import UserError
from explorer.jobs.limits import check_disk

DIGITS = (load_digits().images * 15.9375).round().astype(np.uint8)[:, None]
NAMES = tuple("0123456789")


@pytest.fixture
def digits(home):
    return own.save(split("x", DIGITS, load_digits().target, NAMES, ()), "digits")


def test_its_head_says_what_it_is(digits):
    assert own.about("digits") == own.About(1797, 1438, (1, 8, 8), NAMES)


@pytest.mark.parametrize("content", [b"", b"x" * 100, (2**60).to_bytes(8, "little"), b"\x02\0\0\0\0\0\0\0{}"])
def test_a_head_that_is_damaged_gets_a_sentence(digits, content):
    own.place_of("digits").write_bytes(content)
    with pytest.raises(UserError, match="Upload the images again"):
        own.about("digits")


def test_deleted_images_come_back_whole(digits):
    before = load("own:digits")
    own.delete("digits")
    assert own.names() == []
    for look in (own.about, own.delete, load):
        with pytest.raises(UserError):
            look("own:digits" if look is load else "digits")
    own.restore("digits")
    after = load("own:digits")
    assert (
        np.array_equal(after.x, before.x)
        and after.class_names == before.class_names
        and own.names() == ["digits"]
    )


def test_new_images_of_the_name_are_not_overwritten(digits):
    own.delete("digits")
    own.save(split("x", DIGITS[:50], load_digits().target[:50], NAMES, ()), "digits")
    with pytest.raises(UserError, match="a new data set has this name"):
        own.restore("digits")
    assert own.about("digits").n == 50


def test_after_a_week_they_are_gone_for_good(digits):
    own.save(load("own:digits"), "other")
    own.delete("digits")
    [kept] = (own.place_of("digits").parent / ".trash").iterdir()
    long_ago = time.time() - 8 * 86_400
    os.utime(kept, (long_ago, long_ago))
    own.delete("other")
    with pytest.raises(UserError, match="kept for 7 days"):
        own.restore("digits")
    own.restore("other")


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".trash"])
def test_no_other_file_is_deleted(digits, name):
    for act in (own.delete, own.restore):
        with pytest.raises(UserError):
            act(name)
    assert own.names() == ["digits"]


def test_a_stray_file_is_no_set(digits):
    (own.place_of("digits").parent / "no set.safetensors").write_bytes(b"x")
    assert own.names() == ["digits"]


def test_deleted_images_count_for_the_disk(digits, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_MAX_DISK", "0.0001")
    own.delete("digits")
    with pytest.raises(UserError, match="the limit is 0.0001 GB"):
        check_disk()
