"""The Compare page as Streamlit runs it, without a browser."""

import re
import shutil
import time

import numpy as np
import pytest
from PIL import Image

from explorer.runs.load import load_run
from explorer.runs.surgery import SURGERY_FILE, measure_surgery
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.pages.conftest import (
    address,
    blocks,
    expire_catalogue,
    galleries,
    mounted,
    opened,
    pad_codes,
    pad_state,
    pads,
    pictures,
    visit,
)


@pytest.fixture
def app(runs_folder):
    return opened()


def compare(app, **query):
    return visit("compare", app, **query)


def test_compare_sends_two_maps_two_decoders_and_what_they_share(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    assert len(pads(app)) == 1
    assert len(blocks(app)) == 6
    assert len(pad_codes(app)) == 2
    assert pad_state(app)["values"]["beta"] == 1
    assert len(pads(app, "kl_weight_plot")) == 4 and any("at KL weight 1" in m.value for m in app.markdown)
    app.run()
    assert all(len(proto.SerializeToString()) < 6_000 for proto in pads(app))


def test_compare_starts_in_a_gap_of_the_ae_and_at_the_same_place_of_the_vae(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    mu, (ae_z, z) = read_embedding(find_run("tiny-ae")).mu, pad_codes(app)
    whiten = np.linalg.inv(np.linalg.cholesky(np.cov(mu.T, bias=True))).T
    distances = np.linalg.norm((mu - ae_z) @ whiten, axis=1)
    # Both are as many standard deviations from the mean.
    assert np.linalg.norm((ae_z - mu.mean(0)) @ whiten) == pytest.approx(np.linalg.norm(z), rel=1e-3)
    assert distances.min() > 3 * np.median(
        [np.sort(np.linalg.norm((mu - m) @ whiten, axis=1))[1] for m in mu]
    )


def test_a_link_opens_compare_in_exactly_its_state(app):
    state = {
        "ae": "tiny-ae",
        "vae": "tiny-ladder",
        "ae_z": "3,-2",
        "z": "0.5,-1",
        "beta": "0.02",
        "from": "1,0.5",
    }
    compare(app, **state)
    assert pad_state(app) == {
        "values": {"ae_z": [3, -2], "z": [0.5, -1], "beta": 0.02, "from": [1, 0.5]},
        "row": None,
        "last_message": 0,
    }
    assert {name: address(app)[name] for name in state} == state and not app.warning


@pytest.mark.parametrize(
    "query, message",
    [
        ({"ae": "tiny-ae", "vae": "mnist-vae-2d"}, "different images"),
        ({"vae": "tiny-vea"}, "no run tiny-vea"),
        (
            {"vae": "tiny-ladder", "z": "nan", "beta": "7"},
            "its z is not 2 finite numbers between -1,000,000 and 1,000,000;"
            " its KL weight can't be '7', only a number from 0.01 to 1",
        ),
    ],
)
def test_a_wrong_link_to_compare_gets_a_sentence_and_a_pair(app, query, message):
    compare(app, **query)
    assert message in app.warning[0].value and len(pads(app)) == 1


def test_compare_without_a_partner_says_how_to_train_one(app, runs_folder, tmp_path):
    for i in range(4):
        Image.new("L", (28, 28), 60 * i).save(tmp_path / f"{i}.png")
    train_run(RunSpec(f"folder:{tmp_path}", epochs=1, width=8), "alone")
    expire_catalogue()
    compare(app, vae="alone")
    # The pad shows another pair.
    assert "There is no AE of the images of alone yet" in app.warning[0].value
    assert len(pads(app)) == 1
    # fewer codes than neighbours
    train_run(RunSpec(f"folder:{tmp_path}", model="ae", epochs=1, width=8), "together")
    expire_catalogue()
    compare(app, vae="alone")
    assert not app.warning and app.selectbox(key="ae of the pair").value == "together"


@pytest.mark.parametrize("latent_dim", [1, 64])
def test_compare_shows_any_latent_dimension_a_collapsed_vae_and_an_ae_on_a_line(app, runs_folder, latent_dim):
    train_run(RunSpec("digits", model="ae", latent_dim=latent_dim, epochs=2, width=8), "other-ae")
    train_run(RunSpec("digits", latent_dim=latent_dim, epochs=2, width=8, beta=500.0), "collapsed")
    expire_catalogue()
    for ae, vae in (("other-ae", "collapsed"), ("other-ae", "tiny-ladder"), ("tiny-ae", "collapsed")):
        compare(app, ae=ae, vae=vae)
        assert len(pads(app)) == 1 and not app.error and not app.warning


def test_other_images_and_models_are_a_choice_away(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    app.selectbox(key="vae of the pair").select("tiny-vae-6d").run()
    assert len(pad_codes(app)[1]) == 6 and app.query_params["vae"] == "tiny-vae-6d"
    app.selectbox(key="images of the pair").select(("mnist", 28, False)).run()
    assert app.query_params["ae"].startswith("mnist-ae-2d") and not app.exception


def test_compare_hands_over_to_training_at_exactly_the_kl_weight(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta="0.0333")
    [link] = [link for link in app.get("page_link") if "exactly" in link.proto.label]
    query = {
        part.partition("=")[0]: part.partition("=")[2]
        for part in link.proto.query_string.lstrip("?").split("&")
    }
    assert "0.0333" in link.proto.label
    assert query["model"] == "vae"
    assert query["beta"] == "0.0333"
    assert query["width"] == "32"
    visit("train", app, **query)
    assert app.number_input(key="setting beta").value == 0.0333 and not app.warning
    assert "--width 32 --likelihood gaussian --beta 0.0333 --epochs 10 --lr 0.005" in app.code[0].value


def test_sixteen_dimensions_show_rates_images_and_three_starts(app):
    compare(app, ae="mnist-ae-16d", vae="mnist-ladder-16d", beta="8")
    states = [data["state"]["values"] for [data] in mounted(app, "kl_weight_plot")]
    assert states == [{"beta": 8}] * 4
    shown = galleries(app)
    assert shown["Reconstructions"]["row_labels"] == ["Test image", "AE", "VAE"]
    assert any("Three ways" in m.value for m in app.markdown)
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    assert not any("Three ways" in m.value for m in app.markdown)


def test_reconstructions_are_those_of_the_kl_weight(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta="0.01")
    loaded, x = load_run("tiny-ladder", 0.01), read_embedding(find_run("tiny-ladder")).images[:12]
    expected = loaded.decode(loaded.encode(x).mu.numpy())
    shown = pictures(galleries(app)["Reconstructions"])  # test images, AE, VAE
    last = shown[24:].reshape(*expected.squeeze().shape, -1)[..., 0]
    assert np.abs(last.astype(float) - expected.squeeze() * 255).max() <= 1


def test_the_ae_is_sampled_from_a_density_that_is_chosen_and_linked(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder")
    assert set(galleries(app)) == {"Reconstructions"} and "density" not in address(app)
    [choice] = [box for box in app.selectbox if box.label == "Sample the AE from"]
    choice.select("gaussian").run()
    for _ in range(60):
        if len(galleries(app)) == 3:
            break
        time.sleep(0.5)
        app.run()
    assert sorted(galleries(app)) == [
        "Reconstructions",
        "Samples: AE, fitted Gaussian",
        "Samples: VAE, prior",
    ]
    assert address(app)["density"] == "gaussian" and not app.exception
    measured = [caption.value for caption in app.caption if "confidence:" in caption.value]
    assert len(measured) == 3 and "Real test images (coverage: one half against the other)" in measured[2]
    assert "360 codes" in measured[0] and "2,000 images" in measured[1]
    assert all(
        re.search(r"not covered: \d+% .* by pixels and \d+% .* by features, of 180", m) for m in measured[:2]
    )
    app.run()
    compare(app, ae="tiny-ae", vae="tiny-ladder", density="prior")
    assert "density can't be 'prior'" in app.warning[0].value


def test_the_terms_of_the_rate_are_measured_once_at_the_nearest_rung(app):
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta=0.05)
    [button] = [b for b in app.button if b.label == "Measure the terms of the rate"]
    button.click().run()
    assert not app.exception and not app.error
    [table] = [m.value for m in app.markdown if "Total correlation" in m.value]
    surgery = measure_surgery(find_run("tiny-ladder"), 0.1, print, print)
    assert "1,437 training images at β = 0.1, nats per image" in table
    assert f"| **Rate** | **{surgery.rate:.2f}** | |" in table
    assert f"| {surgery.marginal_kl.low:.2f} to {surgery.marginal_kl.high:.2f} |" in table
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta=0.1)
    assert "Measure the terms of the rate" not in [b.label for b in app.button]
    compare(app, ae="tiny-ae", vae="tiny-ladder", beta=1)
    assert "Measure the terms of the rate" in [b.label for b in app.button]


def test_without_the_training_images_the_terms_of_the_rate_are_refused_with_the_remedy(
    app, tmp_path, monkeypatch
):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "empty"))
    folder = shutil.copytree(find_run("mnist-vae-2d").folder, tmp_path / "runs" / "copy")
    (folder / SURGERY_FILE).unlink(missing_ok=True)
    expire_catalogue()
    compare(app, vae="copy")
    [button] = [b for b in app.button if b.label == "Measure the terms of the rate"]
    button.click().run()
    assert "python -m explorer data mnist" in app.error[0].value and len(pads(app)) == 1


def test_the_codes_of_test_images_are_compared_half_with_half(app):
    """Equal distributions have a gap and a reverse gap of 3%, not less."""
    compare(app, ae="tiny-ae", vae="tiny-ladder", density="aggregate")
    [caption] = [c.value for c in app.caption if "reverse gap" in c.value]
    gap, low, high, reverse_low, reverse_high, n = map(
        int,
        re.search(
            r"Gap (\d+)% \((\d+) to (\d+)%\), reverse gap \d+% \((\d+) to (\d+)%\) \((\d+) codes\)", caption
        ).groups(),
    )
    assert n == 180 and low <= 3 <= high and reverse_low <= 3 <= reverse_high and gap >= 2
    assert "of 180 test images" in caption
