"""What the lesson on the terms of the rate shows and says, against what is kept with its run."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from explorer.errors import UserError
from explorer.lessons.rate import compute
from explorer.lessons.rate.lesson import LESSON, blocks
from explorer.live.film import unpack_positions
from explorer.runs.surgery import TERMS, read_surgeries
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

RUN = read_run(SHIPPED_FOLDER / LESSON.runs[0])
SURGERIES = read_surgeries(RUN)
FIRST, LAST = SURGERIES[0.001], SURGERIES[10.0]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the metadata and the tensors of the block."""
    path = tmp_path_factory.mktemp("rate") / "block.safetensors"
    path.write_bytes(blocks({RUN.name: RUN})["terms"].content)
    with safe_open(path, "numpy") as file:
        return json.loads(file.metadata()["block"]), load_file(path)


def text(part: str) -> str:
    return getattr(LESSON.text, part).replace("\n", " ")


def test_every_rung_has_its_terms_as_they_were_measured(shown):
    rungs = shown[0]["rungs"]
    assert [rung["beta"] for rung in rungs] == sorted(SURGERIES) == list(RUN.spec.rungs)
    for rung in rungs:
        surgery = SURGERIES[rung["beta"]]
        assert rung["rate"] == surgery.rate and surgery.n == shown[0]["n"] == 60_000
        for name in TERMS:
            term = getattr(surgery, name)
            assert rung[name] == asdict(term) | {"text": str(term)}


def test_the_codes_are_those_of_the_film(shown):
    metadata, tensors = shown
    film = read_embedding(RUN).film
    decoded = unpack_positions(tensors)
    np.testing.assert_allclose(decoded, film.mu[:, : compute.N_SHOWN], atol=2e-3)
    assert metadata["film"]["values"] == [frame.beta for frame in RUN.film]
    reach = tensors["bounds"][:, 2, None]
    is_inside = np.abs(film.mu).max(-1) <= reach
    assert (is_inside.mean(1) >= compute.SHOWN_SHARE - 1e-3).all() and (reach >= compute.MIN_REACH).all()


def test_the_text_says_what_was_measured():
    most = np.log(FIRST.n)
    assert f"the rate is {FIRST.rate:.1f} nats" in text("question")
    assert LESSON.text.options[LESSON.text.right - 1] == f"At most {most:.1f}"
    assert f"ln 60,000 = {most:.1f} nats" in text("answer")
    assert FIRST.marginal_kl.low > FIRST.rate / 2  # more than half
    assert f"a rate of {FIRST.rate:.1f} nats" in text("teacher")


def test_up_to_a_third_the_marginals_fall_most_and_then_the_information():
    middle = SURGERIES[0.3]
    assert all((s.mutual_information.value is None) == (beta < 0.3) for beta, s in SURGERIES.items())
    information = (
        np.log(FIRST.n) - middle.mutual_information.low
    )  # the most by which it can fall, of n images
    assert FIRST.marginal_kl.low - middle.marginal_kl.high > 5 * information
    fallen = [
        getattr(middle, name).value - getattr(LAST, name).value for name in TERMS
    ]  # in the order of TERMS
    assert fallen[0] > 2 * (fallen[1] + fallen[2])


def test_the_task_has_one_answer_which_the_intervals_carry():
    shares = {beta: s.mutual_information.high / s.rate for beta, s in SURGERIES.items() if beta < 1}
    solution = SURGERIES[LESSON.solution["beta"]]
    assert max(shares.values()) < 0.9 < solution.mutual_information.low / solution.rate
    known = {b: s.mutual_information.value for b, s in SURGERIES.items()}
    least = {b: (known[b] or s.mutual_information.low) / s.rate for b, s in SURGERIES.items()}
    assert min(b for b, share in least.items() if share >= 0.9) == LESSON.solution["beta"]


def test_a_run_without_its_terms_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(UserError, match="show mnist-ladder-2d --surgery"):
        compute.terms_block(replace(RUN, folder=tmp_path / RUN.name))
