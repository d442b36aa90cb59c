"""The tools of the explore page as Streamlit runs them, without a browser: of any model, any number of
dimensions, grey and colour.
"""

import io
import json
import re
import time

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from sklearn.decomposition import PCA

from explorer.data import load_dataset as load_data
from explorer.runs.densities import stored_density
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, list_runs
from explorer.store.density import density_file
from explorer.store.embedding import read_embedding
from explorer.ui.components.settings import Setting
from explorer.ui.explore.tools import TOOLS
from explorer.views import pairs
from tests.conftest import SPECS
from tests.pages.conftest import address, galleries, opened, pad_codes, pad_state, pictures, visit

OTHERS = {
    "wide-ae": RunSpec("digits", model="ae", latent_dim=64, epochs=1, width=16),
    "wide-vae": RunSpec("digits", latent_dim=64, epochs=1, width=16),
    "tiny-gru": RunSpec("digits", network="gru", epochs=1, width=16),
    "tiny-shapes": RunSpec("shapes", epochs=1, width=16),
}


@pytest.fixture(scope="module")
def other_runs(trained_runs):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(trained_runs))
        for name, spec in OTHERS.items():
            train_run(spec, name)
        yield
    for name in OTHERS:
        for file in (trained_runs / name).iterdir():
            file.unlink()
        (trained_runs / name).rmdir()


@pytest.fixture
def app(other_runs, trained_runs, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_runs))
    return opened()


def show(app, run, tool, **query):
    return visit("explore", app, run=run, tool=tool, **query)


@pytest.mark.parametrize("run", [*SPECS, *OTHERS])
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_works_for_every_model(app, run, tool):
    show(app, run, tool)
    assert not app.error and not app.warning
    for gallery in galleries(app).values():
        assert len(gallery["names"]) == gallery["n_images"]
        assert gallery["image_shape"] == list(find_run(run).shape)
        assert pictures(gallery).shape[0] == gallery["n_images"]


@pytest.mark.parametrize("run", ["tiny-vae", "tiny-ladder"])
def test_a_traversal_moves_one_dimension_and_shows_what_the_model_decodes(app, run):
    show(app, run, "traverse", z="0.5,-1", steps="5")
    gallery, loaded = galleries(app)["Traversals"], load_run(run)
    e, shown = read_embedding(loaded.run), pictures(galleries(app)["Traversals"])
    assert gallery["n_images"] == 10 and gallery["row_labels"][0].startswith("z")
    first = int("₀₁".index(gallery["row_labels"][0][1]))
    assert loaded.run.test.rate_per_dimension[first] == max(loaded.run.test.rate_per_dimension)
    codes = e.film.mu[-1] if e.film else e.mu  # at KL weight 1
    low = np.floor(min(codes[:, first].min(), -4) * 10) / 10
    high = np.ceil(max(codes[:, first].max(), 4) * 10) / 10
    zs = np.tile([0.5, -1.0], (5, 1))
    zs[:, first] = np.linspace(low, high, 5)
    assert np.abs(shown[:5].astype(int) - np.rint(loaded.decode(zs)[:, 0] * 255)).max() <= 1


def test_a_grid_lies_as_the_map_does(app):
    show(app, "tiny-vae", "grid", side="5", spacing="coordinate")
    z0, z1 = np.linspace(-3, 3, 5), np.linspace(3, -3, 5)
    expected = load_run("tiny-vae").decode(np.array([[x, y] for y in z1 for x in z0]))
    assert (
        np.abs(pictures(galleries(app)["Manifold grid"]).astype(int) - np.rint(expected[:, 0] * 255)).max()
        <= 1
    )


def test_a_path_goes_from_end_to_end_in_both_models_and_is_drawn(app):
    show(app, "tiny-vae", "interpolate", steps="7", **{"from": "1,0", "to": "0,1"})
    path_by_length = {len(p["zs"]): p for p in pad_state(app)["overlay"]["paths"]}
    straight, round_ = pad_state(app)["overlay"]["paths"]
    assert path_by_length.keys() == {7} and not straight["faint"] and round_["faint"]
    assert np.allclose(straight["zs"], np.linspace([1, 0], [0, 1], 7))
    assert np.allclose(np.linalg.norm(round_["zs"], axis=1), 1)
    own_strip, partner = (
        gallery for title, gallery in galleries(app).items() if title.startswith("Interpolation")
    )
    assert "AE" in partner["title"]
    assert own_strip["n_images"] == partner["n_images"] == 14
    assert own_strip["is_clickable"]
    assert not partner["is_clickable"]


def test_a_path_between_test_images_is_between_their_codes_in_the_partner_too(app):
    show(app, "tiny-ae", "interpolate", steps="3")
    own_strip, gallery = (
        gallery for title, gallery in galleries(app).items() if title.startswith("Interpolation")
    )
    partner = pairs.best_partner(
        find_run("tiny-ae"), [run for run in list_runs()[0] if run.name != "tiny-ae"]
    )
    for name, shown in (("tiny-ae", own_strip), (partner.name, gallery)):
        loaded, e = load_run(name), read_embedding(find_run(name))
        rows = 0, int(np.argmax(e.y != e.y[0]))
        expected = loaded.decode(loaded.encode(e.images[list(rows)]).mu.numpy())[:, 0]
        assert np.abs(pictures(shown)[[0, 2]].astype(int) - np.rint(255 * expected)).max() <= 2


def test_draws_are_the_priors_and_marked_on_the_map(app):
    show(app, "tiny-vae", "sample", draws="64", temperature="0.0")
    assert np.allclose(pad_state(app)["overlay"]["marks"], 0)
    show(app, "tiny-vae", "sample", draws="64", seed="3")
    marks = np.array(pad_state(app)["overlay"]["marks"])
    assert (
        marks.shape == (64, 2) and abs(marks.std() - 1) < 0.2 and galleries(app)["Samples"]["n_images"] == 64
    )
    app.button(key=next(b.key for b in app.button if b.label == "Resample")).click().run()
    assert not np.allclose(pad_state(app)["overlay"]["marks"], marks) and app.query_params["seed"] == "4"


def test_a_direction_is_the_difference_of_two_mean_codes(app):
    show(app, "tiny-ae", "attributes", less="3", more="8")
    e, direction = read_embedding(find_run("tiny-ae")), pad_state(app)["overlay"]["direction"]
    assert direction["name"] == "3 → 8"
    assert np.allclose(direction["vector"], e.mu[e.y == 8].mean(0) - e.mu[e.y == 3].mean(0), atol=1e-5)
    show(app, "moons-vae-2d", "attributes", attribute="phase")
    assert pad_state(app)["overlay"]["direction"]["name"] == "phase"
    show(app, "tiny-ae", "attributes", less="3", more="3")
    assert "two different classes" in app.info[0].value and pad_state(app)["overlay"] == {}


def test_an_attribute_leads_from_chosen_images_to_others(app):
    show(app, "tiny-vae", "attributes", attribute="groups")
    assert "Choose images for both groups" in app.info[0].value and pad_state(app)["overlay"] == {}
    query = {"attribute": "groups", "less_images": "0,2,5,9", "more_images": "1,4,99999"}
    show(app, "tiny-vae", "attributes", **query)
    loaded = load_run("tiny-vae")
    mu = read_embedding(loaded.run).mu
    vector = mu[[1, 4]].mean(0) - mu[[0, 2, 5, 9]].mean(0)
    assert pad_state(app)["overlay"]["direction"]["vector"] == pytest.approx(vector.tolist(), abs=1e-5)
    groups = galleries(app)
    assert groups["From the images"]["n_images"] == 4 and groups["to the images"]["n_images"] == 2
    x = read_embedding(loaded.run).images
    assert np.array_equal(pictures(groups["to the images"])[1], x[4, 0])
    [measured] = [c.value for c in app.caption if "Added to the codes of the 4 images" in c.value]
    assert re.search(r"nearer to the second group for \d+% \(\d+ to \d+%\), without it for", measured)
    assert address(app)["less_images"] == "0,2,5,9" and not app.exception
    show(app, "tiny-vae", "attributes", attribute="groups", less_images="3", more_images="3")
    assert "Choose two different groups" in app.info[0].value


def test_copying_finds_the_training_image_itself(app):
    data, loaded = load_data("digits"), load_run("tiny-ae")
    z = loaded.encode(data.x[data.train][7:8]).mu[0].tolist()
    show(app, "tiny-ae", "copying", z=",".join(map(repr, z)))
    shown = galleries(app)
    assert np.array_equal(pictures(shown["Nearest in code"])[0], data.x[data.train][7, 0])
    assert shown["Nearest in code"]["captions"][0] == "0.00"
    decoded = loaded.decode(z)[0]
    distances = np.sqrt(((data.x[data.train] / 255 - decoded) ** 2).sum((1, 2, 3)))
    assert shown["Nearest in pixels"]["captions"] == [f"{d:.2f}" for d in np.sort(distances)[:6]]
    assert f"nearest training image **{distances.min():.2f}**" in " ".join(m.value for m in app.markdown)


def test_without_the_data_the_other_tools_go_on(app, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    st.cache_resource.clear()
    show(app, "mnist-vae-2d", "copying")
    assert "python -m explorer data mnist" in app.error[0].value and len(app.error) == 1
    for tool in TOOLS.keys() - {"copying"}:
        show(app, "mnist-vae-2d", tool)
        assert not app.error


def test_a_test_image_has_its_posterior_on_the_map_and_its_figures_beside(app):
    show(app, "tiny-vae", "own", image="5", samples="1000")
    loaded = load_run("tiny-vae")
    posterior = loaded.encode(load_data("digits").x[load_data("digits").test][5:6])
    gaussian = pad_state(app)["overlay"]["gaussian"]
    assert np.allclose(gaussian["mu"], posterior.mu[0].numpy(), atol=1e-5)
    assert np.allclose(gaussian["sd"], np.exp(posterior.logvar[0].numpy() / 2), atol=1e-5)
    text = " ".join(m.value for m in app.markdown)
    assert "log p(x) ≈" in text and "(1,000 importance samples; on average an underestimate)" in text
    next(b for b in app.button if b.label == "Sample from its posterior").click().run()
    z = np.array(pad_codes(app)[0])
    assert 0 < np.abs((z - posterior.mu[0].numpy()) / np.exp(posterior.logvar[0].numpy() / 2)).max() < 5
    assert galleries(app)["The image and its reconstruction"]["n_images"] == 3
    show(app, "tiny-ae", "own")
    assert any("no posterior" in c.value for c in app.caption) and "gaussian" not in pad_state(app)["overlay"]


def png(array) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


CUT = png(np.random.default_rng(0).integers(0, 256, (80, 80), np.uint8))[:900]


@pytest.mark.parametrize("content", [b"no image", CUT, b""], ids=["text", "cut", "empty"])
def test_a_file_that_is_no_image_gets_a_sentence_and_leaves_the_pad(app, content):
    show(app, "tiny-vae", "own", input="upload")
    app.file_uploader[0].set_value(("x.png", content, "image/png")).run()
    assert not app.exception and "cannot be used" in app.error[0].value and pad_state(app)["overlay"] == {}


def test_an_upload_is_encoded_at_once_and_inverted_where_the_data_are_light_on_dark(app):
    show(app, "tiny-vae", "own", input="upload")
    paper = np.full((80, 80), 255, np.uint8)
    paper[10:70, 35:45] = 0
    app.file_uploader[0].set_value(("x.png", png(paper), "image/png")).run()
    assert not app.exception and not app.error and "gaussian" in pad_state(app)["overlay"]
    shown = pictures(galleries(app)["The image and its reconstruction"])[0]
    assert shown[4, 0] < 10 and shown[4, 4] > 100
    next(b for b in app.button if b.label == "Invert").click().run()
    assert pictures(galleries(app)["The image and its reconstruction"])[0][4, 0] > 245


def test_axes_by_pca_are_scikit_learns(app):
    show(app, "tiny-vae-6d", "select", view="pca", across="2", up="4")
    mu = read_embedding(find_run("tiny-vae-6d")).mu
    plot = json.loads(app.get("plotly_chart")[0].proto.spec)
    shares = PCA().fit(mu).explained_variance_ratio_
    for axis, k in (("xaxis", 1), ("yaxis", 3)):
        expected = rf"PC {k + 1} · {100 * shares[k]:.1f} ± \d\.\d% of the variance"
        assert re.fullmatch(expected, plot["layout"][axis]["title"]["text"])


LINKS = [
    ({"run": "tiny-vae", "tool": "grid", "spacing": "coordinate", "side": "9", "z": "1,2"}, ""),
    (
        {
            "run": "tiny-vae",
            "tool": "interpolate",
            "way": "spherical",
            "from": "1,2",
            "to": "0.5,-2.25",
            "z": "0,0",
        },
        "",
    ),
    (
        {
            "run": "tiny-ladder",
            "tool": "sample",
            "beta": "0.1",
            "source": "codes",
            "temperature": "0.5",
            "pixels": "sample",
            "z": "0,0",
        },
        "",
    ),
    ({"run": "tiny-vae", "tool": "interpolate", "from": "image 7", "to": "image 2", "z": "0,0"}, ""),
    ({"run": "tiny-vae", "tool": "select", "rows": "1,2,30", "z": "0,0"}, ""),
    (
        {
            "run": "tiny-vae-6d",
            "tool": "select",
            "view": "dimensions",
            "across": "4",
            "colour": "rate",
            "z": "0,0,0,0,0,0",
        },
        "",
    ),
    ({"run": "tiny-vae", "z": "1e9,0"}, "its z is not 2 finite numbers"),
    ({"run": "tiny-vae", "z": "nan,0"}, "its z is not 2 finite numbers"),
    ({"run": "tiny-vae", "tool": "interpolate", "from": "x"}, "its from is not 2"),
    ({"run": "tiny-vae", "tool": "teleport"}, "there is no tool 'teleport'"),
    ({"run": "tiny-vae", "tool": "sample", "source": "foo"}, "its source can't be 'foo'"),
    ({"run": "tiny-vae", "tool": "sample", "pixels": "all"}, "its pixels can't be 'all'"),
    ({"run": "tiny-vae", "tool": "select", "rows": "1,100000"}, "its rows are not numbers of test images"),
    ({"run": "tiny-vae", "tool": "interpolate", "from": "image 100000"}, "its from is not 2"),
    ({"run": "tiny-vae", "tool": "sample", "draws": "many"}, "its draws can't be 'many'"),
    ({"run": "tiny-vae", "tool": "sample", "temperature": "-1"}, "its temperature can't be '-1'"),
    ({"run": "tiny-ladder", "beta": "7"}, "its KL weight can't be '7', only a number from 0.01 to 1"),
]


@pytest.mark.parametrize("query, message", LINKS)
def test_a_link_restores_the_whole_view_or_says_what_is_wrong(app, query, message):
    show(app, "tiny-ae", "traverse")
    show(app, **({"tool": ""} | query))
    if message:
        assert message in app.warning[0].value
    else:
        assert not app.warning and query.items() <= address(app).items()
        assert set(address(app)) - set(query) <= {"beta"}


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"tool": "own", "image": "99999"}, {"image": "359"}),
        ({"tool": "attributes", "attribute": "charm"}, {"less": "0", "more": "1"}),
        (
            {"tool": "select", "colour": "charm", "view": "pca", "across": "99"},
            {"view": "pca", "across": "2"},
        ),
    ],
)
def test_an_address_says_what_is_shown_where_a_link_asked_for_what_there_is_not(app, query, expected):
    show(app, "tiny-vae", **query)
    shown = {name: value for name, value in address(app).items() if name not in ("run", "z", "tool")}
    assert shown == expected


def test_each_setting_has_a_name_of_its_own_in_the_address():
    from explorer.ui.components import settings

    names = [s.name for s in vars(settings).values() if isinstance(s, Setting)]
    assert len(names) == len(set(names)) and not {"run", "z", "beta", "from", "to"} & set(names)
    assert {s for tool in TOOLS.values() for s in tool.settings} <= {
        s for s in vars(settings).values() if isinstance(s, Setting)
    }


def test_a_choice_that_another_model_does_not_have_gives_way(app):
    show(app, "moons-vae-2d", "attributes", attribute="phase")
    show(app, "tiny-vae", "attributes", attribute="phase")
    assert not app.exception and pad_state(app)["overlay"]["direction"]["name"] == "0 → 1"
    show(app, "tiny-vae-6d", "select", view="pca", across="5")
    show(app, "tiny-vae", "select", view="pca", across="5")
    assert not app.exception and not app.error


def test_a_ladders_codes_are_those_at_its_present_weight(app):
    show(app, "tiny-ladder", "interpolate", beta="0.01", **{"from": "image 4", "to": "image 9"})
    e = read_embedding(find_run("tiny-ladder"))
    straight, _ = pad_state(app)["overlay"]["paths"]
    assert np.allclose([straight["zs"][0], straight["zs"][-1]], e.film.mu[0][[4, 9]], atol=1e-4)
    show(app, "tiny-ladder", "traverse", beta="0.01")
    strong = galleries(app)["Traversals"]["row_labels"]
    show(app, "tiny-ladder", "traverse", beta="1")
    assert strong != galleries(app)["Traversals"]["row_labels"]
    assert any("at KL weight 1" in c.value for c in app.caption)


def test_a_test_image_beyond_those_that_a_ladder_keeps_has_its_place_in_it(app):
    """Use an AE whose map has 10,000 points, while its partner's film has 3,000."""
    show(app, "mnist-ae-2d", "interpolate", **{"from": "image 7000", "to": "image 2"})
    assert not app.error and any("the same positions in standard deviations" in m.value for m in app.markdown)


def test_a_link_to_a_run_that_is_gone_moves_nothing_elsewhere(app):
    show(app, "tiny-vae-9d", "sample", z="1,2,3,4,5,6,7,8,9")
    assert len(app.warning) == 1 and "tiny-vae-9d" in app.warning[0].value and not galleries(app)


def sample_gallery(app):
    return galleries(app).get("Samples")


def fitted(app, n=120):
    """Run the page until the fit in the background has ended."""
    for _ in range(n):
        if sample_gallery(app):
            return app
        time.sleep(0.5)
        app.run()
    raise AssertionError("the fit has not ended")


@pytest.mark.parametrize("source, name", [("mixture", "mixture-2"), ("diffusion", "diffusion")])
def test_samples_are_those_of_a_density_that_is_fitted_while_the_page_shows_its_progress(app, source, name):
    show(app, "tiny-ae", "sample", source=source, components="2", draws="8", seed="3")
    assert not sample_gallery(app) and any(button.label == "Stop" for button in app.button)
    fitted(app)
    run = find_run("tiny-ae")
    density = stored_density(run, name)
    expected = density.sample(8, np.random.default_rng(3))
    assert np.array(pad_state(app)["overlay"]["marks"]) == pytest.approx(expected, abs=1e-5)
    assert pictures(sample_gallery(app)).shape[0] == 8
    assert address(app)["source"] == source
    if source == "diffusion":
        [path] = pad_state(app)["overlay"]["paths"]
        assert path["zs"][-1] == pytest.approx(expected[0], abs=1e-5) and len(path["zs"]) == 11
        assert [figure for figure in app.get("bidi_component") if "noise path" in figure.proto.id]
    else:
        assert address(app)["components"] == "2" and "paths" not in pad_state(app)["overlay"]
    (run.folder / density_file(name)).unlink()


def test_a_ladder_is_fitted_at_another_kl_weight_when_the_visitor_asks(app):
    show(app, "tiny-ladder", "sample", source="mixture", components="1", beta="0.1")
    [button] = [button for button in app.button if button.label.startswith("Fit to the training codes")]
    assert "β = 0.1" in button.label and not sample_gallery(app)
    button.click().run()
    fitted(app)
    assert not (find_run("tiny-ladder").folder / density_file("gaussian")).exists()


def test_a_codebook_has_no_mixture_and_an_old_link_keeps_its_meaning(app):
    show(app, "tiny-vqvae", "sample", source="mixture")
    assert sample_gallery(app) and "A mixture" not in str(app.get("button_group"))
    for source in ("prior", "codes"):
        show(app, "tiny-ae", "sample", source=source)
        assert sample_gallery(app)
