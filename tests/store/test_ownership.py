import shutil

import pytest

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.ownership import is_key, new_key, owner_key, private_name, public_name


def test_a_name_holds_its_key():
    key = new_key()
    assert is_key(key) and key != new_key()
    assert owner_key(private_name(key, "faces")) == owner_key(f"own:{private_name(key, 'faces')}") == key
    assert public_name(private_name(key, "faces")) == "faces"
    assert owner_key("mnist-vae-2d") is None and owner_key("private-faces") is None


@pytest.mark.parametrize(
    "text", ["", "0" * 19, "0" * 21, "0" * 19 + "G", "A" * 20, "0" * 20 + "-", "../" + "0" * 17]
)
def test_other_texts_are_no_keys(text):
    assert not is_key(text)


def test_a_run_of_private_images_is_private():
    key = new_key()
    assert owner_key(RunSpec(f"own:{private_name(key, 'Faces of mine')}".replace(" ", "-")).run_id) == key


def test_a_private_name_is_never_suggested(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    key = new_key()
    shutil.copytree(SHIPPED_FOLDER / "digits-ae-2d", tmp_path / private_name(key, "faces"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / f"{private_name(key, 'faces')}.safetensors").write_bytes(b"")
    with pytest.raises(UserError) as images:
        load_dataset(f"own:{private_name(key, 'face')}")
    with pytest.raises(UserError) as run:
        find_run(private_name(key, "face"))
    assert find_run(private_name(key, "faces")).spec.model == "ae"
    assert private_name(key, "faces") not in str(images.value) + str(run.value)
