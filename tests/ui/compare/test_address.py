"""A link to the compare page, written, followed, and typed by hand."""

import numpy as np
import pytest

from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.ui.compare.address import apply_query, build_query
from explorer.ui.components.pad_position import PadPosition

BETAS = (0.01, 0.1, 1.0)
RNG = np.random.default_rng(0)


def scales(ae_dim=2, vae_dim=2):
    codes = RNG.standard_normal((200, ae_dim)) * 9 + 4, RNG.standard_normal((200, vae_dim))
    return [reference_gaussian(mu, fit_projection(mu), prior) for mu, prior in zip(codes, (False, True))]


def followed(address, zs=((1.0, 1.0), (0.0, 0.0)), betas=BETAS, **dims):
    position = PadPosition([list(z) for z in zs], None, film_position=1.0)
    return position, apply_query(address, position, *scales(**dims), betas=betas)


def test_a_link_leads_to_where_it_was_written():
    before = PadPosition([[4.25, -1e-3], [0.5, -1]], 3, film_position=0.0316, walk_start=[0.25, -2])
    address = build_query("a", "b", before, BETAS)
    position, message = followed(address)
    assert not message and (position.zs, position.film_position, position.walk_start) == (
        before.zs,
        before.film_position,
        before.walk_start,
    )
    assert (address["ae"], address["vae"]) == ("a", "b") and "beta" not in build_query("a", "b", before, ())


def test_the_images_at_the_ends_of_the_path_stand_in_the_link():
    position = PadPosition([[1.0, 1.0], [0.0, 0.0]], None, film_position=1.0, walk_rows=(3, None))
    address = build_query("a", "b", position, BETAS, n_images=9)
    assert address["from_image"] == "3" and "to_image" not in address
    moved = PadPosition([[1.0, 1.0], [0.0, 0.0]], None, film_position=1.0, walk_rows=(1, 2))
    assert not apply_query(address, moved, *scales(), BETAS, n_images=9) and moved.walk_rows == (3, None)
    message = apply_query({"to_image": "9"}, moved, *scales(), BETAS, n_images=9)
    assert "its to image can't be '9', only a whole number from 0 to 8" in message
    assert moved.walk_rows == (None, None)


def test_with_one_z_the_other_follows_to_the_same_place():
    ae, vae = scales()
    position = PadPosition([[1.0, 1.0], [0.0, 0.0]], None, film_position=1.0)
    assert not apply_query({"z": "0.5,-1"}, position, ae, vae, betas=BETAS)
    assert position.zs[1] == [0.5, -1] and ae.to_standard(position.zs[0]) == pytest.approx([0.5, -1])


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"z": "1"}, "its z is not 2 finite numbers"),
        ({"ae_z": "nan,1"}, "its ae_z"),
        ({"z": "1e9,0"}, "its z"),
        ({"z": "<b>,1"}, "its z"),
        ({"z": ""}, "its z"),
        ({"beta": "-1"}, "from 0.01 to 1"),
        ({"beta": "inf"}, "KL weight"),
        ({"beta": "1,2"}, "KL weight"),
        ({"from": "1,2,3"}, "its from is not 2"),
    ],
)
def test_what_is_wrong_is_said_and_left_out(query, expected):
    position, message = followed(query)
    assert expected in message
    assert (position.zs, position.film_position, position.walk_start) == (
        [[1.0, 1.0], [0.0, 0.0]],
        1.0,
        None,
    )


def test_the_rest_of_a_wrong_link_is_followed():
    position, message = followed({"z": "0.5,-1", "ae_z": "2,3", "beta": "99"})
    assert "KL weight" in message and position.zs == [[2, 3], [0.5, -1]]


def test_one_and_sixty_four_dimensions():
    position, message = followed(
        {"z": ",".join(["0.5"] * 64)}, zs=((0.0,), (0.0,) * 64), ae_dim=1, vae_dim=64
    )
    assert not message and position.zs[1] == [0.5] * 64 and len(position.zs[0]) == 1
