"""The link to the compare page: the pair, the KL weight, the class, z of each, and the ends of the path."""

from explorer import query
from explorer.latent.scale import ReferenceGaussian
from explorer.live.fields import AE_Z, BETA, CLASS, WALK_IMAGES, WALK_START, Z, pad_fields
from explorer.query import Field, Scalar
from explorer.ui.components.pad_position import PadPosition

AE, VAE = "ae", "vae"


def build_query(
    ae: str,
    vae: str,
    position: PadPosition,
    betas: tuple[float, ...],
    n_classes: int = 0,
    n_images: int = 0,
) -> dict[str, str]:
    """Return the query of a link to this position. betas: of the ladder; empty for another VAE; n_classes: of
    a conditional model, 0 without one; n_images: of how many test images both have codes.
    """
    values = {AE: ae, VAE: vae} | position.values
    dims = [len(z) for z in position.zs]
    return query.write([Scalar(AE, ""), Scalar(VAE, ""), *_fields(dims, betas, n_classes, n_images)], values)


def apply_query(
    parameters: dict[str, str],
    position: PadPosition,
    ae: ReferenceGaussian,
    vae: ReferenceGaussian,
    betas: tuple[float, ...],
    n_classes: int = 0,
    n_images: int = 0,
) -> str:
    """Move the position to where a link says; with one z alone the other follows. Return a sentence about the
    parts that are invalid.
    """
    fields = _fields([len(ae.mean), len(vae.mean)], betas, n_classes, n_images)
    values, problems = query.read(fields, parameters)
    zs = [values.get(AE_Z), values.get(Z)]
    if zs[0] and Z not in parameters:
        zs[1] = vae.shift_to(vae.mean, ae.to_standard(zs[0])).tolist()
    elif zs[1] and AE_Z not in parameters:
        zs[0] = ae.shift_to(ae.mean, vae.to_standard(zs[1])).tolist()
    zs = [z or present for z, present in zip(zs, position.zs)]
    if zs != position.zs:
        position.move(zs)
    position.walk_start = values.get(WALK_START, position.walk_start)
    position.walk_rows = tuple(values.get(name) for name in WALK_IMAGES)
    position.film_position = values.get(BETA, position.film_position)
    position.label = values.get(CLASS, position.label)
    return query.problem_sentence(problems)


def _fields(dims: list[int], betas: tuple[float, ...], n_classes: int, n_images: int) -> list[Field]:
    """Return the fields of the position of two models with these latent dimensions."""
    return pad_fields(dict(zip((AE_Z, Z), dims)), betas, n_classes, n_images)
