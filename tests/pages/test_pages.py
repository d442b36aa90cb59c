"""Each page as Streamlit runs it, without a browser."""

import base64
import shutil

import numpy as np
import pytest
from PIL import Image

from explorer.figures.images import to_uint8
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.ui.pages import page_file
from tests.pages.conftest import (
    addresses,
    blocks,
    expire_catalogue,
    mounted,
    opened,
    pad_codes,
    pad_state,
    pads,
    visit,
)


@pytest.fixture
def app(runs_folder):
    return opened()


def explore(app, run):
    return visit("explore", app, run=run)


def test_home_shows_a_pad_at_the_first_test_image(app):
    mu = read_embedding(find_run("mnist-vae-2d")).mu
    assert len(pads(app)) == 1 and pad_codes(app) == [mu[0].tolist()] and pad_state(app)["row"] == 0
    assert any("MNIST · VAE · 2-D" in c.value for c in app.caption)


def test_blocks_keep_their_addresses_which_name_their_content(app):
    def loaded() -> set[str]:
        [[data]] = mounted(app, "latent_pad")
        return set(addresses(data["content"]))

    home = loaded()
    assert len(home) == 4 and all(map(len, blocks(app)))
    app.run()
    assert loaded() == home
    explore(app, "mnist-vae-2d")
    assert loaded() == home
    explore(app, "tiny-vae")
    tiny = loaded()
    assert len(tiny) == 4 and not tiny & home
    explore(app, "tiny-ae")
    assert len(loaded()) == 4 and len(loaded() & tiny) == 2  # the test images and the classifier are the same


def test_no_message_of_a_rerun_is_large(app):
    for _ in range(2):
        assert all(len(proto.SerializeToString()) < 6_000 for proto in pads(app))
        app.run()


def test_a_gru_comes_with_the_image_instead_of_its_weights(app, runs_folder):
    train_run(RunSpec("digits", network="gru", epochs=1, width=8), "tiny-gru")
    expire_catalogue()
    explore(app, "tiny-gru")
    decoded = pad_state(app)["server_images"]
    pixels = np.frombuffer(base64.b64decode(decoded["pixels"][0]), np.uint8).reshape(8, 8)
    assert len(blocks(app)) == 3
    assert np.array_equal(pixels, to_uint8(load_run("tiny-gru").decode(decoded["values"]["z"])[0]))


def test_a_ladder_opens_at_the_elbo_with_its_film(app):
    explore(app, "tiny-ladder")
    assert pad_state(app)["values"]["beta"] == 1 and len(blocks(app)) == 4
    assert any("at KL weight 1" in c.value and "then further at 0.1, 1." in c.value for c in app.caption)


def test_a_tool_costs_nothing_until_it_is_chosen(app):
    explore(app, "tiny-vae")
    assert not app.get("plotly_chart") and not pads(app, "gallery")


def test_another_model_is_a_choice_away(app):
    explore(app, "tiny-vae")
    app.selectbox[0].select("digits-ae-2d").run()
    assert not app.exception
    assert "digits-ae-2d" in app.query_params["run"]
    assert "distortion" in app.caption[-1].value


def test_an_unknown_run_in_the_address_gets_a_sentence(app):
    explore(app, "tiny-vea")
    assert "Did you mean tiny-vae" in app.warning[0].value and app.selectbox[0].value == "mnist-vae-2d"


def test_the_library_lists_every_run_and_names_the_broken_one(app, runs_folder):
    (runs_folder / "tiny-ae" / "run.json").write_text("{}", encoding="utf-8")
    expire_catalogue()
    app.switch_page(page_file("library")).run()
    assert not app.exception and "Run tiny-ae can't be used" in app.warning[0].value
    table = app.dataframe[0].value
    assert "tiny-vae" in set(table["run"])
    assert "tiny-ae" not in set(table["run"])
    assert table["elbo"].isna().any()
    assert "python -m explorer train --dataset digits" in app.code[0].value


def test_a_damaged_run_gets_a_sentence(app, runs_folder):
    (runs_folder / "tiny-vae" / "model.safetensors").write_bytes(b"cut")
    expire_catalogue()
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
    expire_catalogue()
    app.run()
    assert not app.exception and len(pad_codes(app)[0]) == 6


def test_a_run_of_two_images_is_shown(app, runs_folder, tmp_path):
    for i in range(2):
        Image.new("L", (28, 28), 200 * i).save(tmp_path / f"{i}.png")
    for model in ("vae", "ae"):
        train_run(RunSpec(f"folder:{tmp_path}", model=model, latent_dim=5, epochs=1, width=8), f"two-{model}")
    expire_catalogue()
    for name in ("two-vae", "two-ae"):
        explore(app, name)
        assert len(pads(app)) == 1 and not app.error


def test_a_path_leads_to_another_image_where_all_are_of_one_class(app, runs_folder, tmp_path):
    for i in range(10):
        Image.new("L", (28, 28), 20 * i).save(tmp_path / f"{i}.png")
    train_run(RunSpec(f"folder:{tmp_path}", epochs=1, width=8), "plain")
    expire_catalogue()
    visit("explore", app, run="plain", tool="interpolate")
    assert {"**From** the code of test image 0", "**To** the code of test image 1"} <= {
        m.value for m in app.markdown
    }
    assert not app.error


def test_a_run_deleted_while_shown_gets_a_sentence(app, runs_folder):
    explore(app, "tiny-vae")
    shutil.rmtree(runs_folder / "tiny-vae")
    app.run()
    assert not app.exception and (app.error or app.warning)
