"""Each page as Streamlit runs it, without a browser."""

import base64
import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import runs
from explorer.errors import UserError
from explorer.figures.images import to_uint8
from explorer.jobs import queue
from explorer.privacy import new_key
from explorer.specs import RunSpec
from explorer.store.catalogue import find
from explorer.store.embedding import read_embedding
from explorer.store.events import read_events
from explorer.ui import presets, visitor, words
from tests.trainings import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(runs_folder):
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def visit(app, page, asked):
    """Follows a link to a page."""
    app.query_params.clear()
    app.query_params.update(asked)
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def explore(app, run):
    return visit(app, "explore", {"run": run})


def pads(app, name="latent_pad") -> list:
    """The protos of the pads on the page, or of what else is mounted under a component's name."""
    return [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]


def letter(app) -> dict:
    """What the pad was last told."""
    [json_text] = [proto.json for proto in pads(app, "latent_pad_courier") if proto.json]
    return json.loads(json_text)[0]


def blocks(app) -> list[bytes]:
    return [proto.bytes for proto in pads(app, "latent_pad_courier") if proto.bytes]


def test_home_shows_a_pad_at_the_first_test_image(app):
    mu = read_embedding(find("mnist-vae-2d")).mu
    assert len(pads(app)) == 1 and letter(app)["zs"] == [mu[0].tolist()] and letter(app)["row"] == 0
    assert any("MNIST · VAE · 2-D" in c.value for c in app.caption)


def test_blocks_are_sent_once_a_session(app):
    assert len(blocks(app)) == 4 and len(letter(app)["sending"]) == 4
    app.run()
    assert not blocks(app) and not letter(app)["sending"]
    explore(app, "mnist-vae-2d")
    assert not blocks(app)
    explore(app, "tiny-vae")
    assert len(blocks(app)) == 4
    explore(app, "tiny-ae")
    assert len(blocks(app)) == 3  # the classifier is there already


def test_no_message_of_a_rerun_is_large(app):
    """But for blocks and the pad's own script, which a browser keeps."""
    app.run()
    assert all(len(proto.SerializeToString()) < 6_000 for proto in pads(app, "latent_pad_courier"))


def test_a_gru_comes_with_the_image_instead_of_its_weights(app, runs_folder):
    runs.train(RunSpec("digits", network="gru", epochs=1, width=8), "tiny-gru")
    st.cache_data.clear()
    explore(app, "tiny-gru")
    told = letter(app)["decoded"]
    pixels = np.frombuffer(base64.b64decode(told["pixels"][0]), np.uint8).reshape(8, 8)
    assert len(blocks(app)) == 3 and np.array_equal(pixels, to_uint8(runs.load("tiny-gru").decode(told["zs"][0])[0]))


def test_a_ladder_opens_at_the_elbo_with_its_film(app):
    explore(app, "tiny-ladder")
    assert letter(app)["film"] == 1 and len(blocks(app)) == 4
    assert any("at KL weight 1" in c.value and "then on at 0.1, 1;" in c.value for c in app.caption)


def test_a_tool_costs_nothing_until_it_is_chosen(app):
    explore(app, "tiny-vae")
    assert not app.get("plotly_chart") and not pads(app, "gallery")


def test_another_model_is_a_choice_away(app):
    explore(app, "tiny-vae")
    app.selectbox[0].select("digits-ae-2d").run()
    assert not app.exception and "digits-ae-2d" in app.query_params["run"] and "distortion" in app.caption[-1].value


def test_an_unknown_run_in_the_address_gets_a_sentence(app):
    explore(app, "tiny-vea")
    assert "Did you mean tiny-vae" in app.warning[0].value and app.selectbox[0].value == "digits-vae-2d"


def test_the_library_lists_every_run_and_names_the_broken_one(app, runs_folder):
    (runs_folder / "tiny-ae" / "run.json").write_text("{}")
    st.cache_data.clear()
    app.switch_page("pages/library.py").run()
    assert not app.exception and "Run tiny-ae can't be used" in app.warning[0].value
    table = app.dataframe[0].value
    assert "tiny-vae" in set(table["run"]) and "tiny-ae" not in set(table["run"]) and table["elbo"].isna().any()
    assert "python -m explorer train --dataset digits" in app.code[0].value


def test_a_damaged_run_gets_a_sentence(app, runs_folder):
    (runs_folder / "tiny-vae" / "model.safetensors").write_bytes(b"cut")
    st.cache_data.clear()
    explore(app, "tiny-vae")
    assert "tiny-vae can't be used" in app.warning[0].value


def test_weights_damaged_within_get_a_sentence_in_the_pads_place(app, runs_folder):
    file = runs_folder / "tiny-vae" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-2] + b"??")
    explore(app, "tiny-vae")
    assert "tiny-vae can't be used" in app.error[0].value and not pads(app)


def test_a_run_trained_anew_while_shown_gets_its_own_pad(app, runs_folder):
    explore(app, "tiny-vae")
    (runs_folder / "tiny-vae").rename(runs_folder / "old")
    (runs_folder / "tiny-vae-6d").rename(runs_folder / "tiny-vae")
    st.cache_data.clear()
    app.run()
    assert not app.exception and len(letter(app)["zs"][0]) == 6


def test_a_run_of_two_images_is_shown(app, runs_folder, tmp_path):
    for i in range(2):
        Image.new("L", (28, 28), 200 * i).save(tmp_path / f"{i}.png")
    for model in ("vae", "ae"):
        runs.train(RunSpec(f"folder:{tmp_path}", model=model, latent_dim=5, epochs=1, width=8), f"two-{model}")
    st.cache_data.clear()
    for name in ("two-vae", "two-ae"):
        explore(app, name)
        assert len(pads(app)) == 1 and not app.error


def test_a_run_deleted_while_shown_gets_a_sentence(app, runs_folder):
    explore(app, "tiny-vae")
    shutil.rmtree(runs_folder / "tiny-vae")
    app.run()
    assert not app.exception and (app.error or app.warning)


def compare(app, **asked):
    return visit(app, "compare", asked)


def test_compare_sends_two_maps_two_decoders_and_what_they_share(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    assert len(pads(app)) == 1 and len(blocks(app)) == 6 and len(letter(app)["zs"]) == 2 and letter(app)["film"] == 1
    assert len(app.get("plotly_chart")) == 3 and any("at KL weight 1" in c.value for c in app.caption)
    app.run()
    assert not blocks(app) and all(len(proto.SerializeToString()) < 6_000 for proto in pads(app, "latent_pad_courier"))


def test_compare_starts_in_a_gap_of_the_ae_and_at_the_same_place_of_the_vae(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    mu, (ae_z, z) = read_embedding(find("tiny-ae")).mu, letter(app)["zs"]
    whiten = np.linalg.inv(np.linalg.cholesky(np.cov(mu.T, bias=True))).T
    off = np.linalg.norm((mu - ae_z) @ whiten, axis=1)
    assert np.linalg.norm((ae_z - mu.mean(0)) @ whiten) == pytest.approx(np.linalg.norm(z), rel=1e-3)  # as many standard deviations away
    assert off.min() > 3 * np.median([np.sort(np.linalg.norm((mu - m) @ whiten, axis=1))[1] for m in mu])


def test_a_link_opens_compare_in_exactly_its_state(app):
    state = {"ae": "tiny-ae", "vae": "tiny-ladder", "ae_z": "3,-2", "z": "0.5,-1", "beta": "0.02", "from": "1,0.5"}
    compare(app, **state)
    assert letter(app) | {"sending": []} == {"zs": [[3, -2], [0.5, -1]], "row": None, "heard": 0, "film": 0.02, "start": [1, 0.5],
                                             "to": letter(app)["to"], "sending": []}
    assert {name: app.query_params[name] for name in state} == state and not app.warning


@pytest.mark.parametrize("asked, says", [
    ({"ae": "tiny-ae", "vae": "mnist-vae-2d"}, "different images"), ({"vae": "tiny-vea"}, "no run tiny-vea"),
    ({"vae": "tiny-ladder", "z": "nan", "beta": "7"}, "its z is not 2 finite numbers; its KL weight is not a number from 0.01 to 1"),
])
def test_a_wrong_link_to_compare_gets_a_sentence_and_a_pair(app, asked, says):
    compare(app, **asked)
    assert says in app.warning[0].value and len(pads(app)) == 1


def test_compare_without_a_partner_says_how_to_train_one(app, runs_folder, tmp_path):
    for i in range(4):
        Image.new("L", (28, 28), 60 * i).save(tmp_path / f"{i}.png")
    runs.train(RunSpec(f"folder:{tmp_path}", epochs=1, width=8), "alone")
    st.cache_data.clear()
    compare(app, vae="alone")
    assert "There is no AE of the images of alone yet" in app.warning[0].value and len(pads(app)) == 1  # of another pair
    runs.train(RunSpec(f"folder:{tmp_path}", model="ae", epochs=1, width=8), "together")  # fewer codes than neighbours
    st.cache_data.clear()
    compare(app, vae="alone")
    assert not app.warning and app.selectbox(key="ae of the pair").value == "together"


@pytest.mark.parametrize("latent_dim", [1, 64])
def test_compare_shows_any_latent_dimension_a_collapsed_vae_and_an_ae_on_a_line(app, runs_folder, latent_dim):
    runs.train(RunSpec("digits", model="ae", latent_dim=latent_dim, epochs=2, width=8), "other-ae")
    runs.train(RunSpec("digits", latent_dim=latent_dim, epochs=2, width=8, beta=500.0), "collapsed")
    st.cache_data.clear()
    for ae, vae in (("other-ae", "collapsed"), ("other-ae", "tiny-ladder"), ("tiny-ae", "collapsed")):
        compare(app, ae=ae, vae=vae)
        assert len(pads(app)) == 1 and not app.error and not app.warning


def test_other_images_and_models_are_a_choice_away(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    app.selectbox(key="vae of the pair").select("tiny-vae-6d").run()
    assert len(letter(app)["zs"][1]) == 6 and app.query_params["vae"] == "tiny-vae-6d"
    app.selectbox(key="images of the pair").select(("mnist", 28, False)).run()
    assert app.query_params["ae"].startswith("mnist-ae-2d") and not app.exception


def test_compare_hands_over_to_training_at_exactly_the_kl_weight(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta="0.0333")
    [link] = [link for link in app.get("page_link") if "exactly" in link.proto.label]
    asked = {part.partition("=")[0]: part.partition("=")[2] for part in link.proto.query_string.lstrip("?").split("&")}
    assert "0.0333" in link.proto.label and asked["model"] == "vae" and asked["beta"] == "0.0333" and asked["width"] == "32"
    train(app, **asked)
    assert app.number_input(key="setting beta").value == 0.0333 and not app.warning
    assert "--width 32 --likelihood gaussian --beta 0.0333 --epochs 10 --lr 0.005" in app.code[0].value


def train(app, **asked):
    return visit(app, "train", asked)


def test_the_form_has_a_field_for_every_setting_and_its_range(app):
    train(app)
    for f in fields(RunSpec):
        if f.metadata["low"] is not None and f.name not in ("sigma", "rung_epochs", "n_codes", "code_dim"):
            number = app.number_input(key=f"setting {f.name}")
            assert (number.min, number.max) == (f.metadata["low"], f.metadata["high"])
    app.selectbox(key="setting model").select("ae").run()
    assert not [n for n in app.number_input if n.key == "setting beta"] and "--model ae" in app.code[0].value
    app.selectbox(key="setting model").select("ladder").run()
    assert app.text_input(key="setting betas") and not app.exception
    app.selectbox(key="setting model").select("vqvae").run()
    app.number_input(key="setting latent_dim").set_value(8).run()
    app.number_input(key="setting n_codes").set_value(16).run()
    assert app.number_input(key="setting code_dim") and "--model vqvae --network mlp --latent-dim 8 --n-codes 16" in app.code[0].value
    assert not [n for n in app.number_input if n.key == "setting beta"] and not app.exception and not app.error


def test_an_estimate_and_the_code_stand_beside_the_form(app, runs_folder):
    train(app, dataset="digits", epochs="7", width="16")
    assert any(re.fullmatch(r"About \*\*\d+ s\*\* on this machine, by a moment's trial.", m.value) for m in app.markdown)
    program = app.code[1].value
    assert "RunSpec(dataset='digits', model='vae', network='mlp', width=16, epochs=7)" in program
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "distortion" in done.stdout and find(RunSpec(epochs=7, width=16).run_id)


@pytest.mark.parametrize("spec", [
    RunSpec("moons"), RunSpec("moons", epochs=200), RunSpec("mnist", model="ae", network="conv"), RunSpec(network="gru", width=400),
    RunSpec(model="ladder", epochs=8, rung_epochs=50), RunSpec(network="linear", likelihood="gaussian", sigma=0.2, seed=9),
])
def test_a_settings_link_and_the_code_both_make_the_very_run(app, spec):
    """A job that is alive keeps the page from trying each for a moment."""
    queue.enter("other", RunSpec())
    train(app, **words.in_address(spec))
    call = re.search(r"runs.train\((.*)\)\n", app.code[1].value)[1]
    assert eval(call, {"RunSpec": RunSpec}) == spec and app.code[0].value == f"python -m explorer train {spec.flags()}"


def test_a_link_to_a_folder_keeps_size_and_colour_and_so_does_a_preset(app, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    spec = RunSpec(f"folder:{tmp_path}", image_size=64, colour=True)
    train(app, **words.in_address(spec))
    assert app.selectbox(key="setting image_size").value == 64 and app.checkbox(key="setting colour").value is True
    app.button_group(key="preset").select("KL warm-up").run()
    assert spec.flags() in app.code[0].value and "--beta-warmup 5.0" in app.code[0].value and not app.error
    app.selectbox(key="setting dataset").select("digits").run()
    assert not [box for box in app.selectbox if box.key == "setting image_size"] and not app.checkbox


@pytest.mark.parametrize("dataset", ["digits", "moons", "shapes", "mnist"])
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_preset_can_be_trained_on_any_images(dataset, preset):
    spec = RunSpec(**presets.settings(preset, {"dataset": dataset}))
    assert spec.epochs == RunSpec(dataset).epochs
    if preset == "KL warm-up":
        assert spec.beta_warmup == pytest.approx(spec.epochs / 4, abs=0.5)


def test_a_link_leaves_what_it_does_not_change_at_its_usual_value(app):
    train(app, **words.in_address(RunSpec("moons", model="ae", seed=4)))
    app.selectbox(key="setting model").select("vae").run()
    app.selectbox(key="setting network").select("conv").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec('moons', network='conv', seed=4).flags()}"


def test_what_diverges_when_it_is_tried_is_said_in_a_sentence(app):
    train(app, lr="10", likelihood="gaussian", sigma="0.001", batch_size="8", schedule="constant")
    assert "diverged" in app.error[0].value and "Try a learning rate below 10" in app.error[0].value


@pytest.mark.parametrize("name, value, says", [("EXPLORER_MAX_JOBS", "none", "EXPLORER_MAX_JOBS is a number"),
                                               ("EXPLORER_RUNS", __file__, "could not be written")])
def test_a_queue_that_cannot_be_read_is_said_once(app, monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    train(app)
    assert [says in error.value for error in app.error] == [True]
    [start] = [button for button in app.button if button.label == "Train"]
    start.click().run()
    assert not app.exception and says in app.error[0].value


@pytest.mark.parametrize("button", ["stop", "dismiss"])
def test_a_click_on_a_job_that_cannot_be_reached_gets_a_sentence(app, monkeypatch, button):
    queue.enter("there", RunSpec(epochs=2, width=8), by=mine(app))
    if button == "dismiss":
        queue.give_up("there", "The disk is full.")
    train(app)
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "none")
    app.button(key=f"{button} there").click().run()
    assert not app.exception and "EXPLORER_MAX_JOBS is a number" in app.error[0].value


@pytest.mark.parametrize("asked, says", [
    ({"dataset": "folder:\0"}, "can't be the path of a folder"),
    ({"model": "vea"}, "Did you mean vae"), ({"beta": "x"}, "KL weight β can't be 'x'"), ({"nonsense": "1"}, "no setting nonsense"),
    ({"latent_dim": "0"}, "Latent dim must lie between 1"), ({"beta": "nan"}, "Beta must lie between"),
])
def test_a_spec_typed_into_the_address_wrongly_gets_a_sentence(app, asked, says):
    train(app, **asked)
    assert says in app.warning[0].value and "--dataset digits --model vae" in app.code[0].value


def test_what_cannot_be_trained_says_why_before_it_is_started(app):
    train(app, network="conv", depth="4")
    assert "image" in app.error[0].value


def test_a_training_is_started_followed_stopped_and_gone_on_with(app, runs_folder):
    train(app, dataset="digits", epochs="4000", width="16")
    name = RunSpec(epochs=4000, width=16).run_id
    [start] = [button for button in app.button if button.label == "Train"]
    start.click().run()
    until(lambda: read_events(runs_folder / name)[-1:] and any(e["event"] == "epoch_end" for e in read_events(runs_folder / name)))
    app.run()
    assert not app.exception and any(button.key == f"stop {name}" for button in app.button)
    app.switch_page("pages/library.py").run()
    app.switch_page("pages/train.py").run()
    app.button(key=f"stop {name}").click().run()
    until(lambda: queue.job_of(name) is None)
    st.cache_data.clear()
    app.run()
    assert any("Stopped after epoch" in w.value for w in app.warning) and app.button(key=f"on {name}")
    before = find(name).epochs
    app.button(key=f"on {name}").click().run()
    until(lambda: read_events(runs_folder / name)[-1].get("epoch", 0) > before)
    queue.ask_to_stop(name)
    until(lambda: queue.job_of(name) is None)
    st.cache_data.clear()
    app.run()
    app.button(key=f"delete {name}").click().run()
    assert not (runs_folder / name).exists()
    assert not [button for button in app.button if button.key == f"delete {name}"]
    [back] = [button for button in app.button if button.label == "Bring it back"]
    back.click().run()
    assert find(name).epochs > before and not app.exception


def mine(app) -> str:
    """The visitor's key."""
    app.session_state[visitor.KEY] = key = new_key()
    return key


def test_what_went_wrong_is_said_tried_again_or_dismissed(app, runs_folder):
    queue.enter("broken", RunSpec(epochs=2, width=8), by=mine(app))
    with pytest.raises(UserError), queue.turn("broken", RunSpec(epochs=2, width=8)):
        raise UserError("The disk is full.")
    train(app)
    assert app.error[0].value == "The disk is full."
    app.button(key="dismiss broken").click().run()
    assert not app.error and not queue.jobs() and not app.exception
