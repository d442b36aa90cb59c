"""The layers of a run whose network was imported."""

import numpy as np

from explorer.chains.chain import Chain, ChainParts
from explorer.chains.layer import describe
from explorer.errors import CorruptFile, UserError
from explorer.store.run import RECORD_FILE, Run


def is_function(run: Run) -> bool:
    """Return whether a part of a run is not made of layers: it is a function of the process that opened it,
    or executed.
    """
    return any(part and "layers" not in part for part in (run.layers or {}).values())


def read_chains(run: Run, weights: dict[str, np.ndarray]) -> ChainParts | None:
    """Return the encoder and decoder of a run with these weights, None of a run that was trained here. Raises
    UserError unless the layers in its record fit the weights, its images and its codes.
    """
    if run.layers is None:
        return None
    spec = run.spec
    try:
        if spec.model_kind.is_conditional or spec.rungs or spec.n_codes:
            raise UserError(f"An imported network can't be that of a {spec.model}.")
        chains = ChainParts.from_dict(run.layers, weights)
        check_chains(chains, spec.latent_dim, run.shape, spec.has_prior)
    except (CorruptFile, UserError) as error:
        fault = str(error).rstrip(".")
        raise UserError(
            f"{RECORD_FILE} of run {run.name} does not fit its weights: {fault}. Import the network again."
        ) from error
    return chains


def read_decoder(run: Run, weights: dict[str, np.ndarray]) -> Chain | None:
    """Return the decoder of an imported run. Otherwise as read_chains()."""
    chains = read_chains(run, weights)
    return chains and chains.decoder


def check_chains(chains: ChainParts, latent_dim: int, shape: tuple[int, int, int], has_logvar: bool) -> None:
    """Raise UserError unless the encoder makes mu, or mu and logvar, of images of that shape, and the decoder
    images of codes.
    """
    n_out = 2 * latent_dim if has_logvar else latent_dim
    wanted = (chains.encoder, shape, (n_out,), "encoder"), (chains.decoder, (latent_dim,), shape, "decoder")
    for chain, input_shape, output_shape, name in wanted:
        if chain and (chain.input_shape, chain.output_shape) != (input_shape, output_shape):
            raise UserError(
                f"The {name} makes {describe(chain.output_shape)} numbers of {describe(chain.input_shape)},"
                f" where {describe(output_shape)} of {describe(input_shape)} are needed."
            )
