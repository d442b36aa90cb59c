"""What the map draws, in a real browser, against numpy."""

import numpy as np
import pytest

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.map_block import map_block
from tests.browser.javascript import encode, open_modules


@pytest.fixture(scope="module")
def page(browser):
    page = open_modules(browser)
    yield page
    page.close()


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-vae-1d", "tiny-vae-6d"])
def test_a_posterior_is_drawn_to_the_scale_of_the_map(page, runs_folder, name):
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
        return { box, scale: map.plotArea.scale, places: Array.from(map.pixelPositions.subarray(2 * row, 2 * row + 2)) };
    }""",
        [encode(block.content), row],
    )
    covariance = p.axes @ np.diag(np.exp(e.logvar[row])) @ p.axes.T
    reach = 2 * np.sqrt(np.diag(covariance)) * got["scale"] + 2  # half the outline's width
    x0, y0, x1, y1 = got["box"]
    assert np.allclose([x1 - x0, y1 - y0], 2 * reach, atol=3)
    assert np.allclose([(x0 + x1) / 2, (y0 + y1) / 2], got["places"], atol=1)
