import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.events import EpochEnd, Finished, Reading
from explorer.latent.gap_map import build_gap_map
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.runs import measure
from explorer.runs.load import load_run
from explorer.runs.train import find_existing, train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.checkpoint import has_checkpoint
from explorer.store.embedding import read_embedding
from explorer.training.evaluation import evaluate


def test_the_stored_figures_are_those_of_the_stored_weights(runs_folder):
    loaded, data = load_run("tiny-vae"), load_data("digits")
    e = evaluate(loaded.model, loaded.likelihood, data.x[data.test])
    assert loaded.run.test.elbo == pytest.approx(e.metrics.elbo, abs=1e-4)
    assert read_embedding(loaded.run).mu == pytest.approx(e.mu, abs=1e-5)


def test_the_embedding_is_the_test_split_in_order(runs_folder):
    e, data = read_embedding(find_run("tiny-vae")), load_data("digits")
    assert np.array_equal(e.y, data.y[data.test]) and np.array_equal(e.images, data.x[data.test])
    assert e.logvar.shape == e.mu.shape == (360, 2) and read_embedding(find_run("tiny-ae")).logvar is None
    assert load_run("tiny-vae").encode(e.images[:9]).mu.numpy() == pytest.approx(e.mu[:9], abs=1e-5)


def test_known_factors_stay_with_their_codes(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    run = train_run(RunSpec("moons", epochs=1, width=8))
    data = load_data("moons")
    assert {k: v.tolist() for k, v in read_embedding(run).factors.items()} == {
        k: v[data.test].tolist() for k, v in data.factors.items()
    }


# Bernoulli, Gaussian
@pytest.mark.parametrize("name, mean", [("tiny-ae", torch.sigmoid), ("tiny-vae", lambda x: x.clamp(0, 1))])
def test_decoding_gives_the_likelihoods_mean(runs_folder, name, mean):
    loaded, z = load_run(name), np.array([[0.5, -1.0], [0, 0]])
    images = loaded.decode(z)
    assert images.shape == (2, 1, 8, 8) and images.dtype == np.float32
    assert images == pytest.approx(
        mean(loaded.model.decoder(torch.tensor(z, dtype=torch.float32))).numpy(), abs=1e-6
    )


@pytest.mark.parametrize("z", [[1.0], [1.0, 2.0, 3.0], [float("nan"), 0], [float("inf"), 0]])
def test_a_code_of_the_wrong_kind_is_refused(runs_folder, z):
    with pytest.raises(UserError, match="A latent code of tiny-vae has 2 finite numbers"):
        load_run("tiny-vae").decode(z)


def test_the_same_spec_is_the_same_run(runs_folder):
    spec = find_run("tiny-vae").spec
    assert find_existing(spec, "tiny-vae").name == "tiny-vae" and find_existing(spec) is None
    with pytest.raises(UserError, match="A run named tiny-vae with other settings exists already"):
        find_existing(RunSpec(seed=9), "tiny-vae")


def test_a_diverging_run_is_stored_with_its_last_good_epoch(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(
        "explorer.training.trainer.lr_factor", lambda schedule, step, n: 1.0 if step < 24 else float("inf")
    )
    run = train_run(RunSpec(epochs=5, width=16))
    assert run.epochs == 2 and "diverged in epoch 3" in run.note and np.isfinite(run.test.elbo)
    assert load_run(run.name).decode([0, 0]).shape == (1, 1, 8, 8)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_run_that_is_broken_off_leaves_nothing(tmp_path, monkeypatch, fault):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))

    def break_off(event):
        if isinstance(event, EpochEnd):
            raise fault

    with pytest.raises((UserError, KeyboardInterrupt)) as error:
        train_run(RunSpec(epochs=5, width=16), "broken", break_off)
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith(".")]
    assert error.type is KeyboardInterrupt or "No space left on device. Free some disk space" in str(
        error.value
    )


def test_a_disk_too_full_even_to_close_the_log_is_left_without_a_run(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))

    def full(*anything):
        raise UserError("The disk is full.")

    monkeypatch.setattr("explorer.runs.train.save_run", full)
    monkeypatch.setattr("explorer.store.events.EventLog.close", full)
    with pytest.raises(UserError, match="The disk is full"):
        train_run(RunSpec(epochs=1, width=8), "full")
    assert not (tmp_path / "full").exists()


@pytest.mark.parametrize(
    "spec",
    [RunSpec(epochs=3, width=8), RunSpec(model="ladder", betas="0.1,1", epochs=2, rung_epochs=1, width=8)],
)
def test_a_stop_in_the_last_epoch_comes_too_late(tmp_path, monkeypatch, spec):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    seen = []
    run = train_run(spec, "late", seen.append, lambda: isinstance(seen[-1], EpochEnd) and seen[-1].epoch == 3)
    assert isinstance(seen[-1], Finished)
    assert run.epochs == 3
    assert run.note is None
    assert not has_checkpoint(run.folder)


def test_a_stop_is_heard_while_images_are_read(tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    for i in range(6):
        Image.new("L", (30, 30), 20 * i).save(tmp_path / f"{i}.png")
    seen = []
    with pytest.raises(UserError, match="The training was stopped while its images were being read"):
        train_run(RunSpec(f"folder:{tmp_path}", epochs=2, width=8), "unread", seen.append, lambda: bool(seen))
    assert seen == [Reading(6, 6)] and not (tmp_path / "runs").exists()


def test_training_never_touches_what_others_put_in_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.safetensors").write_text("keep", encoding="utf-8")
    with pytest.raises(UserError, match="contains files that do not belong to a run"):
        train_run(RunSpec(epochs=1, width=8), "mine")
    with pytest.raises(UserError):
        train_run(RunSpec(network="conv", depth=4), "new")
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["mine"]
    assert (tmp_path / "mine" / "model.safetensors").read_text(encoding="utf-8") == "keep"


def test_training_mends_a_broken_run_but_not_a_newer_one(runs_folder):
    run = find_run("tiny-vae")
    (run.folder / "model.safetensors").write_bytes(b"cut")
    assert train_run(run.spec, "tiny-vae").test == run.test
    record = run.folder / "run.json"
    record.write_text(
        record.read_text(encoding="utf-8").replace('"format": 1', '"format": 2'), encoding="utf-8"
    )
    with pytest.raises(UserError, match="Update the app"):
        train_run(run.spec, "tiny-vae")


def test_a_network_too_large_for_any_machine_is_refused():
    with pytest.raises(UserError, match="would have [0-9,]+ weights"):
        train_run(RunSpec(network="conv", depth=3, width=4096))


def test_an_unwritable_place_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "file"))
    with pytest.raises(UserError, match="could not be written.*EXPLORER_RUNS"):
        train_run(RunSpec(epochs=1, width=8))


def test_images_that_vanish_while_they_are_learnt_from(tmp_path, monkeypatch):
    """Check that a training has them in memory and ends; a stopped one reports that they are missing, keeps
    its state, and continues once they are back.
    """
    from PIL import Image

    images, moved_images = tmp_path / "images", tmp_path / "away"
    images.mkdir()
    for i in range(12):
        Image.new("L", (30, 30), 20 * i).save(images / f"{i}.png")
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    spec = RunSpec(f"folder:{images}", epochs=4, width=8)
    seen = []
    train_run(
        spec, "stopped", seen.append, stop=lambda: isinstance(seen[-1], EpochEnd) and seen[-1].epoch == 2
    )
    whole = train_run(
        spec,
        "whole",
        lambda event: isinstance(event, EpochEnd) and images.exists() and images.rename(moved_images),
    )
    assert whole.epochs == 4 and whole.note is None
    with pytest.raises(UserError, match="images"):
        train_run(spec, "stopped")
    assert find_run("stopped").epochs == 2
    moved_images.rename(images)
    assert train_run(spec, "stopped").test == whole.test


def test_a_constant_data_set_trains(tmp_path, monkeypatch):
    """Use a folder of black images: the codes have no variance, and the figures are finite."""
    from PIL import Image

    for i in range(6):
        Image.new("L", (30, 30)).save(tmp_path / f"{i}.png")
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    run = train_run(RunSpec(f"folder:{tmp_path}", epochs=2, width=8))
    assert run.class_names == ("images",) and np.isfinite(run.test.elbo) and run.test.n == 1


def test_a_ladder_is_one_run_with_its_film(runs_folder):
    """Compare every frame's figures and codes with those of the model with the weights interpolated there,
    evaluated separately.
    """
    ladder = load_run("tiny-ladder").run
    data = load_data("digits")
    weights = load_file(ladder.folder / "model.safetensors")
    film = read_embedding(ladder).film
    assert [f.beta for f in ladder.film] == pytest.approx([0.01, 0.1**1.5, 0.1, 0.1**0.5, 1])
    assert film.mu.shape == (5, 360, 2)
    for i, (frame, t) in enumerate(zip(ladder.film, (0, 0.5, 0, 0.5, 0))):
        rung, model = i // 2, build_autoencoder(ladder.spec, ladder.shape)
        mix = {
            k: (1 - t) * w[rung].astype(np.float32) + (t * w[rung + 1].astype(np.float32) if t else 0)
            for k, w in weights.items()
        }
        model.load_state_dict({k: torch.from_numpy(w) for k, w in mix.items()})
        e = evaluate(model.eval(), build_likelihood(ladder.spec), data.x[data.test])
        assert (frame.distortion, frame.rate) == pytest.approx(
            (e.metrics.distortion, e.metrics.rate), rel=1e-4
        )
        assert film.mu[i] == pytest.approx(e.mu, rel=2e-3, abs=2e-3)
        assert film.logvar[i] == pytest.approx(e.logvar, rel=2e-3, abs=2e-3)
        gap_map = build_gap_map(e.mu, e.logvar)
        assert (frame.gap, frame.prior_gap) == pytest.approx((gap_map.gap, gap_map.prior_gap), abs=0.01)
        assert frame.gap_error == pytest.approx(gap_map.estimate.error, abs=0.003)
        assert frame.gap_codes == gap_map.estimate.n == 360
        assert film.bounds[i] == pytest.approx(gap_map.bounds, rel=1e-3)
        assert (film.shade[i] != gap_map.shade).mean() < 0.05
    assert (ladder.test.distortion, ladder.test.rate) == pytest.approx(
        (ladder.film[-1].distortion, ladder.film[-1].rate), rel=1e-6
    )
    assert ladder.film[0].prior_gap > ladder.film[-1].prior_gap


def test_a_ladder_is_loaded_at_any_of_its_kl_weights(runs_folder):
    z = [0.5, -0.5]
    usual, same, other = (load_run("tiny-ladder", beta).decode(z) for beta in (None, 1.0, 0.02))
    assert np.array_equal(usual, same) and not np.allclose(usual, other)
    cases = [
        ("tiny-ladder", 2.0, "between 0.01 and 1, not 2"),
        ("tiny-ladder", float("nan"), "not nan"),
        ("tiny-vae", 1.0, "not a ladder"),
    ]
    for name, beta, message in cases:
        with pytest.raises(UserError, match=message):
            load_run(name, beta)


def test_figures_at_a_kl_weight_are_those_of_the_film(runs_folder):
    ladder = load_run("tiny-ladder").run
    evaluation = measure.evaluate_at_beta(ladder, 0.1)
    assert (evaluation.test.distortion, evaluation.test.rate) == pytest.approx(
        (ladder.film[2].distortion, ladder.film[2].rate)
    )
