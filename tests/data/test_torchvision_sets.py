import gzip
import io
import pickle
import struct
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.data import data_folder, load_dataset, torchvision_sets
from explorer.data.torchvision_sets import download_dataset
from explorer.errors import UserError
from tests.data.published import check_fetched_once, md5, torchvision_class

MNIST_LIKE = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}


@pytest.fixture(params=MNIST_LIKE)
def mnist_like(request, web, home, monkeypatch):
    """Serve a small data set of 40 and 20 images in MNIST's format, and return its name, images and
    labels.
    """
    return request.param, *serve_mnist(request.param, web, monkeypatch)


@pytest.fixture
def mnist(web, home, monkeypatch):
    return serve_mnist("mnist", web, monkeypatch)


def serve_mnist(name, web, monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (60, 28, 28), np.uint8), rng.integers(0, 10, 60).astype(np.uint8)
    arrays = {
        "train-images-idx3": x[:40],
        "train-labels-idx1": y[:40],
        "t10k-images-idx3": x[40:],
        "t10k-labels-idx1": y[40:],
    }
    files = {
        f"{key}-ubyte.gz": gzip.compress(
            struct.pack(f">BBBB{a.ndim}I", 0, 0, 8, a.ndim, *a.shape) + a.tobytes()
        )
        for key, a in arrays.items()
    }
    kind = torchvision_class(MNIST_LIKE[name])
    monkeypatch.setattr(kind, "mirrors", [web.url + "gone/", web.url + name + "/"])
    monkeypatch.setattr(kind, "resources", [(file, md5(data)) for file, data in files.items()])
    web.files |= {f"{name}/{file}": data for file, data in files.items()}
    return x, y


@pytest.fixture
def cifar10(web, home, monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (60, 3, 32, 32), np.uint8), rng.integers(0, 10, 60).tolist()
    batches = {
        name: {"data": x[i : i + 10].reshape(10, -1), "labels": y[i : i + 10]}
        for name, i in zip([f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"], range(0, 60, 10))
    }
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    files = {
        name: pickle.dumps(value, 2)
        for name, value in (batches | {"batches.meta": {"label_names": names}}).items()
    }
    tgz = io.BytesIO()
    with tarfile.open(fileobj=tgz, mode="w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    sums = {name: md5(data) for name, data in files.items()}
    kind = torchvision_class("CIFAR10")
    monkeypatch.setattr(kind, "url", web.url + "cifar")
    monkeypatch.setattr(kind, "tgz_md5", md5(tgz.getvalue()))
    monkeypatch.setattr(
        kind, "train_list", [[f"data_batch_{k}", sums[f"data_batch_{k}"]] for k in range(1, 6)]
    )
    monkeypatch.setattr(kind, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(kind, "meta", kind.meta | {"md5": sums["batches.meta"]})
    web.files["cifar"] = tgz.getvalue()
    return x, y, names


def test_mnist_and_its_kin_come_pixel_for_pixel(mnist_like):
    name, x, y = mnist_like
    download_dataset(name)
    data = load_dataset(name)
    np.testing.assert_array_equal(data.x, x[:, None])
    np.testing.assert_array_equal(data.y, y)
    assert data.x.dtype == np.uint8 and data.y.dtype == np.int64
    assert (data.n_train, data.n_test, len(data.class_names)) == (40, 20, 10)


def test_they_are_read_as_torchvision_does_but_without_its_import(mnist_like, home, monkeypatch):
    name, *_ = mnist_like
    download_dataset(name)
    parts = [torchvision_class(MNIST_LIKE[name])(home, train=train) for train in (True, False)]
    monkeypatch.setattr(torchvision_sets, "import_datasets", None)
    data = load_dataset(name)
    np.testing.assert_array_equal(data.x[:, 0], np.concatenate([part.data.numpy() for part in parts]))
    np.testing.assert_array_equal(data.y, np.concatenate([part.targets.numpy() for part in parts]))
    names = tuple(label.partition(" - ")[0] for label in parts[0].classes)  # MNIST's are "0 - zero" and so on
    assert data.class_names == names


def test_a_download_lands_in_torchvisions_layout_with_progress(mnist_like, home):
    name, *_ = mnist_like
    seen = []
    download_dataset(name, lambda done, total: seen.append((done, total)))
    raw = home / MNIST_LIKE[name] / "raw"
    assert {
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    } <= {p.name for p in raw.iterdir()}
    assert sum(done == total for done, total in seen) == 4  # one end for each file


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_what_is_installed_is_not_fetched_again(request, web, home, name):
    request.getfixturevalue(name)
    check_fetched_once(name, web, home)


def test_archives_placed_by_hand_are_used_without_a_network(mnist, web, home):
    raw = home / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, data in web.files.items():
        (raw / Path(name).name).write_bytes(data)
    download_dataset("mnist")
    np.testing.assert_array_equal(load_dataset("mnist").x, mnist[0][:, None])
    assert web.asked == []


def test_only_the_missing_archive_is_fetched(mnist, web, home):
    raw = home / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in [n for n in web.files if "labels" in n]:
        (raw / Path(name).name).write_bytes(web.files[name])
    download_dataset("mnist")
    assert {Path(name).name for name in web.asked} == {
        "train-images-idx3-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
    }
    np.testing.assert_array_equal(load_dataset("mnist").y, mnist[1])


@pytest.mark.parametrize(
    "name, place",
    [
        *[(name, f"{kind}/raw") for name, kind in MNIST_LIKE.items()],
        ("cifar10", ""),
        ("celeba", "celeba"),
    ],
)
def test_absent_files_are_named_with_their_place_and_the_command(home, name, place):
    with pytest.raises(UserError) as error:
        load_dataset(name)
    message = str(error.value)
    assert str(home / place) in message
    assert f"python -m explorer data {name}" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "name, place, file",
    [
        ("mnist", "MNIST/raw", "train-images-idx3-ubyte"),
        ("cifar10", "", "cifar-10-batches-py"),
        ("celeba", "celeba", "list_attr_celeba.txt"),
    ],
)
def test_a_download_without_a_server_says_which_files_to_place_where(
    home, dead_url, monkeypatch, name, place, file
):
    monkeypatch.setattr(torchvision_class("MNIST"), "mirrors", [dead_url])
    monkeypatch.setattr(torchvision_class("CIFAR10"), "url", dead_url)
    monkeypatch.setattr(torchvision_sets, "DRIVE_URL", dead_url)
    with pytest.raises(UserError) as error:
        download_dataset(name)
    message = str(error.value)
    assert file in message and str(home / place) in message and "\n" not in message
    assert [p for p in home.rglob("*") if p.is_file()] == []


def test_a_download_into_a_file_is_a_user_error(mnist, home):
    home.write_text("not a folder", encoding="utf-8")
    with pytest.raises(UserError, match="Not a directory|File exists"):
        download_dataset("mnist")


def test_a_place_that_cannot_be_unpacked_to_is_a_user_error(mnist, home):
    (home / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").mkdir(parents=True)
    with pytest.raises(UserError, match="mnist could not be unpacked in .*: Is a directory"):
        download_dataset("mnist")


@pytest.mark.parametrize("file", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
@pytest.mark.parametrize("n_bytes", [0, 3, 8, 17, -1])
def test_a_truncated_file_is_called_damaged_with_the_remedy(mnist, home, file, n_bytes):
    download_dataset("mnist")
    raw = home / "MNIST" / "raw" / file
    raw.write_bytes(raw.read_bytes()[:n_bytes])
    with pytest.raises(UserError) as error:
        load_dataset("mnist")
    message = str(error.value)
    assert "damaged" in message and "python -m explorer data mnist" in message and str(home) in message
    assert "\n" not in message and "damaged ()" not in message


@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE html><html>Not here</html>", bytes(100), b"\x00\x00\x0a\x03" + bytes(100)],
    ids=["a page", "zeros", "another type"],
)
def test_a_file_of_another_format_is_called_damaged(mnist, home, content):
    download_dataset("mnist")
    (home / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        load_dataset("mnist")


def test_labels_for_another_number_of_images_are_called_damaged(mnist, home):
    download_dataset("mnist")
    raw = home / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").write_bytes((raw / "t10k-labels-idx1-ubyte").read_bytes())
    with pytest.raises(UserError, match="damaged"):
        load_dataset("mnist")


def test_cifar10_comes_pixel_for_pixel(cifar10):
    x, y, names = cifar10
    download_dataset("cifar10")
    data = load_dataset("cifar10")
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(data.y, y)
    assert data.x.dtype == np.uint8 and data.y.dtype == np.int64 and data.x.flags.c_contiguous
    assert (data.n_train, data.n_test, data.class_names) == (50, 10, tuple(names))


@pytest.mark.parametrize("file", ["data_batch_3", "test_batch", "batches.meta"])
def test_a_damaged_part_of_cifar10_is_a_user_error(cifar10, home, file):
    download_dataset("cifar10")
    part = home / "cifar-10-batches-py" / file
    part.write_bytes(part.read_bytes()[:-5])
    with pytest.raises(UserError, match="python -m explorer data cifar10"):
        load_dataset("cifar10")


def test_a_damaged_part_of_cifar10_is_mended_by_a_download(cifar10, home):
    download_dataset("cifar10")
    (home / "cifar-10-batches-py" / "data_batch_3").write_bytes(b"")
    download_dataset("cifar10")
    np.testing.assert_array_equal(load_dataset("cifar10").x, cifar10[0])


def test_the_data_folder_is_what_the_environment_names(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATA", "~/images")
    assert data_folder() == tmp_path / "images"
    monkeypatch.delenv("EXPLORER_DATA")
    assert data_folder() == tmp_path / ".cache" / "latent-space-explorer"


@pytest.mark.process
@pytest.mark.parametrize(
    "code",
    [
        (
            "import sys, explorer.data, explorer.data.folder, explorer.data.torchvision_sets; assert 'torch'"
            " not in sys.modules"
        ),
        (
            "from explorer.data.torchvision_import import import_datasets as get; assert get() is get();"
            " assert get().MNIST.resources"
        ),
    ],
    ids=["explorer.data needs no torch", "torchvision's data sets need no compiled operators"],
)
def test_in_a_fresh_process(code):
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(explorer.__file__).parents[1], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
