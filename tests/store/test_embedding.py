"""What is kept of a run's codes and images, and what of it is read again."""

from dataclasses import replace

import numpy as np

from explorer.store.catalogue import find_run
from explorer.store.embedding import n_film_codes, read_embedding
from explorer.store.run import EMBEDDING_FILE, REPLAY_FILE
from trained.trim import trim_run


def test_a_film_holds_fewer_codes_of_many_dimensions():
    assert [n_film_codes(10_000, dim) for dim in (1, 2, 5, 8, 16, 512)] == [
        3000,
        3000,
        3000,
        2000,
        1000,
        1000,
    ]
    assert n_film_codes(360, 16) == 360


def test_a_film_of_an_earlier_version_has_3000_codes_of_any_dimension(runs_folder, monkeypatch):
    monkeypatch.setattr("explorer.store.embedding.MIN_FILM_CODES", 100)
    monkeypatch.setattr("explorer.store.embedding.MAX_FILM_VALUES", 200)  # a film would now have 100 codes
    assert read_embedding(find_run("tiny-ladder")).film.mu.shape[1] == find_run("tiny-ladder").test.n == 360


def test_only_the_first_images_of_a_run_are_kept(runs_folder):
    run = find_run("tiny-ladder")
    assert (run.folder / REPLAY_FILE).exists()
    before, n_bytes = read_embedding(run), (run.folder / EMBEDDING_FILE).stat().st_size
    kept = trim_run(run, 7)
    after = read_embedding(kept)
    assert np.array_equal(after.images, before.images[:7]) and len(before.images) > 7
    assert np.array_equal(after.mu, before.mu) and np.array_equal(after.film.mu, before.film.mu)
    assert replace(kept, files={}) == replace(run, files={})
    assert not (run.folder / REPLAY_FILE).exists()
    assert (run.folder / EMBEDDING_FILE).stat().st_size < n_bytes
    assert trim_run(kept, 10) == kept
