"""What a link to the compare page holds: the pair, the KL weight, z of each, and the start of the path."""

from explorer.latent.scale import Scale
from explorer.ui.components.pad_position import Place, checked

AE_Z, Z, FROM, BETA = "ae_z", "z", "from", "beta"


def written(ae: str, vae: str, here: Place, moves: bool) -> dict[str, str]:
    """The address's parameters. moves: whether there is a KL weight to move."""
    address = {"ae": ae, "vae": vae, AE_Z: _text(here.zs[0]), Z: _text(here.zs[1])}
    if moves:
        address[BETA] = _text([here.film])
    if here.start and any(here.start):
        address[FROM] = _text(here.start)
    return address


def take(asked: dict[str, str], here: Place, ae: Scale, vae: Scale, betas: tuple[float, ...]) -> str:
    """Move the place to where a link says; with one z alone the other follows. Returns a sentence about the
    parts that are invalid.
    """
    wrong, zs = [], list(here.zs)
    for i, (name, own, other) in enumerate(((AE_Z, ae, vae), (Z, vae, ae))):
        if name not in asked:
            continue
        if z := _numbers(asked[name], len(own.mean)):
            zs[i] = z
            if (Z if name == AE_Z else AE_Z) not in asked:
                zs[1 - i] = other.moved(other.mean, own.standard(z)).tolist()
        else:
            wrong.append(f"its {name} is not {len(own.mean)} finite number{'s' * (len(own.mean) > 1)}")
    if zs != here.zs:
        here.move(zs)
    if FROM in asked:
        here.start = _numbers(asked[FROM], 2) or here.start
        wrong += [] if _numbers(asked[FROM], 2) else ["its path does not start at two numbers"]
    if BETA in asked and betas:
        beta = _numbers(asked[BETA], 1)
        if beta and betas[0] <= beta[0] <= betas[-1]:
            here.film = beta[0]
        else:
            wrong.append(f"its KL weight is not a number from {betas[0]:g} to {betas[-1]:g}")
    return f"Part of this link is invalid: {'; '.join(wrong)}." if wrong else ""


def _text(z: list[float]) -> str:
    return ",".join(f"{v:.6g}" for v in z)


def _numbers(text: str, n: int) -> list[float] | None:
    try:
        return checked([float(part) for part in text.split(",")], n)
    except ValueError:
        return None
