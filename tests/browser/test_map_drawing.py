"""What the map draws, in a real browser, against numpy; and maps of many codes, drawn in tiles, against the same
maps drawn point by point.
"""

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
    assert np.allclose(
        [(x0 + x1) / 2, (y0 + y1) / 2], got["places"], atol=2
    )  # an edge may cover a point of its colour


N_MANY = 30_000
MANY = """(n) => {
    let seed = 5;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647, data = (array, shape) => ({ data: array, shape });
    const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const tensors = { positions: data(Uint16Array.from({ length: 2 * n }, () => Math.min(Math.max(32768 + 9000 * normal(), 0), 65535)), [1, n, 2]),
        low: data([-4, -4], [2]), high: data([4, 4], [2]), bounds: data([-3, -3, 3, 3], [1, 4]), centre: data(new Float32Array(2), [2]),
        axes: data(Float32Array.of(1, 0, 0, 1), [2, 2]), unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]), origin: data(new Float32Array(2), [2]),
        inverse_unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]), labels: data(Uint16Array.from({ length: n }, (_, i) => i % 2), [n]), label_positions: data(new Float32Array(4), [1, 2, 2]) };
    const classes = [{ name: "a", colour: "#cc0000" }, { name: "b", colour: "#0000cc" }];
    const metadata = { axis_titles: ["x", "y"], to_scale: true, has_rings: false, classes, film: null };
    const theme = () => ({ text: "#111", background: "#ffffff", mutedText: "#888", font: "serif" });
    const map = new js.LatentMap(document.createElement("canvas"), { metadata, tensors: () => tensors }, theme);
    map.resize(500, 480);
    map.seek(0);
    const paint = (view) => {
        let frames = 0;
        map.onUnfinished = () => (map.stale = true); // as the pad does
        map.stale = true;
        if (view) map.setView(view);
        for (; map.stale && frames < 2000; frames++) map.paint({ cursor: [0, 0], ghost: null, rows: [] });
        return frames;
    };
    const pixels = () => map.canvas.getContext("2d").getImageData(50, 20, 420, 400).data; // of the plot
    const withoutTiles = () => {
        map.tiles = null;
        [map.devicePositions, map.colours] = [new Float32Array(2 * n), new Int32Array(n)];
    };
    return { map, paint, pixels, withoutTiles };
}"""


def test_a_map_of_many_codes_shows_what_it_would_show_point_by_point(page):
    """Where few points overlap, in the middle of the zoomed map. The tiles lie on whole pixels, so the two are
    shifted by less than one.
    """
    covered = page.evaluate(
        f"""(n) => {{
        const {{ paint, pixels, withoutTiles }} = ({MANY})(n), view = {{ zoom: 16, centre: [1.2, 0.7] }};
        paint(view);
        const tiled = pixels();
        withoutTiles();
        paint(view);
        const plain = pixels(), isRed = (p, i) => p[i] - p[i + 2] > 60, isBlue = (p, i) => p[i + 2] - p[i] > 60;
        const counts = {{ red: [0, 0], blue: [0, 0], same: 0 }};
        for (let i = 0; i < plain.length; i += 4) {{
            [tiled, plain].forEach((p, k) => {{ counts.red[k] += isRed(p, i); counts.blue[k] += isBlue(p, i); }});
            counts.same += isRed(plain, i) && [-4, 0, 4, -1680, 1680].some((d) => isRed(tiled, i + d));
        }}
        return counts;
    }}""",
        N_MANY,
    )
    for colour in ("red", "blue"):
        tiled, plain = covered[colour]
        assert plain > 500 and abs(tiled - plain) < 0.1 * plain
    assert covered["same"] > 0.9 * covered["red"][1]


def test_tiles_are_painted_in_several_frames_and_others_stand_in(page):
    """While it is zoomed, no frame is without points, and no class is seen that is hidden."""
    shown = page.evaluate(
        f"""(n) => {{
        const {{ map, paint, pixels }} = ({MANY})(n), count = (channel) => {{
            const p = pixels();
            let count = 0;
            for (let i = 0; i < p.length; i += 4) count += p[i + channel] - p[i + 2 - channel] > 60;
            return count;
        }};
        const frames = [], once = () => {{ map.stale = true; map.paint({{ cursor: [0, 0], ghost: null, rows: [] }}); }};
        paint();
        for (let i = 0; i < 20; i++) {{
            map.setView({{ zoom: 1.2 ** i, centre: [0.1 * i, 0] }});
            once();
            frames.push(count(0));
        }}
        paint({{ zoom: 8, centre: [0, 0] }});
        const before = [count(0), count(2)];
        map.hiddenClasses.add(0);
        paint();
        return {{ frames, before, after: [count(0), count(2)], outside: map.outsideCount }};
    }}""",
        N_MANY,
    )
    assert min(shown["frames"]) > 300
    assert min(shown["before"]) > 300
    assert shown["after"][0] == 0 and shown["after"][1] > shown["before"][1] * 0.9


def test_the_point_under_the_pointer_is_the_nearest_of_many_that_are_shown(page):
    wrong = page.evaluate(
        f"""(n) => {{
        const {{ map, paint }} = ({MANY})(n);
        let wrong = 0, found = 0;
        for (const [zoom, hidden] of [[1, -1], [1, 0], [16, -1], [16, 1]]) {{
            map.hiddenClasses.clear();
            if (hidden >= 0) map.hiddenClasses.add(hidden);
            paint({{ zoom, centre: [0.5, 0.5] }});
            for (let trial = 0; trial < 50; trial++) {{
                const position = [60 + 7 * trial, 30 + 8 * trial];
                let nearest = -1, least = 10;
                for (let row = 0; row < n; row++) {{
                    const [x, y] = map.positionOf(row), distance = Math.hypot(x - position[0], y - position[1]);
                    if (distance < least - 1e-9 && map.labels[row] !== hidden) [nearest, least] = [row, distance];
                }}
                const row = map.pointAt(position, 0);
                found += row >= 0;
                wrong += row !== nearest;
            }}
        }}
        return [wrong, found];
    }}""",
        N_MANY,
    )
    assert wrong[0] == 0 and wrong[1] > 50
