"""Images of one's own: uploaded, looked at, kept, trained on, deleted, brought back."""

import re
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from streamlit.testing.v1 import AppTest

from explorer.data import load_dataset, own
from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key, public_name
from explorer.ui import visitor
from explorer.ui.images import training
from explorer.ui.pages import page_file
from explorer.ui.train import usual
from explorer.views import words
from tests.pages.conftest import ROOT, follow, galleries, pictures
from tests.pages.photographs import pieces, png, zipped

PHOTOS = pieces(10)
SHOWN = "The images as a network sees them"
DIGITS = (load_digits().images[:60] * 15.9375).round().astype(np.uint8)


@pytest.fixture
def page(app, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    return follow("images", app)


def upload(page, content=None, name="my photographs.zip") -> AppTest:
    page.file_uploader[0].set_value((name, zipped(PHOTOS) if content is None else content, "")).run()
    assert not page.exception
    return page


def press(page, label) -> AppTest:
    [button] = [button for button in page.button if button.label == label]
    button.click().run()
    assert not page.exception
    return page


def said(page) -> str:
    return " ".join(m.value for m in page.markdown)


def shown(page) -> str:
    """Return all the text on the page, and all addresses that it links to, without their parameters."""
    return " ".join(
        str(getattr(e, "value", ""))
        for kind in ("markdown", "caption", "text", "success", "error", "warning", "info")
        for e in getattr(page, kind)
    ) + " ".join(str(e.proto.label) for e in page.get("page_link"))


def kept(page, visibility="all", **options) -> str:
    upload(page, **options)
    page.button_group(key="images who").set_value(visibility).run()
    press(page, "Save")
    assert not page.error
    return own.list_names()[-1]


def test_what_an_upload_holds_is_seen_before_it_is_kept(page):
    upload(
        page, zipped(PHOTOS | {"photographs/notes.txt": b"x", "photographs/roof/grey.png": png(DIGITS[0])})
    )
    classes, sizes, kinds, skipped = (d.value for d in page.dataframe)
    assert "**21 images**, 2 classes, 2 sizes; **1 skipped**" in said(page) and own.list_names() == []
    assert dict(zip(classes["Class"], classes["Images"])) == {"flower": 10, "roof": 11}
    assert dict(zip(sizes["Size, pixels"], sizes["Images"])) == {"96 × 96": 20, "8 × 8": 1}
    assert dict(zip(kinds["Kind"], kinds["Images"])) == {"colour": 20, "grey": 1}
    assert skipped["Skipped"].tolist() == ["photographs/notes.txt: its name is not that of an image"]
    assert page.text_input(key="images name").value == "my-photographs"
    assert page.button_group(key="images size").value == 64


def test_what_is_suggested_is_told_again_to_a_browser_that_missed_it(page):
    upload(page)
    # A click as soon as the uploader is shown interrupts the run before the browser gets the other elements.
    for number, part in list(page.main.children.items()):
        if not any(node is page.file_uploader[0] for node in part):
            del page.main.children[number]
    page.run()
    suggested = (
        page.text_input(key="images name"),
        page.button_group(key="images size"),
        page.toggle(key="images colour"),
    )
    assert [widget.value for widget in suggested] == ["my-photographs", 64, True]
    assert all(widget.proto.set_value for widget in suggested)


def test_sixteen_are_shown_as_they_will_be(page):
    upload(page)
    gallery = galleries(page)[SHOWN]
    assert gallery["n_images"] == 16
    assert pictures(gallery).shape == (16, 64, 64, 3)
    assert set(gallery["captions"]) == {"roof", "flower"}
    page.button_group(key="images size").set_value(28).run()
    page.toggle(key="images colour").set_value(False).run()
    gallery = galleries(page)[SHOWN]
    assert pictures(gallery).shape == (16, 28, 28)
    press(page, "Save")
    data = load_dataset(f"own:{own.list_names()[0]}")
    assert {image.tobytes() for image in pictures(gallery)} <= {image.tobytes() for image in data.x[:, 0]}
    assert len(data.x) == 20


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("one.npz", "npz", ("**60 images**, 10 classes, one size; no file was skipped", (1, 16, 16))),
        ("flat.zip", "flat", ("**5 images**, one class, one size", (1, 16, 16))),
    ],
)
def test_arrays_and_flat_zips(page, tmp_path, name, content, expected):
    if content == "npz":
        np.savez(tmp_path / name, images=DIGITS, labels=load_digits().target[:60])
    content = (
        (tmp_path / name).read_bytes()
        if content == "npz"
        else zipped({f"{i}.png": png(DIGITS[i]) for i in range(5)})
    )
    upload(page, content, name)
    assert expected[0] in said(page)
    assert page.button_group(key="images size").value == 16
    assert page.toggle(key="images colour").value is False
    press(page, "Save")
    assert own.read_info(own.list_names()[0]).shape == expected[1]


def test_a_set_of_files_needs_no_zip(page):
    page.file_uploader[0].set_value([(f"{i}.png", png(DIGITS[i]), "image/png") for i in range(7)]).run()
    assert "**7 images**" in said(page) and page.text_input(key="images name").value == "images"


def test_what_is_kept_is_private_unless_it_is_for_everyone(page, tmp_path):
    upload(page)
    page.text_input(key="images name").set_value("faces").run()
    assert visitor.KEY_STATE not in page.session_state  # the visitor has no key yet
    press(page, "Save")
    [name] = own.list_names()
    assert owner_key(name) == page.session_state[visitor.KEY_STATE] and public_name(name) == "faces"
    assert "faces is saved, with 20 images" in page.success[0].value.replace("\\", "")
    assert ": Private]" in said(page)
    assert owner_key(name) not in shown(page)
    assert not page.file_uploader[0].value and not galleries(page)
    other = follow("images", AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=60).run())
    assert "faces" not in shown(other) and not [b for b in other.button if b.label == "Delete"]
    assert not any(
        owner_key(option) for option in follow("train", other).selectbox(key="setting dataset").options
    )
    assert "faces, private" in follow("train", page).selectbox(key="setting dataset").options
    kept(follow("images", page))
    assert own.list_names()[0] == "my-photographs"
    assert "my-photographs" in follow("train", other).selectbox(key="setting dataset").options


@pytest.mark.parametrize("name", ["", "../x", "a b", ".x", "<b>", "\u202e", "x" * 61])
def test_a_name_that_no_file_can_have_gets_a_sentence(page, name):
    upload(page)
    page.text_input(key="images name").set_value(name).run()
    keep = [button for button in page.button if button.label == "Save"]
    if name == "x" * 61:  # cut off by the field
        assert not page.error or keep[0].disabled
    else:
        assert "is not a valid name" in page.error[0].value and keep[0].disabled
    page.text_input(key="images name").set_value("good").run()
    assert not page.error


def test_a_name_that_is_taken_gets_a_sentence_and_nothing_is_lost(page):
    kept(page)
    upload(page, zipped(pieces(3)))
    page.button_group(key="images who").set_value("all").run()
    press(page, "Save")
    assert "A data set named my-photographs with other images exists already" in page.error[0].value
    assert galleries(page)
    page.text_input(key="images name").set_value("others").run()
    press(page, "Save")
    assert own.list_names() == ["my-photographs", "others"] and not page.error


@pytest.mark.parametrize(
    "content, message",
    [
        (b"PK\x03\x04" + bytes(50), "zip file cannot be read"),
        (b"", "contains no images"),
        (zipped({"a.txt": b"x"}), "not that of an image"),
        (zipped({"a.png": png(DIGITS[0])}), "contains 1 image"),
        (zipped({"../a.png": png(DIGITS[0])}), "leads out of the zip"),
    ],
)
def test_a_broken_upload_gets_a_sentence_and_loses_nothing(page, content, message):
    name = kept(page)
    upload(page, content)
    assert message in page.error[0].value and "\n" not in page.error[0].value and len(page.error) == 1
    assert own.list_names() == [name] and name in said(page).replace("\\", "")
    upload(page)
    assert not page.error and galleries(page)


def test_names_with_markup_are_text(page):
    markup = "**bold** <b>x</b> ![x](http://127.0.0.1/x.png) :red[x] $x$"
    upload(
        page,
        zipped(
            {f"{markup.replace('/', '')}/{i}.png": png(DIGITS[i]) for i in range(3)}
            | {"b/\u202e<i>.png": png(DIGITS[5]), "b/<script>.txt": b"x"}
        ),
    )
    assert markup.replace("/", "") in page.dataframe[0].value["Class"].tolist()
    assert not any(part in shown(page) for part in ("<b>", "![x]", "<script>", "\u202e"))
    assert page.dataframe[3].value["Skipped"].tolist() == ["b/<script>.txt: its name is not that of an image"]


def test_deleted_images_are_brought_back(page):
    name = kept(page)
    page.button(key=f"delete {name}").click().run()
    assert own.list_names() == []
    assert "was deleted" in said(page)
    assert "There are no saved images yet." in shown(page)
    assert not page.success
    press(page, "Restore")
    assert own.list_names() == [name] and not page.exception and not page.error


def test_images_that_are_being_trained_on_stay(page):
    name = kept(page)
    queue.enqueue("waits", RunSpec(f"own:{name}"))
    page.button(key=f"delete {name}").click().run()
    assert "A training uses" in page.error[0].value and own.list_names() == [name]
    queue.remove("waits")
    page.button(key=f"delete {name}").click().run()
    assert own.list_names() == [] and not page.error


def test_a_damaged_set_gets_a_sentence_and_the_others_are_there(page):
    first = kept(page)
    second = kept(page, content=zipped(pieces(3)), name="others.zip")
    own.path_of(first).write_bytes(b"cut")
    page.run()
    assert "Upload the images again" in page.error[0].value
    assert f"delete {first}" in [b.key for b in page.button]
    assert f"{own.read_info(second).n} images" in shown(page) and not page.exception


@pytest.mark.parametrize(
    "side, expected", [(16, (None, None)), (28, (None, None)), (32, (None, 3)), (64, (24, 4))]
)
def test_a_link_trains_a_network_that_fits(page, side, expected):
    """Check the settings of a link; None: the default."""
    upload(page)
    page.button_group(key="images size").set_value(side).run()
    press(page, "Save")
    links = {
        link.proto.label: dict(re.findall(r"(\w+)=([^&]*)", link.proto.query_string))
        for link in page.get("page_link")
    }
    query = {name: unquote(value) for name, value in links["Train a conv VAE"].items()}
    queue.enqueue("other", RunSpec())  # a queued training, beside which no trial runs
    follow("train", page, **query)
    assert page.selectbox(key="setting network").value == "conv"
    assert page.number_input(key="setting epochs").value == (
        1000 if side == 16 else 4000
    )  # of one batch, in colour
    assert (
        page.number_input(key="setting width").value,
        page.number_input(key="setting depth").value,
    ) == expected
    assert not page.error and not page.warning and "private" not in str(page.title)


def test_a_server_for_looking_takes_nothing(page, monkeypatch):
    name = kept(page)
    upload(page, zipped(pieces(3)))
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    press(page, "Save")
    assert own.list_names() == [name] and not page.file_uploader and "read-only" in page.info[0].value
    assert not page.button
    monkeypatch.delenv("EXPLORER_READONLY")
    button = page.run().button(key=f"delete {name}")
    monkeypatch.setenv("EXPLORER_READONLY", "1")  # since the page was shown
    button.click().run()
    assert own.list_names() == [name] and "read-only" in page.error[0].value


def test_a_full_server_takes_nothing(page, monkeypatch):
    upload(page)
    monkeypatch.setenv("EXPLORER_MAX_DISK", "0")
    press(page, "Save")
    assert own.list_names() == [] and "the limit is" in page.info[0].value


def test_a_folder_of_the_server_is_read_where_that_is_allowed(page, tmp_path, monkeypatch):
    assert not [group for group in page.button_group if group.key == "images from"]
    for i in range(20):
        (tmp_path / "faces" / str(i % 2)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(DIGITS[i]).save(tmp_path / "faces" / str(i % 2) / f"{i}.png")
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path / "faces"))
    page.run()
    page.button_group(key="images from").set_value("server").run()
    [choice] = [box for box in page.selectbox if box.label == "Folder on the server"]
    assert choice.options == [str(tmp_path / "faces"), *(str(tmp_path / "faces" / c) for c in "01")]
    choice.select(str(tmp_path / "faces")).run()
    assert "**20 images**, 2 classes" in said(page) and page.text_input(key="images name").value == "faces"
    press(page, "Save")
    assert own.read_info(own.list_names()[0]).class_names == ("0", "1")


def test_other_folders_are_not_read_from_any_page(page, tmp_path, monkeypatch):
    for i in range(4):
        Image.fromarray(DIGITS[i]).save(tmp_path / f"{i}.png")
    spec = {"dataset": f"folder:{tmp_path}"}
    page.query_params.update(spec)
    page.switch_page(page_file("train")).run()
    assert "not a folder that visitors of this server may read" in page.error[0].value
    assert all(b.disabled for b in page.button if b.label in ("Train", "Train three objectives"))
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    page.query_params.clear()
    page.query_params.update(spec)
    page.switch_page(page_file("train")).run()
    assert not page.error and not page.exception


CASES = ROOT / "tests/data/cases"


@pytest.mark.parametrize(
    "name, message",
    [
        ("floattiff.zip", "Pixels (decimal) are scaled: 0 is black, 1 is white."),
        ("white_icons.zip", "Transparent images are shown on black"),
        ("train_test.zip", "**16** of them are the given test images; no file was skipped"),
        ("stack.tif", "every page is an image"),
        ("images_and_csv.zip", "The classes are read from labels.csv."),
        ("images_and_npy.zip", "**1 skipped**"),
    ],
)
def test_what_was_decided_about_the_images_is_said(page, name, message):
    upload(page, (CASES / name).read_bytes(), name)
    assert message in said(page).replace("\\", "") and not page.error and galleries(page)


def test_one_click_saves_the_images_and_trains_on_them_as_was_said_before(page, monkeypatch):
    started = {}
    monkeypatch.setattr(training, "start_trainings", started.update)
    upload(page)
    said_before = shown(page)
    assert "*Save and train* trains a VAE with 16 latent dimensions. 16 training images" in said_before
    assert "Estimated time on this machine: **" in said_before
    assert pictures(galleries(page)["Augmentation"]).shape == (16, 64, 64, 3)  # two images and their changes
    press(page, "Save and train")
    [(run, spec)] = started.items()
    assert words.escape_markdown(usual.explanation(spec, True)) in said_before
    assert spec.dataset == f"own:{own.list_names()[-1]}" and spec.model == "vae" and spec.latent_dim == 16
    assert owner_key(run) == owner_key(own.list_names()[-1]) and not page.error and not page.exception


def test_copies_are_named_before_and_after_the_images_are_saved(page):
    x = np.random.default_rng(0).integers(0, 256, (10, 9, 9), np.uint8)
    upload(page, zipped({f"{i}.png": png(x[i % 10]) for i in range(20)}))
    assert "10 of 20 images are equal to another one" in page.warning[0].value
    press(page, "Save")
    assert "test images are also in the training split" in page.warning[0].value


def test_images_of_one_colour_are_not_passed_over(page):
    upload(page, zipped({f"{i}.png": png(np.full((9, 9), 60 * i, np.uint8)) for i in range(3)}))
    assert "3 images are too few to learn from" in page.warning[0].value
    assert "Every image is of one colour" in page.warning[0].value
