"""Runs of images of one's own, and of CelebA's attributes, on every page; and runs from elsewhere, brought in
on the Library.
"""

import io
import json
import re
import shutil
import zipfile

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image, ImageDraw
from safetensors.numpy import save
from safetensors.torch import save as save_torch
from sklearn.datasets import load_sample_images, load_wine
from streamlit.testing.v1 import AppTest
from torch import nn

from explorer.data import own, upload
from explorer.export.report.page import report_page
from explorer.networks.onnx_function import close_processes
from explorer.runs.export_run import run_zip
from explorer.runs.load import load_run
from explorer.runs.report.measure import measure_report
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.ownership import new_key, owner_key, private_name
from explorer.store.replay import read_replay
from explorer.store.run import MODEL_FILE, read_tensors
from explorer.ui import visitor
from explorer.ui.explore.tools import TOOLS
from explorer.ui.pages import page_file
from explorer.untrusted.execution import VARIABLE
from tests.chains.onnx_files import export
from tests.data.celeba import ATTRIBUTES, celeba_folder
from tests.pages.conftest import ROOT, address, follow, galleries, mounted, pad_state, pictures, visit
from tests.pages.photographs import pieces, zipped
from tests.runs.test_import_described import CONFIG, PythaeVAE

CONV = {"network": "conv", "width": 8, "latent_dim": 4, "epochs": 2}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Create a folder of runs and one of data: a private set of photographs, with an AE and a VAE of it, and
    a public copy of it; return the key.
    """
    folder, key = tmp_path_factory.mktemp("photographs"), new_key()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(folder / "data"))
        patch.setenv("EXPLORER_RUNS", str(folder / "runs"))
        data = upload.read_upload([("it.zip", zipped(pieces(30, 64)))]).to_dataset("x", 32, True)
        for name in ("faces", private_name(key, "faces")):
            own.save_own(data, name)
        for model in ("ae", "vae"):
            for name in ("faces", private_name(key, "faces")):
                train_run(RunSpec(f"own:{name}", model=model, **CONV))
    return folder, key


@pytest.fixture
def key(photographs, tmp_path, monkeypatch):
    folder, key = photographs
    for name in ("data", "runs"):
        shutil.copytree(folder / name, tmp_path / name)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    st.cache_data.clear()
    st.cache_resource.clear()
    return key


def opened(key=None) -> AppTest:
    """Open the app as the visitor with that key, or as another one."""
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=120)
    if key:
        app.session_state[visitor.KEY_STATE] = key
    return app.run()


def name_of(key, model) -> str:
    return RunSpec(f"own:{private_name(key, 'faces') if key else 'faces'}", model=model, **CONV).run_id


@pytest.mark.parametrize("model", ["ae", "vae"])
def test_every_tool_works_on_own_images(key, model):
    name, app = name_of(key, model), opened(key)
    for tool in TOOLS:
        follow("explore", app, run=name, tool=tool)
        assert not app.warning
        for gallery in galleries(app).values():
            assert gallery["image_shape"] == [3, 32, 32] and pictures(gallery).shape[1:] == (32, 32, 3)
    follow("explore", app, run=name, tool="attributes")
    assert app.selectbox(key="explore less").options == ["flower", "roof"]


def test_a_copy_of_own_images_is_found(key):
    name, app = name_of(key, "vae"), opened(key)
    follow("explore", app, run=name, tool="copying")
    data = own.load_own(private_name(key, "faces"))
    nearest = pictures(galleries(app)["Nearest in pixels"])
    assert {image.tobytes() for image in nearest} <= {
        x.transpose(1, 2, 0).tobytes() for x in data.x[data.train]
    }
    own.delete_own(private_name(key, "faces"))
    st.cache_resource.clear()
    app.run()
    assert "Only this tool needs the training images" in app.error[0].value
    assert key not in app.error[0].value
    assert not app.exception


def test_an_ae_and_a_vae_of_own_images_stand_beside_each_other(key):
    app = opened(key)
    follow("compare", app, ae=name_of(key, "ae"), vae=name_of(key, "vae"))
    assert not app.warning and len(mounted(app, "latent_pad")) == 1
    options = app.selectbox(key="images of the pair").options
    assert sum(option.startswith("faces") for option in options) == 2
    assert not any(key in option for option in options)
    follow("compare", app, vae=name_of(None, "vae"))
    assert not app.warning and name_of(None, "ae") in address(app)["ae"]


def test_own_images_are_packed_into_a_web_page_only_when_that_is_ticked(key):
    app, label = opened(key), "Pack the test images into the web page"
    for page, query in (
        ("explore", {"run": name_of(key, "vae"), "tool": "take"}),
        ("compare", {"ae": name_of(key, "ae"), "vae": name_of(key, "vae")}),
    ):
        follow(page, app, **query)
        assert [box.value for box in app.checkbox if box.label == label] == [False]
    follow("explore", app, run="digits-vae-2d", tool="take")
    assert not app.error and label not in [box.label for box in app.checkbox]


def test_a_training_on_own_images_is_seen_again(key):
    app = opened(key)
    assert read_replay(find_run(name_of(key, "vae")).folder)
    follow("library", app)
    table = app.dataframe[0].value
    assert table["images"].tolist().count("faces") == 4 and not table["run"].str.contains(key).any()
    follow(
        "train",
        app,
        dataset=f"own:{private_name(key, 'faces')}",
        **{name: str(value) for name, value in CONV.items()},
    )
    [button] = [button for button in app.button if button.label == "Train"]
    button.click().run()  # the run exists already, so its replay is shown
    assert not app.exception and not app.error and len(mounted(app, "replay")) == 1


def test_what_is_private_is_nobody_elses(key):
    app = opened()
    name = name_of(key, "vae")
    for page, query in (
        ("explore", {"run": name}),
        ("library", {}),
        ("compare", {"vae": name}),
        ("images", {}),
    ):
        app.query_params.clear()
        app.query_params.update(query)
        app.switch_page(page_file(page)).run()
        text = " ".join(
            str(e.value)
            for kind in ("markdown", "caption", "subheader", "error", "warning")
            for e in getattr(app, kind)
        )
        assert not app.exception and key not in text.replace(name, "")
    assert all(not owner_key(name) for name in follow("library", app).dataframe[0].value["run"])


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """Create a CelebA of 60 photographs, each with a bar over its centre if it has eyeglasses, and a run of
    it in 4-D.
    """
    folder, rng = tmp_path_factory.mktemp("celeba"), np.random.default_rng(0)
    attributes, photo = rng.choice([-1, 1], (60, 40)), load_sample_images().images[0]
    attributes[:, ATTRIBUTES.index("Bald")] = -1  # nobody
    attributes[:, ATTRIBUTES.index("Wearing_Hat")] = np.where(np.arange(60) % 10 == 1, 1, -1)  # few
    pictured = []
    for row in attributes:
        y, x = rng.integers(0, 427 - 218), rng.integers(0, 640 - 178)
        pictured.append(Image.fromarray(photo[y : y + 218, x : x + 178]))
        if row[ATTRIBUTES.index("Eyeglasses")] == 1:
            ImageDraw.Draw(pictured[-1]).rectangle((20, 90, 158, 130), "white")
    for name, content in celeba_folder(pictured, attributes, np.arange(60) % 2 * 2).items():
        place = folder / "data" / "celeba" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(folder / "data"))
        patch.setenv("EXPLORER_RUNS", str(folder / "runs"))
        train_run(
            RunSpec("celeba", width=32, latent_dim=4, likelihood="gaussian", epochs=60, batch_size=10),
            "faces",
        )
        train_run(
            RunSpec("celeba", model="ladder", betas="0.1,1", rung_epochs=2, width=16, epochs=4), "face-ladder"
        )
    return folder, attributes[1::2]


@pytest.mark.parametrize("run", ["faces", "face-ladder"])
@pytest.mark.parametrize("attribute", ["Eyeglasses", "Smiling", "Wearing_Hat", "5_o_Clock_Shadow"])
def test_each_of_celebas_attributes_is_a_direction(faces, monkeypatch, run, attribute):
    folder, attributes = faces
    monkeypatch.setenv("EXPLORER_RUNS", str(folder / "runs"))
    st.cache_data.clear()
    app = follow(
        "explore",
        opened(),
        run=run,
        tool="attributes",
        attribute=attribute,
        steps="5",
        z="0,0,0,0" if run == "faces" else "0,0",
    )
    choice = app.selectbox(key="explore attribute")
    assert choice.value == attribute
    assert len(choice.options) == 42  # classes, two groups of images, and forty attributes
    assert "Wearing Hat" in choice.options
    assert not app.warning
    e, has = read_embedding(find_run(run)), attributes[:, ATTRIBUTES.index(attribute)] == 1
    mu = e.film.mu[-1] if e.film else e.mu
    expected = mu[has].mean(0, dtype=float) - mu[~has].mean(0, dtype=float)
    direction = pad_state(app)["overlay"]["direction"]
    assert direction["name"] == attribute.replace("_", " ")
    assert np.allclose(direction["vector"], expected, atol=1e-5)
    shown = pictures(galleries(app)[f"Along {direction['name']}"])
    decoded = load_run(run).decode(np.linspace(-2, 2, 5)[:, None] * expected)
    assert np.abs(shown.astype(int) - np.rint(255 * decoded).transpose(0, 2, 3, 1)).max() <= 1


def test_the_direction_of_a_bar_draws_that_bar(faces, monkeypatch):
    """Check that the images grow lighter where the bar is, independently of how directions are computed."""
    monkeypatch.setenv("EXPLORER_RUNS", str(faces[0] / "runs"))
    st.cache_data.clear()
    app = follow(
        "explore", opened(), run="faces", tool="attributes", attribute="Eyeglasses", steps="5", z="0,0,0,0"
    )
    shown = pictures(galleries(app)["Along Eyeglasses"]).astype(float)
    change = (shown[3] - shown[1]).mean(-1)
    assert change[27:36, 15:50].mean() > 5 + change[:16].mean()


def test_an_attribute_that_all_faces_share_gets_a_sentence(faces, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(faces[0] / "runs"))
    st.cache_data.clear()
    app = opened()
    app.query_params.update({"run": "faces", "tool": "attributes", "attribute": "Bald"})
    app.switch_page(page_file("explore")).run()
    assert not app.exception and "the same value for all images" in app.error[0].value
    app.selectbox(key="explore attribute").select("Smiling").run()
    assert not app.error and "Along Smiling" in galleries(app)


@pytest.fixture
def library(runs_folder):
    st.cache_data.clear()
    st.cache_resource.clear()
    return follow("library", opened())


def bring(app, content, file, who="all", name=None, **settings) -> AppTest:
    app.file_uploader[0].set_value((file, content, "")).run()
    for setting, value in settings.items():
        (app.selectbox if isinstance(value, str) else app.number_input)(key=f"setting {setting}").set_value(
            value
        ).run()
    if name is not None:
        app.text_input(key="run name").set_value(name).run()
    app.button_group(key="run who").set_value(who).run()
    [button] = [button for button in app.button if button.label == "Import"]
    if not button.disabled:
        button.click().run()
    assert not app.exception
    return app


def test_a_run_is_brought_in_for_everyone_or_in_private(library, runs_folder):
    content, expected = run_zip(find_run("tiny-vae")), read_embedding(find_run("tiny-vae")).mu
    bring(library, content, "tiny-vae.zip")
    assert "A run named tiny-vae exists already" in library.error[0].value
    bring(library, content, "tiny-vae.zip", name="theirs")
    assert not library.error
    assert "is imported" in library.success[0].value
    assert np.array_equal(read_embedding(find_run("theirs")).mu, expected)
    bring(library, content, "tiny-vae (1).zip", who="me")
    assert not library.error and {"theirs", "tiny-vae-1"} <= set(library.dataframe[0].value["run"])
    assert not any(
        library.session_state[visitor.KEY_STATE] in str(e.value)
        for e in (*library.success, *library.markdown)
    )
    other = set(follow("library", opened()).dataframe[0].value["run"])
    assert "theirs" in other and "tiny-vae-1" not in other


def test_a_run_that_a_mac_packed_again_is_brought_in(library):
    with zipfile.ZipFile(io.BytesIO(run_zip(find_run("tiny-vae")))) as archive:
        files = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    bring(
        library,
        zipped(files | {"__MACOSX/._run.json": b"\0\5", ".DS_Store": b"Bud1"}),
        "again.zip",
        name="again",
    )
    assert not library.error and find_run("again").test == find_run("tiny-vae").test


def test_weights_are_brought_in_with_their_settings(library):
    weights = save(
        {name: w.astype(np.float32) for name, w in read_tensors(find_run("tiny-vae"), MODEL_FILE).items()}
    )
    bring(library, weights, "mine.safetensors", likelihood="gaussian")
    assert "are not those of this vae and mlp network" in library.error[0].value
    library.run()
    bring(library, weights, "mine.safetensors", width=32)
    assert not library.error
    assert find_run("mine").test.distortion == pytest.approx(find_run("tiny-vae").test.distortion, rel=1e-3)


def test_a_decoder_and_an_encoder_in_onnx_are_brought_in(library):
    decoder = export(nn.Sequential(nn.Linear(2, 64), nn.Sigmoid()), torch.rand(2, 2))
    encoder = export(nn.Sequential(nn.Flatten(), nn.Linear(64, 4)), torch.rand(2, 1, 8, 8))
    library.file_uploader[0].set_value(("theirs.onnx", decoder, "")).run()
    assert [button.disabled for button in library.button if button.label == "Import"] == [True]
    library.file_uploader[1].set_value(("encoder.onnx", decoder, "")).run()
    bring(library, decoder, "theirs.onnx")
    assert "The encoder returns 64 numbers, but the decoder takes 2" in library.error[0].value
    library.file_uploader[1].set_value(("encoder.onnx", encoder, "")).run()
    bring(library, decoder, "theirs.onnx")
    assert not library.error and find_run("theirs").spec.network == "imported"
    assert library.dataframe[0].value["run"].iloc[0] == "theirs"
    assert any("can't be trained further" in caption.value for caption in library.caption)
    follow("explore", library, run="theirs")
    assert not library.warning and len(mounted(library, "latent_pad")) == 1
    follow("train", library, network="imported")
    assert "can't be trained" in library.warning[0].value


def test_weights_of_other_networks_are_brought_in(library):
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 9), nn.Tanh(), nn.Linear(9, 2))
    decoder = nn.Sequential(nn.Linear(2, 9), nn.Tanh(), nn.Linear(9, 64), nn.Sigmoid())
    both = save_torch(nn.ModuleDict({"encoder": encoder, "decoder": decoder}).state_dict())
    names = {
        "encoder": ["Flatten", "Linear", "Tanh", "Linear"],
        "decoder": ["Linear", "Tanh", "Linear", "Sigmoid"],
    }
    library.file_uploader[0].set_value(("listed.safetensors", both, "")).run()
    origin = next(group for group in library.button_group if group.label == "These weights belong to")
    origin.set_value("a list of layers").run()
    assert [button.disabled for button in library.button if button.label == "Import"] == [True]
    give(library, "The list of layers", "layers.json", json.dumps(names).encode())
    bring(library, both, "listed.safetensors")
    assert not library.error

    alone = save_torch(decoder.state_dict())
    library.file_uploader[0].set_value(("plain.safetensors", alone, "")).run()
    origin = next(group for group in library.button_group if group.label == "These weights belong to")
    origin.set_value("plain sequences (nn.Sequential)").run()
    bring(library, alone, "plain.safetensors")
    assert "those of the encoder are not numbered as in one nn.Sequential" in library.error[0].value
    give(library, "The encoder", "encoder.safetensors", save_torch(encoder.state_dict()))
    next(box for box in library.selectbox if box.label == "Function between layers").set_value("tanh").run()
    bring(library, alone, "plain.safetensors")
    assert not library.error

    vae = PythaeVAE()
    weights = save_torch(vae.state_dict())
    library.file_uploader[0].set_value(("pythae.safetensors", weights, "")).run()
    origin = next(group for group in library.button_group if group.label == "These weights belong to")
    origin.set_value("a model of pythae").run()
    give(library, "Its model_config.json", "model_config.json", json.dumps(CONFIG).encode())
    bring(library, weights, "pythae.safetensors")
    assert not library.error
    z = torch.randn(3, 2)
    with torch.no_grad():
        for name in ("listed", "plain"):
            decoded = load_run(name).decode(z.numpy()).reshape(3, 64)
            assert decoded == pytest.approx(decoder(z).numpy(), abs=1e-5)
        z = torch.randn(3, 3)
        assert load_run("pythae").decode(z.numpy()) == pytest.approx(vae.decode(z).numpy(), abs=1e-5)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """Create a folder of runs of vectors, an AE and a VAE of measurements of wines."""
    folder, wine = tmp_path_factory.mktemp("vectors"), load_wine()
    low, high = wine.data.min(0), wine.data.max(0)
    np.savez(folder / "wine.npz", images=((wine.data - low) / (high - low))[:, None], labels=wine.target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        for model in ("ae", "vae"):
            spec = RunSpec(f"file:{folder / 'wine.npz'}", model=model, network="mlp", width=8, epochs=2)
            train_run(spec, f"wine-{model}")
    return folder


IMAGE_WORDS = re.compile(r"\b(images?|pixels?)\b", re.IGNORECASE)


@pytest.mark.parametrize("tool", ["", *TOOLS])
def test_explore_calls_vectors_vectors_and_offers_no_drawing(vectors, monkeypatch, tool):
    monkeypatch.setenv("EXPLORER_RUNS", str(vectors))
    st.cache_data.clear()
    app = visit("explore", opened(), run="wine-vae", **({"tool": tool} if tool else {}))
    assert not [text for text in texts_of(app) if IMAGE_WORDS.search(text)]
    if tool == "own":
        assert any("Test vector number" in text for text in texts_of(app))
        assert not [text for text in texts_of(app) if re.search("draw|upload", text, re.IGNORECASE)]
        follow("explore", app, run="digits-vae-2d", tool="own")
        assert any("Draw or upload an image" in text for text in texts_of(app))  # of other runs


def test_other_pages_call_vectors_vectors(vectors, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(vectors))
    st.cache_data.clear()
    app = follow("compare", opened(), ae="wine-ae", vae="wine-vae")
    texts = [text for text in texts_of(app) if IMAGE_WORDS.search(text)]
    assert texts in ([], ["Images"]) and any("test vectors" in text for text in texts_of(app))
    page = report_page(measure_report(find_run("wine-vae")))
    shown = re.sub(r"<style>.*?</style>|<footer>.*", "", page, flags=re.DOTALL)
    shown = " ".join(re.findall(r'>([^<]+)|(?:alt|aria-label)="([^"]*)"', shown).__str__().split())
    assert "test vectors" in shown and not IMAGE_WORDS.findall(shown)


def texts_of(app) -> list[str]:
    """Return the texts of a page, and the labels and helps of its widgets."""
    kinds = "markdown", "caption", "button", "selectbox", "checkbox", "number_input", "radio", "button_group"
    elements = [element for kind in kinds for element in app.get(kind)]
    values = [getattr(e, name, "") for e in elements for name in ("value", "label", "help")]
    return [value for value in values if isinstance(value, str) and not value.startswith("<style")]


def give(app, label: str, file: str, content: bytes) -> None:
    next(u for u in app.file_uploader if u.label.startswith(label)).set_value((file, content, "")).run()


@pytest.mark.process
def test_an_onnx_file_is_executed_only_where_the_operator_allows_it(library, monkeypatch):
    decoder = export(nn.Sequential(nn.Linear(2, 64), nn.Softplus(), nn.Sigmoid()), torch.rand(2, 2))
    encoder = export(nn.Sequential(nn.Flatten(), nn.Linear(64, 4)), torch.rand(2, 1, 8, 8))
    label = "Execute what is not made of known layers"

    def give_both() -> None:
        library.file_uploader[0].set_value(("theirs.onnx", decoder, "")).run()
        library.file_uploader[1].set_value(("encoder.onnx", encoder, "")).run()

    give_both()
    assert all(box.label != label for box in library.checkbox)
    bring(library, decoder, "theirs.onnx")
    assert "uses the operator Softplus, which is not supported" in library.error[0].value
    monkeypatch.setenv(VARIABLE, "1")
    give_both()
    next(box for box in library.checkbox if box.label == label).check().run()
    bring(library, decoder, "theirs.onnx")
    assert not library.error
    follow("explore", library, run="theirs")
    assert not library.error and len(mounted(library, "latent_pad")) == 1
    monkeypatch.delenv(VARIABLE)
    visit("explore", library, run="theirs")
    assert any(f"{VARIABLE}=1" in error.value for error in library.error)
    visit("library", library)
    assert [f"{VARIABLE}=1" in error.value for error in library.error] == [True]
    assert library.subheader[-2].value == "Import a run"
    close_processes()


@pytest.mark.parametrize(
    "content, file, message",
    [
        (b"PK\x03\x04" + bytes(40), "x.zip", "zip file cannot be read"),
        (zipped({"a.txt": b"x"}), "x.zip", "files of exactly one run"),
        (b"x" * 100, "x.safetensors", "These weights can't be used"),
    ],
)
def test_what_is_no_run_gets_a_sentence(library, runs_folder, content, file, message):
    before = {p.name for p in runs_folder.iterdir()}
    bring(library, content, file)
    assert [message in error.value and "\n" not in error.value for error in library.error] == [True]
    assert {p.name for p in runs_folder.iterdir()} == before


@pytest.mark.parametrize(
    "content, file, description",
    [
        (b"PK\x03\x04", "w.pt", "a PyTorch file"),
        (b"\x80\x04\x95.", "x.safetensors", "a Python pickle"),
        (b"x", "m.PKL", "a Python pickle"),
        (b"\x89HDF\r\n\x1a\n", "m.h5", "a Keras model"),
        (b"0.5\t1\n", "vectors.tsv", "a table"),
    ],
)
def test_a_file_that_is_not_opened_is_named_and_nothing_more_is_asked(library, content, file, description):
    library.file_uploader[0].set_value((file, content, "")).run()
    assert not library.exception
    assert [f"{file} is {description}" in error.value for error in library.error] == [True]
    assert not [button for button in library.button if button.label == "Import"]
    bring(library, run_zip(find_run("tiny-vae")), "tiny-vae.zip", name="another")
    assert not library.error and find_run("another")


def test_a_server_for_looking_takes_no_run(library, runs_folder, monkeypatch):
    before = {p.name for p in runs_folder.iterdir()}
    library.file_uploader[0].set_value(("theirs.zip", run_zip(find_run("tiny-vae")), "")).run()
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    [button] = [button for button in library.button if button.label == "Import"]
    button.click().run()
    assert not library.exception
    assert not library.file_uploader
    assert {p.name for p in runs_folder.iterdir()} == before


def test_shipped_runs_stay_and_others_come_back(library, runs_folder):
    names = {button.key for button in library.button if button.label == "Delete"}
    assert names == {f"delete {next(iter(library.dataframe[0].value['run']))}"}
    [delete] = [button for button in library.button if button.label == "Delete"]
    name = delete.key.removeprefix("delete ")
    delete.click().run()
    assert name not in set(library.dataframe[0].value["run"]) and not (runs_folder / name).exists()
    library.button(key="bring run back").click().run()
    assert name in set(library.dataframe[0].value["run"]) and find_run(name)
