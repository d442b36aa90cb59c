"""Rate, KL(q(z|x) ‖ p(z)), in nats per image, for each latent dimension."""

from torch import Tensor

from explorer.models.posterior import Posterior


def kl_per_dimension(posterior: Posterior) -> Tensor:
    """Return the KL divergence of a Gaussian posterior from N(0, I), [B, D] in nats: ½(mu² + sigma² − log
    sigma² − 1) (Kingma and Welling, ICLR 2014, appendix B).

    The rate of a point is set to 0: the loss of an AE has no KL term. The rate of a VQ-VAE is constant, the
    KL divergence from a uniform prior over its codebook; −(distortion + rate) is a bound on log p(x) under
    that prior, Σ over all codes of p(z)·p(x|z), which keeps one of these terms.
    """
    if posterior.logvar is None:
        return posterior.constant_rate()
    mu, logvar = posterior.mu, posterior.logvar
    return 0.5 * (mu.square() + logvar.exp() - logvar - 1)
