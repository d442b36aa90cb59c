"""Images are decoded once: real photographs as JPEG files, decoded by Pillow or read from what was kept."""

import logging
import os
import threading
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from explorer.data import decoded, folder, load_dataset
from explorer.data.image_files import ImageFiles
from explorer.errors import UserError
from explorer.jobs.limits import check_disk


@pytest.fixture
def n_decoded(home, monkeypatch):
    """Let all images be kept, also those that take no time, and return the list of files that are decoded."""
    monkeypatch.setattr(decoded, "MIN_SECONDS", 0)
    monkeypatch.setenv("EXPLORER_RUNS", str(home.parent / "runs"))
    calls, decode = [], ImageFiles.decode
    monkeypatch.setattr(
        ImageFiles, "decode", lambda self, *arguments: calls.append(arguments) or decode(self, *arguments)
    )
    return calls


@pytest.fixture
def photos(tmp_path):
    """Return a folder with parts of two photographs, by class."""
    root = tmp_path / "photos"
    for name, photo in zip(("temple", "flower"), load_sample_images().images):
        (root / name).mkdir(parents=True)
        for i in range(4):
            part = Image.fromarray(photo[40 * i : 40 * i + 200, 60 * i : 60 * i + 220])
            part.save(root / name / f"{i}.jpg")
    return root


def read(path, size=28, colour=True):
    return load_dataset(f"folder:{path}", size, colour)


def entries(home):
    return sorted((home / "decoded").glob("*.safetensors"))


def assert_same(a, b):
    assert (a.name, a.class_names, a.n_train, a.skipped, a.notes) == (
        b.name,
        b.class_names,
        b.n_train,
        b.skipped,
        b.notes,
    )
    np.testing.assert_array_equal(a.x, b.x)
    np.testing.assert_array_equal(a.y, b.y)


def test_the_second_time_the_same_images_are_read_and_none_is_decoded(photos, home, n_decoded):
    (photos / "flower" / "broken.jpg").write_text("text", encoding="utf-8")
    first = read(photos)
    assert len(n_decoded) == 8 and len(entries(home)) == 1
    assert_same(first, read(photos))
    assert len(n_decoded) == 8
    assert [p.name for p in photos.parent.iterdir() if p.name != "data"] == ["photos"]
    assert not list(photos.rglob(".*")) and not list(photos.rglob("*.safetensors"))


def test_each_size_and_colour_has_an_entry_of_its_own(photos, home, n_decoded):
    settings = (28, True), (28, False), (32, True)
    shapes = [read(photos, *setting).shape for setting in settings * 2]
    assert shapes == [(3, 28, 28), (1, 28, 28), (3, 32, 32)] * 2
    assert len(n_decoded) == 24 and len(entries(home)) == 3


def change_content(photos):
    """Another photograph with the same name, size and time."""
    file, other = photos / "flower/1.jpg", photos / "flower/2.jpg"
    state, content = file.stat(), other.read_bytes()
    size = max(state.st_size, len(content))
    for path in (file, other):
        path.write_bytes(path.read_bytes().ljust(size, b"\0"))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    read(photos)
    time.sleep(0.02)
    file.write_bytes(content.ljust(size, b"\0"))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda photos: (photos / "flower/1.jpg").rename(photos / "flower/9.jpg"),
        lambda photos: (photos / "flower/1.jpg").unlink(),
        lambda photos: (photos / "temple/new.jpg").write_bytes((photos / "temple/0.jpg").read_bytes()),
        lambda photos: os.utime(photos / "flower/1.jpg", (1, 1)),
        lambda photos: (photos / "flower").rename(photos / "rose"),
        lambda photos: (photos / "labels.csv").write_text("file,label\nflower/1.jpg,a\n", encoding="utf-8"),
        change_content,
    ],
)
def test_after_a_change_of_the_files_they_are_decoded_again(photos, home, n_decoded, change):
    read(photos)
    change(photos)
    n_decoded.clear()
    changed = read(photos)
    assert len(n_decoded) >= 7
    assert_same(changed, read(photos))
    assert len(entries(home)) == 1  # in the place of the old one


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"text",
        lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    ],
)
def test_a_damaged_entry_is_decoded_again(photos, home, n_decoded, damage, caplog):
    first, [entry] = read(photos), entries(home)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    with caplog.at_level(logging.WARNING, "explorer"):
        assert_same(first, read(photos))
    assert "decoded again" in caplog.text and entry.read_bytes() == whole


def test_without_a_place_for_them_images_are_decoded_each_time(photos, home, n_decoded, caplog):
    """On a read-only folder of data; and a folder of images is never written to."""
    home.write_text("not a folder", encoding="utf-8")
    with caplog.at_level(logging.WARNING, "explorer"):
        assert_same(read(photos), read(photos))
    assert len(n_decoded) == 16 and "decoded images are not kept" in caplog.text


def test_what_is_decoded_in_no_time_is_not_kept(photos, home, n_decoded, monkeypatch):
    monkeypatch.setattr(decoded, "MIN_SECONDS", 600)
    read(photos)
    assert not entries(home)


def test_the_entry_that_was_used_least_recently_gives_way_first(photos, home, n_decoded, monkeypatch):
    for size in (28, 32, 36):
        read(photos, size)
    [size] = {entry.stat().st_size for entry in entries(home) if load_size(entry) == 28}
    for entry in entries(home):  # 32 is the oldest, and 28 the newest
        os.utime(entry, (1, {32: 100, 36: 200, 28: 300}[load_size(entry)]))
    total = sum(entry.stat().st_size for entry in entries(home))
    monkeypatch.setenv("EXPLORER_MAX_DISK", f"{(total - 1) / 1e9:.9f}")
    check_disk()
    assert sorted(map(load_size, entries(home))) == [28, 36]
    (home / "own").mkdir()
    (home / "own" / "faces.safetensors").write_bytes(bytes(total - size - 1000))
    check_disk()  # images of visitors come before those that can be decoded again
    assert [*map(load_size, entries(home))] == [] or load_size(*entries(home)) == 28
    (home / "own" / "faces.safetensors").write_bytes(bytes(total))
    with pytest.raises(UserError, match="the limit is"):
        check_disk()


def load_size(entry):
    """Return the side of the images of an entry."""
    return decoded.tensors.unpack_record(decoded.KIND, entry.read_bytes())[1]["x"].shape[-1]


def test_images_that_exceed_the_disk_limit_are_not_kept_and_others_stay(photos, home, n_decoded, monkeypatch):
    read(photos, 28)
    [entry] = entries(home)
    monkeypatch.setenv("EXPLORER_MAX_DISK", f"{(entry.stat().st_size + 5000) / 1e9:.9f}")
    assert read(photos, 64).shape == (3, 64, 64)
    assert entries(home) == [entry]


def test_two_trainings_at_once_decode_once(photos, home, n_decoded, monkeypatch):
    loads, load = threading.Barrier(2), decoded._state_of

    def wait_for_the_other(find_files):
        state = load(find_files)
        if not n_decoded:
            loads.wait(20)
        return state

    monkeypatch.setattr(decoded, "_state_of", wait_for_the_other)
    results = []
    threads = [threading.Thread(target=lambda: results.append(read(photos))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(n_decoded) == 8
    assert_same(*results)


def test_a_training_that_waits_for_another_can_be_stopped(photos, home, n_decoded, monkeypatch):
    monkeypatch.setattr(decoded, "WAIT_SECONDS", 0.01)
    read(photos)
    [entry] = entries(home)
    entry.unlink()

    def stop(done, total):
        raise UserError("stopped")

    with decoded._lock(entry, lambda: None) as is_locked, pytest.raises(UserError, match="stopped"):
        assert is_locked
        load_dataset(f"folder:{photos}", 28, True, stop)


def test_files_that_change_while_they_are_decoded_are_not_kept(photos, home, n_decoded, monkeypatch):
    read_upload = folder.read_folder_upload

    def change_and_read(*arguments):
        (photos / "flower" / "late.jpg").write_bytes((photos / "flower/1.jpg").read_bytes())
        return read_upload(*arguments)

    monkeypatch.setattr(folder, "read_folder_upload", change_and_read)
    read(photos)
    assert not entries(home)


def test_a_zip_file_is_decoded_once(photos, home, n_decoded, tmp_path):
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in photos.rglob("*.jpg"):
            file.write(path, path.relative_to(photos))
    first = load_dataset(f"file:{archive}", 28, True)
    assert_same(first, load_dataset(f"file:{archive}", 28, True))
    assert len(n_decoded) == 8 and first.n_train + first.n_test == 8
