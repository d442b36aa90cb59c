"""What a link to the compare page holds: the pair, the KL weight, z of each, and the start of the path."""

from explorer.latent.scale import ReferenceGaussian
from explorer.ui.components.pad_position import PadPosition, parse_code

AE_Z, Z, WALK_START, BETA = "ae_z", "z", "from", "beta"


def build_query(ae: str, vae: str, position: PadPosition, has_beta: bool) -> dict[str, str]:
    """The address's parameters. has_beta: whether there is a KL weight to move."""
    address = {
        "ae": ae,
        "vae": vae,
        AE_Z: _format_numbers(position.zs[0]),
        Z: _format_numbers(position.zs[1]),
    }
    if has_beta:
        address[BETA] = _format_numbers([position.film_position])
    if position.walk_start and any(position.walk_start):
        address[WALK_START] = _format_numbers(position.walk_start)
    return address


def apply_query(
    query: dict[str, str],
    position: PadPosition,
    ae: ReferenceGaussian,
    vae: ReferenceGaussian,
    betas: tuple[float, ...],
) -> str:
    """Move the place to where a link says; with one z alone the other follows. Returns a sentence about the
    parts that are invalid.
    """
    wrong, zs = [], list(position.zs)
    for i, (name, own, other) in enumerate(((AE_Z, ae, vae), (Z, vae, ae))):
        if name not in query:
            continue
        if z := _parse_numbers(query[name], len(own.mean)):
            zs[i] = z
            if (Z if name == AE_Z else AE_Z) not in query:
                zs[1 - i] = other.moved(other.mean, own.to_standard(z)).tolist()
        else:
            wrong.append(f"its {name} is not {len(own.mean)} finite number{'s' * (len(own.mean) > 1)}")
    if zs != position.zs:
        position.move(zs)
    if WALK_START in query:
        position.walk_start = _parse_numbers(query[WALK_START], 2) or position.walk_start
        wrong += [] if _parse_numbers(query[WALK_START], 2) else ["its path does not start at two numbers"]
    if BETA in query and betas:
        beta = _parse_numbers(query[BETA], 1)
        if beta and betas[0] <= beta[0] <= betas[-1]:
            position.film_position = beta[0]
        else:
            wrong.append(f"its KL weight is not a number from {betas[0]:g} to {betas[-1]:g}")
    return f"Part of this link is invalid: {'; '.join(wrong)}." if wrong else ""


def _format_numbers(z: list[float]) -> str:
    return ",".join(f"{v:.6g}" for v in z)


def _parse_numbers(text: str, n: int) -> list[float] | None:
    try:
        return parse_code([float(part) for part in text.split(",")], n)
    except ValueError:
        return None
