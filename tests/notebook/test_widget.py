"""Widgets on Python's side: what is sent, what is checked, and what Python decodes, against the runs."""

import base64
import gzip
import subprocess
import sys

import numpy as np
import pytest
from anywidget import AnyWidget
from traitlets import TraitError

import explorer
from explorer.errors import UserError
from explorer.export.contents import comparison_content, lesson_content, run_content
from explorer.live.block import content_id
from explorer.live.fields import check_values
from explorer.notebook import page, widget
from explorer.notebook.pad import PadWidget
from explorer.notebook.traits import trait_name
from explorer.registry import LESSONS
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.conftest import ROOT

RUN, AE, LADDER, CONDITIONAL = "digits-vae-2d", "digits-ae-2d", "digits-ladder-2d", "digits-cvae-2d"
pytestmark = pytest.mark.usefixtures("recorded_comms")


@pytest.fixture
def pad() -> PadWidget:
    return PadWidget([find_run(RUN)])


@pytest.fixture
def pair() -> PadWidget:
    return explorer.pair_widget(AE, LADDER)


def updates(w) -> list[dict]:
    """Return the states that Python has sent, and check that they hold no buffers."""
    sent = w.comm.take()
    assert not any(buffers for _, _, buffers in sent)
    return [data["state"] for _, data, _ in sent if data["method"] == "update"]


def test_blocks_are_sent_once_as_buffers(pad, monkeypatch):
    [(kind, data, buffers)] = pad.comm.take()
    assert kind == "comm_open" and data["state"]["z"] == pad.z and data["state"]["selection"] == [0]
    [side] = run_content(find_run(RUN)).blocks["sides"]
    unpacked = {content_id(content): content for content in map(gzip.decompress, buffers)}
    assert {content_id(block.content) for block in side.values()} < unpacked.keys()
    shown = []
    monkeypatch.setattr(widget, "display", lambda data, **options: shown.append(data))
    for _ in range(2):
        pad._ipython_display_()
    assert not pad.comm.take()
    [view, opener, *_] = shown
    assert view["application/vnd.jupyter.widget-view+json"]["model_id"] == pad.model_id
    assert "<iframe srcdoc=" in view["text/html"] and opener["text/html"].startswith("<script>")
    pad.z = [1, 2]
    assert updates(pad) == [{"z": [1.0, 2.0]}, {"selection": []}]  # z has left the code of image 0


def test_what_the_browser_commits_is_observed(pad, caplog):
    seen = []
    pad.observe(lambda change: seen.append(change.new), "z")
    pad.comm.commit(z=[0.5, -1.0], selection=[])
    assert seen == [[0.5, -1.0]] and pad.state == {"z": [0.5, -1.0]} and pad.selection == []
    for wrong in ({"z": [1]}, {"z": None}, {"selection": ["0"]}, {"z": [2.0, 2.0], "selection": [-1]}):
        pad.comm.commit(**wrong)
        assert "This figure can't show that" in caplog.text
        caplog.clear()
    assert seen == [[0.5, -1.0]] and pad.z == [0.5, -1.0] and pad.selection == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("z", [1], "its z is not 2 finite numbers between"),
        ("z", [1, np.nan], "its z is not 2 finite numbers between"),
        ("z", "1,2", "its z is not 2 finite numbers between"),
        ("z", None, "its z is not 2 finite numbers between"),
        ("beta", 100, "its KL weight can't be '100', only a number from 0.001 to 10."),
        ("beta", None, "its KL weight can't be 'None', only a number from 0.001 to 10."),
        ("from_image", 360, "its from image can't be '360'"),
        ("selection", [360], "its selection must be a list of at most one number of points, from 0 to 359."),
        ("selection", 3, "its selection must be a list"),
        ("selection", [1, 2], "its selection must be a list of at most one number"),
        ("marks", [-1], "its marks must be a list of numbers of points, from 0 to 359."),
    ],
)
def test_nonsense_is_refused_in_one_sentence(pair, name, value, sentence):
    before = getattr(pair, name)
    with pytest.raises(TraitError) as error:
        setattr(pair, name, value)
    assert str(error.value).startswith(f"This figure can't show that: {sentence}")
    assert "\n" not in str(error.value) and getattr(pair, name) == before


def test_arrays_are_taken(pad):
    pad.z = np.array([1, 2], np.float32)
    pad.marks = np.array([3, 4])
    assert pad.z == [1.0, 2.0] and pad.marks == [3, 4]


def test_a_selected_image_has_its_code(pad, pair):
    mu = read_embedding(find_run(RUN)).mu
    pad.comm.take()
    pad.selection = [7]
    assert pad.z == mu[7].tolist() and updates(pad)[-1] == {"z": mu[7].tolist()}
    pad.comm.commit(z=mu[9].tolist(), selection=[9])
    assert pad.selection == [9] and pad.z == mu[9].tolist() and not updates(pad)
    pad.comm.commit(z=[0.0, 0.0], selection=[11])  # of a browser that has not got its code
    assert pad.selection == [11] and pad.z == mu[11].tolist()
    pad.state = {"z": [0, 0]}
    assert pad.selection == []
    pair.state = {"beta": 0.1}
    pair.selection = [3]
    film = read_embedding(find_run(LADDER)).film.mu
    [rung] = [i for i, frame in enumerate(find_run(LADDER).film) if frame.beta == pytest.approx(0.1)]
    assert pair.ae_z == read_embedding(find_run(AE)).mu[3].tolist()
    assert np.allclose(pair.z, film[rung, 3], atol=1e-5)


def test_a_conditional_model_has_a_class():
    w = explorer.load_run(CONDITIONAL).widget()
    y = read_embedding(find_run(CONDITIONAL)).y
    assert w.state == {"z": w.z, "class": y[0]} and w.class_ == y[0]
    w.selection = [5]
    assert w.class_ == y[5]
    with pytest.raises(UserError, match="There is no part of this state named 'clas'. Did you mean class?"):
        w.state = {"clas": 1}


def test_a_lesson_has_its_fields():
    w = explorer.lesson_widget("gaps")
    content = lesson_content("gaps")
    assert w.state == {field.name: field.default for field in content.fields} and "answer" in w.state
    with pytest.raises(TraitError, match="This figure can't show that: its answer can't be '99'"):
        w.answer = 99
    with pytest.raises(UserError, match="Did you mean gaps?"):
        explorer.lesson_widget("gap")


def test_the_name_of_no_field_has_another_meaning():
    contents = [lesson_content(name) for name in LESSONS]
    contents += [comparison_content(find_run(AE), find_run(LADDER)), run_content(find_run(CONDITIONAL))]
    names = {trait_name(field.name) for content in contents for field in content.fields}
    own = "fields", "title", "notes", "citation", "state", "selection", "marks"
    assert {"z", "beta", "class_"} < names and not names & {*dir(AnyWidget()), *own}


def test_python_decodes_what_no_browser_can(runs_folder):
    run = train_run(RunSpec("digits", network="gru", latent_dim=3, epochs=1, width=8), "recurrent")
    w = PadWidget([run])
    w.comm.take()
    values = {"z": [0.5, -1.0, 2.0]}
    w.comm.receive({"method": "custom", "content": {"type": "decode_request", "number": 7, "values": values}})
    [(_, data, _)] = w.comm.take()
    images = data["content"]["server_images"]
    expected = np.rint(load_run("recurrent").decode([values["z"]])[0] * 255)
    pixels = np.frombuffer(base64.b64decode(images["pixels"][0]), np.uint8)
    assert data["content"]["number"] == 7 and images["values"] == check_values(w.fields, values)
    assert np.abs(pixels - expected.reshape(-1)).max() <= 1
    assert "text/html" not in w._repr_mimebundle_()[0]  # a page needs a grid, of two dimensions


def test_a_function_that_fails_gives_a_sentence():
    fails = False

    def decode(z):
        if fails:
            raise RuntimeError("no power")
        return np.tile(z[:, :1, None, None] % 1, (1, 1, 8, 8))

    model = explorer.open(decode, codes=np.eye(9, 2), name="mine")
    w, fails = model.widget(), True
    w.comm.take()
    w.comm.receive(
        {"method": "custom", "content": {"type": "decode_request", "number": 1, "values": {"z": [0.1, 0.2]}}}
    )
    w.comm.receive({"method": "custom", "content": {"type": "decode_request", "number": 2, "values": {}}})
    w.comm.receive({"method": "custom", "content": "something else"})
    failed, wrong = [data["content"] for _, data, _ in w.comm.take()]
    assert failed["number"] == 1 and "decode failed" in failed["fault"] and "no power" in failed["fault"]
    assert wrong == {"number": 2, "fault": "Python could not decode this image. Its log says why."}
    model.close()


def test_a_page_that_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr(page, "MAX_BYTES", 1000)
    assert "jupyter nbconvert --to html --execute" in page.static_page(run_content(find_run(RUN)))


def test_own_images_can_be_left_out():
    model = explorer.open(lambda z: np.tile(z[:, :1, None, None] % 1, (1, 1, 8, 8)), codes=np.eye(9, 2))
    for with_images in (True, False):
        content = model.widget(with_images)._content
        parts = content["later"]["images"], content["blocks"]["sides"][0]["codes"]
        assert [part is not None for part in parts] == [with_images, with_images]
    model.close()


def test_without_anywidget_a_sentence_says_what_to_install(monkeypatch):
    for name in ("pad", "widget", "traits", "page"):
        monkeypatch.delitem(sys.modules, f"explorer.notebook.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(UserError, match=r"pip install 'latent-space-explorer\[notebook\]'"):
        explorer.load_run(RUN).widget()


def test_importing_it_imports_neither_anywidget_nor_streamlit():
    code = (
        "import sys, explorer, explorer.notebook.runs, explorer.own_models.opened\n"
        "assert 'anywidget' not in sys.modules\n"
        "import explorer.notebook.pad; assert 'streamlit' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
