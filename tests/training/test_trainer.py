from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data import load_dataset
from explorer.device import Device
from explorer.errors import UserError
from explorer.events import EpochEnd, Failed, Finished, Started, Step, event_to_dict
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.specs import RunSpec
from explorer.training.evaluation import evaluate
from explorer.training.sharing import ThreadTuner
from explorer.training.trainer import beta_factor, lr_factor, train

CPU = Device("cpu", False, 1, "a test")
QUICK = RunSpec(epochs=3, width=32)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


def trained(spec, data, device=CPU):
    *_, end = train(spec, data, device)
    assert isinstance(end, Finished)
    model = build_autoencoder(spec, data.shape)
    model.load_state_dict({k: torch.from_numpy(v) for k, v in end.weights.items()})
    return model.eval()


def figures(spec, data, device=CPU):
    return evaluate(trained(spec, data, device), build_likelihood(spec), data.x[data.test]).metrics


def test_events_come_in_order_and_tell_of_learning(digits):
    events = list(train(QUICK, digits, CPU))
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    ends = [e for e in events if isinstance(e, EpochEnd)]
    assert [e.epoch for e in ends] == [1, 2, 3]
    assert ends[-1].distortion < ends[0].distortion and ends[0].images_per_second > 0
    assert events[0].n_train == 1437 and events[0].n_test == 360
    assert events[0].n_parameters == sum(w.size for w in events[-1].weights.values())


def test_steps_report_progress_with_the_time_left(digits, monkeypatch):
    monkeypatch.setattr("explorer.training.trainer.STEP_INTERVAL_SECONDS", 0.0)
    steps = [e for e in train(QUICK, digits, CPU) if isinstance(e, Step)]
    assert [s.done for s in steps] == sorted(s.done for s in steps)
    assert steps[-1].done == 1.0
    assert steps[-1].seconds_left == 0
    assert len(steps) == 3 * 12


def test_a_large_batch_is_shared_by_as_many_threads_as_pay(digits, monkeypatch):
    usual, seen = torch.get_num_threads(), set()

    class InTurns(ThreadTuner):
        def record_step(self, seconds):
            seen.add(torch.get_num_threads())
            self.threads = self.max_threads + 1 - self.threads
            return True

    monkeypatch.setattr("explorer.training.trainer.ThreadTuner", InTurns)
    for batch_size, threads in ((512, {1, 2}), (128, {1})):
        seen.clear()
        for _ in train(replace(QUICK, batch_size=batch_size), digits, replace(CPU, threads=2)):
            assert torch.get_num_threads() == usual
        assert seen == threads


def test_how_often_steps_are_told_changes_no_result(digits, monkeypatch):
    *_, one, first = train(QUICK, digits, CPU)
    monkeypatch.setattr("explorer.training.trainer.STEP_INTERVAL_SECONDS", 0.0)
    *_, other, second = train(QUICK, digits, CPU)
    assert one.distortion == pytest.approx(other.distortion, rel=1e-6)
    assert all(np.array_equal(first.weights[k], second.weights[k]) for k in first.weights)


def test_a_seed_repeats_and_another_does_not(digits):
    weights = []
    for seed in (0, 0, 1):
        torch.manual_seed(len(weights))  # the state of torch's global generator must not matter
        *_, end = train(replace(QUICK, seed=seed), digits, CPU)
        weights.append(end.weights)
    same = [all(np.array_equal(weights[0][k], other[k]) for k in other) for other in weights]
    assert same == [True, True, False]


def test_training_leaves_torchs_generator_alone(digits):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    list(train(QUICK, digits, CPU))
    assert torch.equal(torch.rand(3), expected)


def test_a_diverging_run_keeps_its_last_good_epoch(digits, monkeypatch):
    finished = [e for e in train(replace(QUICK, epochs=2), digits, CPU) if isinstance(e, Finished)]
    monkeypatch.setattr(
        "explorer.training.trainer.lr_factor", lambda schedule, step, n: 1.0 if step < 24 else float("inf")
    )
    *events, end = train(replace(QUICK, epochs=4), digits, CPU)
    last = [e for e in events if isinstance(e, EpochEnd)][-1]
    assert isinstance(end, Failed) and end.epochs == last.epoch == 2
    assert "epoch 3" in end.reason
    assert "epoch 2 were saved" in end.reason
    assert "learning rate below" in end.reason
    assert all(np.isfinite(w).all() for w in end.weights.values())
    assert finished[0].weights.keys() == end.weights.keys()


def test_a_run_that_diverges_at_once_keeps_nothing(digits):
    *_, end = train(
        replace(QUICK, lr=10.0, likelihood="gaussian", sigma=0.001, batch_size=8, schedule="constant"),
        digits,
        CPU,
    )
    assert isinstance(end, Failed)
    assert end.weights is None
    assert end.epochs == 0
    assert "nothing was saved" in end.reason


def test_a_network_that_cannot_take_the_images_says_so(digits):
    with pytest.raises(UserError, match="8×8 pixels cannot be halved"):
        next(train(RunSpec(network="conv", depth=4), digits, CPU))


def test_the_kl_weight_warms_up_linearly():
    spec = RunSpec(beta=2.0, beta_warmup=4.0)
    assert [beta_factor(spec, e) for e in (0, 1, 2, 4, 9)] == [0, 0.25, 0.5, 1, 1]
    assert beta_factor(RunSpec(beta=2.0), 0) == 1


def test_the_rate_warms_up_then_falls_or_stays():
    cosine = [lr_factor("cosine", step, 5000) for step in range(5000)]
    assert cosine[0] < 0.01 and cosine[200] == 1 and cosine[-1] < 1e-6 and np.argmax(cosine) == 200
    assert cosine[2600] == pytest.approx(0.5)
    assert lr_factor("constant", 4999, 5000) == 1 and lr_factor("cosine", 0, 1) == 1


def test_a_larger_kl_weight_buys_less_rate_with_more_distortion(digits):
    low, high = (figures(RunSpec(epochs=60, width=64, beta=beta), digits) for beta in (0.1, 4.0))
    assert high.rate < low.rate and high.distortion > low.distortion


def test_evaluation_repeats_and_adds_up(digits):
    model = trained(QUICK, digits)
    first, second = (
        evaluate(model, build_likelihood(QUICK), digits.x[digits.test]).metrics for _ in range(2)
    )
    assert first == second
    assert first.elbo == pytest.approx(-(first.distortion + first.rate))
    assert sum(first.rate_per_dimension) == pytest.approx(first.rate)
    assert first.n == 360


def test_active_units_count_dimensions_that_say_something(digits):
    collapsed = figures(RunSpec(epochs=20, width=32, beta=200.0, latent_dim=4), digits)
    assert collapsed.active_units == 0 and collapsed.rate < 0.01
    assert figures(RunSpec(epochs=80, width=64, latent_dim=2), digits).active_units == 2


def test_a_linear_gaussian_vae_reaches_probabilistic_pca(digits):
    """Compare with the exact optimum (Tipping and Bishop, 1999; Lucas et al., 2019): the maximum likelihood
    of N(mean, W·Wᵀ + sigma²·I).
    """
    spec = RunSpec(network="linear", latent_dim=2, likelihood="gaussian", sigma=0.2, epochs=600, lr=0.01)
    model = trained(spec, digits)
    bound = evaluate(model, build_likelihood(spec), digits.x[digits.train]).metrics.elbo

    x = digits.x[digits.train].reshape(digits.n_train, -1) / 255.0
    variances = np.linalg.eigvalsh(np.cov(x.T, bias=True))[::-1]
    of_model = np.full_like(variances, spec.sigma**2)
    of_model[:2] = variances[:2]
    exact = -0.5 * (
        len(variances) * np.log(2 * np.pi) + np.log(of_model).sum() + (variances / of_model).sum()
    )
    assert bound == pytest.approx(exact, abs=0.1)
    w = model.decoder[0].weight.detach().numpy()
    assert np.sort(np.diag(w.T @ w))[::-1] == pytest.approx(variances[:2] - spec.sigma**2, rel=0.05)
    assert abs(w[:, 0] @ w[:, 1]) < 0.02


@pytest.mark.slow
def test_a_learned_sigma_reaches_that_of_probabilistic_pca(digits):
    """The maximum likelihood of sigma² is the mean of the variances that the two axes leave out (Tipping and
    Bishop, 1999, equation 8).
    """
    spec = RunSpec(network="linear", latent_dim=2, likelihood="learned-gaussian", epochs=300, lr=0.01)
    model = trained(spec, digits)
    metrics = evaluate(model, build_likelihood(spec, model), digits.x[digits.train]).metrics
    x = digits.x[digits.train].reshape(digits.n_train, -1) / 255.0
    variances = np.linalg.eigvalsh(np.cov(x.T, bias=True))[::-1]
    assert metrics.sigma**2 == pytest.approx(variances[2:].mean(), rel=0.01)


@pytest.mark.parametrize(
    "network", ["mlp", *(pytest.param(network, marks=pytest.mark.slow) for network in ("conv", "gru"))]
)
def test_bfloat16_stays_within_a_third_of_a_nat(digits, network):
    spec = RunSpec(network=network, epochs=20, width={"mlp": 128, "conv": 16, "gru": 64}[network])
    full, half = (figures(spec, digits, Device("cpu", bf16, 1, "a test")) for bf16 in (False, True))
    assert half.elbo == pytest.approx(full.elbo, abs=0.3)


def test_events_are_told_as_json_without_weights():
    record = event_to_dict(EpochEnd(3, 9, 1.0, 2.0, 1.0, 5.0, 6.0))
    assert record["event"] == "epoch_end" and record["epoch"] == 3 and record["images_per_second"] == 5.0
    assert event_to_dict(Finished(3, 1.0, {"w": np.zeros(3)})) == {
        "event": "finished",
        "epochs": 3,
        "seconds": 1.0,
    }


def test_a_ladder_goes_on_from_rung_to_rung(digits):
    """Check that its first rung is the VAE of that KL weight, that each rung keeps its own weights, and that
    a higher one has a lower rate.
    """
    spec = replace(QUICK, model="ladder", betas="0.01,0.1,1", epochs=6, rung_epochs=3)
    *_, last, end = train(spec, digits, CPU)
    *_, single = train(replace(QUICK, beta=0.01, epochs=6), digits, CPU)
    assert last.epoch == last.epochs == end.epochs == 12 and last.beta == 1
    assert all(
        w.shape == (3, *single.weights[name].shape) and np.array_equal(w[0], single.weights[name])
        for name, w in end.weights.items()
    )
    rates = []
    for i in range(3):
        model = build_autoencoder(spec, digits.shape)
        model.load_state_dict({name: torch.from_numpy(w[i]) for name, w in end.weights.items()})
        rates.append(evaluate(model, build_likelihood(spec), digits.x[digits.test]).metrics.rate)
    assert rates == sorted(rates, reverse=True) and rates[0] > 2 * rates[2]


def test_a_ladder_that_diverges_keeps_nothing(digits):
    spec = replace(
        QUICK,
        model="ladder",
        betas="0.01,0.1",
        lr=10.0,
        likelihood="gaussian",
        sigma=0.001,
        batch_size=8,
        schedule="constant",
    )
    *_, end = train(spec, digits, CPU)
    assert isinstance(end, Failed) and end.weights is None
