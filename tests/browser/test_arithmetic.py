"""The pad's arithmetic, run by a real browser, against torch, numpy and scikit-learn."""

import base64
import json

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.models.autoencoder import build_autoencoder
from explorer.models.classifier import build_classifier
from explorer.objectives.distortion import build_likelihood
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.classifier import Classifier
from explorer.store.embedding import read_embedding
from explorer.ui.components.latent_pad import JS_MODULES, read_javascript
from explorer.ui.components.latent_pad.block import make_block
from explorer.ui.components.latent_pad.classifier_block import classifier_block
from explorer.ui.components.latent_pad.decoder_block import decoder_block
from explorer.ui.components.latent_pad.map_block import map_block

TOLERANCE = 1e-5
N = 1000
DECODERS = {
    "linear": (RunSpec(network="linear", latent_dim=16), (1, 28, 28)),
    "mlp": (RunSpec(network="mlp"), (1, 28, 28)),
    "mlp, gaussian": (RunSpec(network="mlp", likelihood="gaussian", latent_dim=64), (1, 28, 28)),
    "mlp, colour": (RunSpec(network="mlp", latent_dim=1, width=64, depth=4), (3, 28, 28)),
    "vqvae": (RunSpec(model="vqvae", latent_dim=8), (1, 28, 28)),
    "conv": (RunSpec(network="conv"), (1, 28, 28)),
    "conv, gaussian, 3": (
        RunSpec(network="conv", likelihood="gaussian", width=16, depth=3, latent_dim=10),
        (1, 64, 64),
    ),
    "conv, colour": (RunSpec(network="conv", width=8, latent_dim=5), (3, 32, 32)),
    "conv, 1": (RunSpec(network="conv", width=6, depth=1), (3, 28, 28)),
}
HELPERS = """
    globalThis.bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    globalThis.floats = (text) => new Float32Array(bytes(text).buffer);
    globalThis.text = (array) => { const b = new Uint8Array(array.buffer, array.byteOffset, array.byteLength); let s = "";
        for (let i = 0; i < b.length; i += 32768) s += String.fromCharCode(...b.subarray(i, i + 32768)); return btoa(s); };
    0;
"""


@pytest.fixture(scope="module")
def page(browser):
    """A blank page with the pad's JavaScript as `js`."""
    page = browser.new_page()
    page.evaluate(HELPERS)
    page.evaluate(
        """async (source) => {
        globalThis.js = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    }""",
        read_javascript(*JS_MODULES),
    )
    yield page
    page.close()


def text(array) -> str:
    return base64.b64encode(
        array if isinstance(array, bytes) else np.ascontiguousarray(array).tobytes()
    ).decode()


def floats(result: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(result), np.float32)


def model_of(spec, shape, seed=0):
    """With weights as large as training makes them, so that pixels are not all alike."""
    torch.manual_seed(seed)
    model = build_autoencoder(spec, shape).eval()
    for p in model.decoder.parameters():
        p.data *= 2
    return model, {f"decoder.{k}": v.numpy() for k, v in model.decoder.state_dict().items()}


def forward(page, block, z, u=0.0) -> np.ndarray:
    """z [n, D] -> the network's outputs [n, …]"""
    done = page.evaluate(
        """([block, z, D, u]) => {
        const network = new js.Network(js.parseBlock(bytes(block))), all = floats(z), n = all.length / D;
        const out = new Float32Array(n * network.output.length);
        for (let i = 0; i < n; i++) out.set(network.forward(all.subarray(i * D, (i + 1) * D), u), i * network.output.length);
        return text(out);
    }""",
        [text(block.content), text(z.astype(np.float32)), z.shape[1], u],
    )
    return floats(done).reshape(len(z), -1)


@torch.inference_mode()
def by_torch(model, spec, z) -> np.ndarray:
    return (
        build_likelihood(spec).mean(model.decode(torch.from_numpy(z.astype(np.float32)))).flatten(1).numpy()
    )


@pytest.mark.parametrize("name", DECODERS)
def test_decodes_as_torch_does(page, name):
    spec, shape = DECODERS[name]
    model, weights = model_of(spec, shape)
    z = 2 * np.random.default_rng(0).standard_normal((N, spec.latent_dim))
    ours, theirs = forward(page, decoder_block("d", spec, shape, {0.0: weights}), z), by_torch(model, spec, z)
    assert theirs.std() > 0.01
    assert np.abs(ours - theirs).max() <= TOLERANCE


def test_a_classifier_says_what_torch_says(page):
    torch.manual_seed(0)
    model = build_classifier((1, 28, 28), 10).eval()
    weights = {name: w.numpy() for name, w in model.state_dict().items()}
    block = classifier_block("c", Classifier((1, 28, 28), tuple("0123456789"), 0.9, weights))
    x = np.random.default_rng(0).random((100, 784), np.float32) * 3
    with torch.inference_mode():
        wanted = model(torch.from_numpy(x)).softmax(1).numpy()
    assert np.abs(forward(page, block, x) - wanted).max() <= TOLERANCE


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_weights_between_two_rungs_are_mixed(page, network):
    spec, shape = RunSpec(network=network, width=16), (1, 28, 28)
    rungs = [model_of(spec, shape, seed) for seed in range(3)]
    block = decoder_block(
        "d",
        spec,
        shape,
        {beta: weights for beta, (_, weights) in zip((0.01, 1.0, 10.0), rungs)},
        log_axis=True,
    )
    z = np.random.default_rng(1).standard_normal((50, 2))
    for u, i, t in [(-2, 0, 0), (-0.5, 0, 0.75), (0.25, 1, 0.25), (1, 1, 1), (-9, 0, 0), (9, 1, 1)]:
        mixed = {k: (1 - t) * rungs[i][1][k] + t * rungs[i + 1][1][k] for k in rungs[0][1]}
        model = build_autoencoder(spec, shape).eval()
        model.load_state_dict({k: torch.from_numpy(w) for k, w in mixed.items()}, strict=False)
        assert np.abs(forward(page, block, z, u) - by_torch(model, spec, z)).max() <= TOLERANCE


def test_every_float16_is_read(page):
    bits = np.arange(65536, dtype=np.uint16)
    finite = bits[np.isfinite(bits.view(np.float16))]
    block = make_block("b", {}, {"all": finite.view(np.float16)})
    read = page.evaluate(
        "(block) => text(js.parseBlock(bytes(block)).tensors().all.data)", text(block.content)
    )
    assert np.array_equal(floats(read), finite.view(np.float16).astype(np.float32))


def test_a_point_goes_back_through_the_inverse_pca(page):
    rng = np.random.default_rng(2)
    codes = (rng.standard_normal((500, 7)) * [3, 2, 1, 1, 0.5, 0.2, 0.1] + 1).astype(np.float32)
    p, pca = fit_projection(codes), PCA(2).fit(codes)
    scale = reference_gaussian(codes, p, False)
    tensors = {
        "centre": p.centre,
        "axes": p.axes,
        "origin": scale.mean,
        "unit_matrix": scale.unit,
        "inverse_unit_matrix": np.linalg.pinv(scale.unit),
    }
    tensors = {name: t.astype(np.float32) for name, t in tensors.items()}
    z, point = codes[3], [1.5, -0.5]
    got = page.evaluate(
        """([block, z, point]) => {
        const plane = new js.Plane(js.parseBlock(bytes(block)).tensors());
        return { moved: plane.moveTo(z, point), lands: plane.project(plane.moveTo(z, point)), onto: plane.projectOntoPlane(z), off: plane.distanceTo(z),
                 standard: plane.toStandardUnits(z), point: plane.fromStandardUnits(point) };
    }""",
        [text(make_block("b", {}, tensors).content), z.tolist(), point],
    )
    flat = pca.inverse_transform(pca.transform(z[None]))[0]
    sign = np.sign((p.axes * pca.components_).sum(1))
    assert np.allclose(got["onto"], flat, atol=1e-5)
    assert np.isclose(got["off"], np.linalg.norm(z - flat), atol=1e-5)
    assert np.allclose(got["standard"], scale.to_standard(z), atol=1e-4)
    assert np.allclose(got["point"], p.place(scale.moved(z, np.array(point))), atol=1e-4)
    assert np.allclose(got["lands"], point, atol=1e-5)
    assert np.allclose(got["moved"], pca.inverse_transform([sign * point])[0] + (z - flat), atol=1e-5)


def test_a_film_moves_between_its_frames(page):
    rng = np.random.default_rng(3)
    frames, low, high = rng.uniform(-3, 8, (3, 40, 2)), np.array([-3.0, -4.0]), np.array([8.0, 9.0])
    quantised = np.rint((frames - low) / (high - low) * 65535).astype(np.uint16)
    axis = {"name": "beta", "title": "KL weight", "values": [0.01, 0.1, 10], "log_axis": True}
    tensors = {
        "positions": quantised,
        "low": low.astype(np.float32),
        "high": high.astype(np.float32),
        "label_positions": frames[:, :2].astype(np.float32),
    }
    block = text(make_block("f", {"film": axis}, tensors).content)
    for beta, i, t in [(0.01, 0, 0), (0.1**1.5, 0, 0.5), (0.1, 1, 0), (1, 1, 0.5), (10, 1, 1)]:
        got = page.evaluate(
            """([block, u]) => {
            const film = new js.Film(js.parseBlock(bytes(block)));
            return [film.seek(u), film.seek(u), Array.from(film.points), film.interpolate("label_positions", 2, 2), film.interpolate("posterior_factors")];
        }""",
            [block, float(np.log10(beta))],
        )
        wanted = (1 - t) * frames[i] + t * frames[i + 1]
        assert got[0] and not got[1] and got[4] is None
        assert np.abs(np.reshape(got[2], (-1, 2)) - wanted).max() <= 13 / 65535
        assert np.allclose(got[3], wanted[1], atol=1e-5)


@pytest.mark.parametrize(
    "low, high, length", [(-3.1, 4.2, 600), (0, 1e-3, 250), (-900, 1200, 300), (1.5, 1.9, 90)]
)
def test_ticks_are_round_and_neither_crowded_nor_absent(page, low, high, length):
    ticks = np.array(page.evaluate("(args) => js.computeTicks(...args)", [low, high, length]))
    assert len(ticks) and low <= ticks.min() and ticks.max() <= high
    if len(ticks) > 1:
        step = np.diff(ticks)
        assert np.allclose(step, step[0]) and step[0] * length / (high - low) >= 60
        assert round(step[0] / 10 ** np.floor(np.log10(step[0]) + 1e-9), 6) in (1, 2, 5)


def test_dots_are_blended_over_what_is_there(page):
    """An opaque middle, a soft edge, and nothing outside the radius or the picture."""
    width, height, r = 40, 30, 6
    places = [[20.0, 15.0], [2.0, 2.0], [-50.0, 10.0]]
    got = page.evaluate(
        """([width, height, places, r]) => {
        const pixels = new Int32Array(width * height).fill(0xffffffff | 0);
        js.paintDots(pixels, width, height, Float32Array.from(places.flat()), Int32Array.of(0xff0000ff | 0, 0, 0xff00ff00 | 0), r);
        return Array.from(pixels);
    }""",
        [width, height, places, r],
    )
    rgba = np.array(got, np.int64).astype(np.uint32).view(np.uint8).reshape(height, width, 4)
    distance = np.hypot(*(np.mgrid[:height, :width] + 0.5 - np.array([15, 20])[:, None, None]))
    assert (rgba[..., 3] == 255).all() and (rgba[distance > r + 0.6] == 255).all()
    assert np.abs(rgba[distance < r - 0.6].astype(int) - [255, 64, 64, 255]).max() <= 1
    edge = rgba[(distance > r - 0.4) & (distance < r + 0.4)][:, 1]
    assert ((edge > 64) & (edge < 255)).all()


def fault(page, content: bytes, act="js.parseBlock(bytes(block)).tensors()") -> str:
    return page.evaluate(
        f"""(block) => {{
        try {{ {act}; return ""; }} catch (e) {{ return e instanceof js.UserFacingError ? e.message : "not a fault: " + e; }}
    }}""",
        text(content),
    )


def test_damaged_blocks_get_a_sentence(page):
    spec, shape = RunSpec(width=8), (1, 28, 28)
    _, weights = model_of(spec, shape)
    whole = decoder_block("d", spec, shape, {0.0: weights}).content
    network = "new js.Network(js.parseBlock(bytes(block)))"
    assert fault(page, whole, network) == ""
    for part in (whole[:4], whole[:100], whole[:-4], b""):
        assert "Reload the page" in fault(page, part, network), len(part)
    narrow = decoder_block(
        "d", spec, shape, {0.0: weights | {"decoder.2.weight": weights["decoder.2.weight"][:, :-1]}}
    )
    assert "decoder.2.weight have the shape" in fault(page, narrow.content, network)
    without = {k: w for k, w in weights.items() if k != "decoder.0.bias"}
    assert "decoder.0.bias" in fault(
        page, make_block("d", metadata_of(whole), {k: w[None] for k, w in without.items()}).content, network
    )
    broken = weights | {"decoder.2.bias": np.full_like(weights["decoder.2.bias"], np.nan)}
    assert "not finite" in fault(page, decoder_block("d", spec, shape, {0.0: broken}).content, network)


def metadata_of(content: bytes) -> dict:
    """Return the metadata of a block."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return json.loads(header["__metadata__"]["block"])


@pytest.mark.parametrize(
    "spec, shape",
    [
        (RunSpec(network="gru"), (1, 28, 28)),
        (RunSpec(width=3000, depth=1), (3, 64, 64)),
        (RunSpec(network="conv", width=128), (3, 64, 64)),
    ],
)
def test_what_is_too_much_for_a_browser_is_left_to_the_server(spec, shape):
    _, weights = model_of(spec, shape)
    assert decoder_block("d", spec, shape, {0.0: weights}) is None


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-vae-1d", "tiny-vae-6d"])
def test_a_cloud_is_drawn_to_the_maps_scale(page, runs_folder, name):
    """Its outline reaches two standard deviations each way, by the scale of the axes."""
    run = find_run(name)
    e = read_embedding(run)
    p = fit_projection(e.mu)
    block = map_block(
        "m",
        run,
        e,
        reference_gaussian(e.mu, p, True),
        rank_dimensions(e.mu, run.test.rate_per_dimension, True),
        "Digits",
    )
    row = 5
    got = page.evaluate(
        """([block, row]) => {
        const canvas = document.createElement("canvas"), theme = () => ({ text: "#111", background: "#fff", mutedText: "#888", font: "serif" });
        const map = new js.LatentMap(canvas, js.parseBlock(bytes(block)), theme);
        map.resize(700, 600);
        map.seek(0);
        const pixels = (rows) => {
            map.paint({ cursor: map.plane.centre, ghost: null, rows });
            return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        };
        const before = pixels([]), after = pixels([row]);
        let box = [Infinity, Infinity, -Infinity, -Infinity];
        for (let i = 0; i < after.length; i++) if (before[i] !== after[i]) {
            const x = (i >> 2) % canvas.width, y = Math.floor((i >> 2) / canvas.width);
            box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x + 1), Math.max(box[3], y + 1)];
        }
        return { box, scale: map.view.scale, places: Array.from(map.pixelPositions.subarray(2 * row, 2 * row + 2)) };
    }""",
        [text(block.content), row],
    )
    covariance = p.axes @ np.diag(np.exp(e.logvar[row])) @ p.axes.T
    reach = 2 * np.sqrt(np.diag(covariance)) * got["scale"] + 2  # half the outline's width
    x0, y0, x1, y1 = got["box"]
    assert np.allclose([x1 - x0, y1 - y0], 2 * reach, atol=3)
    assert np.allclose([(x0 + x1) / 2, (y0 + y1) / 2], got["places"], atol=1)
