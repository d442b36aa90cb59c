"""Each page as Streamlit runs it, without a browser."""

import base64
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import runs
from explorer.figures.images import to_uint8
from explorer.specs import RunSpec

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(runs_folder):
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def explore(app, run):
    app.query_params["run"] = run
    app.switch_page("pages/explore.py").run()
    assert not app.exception
    return app


def decoded(app) -> np.ndarray:
    """The pixels of the first image on the page."""
    address = app.get("image")[0].proto.imgs[0].url
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def press(app, label):
    [button] = [b for b in app.button if b.label == label]
    button.click().run()
    assert not app.exception


def z_sliders(app):
    return {slider.label[: slider.label.index(" ")]: slider for slider in app.slider}


def test_home_shows_a_map_sliders_and_a_digit(app):
    assert app.get("plotly_chart") and len(app.slider) == 2 and decoded(app).shape == (28, 28)
    assert any("MNIST · VAE · 2-D" in c.value for c in app.caption)


def test_the_image_is_what_the_model_decodes_at_the_sliders(app):
    explore(app, "tiny-vae")
    z_sliders(app)["z₀"].set_value(-1.25).run()
    z = [z_sliders(app)["z₀"].value, z_sliders(app)["z₁"].value]
    assert z[0] == -1.25 and not app.exception
    assert np.array_equal(decoded(app), to_uint8(runs.load("tiny-vae").decode(z)[0]))


def test_reset_goes_to_the_origin_and_a_draw_leaves_it(app):
    explore(app, "tiny-vae")
    press(app, "Reset")
    assert [s.value for s in app.slider] == [0, 0]
    press(app, "Draw from the prior")
    assert [s.value for s in app.slider] != [0, 0]


def test_an_ae_has_no_prior_to_draw_from(app):
    explore(app, "tiny-ae")
    assert {"Draw at random", "Reset"} <= {b.label for b in app.button} and "Draw from the prior" not in {b.label for b in app.button}
    assert all("codes spread" in s.label for s in app.slider)
    press(app, "Reset")
    press(app, "Draw at random")


def test_many_dimensions_are_sorted_by_rate_and_folded(app):
    explore(app, "tiny-vae-6d")
    rates = [float(s.label.split("rate ")[1].split(" ")[0]) for s in app.slider]
    assert len(rates) == 6 and rates == sorted(rates, reverse=True)
    assert [e.label for e in app.expander] == ["2 quieter dimensions"]


def test_z_stays_when_one_leaves_the_page_and_comes_back(app):
    explore(app, "tiny-vae")
    z_sliders(app)["z₁"].set_value(0.75).run()
    app.switch_page("pages/library.py").run()
    app.switch_page("pages/explore.py").run()
    assert app.selectbox[0].value == "tiny-vae" and z_sliders(app)["z₁"].value == 0.75


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


def test_a_run_damaged_while_shown_gets_a_sentence(app, runs_folder):
    explore(app, "tiny-vae")
    (runs_folder / "tiny-vae" / "model.safetensors").write_bytes(b"cut")
    st.cache_resource.clear()
    z_sliders(app)["z₀"].set_value(0.5).run()
    assert not app.exception and "tiny-vae can't be used" in app.error[0].value


def test_a_run_trained_anew_while_shown_gets_a_sentence_then_its_own_sliders(app, runs_folder):
    explore(app, "tiny-vae")
    (runs_folder / "tiny-vae").rename(runs_folder / "old")
    (runs_folder / "tiny-vae-6d").rename(runs_folder / "tiny-vae")
    st.cache_data.clear()
    app.run()
    assert not app.exception and len(app.slider) == 6


def test_a_run_of_two_images_is_shown(app, runs_folder, tmp_path):
    for i in range(2):
        Image.new("L", (28, 28), 200 * i).save(tmp_path / f"{i}.png")
    for model in ("vae", "ae"):
        runs.train(RunSpec(f"folder:{tmp_path}", model=model, latent_dim=5, epochs=1, width=8), f"two-{model}")
    st.cache_data.clear()
    explore(app, "two-vae")
    explore(app, "two-ae")
    press(app, "Draw at random")


def test_a_run_deleted_while_shown_gets_a_sentence(app, runs_folder):
    explore(app, "tiny-vae")
    shutil.rmtree(runs_folder / "tiny-vae")
    st.cache_resource.clear()
    z_sliders(app)["z₀"].set_value(0.5).run()
    assert not app.exception and (app.error or app.warning)
