"""log p(x) by quadrature over the latent plane, against closed forms, SciPy and importance sampling, and what
the browser gets of it; the terms of the bound are tested in Node (tests/live/core/evidence.test.js).
"""

import json
import math

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy import integrate

from explorer.latent.quadrature import Grid
from explorer.lessons.elbo import compute
from explorer.lessons.elbo.lesson import FOLDER, LESSON, SYMBOLS
from explorer.objectives.bound import importance_weighted_bound
from explorer.runs.evidence import decode_grid, grid_log_likelihood, log_evidence
from explorer.runs.load import load_model
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.evidence_block import FIRST, GRID, IMAGES, OTHERS


@pytest.fixture(scope="module")
def digits():
    run = find_run("digits-vae-2d")
    return load_model(run), read_embedding(run)


@pytest.fixture(scope="module")
def logits(digits):
    return decode_grid(digits[0], GRID)


def evidence(loaded, logits, x: np.ndarray, grid: Grid = GRID) -> float:
    return log_evidence(grid_log_likelihood(loaded, logits, x), grid)


def test_a_gaussian_as_narrow_as_a_cell_has_its_mass_and_far_below_floats_it_still_adds_up():
    grid = Grid(8.0, 256)
    for mu, sd in ((0.0, 1.0), (3.0, 1.0), (0.013, grid.step), (-2.99, grid.step)):
        log_density = grid.log_normal(mu, sd)[:, None] + grid.log_normal(mu / 2, sd)
        assert grid.log_integral(log_density - 5000) == pytest.approx(-5000, abs=1e-6)
    z = grid.points[37 * grid.n + 201]
    assert z == pytest.approx([grid.axis[37], grid.axis[201]])
    assert np.diff(grid.axis) == pytest.approx(grid.step)


def test_scipy_integrates_to_the_same(digits, logits):
    """Integrate adaptively, by Gauss and Kronrod's rule, decoding at each point."""
    loaded, e = digits
    x = torch.from_numpy(e.images[0]).float()[None] / 255

    def joint(z: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            x_logits = loaded.model.decode(torch.from_numpy(z).float())
            log_likelihood = -loaded.likelihood.distortion(x_logits, x.expand_as(x_logits)).double().numpy()
        return np.exp(log_likelihood + 25 - (z**2).sum(1) / 2) / (2 * np.pi)

    whole = integrate.cubature(joint, [-6.0, -6.0], [6.0, 6.0], rtol=1e-3).estimate
    assert evidence(loaded, logits, e.images[0]) == pytest.approx(math.log(whole) - 25, abs=0.003)


def test_a_grid_twice_as_fine_finds_the_same(digits, logits):
    """Use the images that differed most, 6 and 15, and others."""
    loaded, e = digits
    rows = (0, 6, 15, 120, 200, 359)
    coarse = [evidence(loaded, logits, e.images[row]) for row in rows]
    grid = Grid(7.0, 448)
    fine = decode_grid(loaded, grid)
    finer = [evidence(loaded, fine, e.images[row], grid) for row in rows]
    assert coarse == pytest.approx(finer, abs=0.0015) and coarse != finer


def test_importance_sampling_finds_the_same(digits, logits):
    loaded, e = digits
    for row in range(0, 100, 10):
        bound = importance_weighted_bound(loaded.model, loaded.likelihood, e.images[row], 5000)
        assert evidence(loaded, logits, e.images[row]) == pytest.approx(bound, abs=0.1)


@pytest.mark.parametrize(("name", "rows"), [(FIRST, IMAGES[:1]), (OTHERS, IMAGES[1:])])
def test_a_block_holds_the_likelihoods_of_its_images(digits, logits, tmp_path, name, rows):
    """Check that rounding to 16 bits changes log p(x) by less than 0.001 nats."""
    loaded, e = digits
    path = tmp_path / "block.safetensors"
    blocks = LESSON.blocks({"digits-vae-2d": find_run("digits-vae-2d")})
    path.write_bytes(blocks[name].content)
    with safe_open(path, "numpy") as file:
        metadata = json.loads(file.metadata()["block"])
        differences, images, mu = (file.get_tensor(name) for name in ("log_likelihood", "images", "mu"))
    assert tuple(metadata["rows"]) == rows
    levels = np.cumsum(np.cumsum(differences, axis=2, dtype=np.uint16), axis=1, dtype=np.uint16)
    for i, row in enumerate(metadata["rows"]):
        values = metadata["low"][i] + metadata["quantum"][i] * levels[i].astype(float)
        assert metadata["quantum"][i] < 0.02
        assert log_evidence(values, GRID) == pytest.approx(evidence(loaded, logits, e.images[row]), abs=1e-3)
        assert np.array_equal(images[i], e.images[row]) and np.allclose(mu[i], e.mu[row])


def test_the_three_questions_have_answers():
    questions = compute.questions(FOLDER, SYMBOLS)
    assert [q["question"].startswith("Why ") and q["question"].endswith("?") for q in questions] == [True] * 3
    assert all("<math" in q["answer"] and "@{" not in q["answer"] for q in questions)
