"""Folders of the server that visitors may read, and what lies outside of them, which they may not."""

import os

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from explorer.data.folder import load_folder
from explorer.data.server_folder import check_dataset, check_links, check_path, list_folders, read_server_path
from explorer.errors import UserError

DIGITS = (load_digits().images[:12] * 15.9375).round().astype(np.uint8)


def draw(place, numbers=range(2)):
    place.mkdir(parents=True, exist_ok=True)
    for i in numbers:
        Image.fromarray(DIGITS[i]).save(place / f"{i}.png")
    return place


@pytest.fixture
def faces(tmp_path, monkeypatch):
    """Create an allowed folder of two classes, beside one that is not allowed."""
    (
        draw(tmp_path / "faces" / "a"),
        draw(tmp_path / "faces" / "b", range(2, 6)),
        draw(tmp_path / "secret"),
        draw(tmp_path / "faces-2"),
    )
    monkeypatch.setenv("EXPLORER_FOLDERS", f"{tmp_path / 'faces'}{os.pathsep}{tmp_path / 'nowhere'}")
    return tmp_path / "faces"


def test_nothing_is_allowed_unless_it_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("EXPLORER_FOLDERS", raising=False)
    assert list_folders() == []
    with pytest.raises(UserError, match="to add it to EXPLORER_FOLDERS"):
        check_path(str(draw(tmp_path)))


def test_a_folder_is_what_the_command_line_reads_of_it(faces):
    assert list_folders() == [str(faces), str(faces / "a"), str(faces / "b")]
    (faces / ".hidden.png").write_bytes(b"x")
    (faces / "notes.txt").write_text("x", encoding="utf-8")
    upload, expected = read_server_path(str(faces)), load_folder(str(faces), 16, False)
    assert upload.counts == {"a": 2, "b": 4}
    assert upload.skipped == ("notes.txt: its name is not that of an image",)
    data = upload.to_dataset("x", 16, False)
    assert np.array_equal(data.x, expected.x)
    assert np.array_equal(data.y, expected.y)
    assert data.class_names == expected.class_names
    assert read_server_path(f"{faces}/b").counts == {"images": 4}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "..",
        "{}/..",
        "{}/../secret",
        "{}/a/../../secret",
        "{}-2",
        "{}/nowhere",
        "{}/a/0.png",
        "\0",
        "~",
        "{}/\u202e",
    ],
)
def test_what_is_not_below_them_is_refused_alike_whether_it_is_there_or_not(faces, path):
    for door in (check_path, read_server_path, check_links):
        with pytest.raises(UserError, match="not a folder that visitors of this server may read") as error:
            door(path.format(faces))
        assert "\n" not in str(error.value) and "\u202e" not in str(error.value)


def test_links_that_lead_out_are_not_followed(faces, tmp_path):
    (faces / "out").symlink_to(tmp_path / "secret")
    (faces / "a" / "9.png").symlink_to(tmp_path / "secret" / "0.png")
    (faces / "a" / "gone.png").symlink_to(faces / "gone.png")
    (faces / "a" / "in.png").symlink_to(faces / "b" / "2.png")
    (faces / "c").symlink_to(faces / "b")
    (faces / "loop").symlink_to(faces)
    upload = read_server_path(str(faces))
    assert upload.counts == {"a": 3, "b": 4}
    assert set(upload.skipped) == {
        "a/9.png: it is a link that leads out of the allowed folders",
        "out: it is a link that leads out of the allowed folders",
        "a/gone.png: No such file or directory",
        "c: it is a link to a folder",
        "loop: it is a link to a folder",
    }
    with pytest.raises(UserError, match="not a folder"):
        read_server_path(str(faces / "out"))
    for place, message in (
        (faces, "c in faces cannot be read: it is a link to a folder"),
        (faces / "a", "9.png in a .* leads out"),
    ):
        with pytest.raises(UserError, match=message):
            check_links(str(place))
    assert check_path(str(faces / "c")) == faces / "b"


def test_a_file_that_becomes_a_link_after_the_look_is_not_read(faces, tmp_path):
    upload = read_server_path(str(faces))
    (faces / "a" / "0.png").unlink()
    (faces / "a" / "0.png").symlink_to(tmp_path / "secret" / "0.png")
    assert upload.read(0, (16, 16), False) == "it is a link that leads out of the allowed folders"
    assert (
        "a/0.png: it is a link that leads out of the allowed folders"
        in upload.to_dataset("x", 16, False).skipped
    )


def test_a_pipe_is_not_waited_for(faces):
    os.mkfifo(faces / "a" / "pipe.png")
    assert "a/pipe.png: it is not a regular file" in read_server_path(str(faces)).skipped


def test_too_many_files_are_refused(faces, monkeypatch):
    monkeypatch.setattr("explorer.data.server_folder.MAX_FILES", 5)
    with pytest.raises(UserError, match="more files than the limit of 5"):
        read_server_path(str(faces))


def test_a_file_in_an_allowed_folder_may_be_named_and_no_other(faces, tmp_path):
    np.savez(faces / "digits.npz", images=DIGITS)
    np.savez(tmp_path / "secret" / "digits.npz", images=DIGITS)
    (faces / "out.npz").symlink_to(tmp_path / "secret" / "digits.npz")
    assert len(read_server_path(str(faces / "digits.npz")).names) == 12
    (
        check_dataset(f"file:{faces / 'digits.npz'}"),
        check_dataset(f"folder:{faces / 'a'}"),
        check_dataset("mnist"),
    )
    for path in (
        tmp_path / "secret" / "digits.npz",
        faces / "out.npz",
        faces / "none.npz",
        faces / "a" / "0.png",
        "/etc/passwd",
    ):
        for read, argument in ((read_server_path, str(path)), (check_dataset, f"file:{path}")):
            with pytest.raises(UserError, match="not a folder that visitors of this server may read"):
                read(argument)
