"""The codebook against the paper's own equations (van den Oord et al., 2017, equations 1 to 3 and appendix
A.1), in numpy.
"""

import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from explorer.errors import UserError
from explorer.models.autoencoder import build_autoencoder
from explorer.models.posterior import CodebookPosterior
from explorer.models.vqvae import nearest_entries
from explorer.objectives.bound import importance_weighted_bound
from explorer.objectives.codebook import (
    COMMITMENT_WEIGHT,
    EMA_DECAY,
    MIN_USE,
    CodebookAverages,
    commitment_loss,
    perplexity,
)
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.specs import RunSpec

SPEC = RunSpec(model="vqvae", latent_dim=6, n_codes=5, width=16)


def posterior(encoded, book) -> CodebookPosterior:
    """Compute the posterior by a loop over every position and entry."""
    encoded = torch.as_tensor(encoded)
    places = np.asarray(encoded.detach()).reshape(-1, book.shape[1])
    index = torch.tensor([min(range(len(book)), key=lambda k: sum((p - book[k]) ** 2)) for p in places]).view(
        len(encoded), -1
    )
    return CodebookPosterior(encoded, torch.tensor(book)[index].flatten(1), index, len(book))


def test_each_group_becomes_the_entry_nearest_to_it():
    torch.manual_seed(0)
    model = build_autoencoder(SPEC, (1, 8, 8))
    encoded = model.posterior(torch.randn(50, 6))
    expected = posterior(encoded.encoded, model.codebook.numpy())
    assert encoded.index.shape == (50, 3)
    assert torch.equal(encoded.index, expected.index)
    assert torch.equal(encoded.mu, expected.mu)
    assert len(encoded.index.unique()) > 1 and encoded.n_codes == 5


def test_near_entries_are_told_apart_far_from_the_origin():
    """Check a case in which products of matrices, of size 1e4², would round the difference to zero."""
    assert (
        nearest_entries(
            torch.tensor([[1e4, 1e4 + 0.5]]), torch.tensor([[1e4, 1e4], [1e4, 1e4 + 0.6]] * 20)
        ).item()
        == 1
    )


def test_the_gradient_goes_straight_through():
    """Check that z = mu, that d loss / d encoded is d loss / d z at z, and that the codebook gets no
    gradient.
    """
    encoded = torch.tensor([[0.9, -0.2, 3.0, 1.0]], dtype=torch.float64, requires_grad=True)
    quantised = posterior(encoded, np.array([[1.0, 0.0], [2.0, 2.0]]))
    z = quantised.sample(torch.randn(1, 4))
    assert torch.allclose(z, torch.tensor([[1.0, 0.0, 2.0, 2.0]], dtype=torch.float64))
    (z**3 * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    # 3·c·z² by hand
    assert torch.allclose(encoded.grad, torch.tensor([[3.0, 0.0, 36.0, 48.0]], dtype=torch.float64))


def test_the_commitment_pulls_the_encoder_to_its_entries_and_them_nowhere():
    book = torch.tensor([[1.0, 0.0], [2.0, 2.0]], requires_grad=True)
    encoded = torch.tensor([[0.5, 0.0, 3.0, 1.0]], requires_grad=True)
    index = torch.tensor([[0, 1]])
    value = commitment_loss(CodebookPosterior(encoded, book[index].flatten(1), index, 2))
    assert value.tolist() == [pytest.approx(0.25 * (0.25 + 1 + 1))] and COMMITMENT_WEIGHT == 0.25
    value.sum().backward()
    # The gradient is 2·0.25·(encoded − entry).
    assert torch.allclose(encoded.grad, torch.tensor([[-0.25, 0.0, 0.5, -0.5]]))
    assert book.grad is None


def test_entries_are_moving_averages_of_what_chose_them():
    """Check N ← γN + (1−γ)n, m ← γm + (1−γ)Σz, e = m/N, from zero, over ten batches in which every entry is
    used.
    """
    rng = np.random.default_rng(0)
    book = np.array([[-3.0, 0], [3, 0], [0, 3], [0, -3]])
    averages, counts, sums = CodebookAverages(torch.tensor(book)), np.zeros(4), np.zeros((4, 2))
    for _ in range(10):
        z = rng.permutation(np.repeat(book, 10, 0)) + rng.standard_normal((40, 2)) * 0.3
        index = ((z[:, None] - book) ** 2).sum(2).argmin(1)
        assert len(set(index)) == 4
        for k in range(4):
            counts[k] = 0.99 * counts[k] + 0.01 * (index == k).sum()
            sums[k] = 0.99 * sums[k] + 0.01 * z[index == k].sum(0)
        averages.update(posterior(z.reshape(20, 4), book), torch.Generator().manual_seed(0))
        book = sums / counts[:, None]
        assert np.allclose(averages.codebook, book) and np.allclose(averages.counts, counts)
    assert EMA_DECAY == 0.99


def test_a_dead_entry_starts_again_at_an_encoder_output():
    """Check that an entry is replaced once its share falls below MIN_USE of an equal one, not before; the
    others continue as in the paper.
    """
    book, z = np.array([[0.0, 0], [50.0, 50]]), np.random.default_rng(1).standard_normal((32, 2)) * 0.1
    averages = CodebookAverages(torch.tensor(book))
    averages.counts.copy_(torch.tensor([16.0, 16]))
    averages.sums.copy_(torch.tensor(16 * book))
    counts, steps = np.array([16.0, 16]), 0
    while True:
        counts = 0.99 * counts + 0.01 * np.array([32, 0])
        averages.update(posterior(z, book), torch.Generator().manual_seed(steps))
        steps += 1
        if counts[1] < MIN_USE * counts.mean():
            break
        assert averages.codebook[1].tolist() == pytest.approx([50, 50])
    # the two counts always sum to 32, of which an even share is 16
    assert steps == math.ceil(math.log(MIN_USE) / math.log(0.99))
    assert np.abs(z - averages.codebook[1].numpy()).sum(1).min() < 1e-12
    assert averages.counts[1].item() == pytest.approx(16) and np.allclose(averages.counts[0], counts[0])


def test_the_rate_is_a_sure_choice_against_a_uniform_prior():
    quantised = posterior(
        torch.randn(3, 6), np.random.default_rng(0).standard_normal((5, 2)).astype(np.float32)
    )
    sure, even = np.eye(5)[2], np.full(5, 1 / 5)
    assert np.allclose(kl_per_dimension(quantised).sum(1), 3 * entropy(sure, even))
    assert kl_per_dimension(quantised).shape == (3, 6)


def test_the_elbo_bounds_the_likelihood_summed_over_every_code():
    """Compare with log p(x) = log Σ over all 5³ codes of 5⁻³·p(x|z)."""
    torch.manual_seed(1)
    model = build_autoencoder(SPEC, (1, 8, 8)).eval()
    likelihood = build_likelihood(SPEC)
    x = torch.rand(4, 1, 8, 8)
    with torch.inference_mode():
        every = torch.cartesian_prod(*[torch.arange(5)] * 3)
        logits = model.decode(model.codebook[every].flatten(1))
        exact = [
            torch.logsumexp(-likelihood.distortion(logits, one.expand_as(logits)), 0).item() - 3 * math.log(5)
            for one in x
        ]
        encoded = model.encode(x)
        elbo = -likelihood.distortion(model.decode(encoded.mu), x) - kl_per_dimension(encoded).sum(1)
    assert (elbo.numpy() < exact).all()


@pytest.mark.parametrize("chosen", [[1, 1, 1, 1], [9, 1, 0, 0], [3, 0, 0, 0], [5, 4, 3, 2]])
def test_perplexity_is_exp_of_the_entropy(chosen):
    assert perplexity(torch.tensor(chosen)) == pytest.approx(math.exp(entropy(chosen)))


def test_a_sure_choice_has_no_draws_to_weigh():
    with pytest.raises(UserError, match="posterior of a VQ-VAE is deterministic"):
        importance_weighted_bound(
            build_autoencoder(SPEC, (1, 8, 8)), build_likelihood(SPEC), np.zeros((1, 8, 8), np.uint8), 10
        )
