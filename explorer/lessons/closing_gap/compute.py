"""Compute what the lesson on closing the gap shows: the mixtures kept with an AE, and measured shares."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.errors import UserError
from explorer.latent.densities.mixture import Mixture
from explorer.latent.share import is_larger
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.registry import DENSITIES
from explorer.runs.density_shares import DENSITIES_FILE, DensityShares, measure_density_shares
from explorer.store.density import density_file, read_density
from explorer.store.measurement import digest_measurements
from explorer.store.run import Run

# The densities by their number of Gaussians
NAMES = {kind.arguments["n_components"]: name for name, kind in DENSITIES.items() if kind.arguments}


def mixtures_block(run: Run) -> LazyBlock:
    """Return the block of the mixtures kept with a run: for each number of Gaussians k of the metadata's
    n_components weights_k [k], means_k [k, D] and factors_k [k, D, D] of the codes. A covariance is factor
    factorᵀ. Its content raises UserError if they are not kept with the run.
    """

    def build(id: str) -> Block:
        mixtures = [_in_codes(_read_mixture(run, name)) for name in NAMES.values()]
        orders = order_components([means for _, means, _ in mixtures])
        tensors = {
            f"{part}_{k}": values[order].astype(np.float32)
            for k, mixture, order in zip(NAMES, mixtures, orders)
            for part, values in zip(("weights", "means", "factors"), mixture)
        }
        return make_block(id, {"n_components": list(NAMES), "image_shape": run.shape}, tensors)

    files = [density_file(name) for name in NAMES.values()]
    return share_block(LazyBlock(f"closing_gap mixtures {digest_measurements(run, *files)}", build))


def order_components(means: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the order of each mixture's components, of means [K, D] with rising K: those nearest to the same
    component of the mixture before stay together, so that the same random number chooses places nearby.
    """
    orders: list[np.ndarray] = []
    for i, now in enumerate(means):
        parents = means[i - 1][orders[-1]] if i else now.mean(0, keepdims=True)
        parent = np.square(now[:, None] - parents).sum(2).argmin(1)
        orders.append(np.lexsort((now[:, 0], parent)))
    return orders


def shares_block(ae: Run, vae: Run, wide_vae: Run) -> LazyBlock:
    """Return the block of measured shares: of samples of each density of the AE's codes, and of the priors of
    two VAEs. A row has its label, for each part [share, low, high], and is_lower: whether it is lower than
    that of the first VAE.
    """

    def build(id: str) -> Block:
        densities = measure_density_shares(ae)
        of_vae, of_wide = (measure_density_shares(run)["prior"] for run in (vae, wide_vae))
        shown = {str(k): densities[name] for k, name in NAMES.items()} | {
            "diff.": densities["diffusion"],
            "VAE": of_vae,
            "wide": of_wide,
        }
        rows = [_row(label, shares, of_vae) for label, shares in shown.items()]
        return make_block(
            id, {"n": of_vae.gap.n, "n_images": of_vae.uncovered_by_features.n, "rows": rows}, {}
        )

    digests = [digest_measurements(run, DENSITIES_FILE) for run in (ae, vae, wide_vae)]
    return share_block(LazyBlock(f"closing_gap shares {' '.join(digests)}", build))


def _row(label: str, shares: DensityShares, of_vae: DensityShares) -> Mapping:
    is_lower = {
        part: bool(is_larger(getattr(of_vae, part), getattr(shares, part))) for part in shares.figures()
    }
    return {"label": label, "shares": shares.figures(), "is_lower": is_lower}


def _read_mixture(run: Run, name: str) -> Mixture:
    if not (stored := read_density(run, name)):
        raise UserError(
            f"Run {run.name} has no {DENSITIES[name].label.lower()}. Fit it: python -m explorer gaps"
            f" {run.name} --density all"
        )
    return Mixture.from_tensors(name, stored.tensors)


def _in_codes(mixture: Mixture) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights [K], means [K, D], and lower triangular factors [K, D, D] of the codes."""
    roots = mixture.whitening.root.T @ mixture.factors
    covariances = roots @ roots.transpose(0, 2, 1)
    return mixture.weights, mixture.whitening.unwhiten(mixture.means), np.linalg.cholesky(covariances)
