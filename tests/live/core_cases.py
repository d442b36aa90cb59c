"""What the modules of explorer/live/core/ should compute, by torch, numpy, scipy, scikit-learn and Pillow."""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import stats
from scipy.interpolate import RegularGridInterpolator
from scipy.spatial import cKDTree
from sklearn.decomposition import PCA

from explorer.export.decoded_grid import grid_block
from explorer.export.site.files import encode_base32768
from explorer.figures.vector_picture import as_pictures, tick_step
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.live.block import Block, make_block, read_block
from explorer.live.film import pack_positions
from explorer.specs import RunSpec
from explorer.views.decoder_block import decoder_block
from tests.live.lesson_cases import lesson_cases
from tests.live.map_cases import map_cases
from tests.live.network_cases import model_with_weights, network_cases
from tests.live.pad_page_cases import pad_page_cases
from tests.live.playground_cases import playground_cases
from tests.live.plot_cases import plot_part_cases
from tests.live.second_stage_cases import second_stage_cases
from tests.live.state_cases import state_cases
from tests.live.training_cases import training_cases


def write_cases(folder: Path) -> None:
    """Write the cases of each test of core/ as JSON; arrays of float32 and bytes in base64."""
    all_cases = {
        "base32768": base32768_cases(),
        "block": block_cases(),
        "decoded_grid": decoded_grid_cases(),
        "differences": differences_cases(),
        "network": network_cases(),
        "film": film_cases(),
        "plane": plane_cases(),
        "pad_page": pad_page_cases(),
        "playground": playground_cases(),
        "plot": plot_cases(),
        "map": map_cases(),
        "plot_parts": plot_part_cases(),
        "pixels": pixel_cases(),
        "random": random_cases(),
        "second_stage": second_stage_cases(),
        "state": state_cases(),
        "training": training_cases(),
        **lesson_cases(),
    }
    for name, cases in all_cases.items():
        (folder / f"{name}.json").write_text(json.dumps(cases, default=_encode), encoding="utf-8")


def base32768_cases() -> list[dict]:
    """Return bytes of every length up to 40, which end anywhere in a character, and many of them."""
    rng = np.random.default_rng(0)
    contents = [rng.bytes(n) for n in (*range(40), 10_007)]
    return [{"content": content, "text": encode_base32768(content)} for content in contents]


def _encode(value) -> dict | list:
    if isinstance(value, Block):
        value = value.content
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return {"float32": base64.b64encode(value.tobytes()).decode()}
    return value.tolist()  # of numpy


def decoded_grid_cases() -> dict:
    """Return a grid of two rungs and three classes, and what scipy interpolates at z, also beyond it."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 3, 5, 4, 6), dtype=np.uint8)
    low, high, rungs = np.array([[-2.0, 0.5], [-3, 0]]), np.array([[1.0, 3.0], [2, 2.5]]), [-1.0, 0.5]
    zs, positions = rng.uniform(low[0] - 1, high[0] + 1, (20, 2)), rng.uniform(-1.5, 1, 20)
    labels = rng.integers(0, 3, 20)
    shares = np.interp(positions, rungs, [0, 1])
    expected = []
    for z, share, label in zip(zs, shares, labels):
        of_rungs = []
        for rung in range(2):
            axes = [np.linspace(low[rung, axis], high[rung, axis], n) for axis, n in ((1, 5), (0, 4))]
            place = np.clip(z[::-1], low[rung, ::-1], high[rung, ::-1])
            of_rungs.append(RegularGridInterpolator(axes, images[rung, label] / 255)(place)[0])
        expected.append((1 - share) * of_rungs[0] + share * of_rungs[1])
    block = grid_block("grid", images, low, high, rungs)
    return {"block": block, "zs": zs, "positions": positions, "labels": labels, "expected": expected}


def differences_cases() -> dict:
    """Return frames of both kinds of numbers, and their differences by numpy, modulo 2 to their bits."""
    rng = np.random.default_rng(0)
    frames = [
        rng.integers(0, high, (7, 3, 2)).astype(kind) for kind, high in ((np.uint8, 256), (np.uint16, 65536))
    ]
    return {
        "shape": (7, 3, 2),
        "frames": frames,
        "differences": [np.diff(each, axis=0, prepend=each.dtype.type(0)) for each in frames],
    }


def block_cases() -> dict:
    bits = np.arange(65536, dtype=np.uint16)
    halves = bits[np.isfinite(bits.view(np.float16))].view(np.float16)
    spec, shape = RunSpec(width=8), (1, 28, 28)
    _, weights = model_with_weights(spec, shape)
    whole = decoder_block("d", spec, shape, {0.0: weights})
    metadata, tensors = read_block(whole)
    content = whole.content

    def changed(**replaced: np.ndarray | None) -> Block:
        names = {name.replace("_", "."): tensor for name, tensor in replaced.items()}
        return make_block("d", metadata, {k: t for k, t in (tensors | names).items() if t is not None})

    wide = tensors["decoder.2.weight"][:, :, :-1]
    rng = np.random.default_rng(0)
    packed = (rng.integers(-127, 128, (3, 20, 40)) * rng.integers(8, 16, (3, 20, 1)) / 4096).astype(
        np.float16
    )
    without_scale = make_block("b", {}, {"decoder": packed}).content.replace(
        b"decoder.scale", b"decoder.other"
    )
    return {
        "int8": {"block": make_block("b", {}, {"rows": packed}), "expected": packed.astype(np.float32)},
        "float16": {
            "block": make_block("b", {}, {"all": halves}),
            "expected": halves.astype(np.float32),
        },
        "damaged": [
            *(
                {"name": f"{len(part)} bytes", "block": part, "words": "Reload the page"}
                for part in (content[:4], content[:100], content[:-4], b"")
            ),
            {
                "name": "shape",
                "block": changed(decoder_2_weight=wide),
                "words": "decoder.2.weight have the shape",
            },
            {"name": "missing", "block": changed(decoder_0_bias=None), "words": "decoder.0.bias"},
            {
                "name": "nan",
                "block": changed(decoder_2_bias=np.full_like(tensors["decoder.2.bias"], np.nan)),
                "words": "not finite",
            },
            {"name": "no scale", "block": without_scale, "words": "no scale for each row"},
        ],
    }


def film_cases() -> dict:
    rng = np.random.default_rng(3)
    frames = rng.uniform(-3, 8, (3, 40, 2))
    levels = rng.integers(0, 256, (3, 6, 9)).astype(np.uint8)
    bounds = np.array([[-4, -4, 4, 4], [-5, -4, 5, 3], [-5, -2, 6, 3.0]])
    values = [0.01, 0.1, 10]
    axis = {"name": "beta", "title": "KL weight", "values": values, "log_axis": True}
    tensors = {
        **pack_positions(frames),
        "label_positions": frames[:, :2].astype(np.float32),
        "gap_levels": levels,
        "gap_bounds": bounds.astype(np.float32),
    }

    def gap(i: int, t: float, point: np.ndarray) -> bool | None:
        def mixed(x):
            return (1 - t) * x[i].astype(float) + (t * x[i + 1] if t else 0)

        x0, y0, x1, y1 = mixed(bounds)
        column = np.searchsorted(np.linspace(x0, x1, levels.shape[2] + 1), point[0], "right") - 1
        row = np.searchsorted(np.linspace(y0, y1, levels.shape[1] + 1), point[1], "right") - 1
        inside = 0 <= column < levels.shape[2] and 0 <= row < levels.shape[1]
        return bool(mixed(levels)[row, column] > 128) if inside else None

    def at(beta: float, i: int, t: float) -> dict:
        points = (1 - t) * frames[i] + (t * frames[i + 1] if t else 0)
        places = rng.uniform(-6, 6, (60, 2))
        return {
            "position": float(np.log10(beta)),
            "points": points.ravel(),
            "labels": points[1],
            "isMoved": True,
            "gaps": [{"point": place, "isGap": gap(i, t, place)} for place in places],
        }

    rising = np.cumsum(rng.uniform(0.1, 2, 5))
    table = np.random.default_rng(0).standard_normal((5, 3))
    return {
        "block": make_block("f", {"film": axis}, tensors),
        "wrong": make_block("f", {"film": axis | {"values": values[:2]}}, tensors),
        "positions": [at(0.01, 0, 0), at(0.1**1.5, 0, 0.5), at(0.1, 1, 0), at(1, 1, 0.5), at(10, 2, 0)],
        "intervals": [
            {
                "values": rising,
                "position": x,
                "expected": np.interp(x, rising, range(5)),
                "row": [np.interp(x, rising, column) for column in table.T],
            }
            for x in (*rng.uniform(-1, 8, 20), *rising)
        ]
        + [{"values": [3], "position": 7, "expected": 0, "row": table[0]}],
        "table": table.ravel(),
    }


def plane_cases() -> dict:
    rng = np.random.default_rng(2)
    turned = stats.ortho_group.rvs(7, random_state=2)
    codes = rng.standard_normal((500, 7)) * [3, 2, 1, 1, 0.5, 0.2, 0.1] @ turned + 1
    codes = codes.astype(np.float32)
    p, pca = fit_projection(codes), PCA(2).fit(codes)
    scale = reference_gaussian(codes, p, False)
    tensors = {
        "centre": p.centre,
        "axes": p.axes,
        "origin": scale.mean,
        "unit_matrix": scale.map_root,
        "inverse_unit_matrix": np.linalg.pinv(scale.map_root),
    }
    z, point, standard_point = codes[3], np.array([1.5, -0.5]), np.array([-1.0, 2.0])
    flat = pca.inverse_transform(pca.transform(z[None]))[0]
    sign = np.sign((p.axes * pca.components_).sum(1))
    sd = rng.uniform(0.1, 2, 7)
    factor = np.linalg.cholesky(p.axes @ np.diag(sd**2) @ p.axes.T)
    directions = rng.standard_normal((4, 7))  # z = mean + w @ directions
    of_directions = np.linalg.cholesky(p.axes @ directions.T @ directions @ p.axes.T)
    return {
        "block": make_block("b", {}, {name: t.astype(np.float32) for name, t in tensors.items()}),
        "z": z.tolist(),
        "point": point,
        "standardPoint": standard_point,
        "sd": sd,
        "directions": directions,
        "expected": {
            "moved": (pca.inverse_transform([sign * point])[0] + (z - flat)).tolist(),
            "onto": flat.tolist(),
            "distance": float(np.linalg.norm(z - flat)),
            "standard": scale.to_standard(z).tolist(),
            "fromStandard": p.project(scale.shift_to(z, standard_point)).tolist(),
            "factor": factor[[0, 1, 1], [0, 0, 1]],
            "ofDirections": of_directions[[0, 1, 1], [0, 0, 1]],
        },
    }


def plot_cases() -> dict:
    ranges = ((-3.1, 4.2, 600), (0, 1e-3, 250), (-900, 1200, 300), (1.5, 1.9, 90))
    return {
        "ticks": [
            {
                "low": low,
                "high": high,
                "length": length,
                "steps": [m * 10.0**e for m in (1, 2, 5) for e in range(-6, 5)],
            }
            for low, high, length in ranges
        ],
        "numbers": [
            {"value": value, "digits": digits, "expected": f"{value:.{digits}f}".replace("-", "−")}
            for value, digits in ((-1.234, 2), (0.5, 0 + 1), (1e3, 1), (-0.125, 3))
        ],
    }


def pixel_cases() -> dict:
    width, height, radius = 40, 30, 6
    distance = np.hypot(*(np.mgrid[:height, :width] + 0.5 - np.array([15, 20])[:, None, None]))
    opacity = 0.75 * np.clip(radius + 0.5 - distance, 0, 1)[..., None]
    blended = 255 * (1 - opacity) + np.array([255, 0, 0]) * opacity
    rng = np.random.default_rng(0)
    alpha = rng.integers(0, 256, (50, 1))
    premultiplied = np.concatenate([rng.integers(0, alpha + 1, (50, 3)), alpha], axis=1).astype(np.uint8)
    plain = np.asarray(Image.frombytes("RGBa", (50, 1), premultiplied.tobytes()).convert("RGBA"))
    return {
        "dots": {
            "width": width,
            "height": height,
            "positions": [20.0, 15.0, 2.0, 2.0, -50.0, 10.0],
            "radius": radius,
            "expected": np.dstack([blended, np.full_like(distance, 255)]).ravel(),
            "tolerance": 2,
        },
        "premultiplied": {"pixels": premultiplied.ravel(), "expected": plain.ravel()},
        "grids": [_grid(n, columns, shape, gap) for n, columns, shape, gap in GRIDS],
        "drawing": {"strokes": STROKES, "side": 28, "expected": _drawn(28)},
        "vectors": [_vector(n, rng) for n in (2, 5, 24, 25, 96, 100, 1000)],
    }


def _vector(n: int, rng: np.random.Generator) -> dict:
    values = rng.uniform(-0.1, 1.1, n).astype(np.float32)
    picture = as_pictures(values[None, None, None])[0]
    return {"values": values, "expected": picture.ravel(), "shape": picture.shape, "step": tick_step(n)}


GRIDS = [(10, 4, (1, 3, 5), 0), (6, 6, (3, 4, 2), 1), (9, 3, (1, 2, 2), 2)]
STROKES = [
    {"erases": False, "points": [[0.2, 0.2], [0.8, 0.3], [0.5, 0.9]]},
    {"clears": True},
    {"erases": False, "points": [[0.1, 0.2], [0.8, 0.3], [0.5, 0.9]]},
    {"erases": True, "points": [[0.1, 0.5], [0.9, 0.4]]},
    {"erases": False, "points": [[0.85, 0.85]]},
    {"erases": False, "points": [[-0.1, 0.6], [0.3, 1.2]]},
]


def _grid(n: int, columns: int, shape: tuple[int, int, int], gap: int) -> dict:
    channels, height, width = shape
    images = np.random.default_rng(n).random((n, *shape), np.float32)
    rows = -(-n // columns)
    spaced = np.zeros((rows * columns, channels, height + gap, width + gap), np.float32)
    spaced[:n, :, :height, :width] = images
    whole = spaced.reshape(rows, columns, *spaced.shape[1:]).transpose(2, 0, 3, 1, 4)
    whole = whole.reshape(channels, rows * (height + gap), columns * (width + gap))
    whole = whole[:, : whole.shape[1] - gap, : whole.shape[2] - gap]
    facts = {"n": n, "columns": columns, "gap": gap, "shape": shape, "images": images.ravel()}
    return facts | {"expected": np.ascontiguousarray(whole).ravel(), "expectedShape": whole.shape}


def _drawn(side: int) -> np.ndarray:
    """The grey [side²] of the strokes: each is the set of points within its radius of a point of its line."""
    centres = np.stack(np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5), -1).reshape(-1, 2)
    grey = np.zeros(side * side)
    for stroke in STROKES:
        if stroke.get("clears"):
            grey[:] = 0
            continue
        corners = side * np.array(stroke["points"])
        lines = [corners[:1], *(np.linspace(a, b, 20_000) for a, b in zip(corners, corners[1:]))]
        distance, _ = cKDTree(np.concatenate(lines)).query(centres)
        radius = side * (0.14 if stroke["erases"] else 0.08) / 2
        covered = np.clip(radius + 0.5 - distance, 0, 1)
        grey += covered * ((0 if stroke["erases"] else 1) - grey)
    return np.rint(255 * grey)


def random_cases() -> dict:
    """Quantiles, each of which a sample misses by more than the tolerance once in a billion times."""
    n, quantiles = 100_000, np.array([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
    expected = stats.norm.ppf(quantiles)
    error = np.sqrt(quantiles * (1 - quantiles) / n) / stats.norm.pdf(expected)
    return {"n": n, "quantiles": quantiles, "expected": expected, "tolerance": 6.5 * error}
