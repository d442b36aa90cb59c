"""The blocks of a run's networks for the figures of lessons, each made once for all visitors."""

from collections.abc import Callable
from functools import partial

from explorer.errors import UserError
from explorer.latent.densities.diffusion import Diffusion
from explorer.live.block import Block, LazyBlock, share_block
from explorer.store.classifier import read_classifier
from explorer.store.density import density_file, read_density
from explorer.store.measurement import digest_measurements
from explorer.store.run import MODEL_FILE, Run, read_tensors
from explorer.views.classifier_block import classifier_block
from explorer.views.coarse_decoder import coarse_decoder
from explorer.views.decoder_block import decoder_block
from explorer.views.run_view import RunView
from explorer.views.second_stage_block import second_stage_block


def decoder_at_own_weight(run: Run) -> LazyBlock:
    """Return the block of a run's decoder, of a ladder at the KL weight of the run's figures. Its content
    raises UserError if the server would decode.
    """

    def build(id: str) -> Block:
        rungs = run.spec.rungs
        block = _decoder_of_rung(id, run, rungs.index(run.spec.beta)) if rungs else RunView(run).decoder_block
        if not block:
            raise UserError(f"No browser can compute the decoder of run {run.name}. Train it as an mlp.")
        return block

    return _share_decoder(f"lesson decoder {run.files[MODEL_FILE]['sha256']}", build, run)


def _decoder_of_rung(id: str, run: Run, rung: int) -> Block | None:
    weights = {name: w[rung] for name, w in read_tensors(run, MODEL_FILE).items()}
    n_classes = len(run.class_names) if run.spec.model_kind.is_conditional else 0
    return decoder_block(id, run.spec, run.shape, {0.0: weights}, n_classes=n_classes)


def decoder_of_ladder(run: Run) -> LazyBlock:
    """Return the block of a ladder's decoder, which can be seen at each KL weight."""
    block = RunView(run).decoder_block
    return _share_decoder(f"ladder of {block.id}", lambda id: block, run)


def _share_decoder(id: str, build: Callable[[str], Block], run: Run) -> LazyBlock:
    return share_block(LazyBlock(id, build, make_coarse=partial(coarse_decoder, run)))


def classifier_of(run: Run) -> Block | LazyBlock:
    """Return the block of the classifier of a run's images, as the file is that lies there. Raises UserError
    if there is none.
    """
    if not (result := read_classifier(run)):
        raise UserError(f"There is no classifier. Train it: python -m explorer classifier {run.name}")
    classifier, version = result
    id, n_test = f"lesson classifier {version} {run.test.n}", run.test.n
    return share_block(LazyBlock(id, lambda id: classifier_block(id, classifier, n_test)))


def second_stage_of(run: Run) -> LazyBlock:
    """Return the block of the diffusion model that is kept with a run. Its content raises UserError if none
    is.
    """

    def build(id: str) -> Block:
        if not (stored := read_density(run, "diffusion")):
            raise UserError(
                f"Run {run.name} has no diffusion model. Fit it: python -m explorer gaps {run.name} --density"
                " diffusion"
            )
        return second_stage_block(id, Diffusion.from_tensors("diffusion", stored.tensors))

    digest = digest_measurements(run, density_file("diffusion"))
    return share_block(LazyBlock(f"lesson second stage {digest}", build))
