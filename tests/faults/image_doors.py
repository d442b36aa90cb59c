"""Doors for images: uploads, a folder, a single image, and sets that were saved."""

import tempfile
from pathlib import Path
from random import Random

import numpy as np

from explorer.data import own
from explorer.data.dataset import Dataset
from explorer.data.folder import load_folder as folder_of_images
from explorer.data.own_image import read_own_image
from explorer.data.upload import read_upload
from explorer.untrusted.tensors import pack_record as sealed
from tests.faults import inputs


def sane(data: Dataset) -> None:
    assert data.x.dtype == np.uint8
    assert data.x.ndim == 4
    assert data.y.shape == (len(data.x),)
    assert 0 < data.n_train < len(data.x)
    assert 0 <= data.y.min() <= data.y.max() < len(data.class_names)
    assert all(name and name.isprintable() and len(name) <= 100 for name in data.class_names)
    assert all(text.isprintable() for text in data.skipped)


def upload(files: list[tuple[str, bytes]], rng: Random) -> None:
    result = read_upload(files)
    assert (
        sum(result.counts.values())
        == len(result.names)
        == sum(result.sizes.values())
        == sum(result.modes.values())
    )
    data = result.to_dataset("it", rng.choice((16, 64)), rng.random() < 0.5)
    sane(data)
    sane(own.save_own(data, f"it-{rng.getrandbits(64):x}"))


def image_zip(rng: Random) -> None:
    files = {
        f"{inputs.name(rng)}{rng.choice(('.png', '.JPG', '.png', '.zip', ''))}": inputs.image(rng)
        for _ in range(rng.randint(0, 6))
    }
    upload([("it.zip", inputs.packed(rng, files))], rng)


def image_files(rng: Random) -> None:
    upload([(f"{inputs.name(rng)}.png", inputs.image(rng)) for _ in range(rng.randint(0, 5))], rng)


def npz(rng: Random) -> None:
    x = rng.choice((inputs.DIGITS, inputs.DIGITS / 255, inputs.PHOTO[None, :9, :9].repeat(8, 0)))
    labels = rng.choice(
        (
            np.arange(8),
            np.array(["a", "b"] * 4),
            np.array([inputs.name(rng).replace("\ud800", "") for _ in range(8)]),
        )
    )
    upload(
        [
            (
                "it.npz",
                inputs.packed(rng, {"images.npy": inputs.npy(rng, x), "labels.npy": inputs.npy(rng, labels)}),
            )
        ],
        rng,
    )


def table(rng: Random) -> None:
    rows = [[rng.choice(("label", *inputs.NAMES)), *range(64)]] + [
        [i, *x.ravel().tolist()] for i, x in enumerate(inputs.DIGITS)
    ]
    if rng.random() < 0.5:
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice((*inputs.NUMBERS, *inputs.NAMES))
    content = "\n".join(rng.choice((",", ",", ";")).join(map(str, row)) for row in rows).encode(
        "utf-8", "replace"
    )
    upload([("it.csv", inputs.damaged(rng, content) if rng.random() < 0.3 else content)], rng)


def array_file(rng: Random) -> None:
    upload(
        [
            (
                "x.npy",
                inputs.npy(
                    rng, rng.choice((inputs.DIGITS, inputs.DIGITS - 8.0, inputs.DIGITS.reshape(8, 64)))
                ),
            )
        ],
        rng,
    )


def labels_beside(rng: Random) -> None:
    lines = [
        f"{i}.png,{inputs.name(rng)},{rng.choice(('train', 'test', 'x'))}" for i in range(rng.randint(0, 5))
    ]
    content = inputs.damaged(rng, "\n".join(lines).encode("utf-8", "replace"))
    upload([(f"{i}.png", inputs.image(rng)) for i in range(4)] + [("labels.csv", content)], rng)


def own_set(rng: Random) -> None:
    x, y = inputs.DIGITS[:, None], np.arange(8)
    about = {"class_names": [str(d) for d in y], "n_train": 6}
    content = sealed("own", about, {"x": x, "y": y})
    lies = [
        lambda: inputs.damaged(rng, content),
        lambda: inputs.safetensors_lies(rng, content),
        lambda: sealed("own", inputs.changed_object(rng, about), {"x": x, "y": y}),
        lambda: sealed("own", about, inputs.tensors(rng, {"x": x, "y": y})),
    ]
    own.path_of("it").parent.mkdir(parents=True, exist_ok=True)
    own.path_of("it").write_bytes(rng.choice(lies)())
    sane(own.load_own("it"))


def single_image(rng: Random) -> None:
    shape = rng.choice(((1, 8, 8), (3, 64, 64)))
    x = read_own_image(inputs.image(rng), shape)
    assert x.shape == shape and x.dtype == np.uint8


def folder(rng: Random) -> None:
    with tempfile.TemporaryDirectory() as below:
        for i in range(rng.randint(0, 5)):
            top = Path(below, rng.choice(("a", "<b>", "a\nb", "\x1b[2J", "café")))
            top.mkdir(exist_ok=True)
            (top / f"{i}.png").write_bytes(inputs.image(rng))
        sane(folder_of_images(below, 28, True))


DOORS = {
    "image zip": image_zip,
    "image files": image_files,
    "npz": npz,
    "npy": array_file,
    "table": table,
    "labels beside": labels_beside,
    "own images": own_set,
    "single image": single_image,
    "folder": folder,
}
