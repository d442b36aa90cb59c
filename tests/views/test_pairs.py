"""Which runs stand beside each other."""

from dataclasses import replace

import pytest

from explorer.store.catalogue import find_run
from explorer.views import pairs


@pytest.fixture
def runs(runs_folder):
    return [
        find_run(name)
        for name in (
            "tiny-vae",
            "tiny-ae",
            "tiny-ladder",
            "tiny-vae-6d",
            "mnist-vae-2d",
            "mnist-ae-2d",
            "mnist-vae-16d",
        )
    ]


def names(pair):
    return pair and tuple(run.name for run in pair)


def test_an_ae_meets_the_ladder_made_most_like_it(runs):
    by_name = {run.name: run for run in runs}
    assert pairs.best_partner(by_name["tiny-ae"], runs).name == "tiny-ladder"
    assert pairs.best_partner(by_name["mnist-ae-2d"], runs).name == "mnist-vae-2d"
    twin = replace(
        by_name["mnist-ae-2d"], name="twin", spec=replace(by_name["mnist-ae-2d"].spec, latent_dim=16)
    )
    assert pairs.best_partner(by_name["mnist-vae-16d"], [*runs, twin]).name == "twin"


def test_the_usual_pair_is_of_mnist_and_of_two_dimensions(runs):
    assert names(pairs.default_pair(runs)) == ("mnist-ae-2d", "mnist-vae-2d")
    assert names(pairs.default_pair(runs, pairs.image_settings(runs[0]))) == ("tiny-ae", "tiny-ladder")
    assert pairs.default_pair([run for run in runs if run.spec.has_prior]) is None
    assert pairs.default_pair([]) is None


@pytest.mark.parametrize(
    "ae, vae, shown, expected",
    [
        ("tiny-ae", "tiny-vae", ("tiny-ae", "tiny-vae"), ""),
        (None, "tiny-vae-6d", ("tiny-ae", "tiny-vae-6d"), ""),
        ("tiny-ae", None, ("tiny-ae", "tiny-ladder"), ""),
        ("mnist-ae-2d", "tiny-vae", ("tiny-ae", "tiny-vae"), "different images"),
        ("tiny-vae", "tiny-ladder", ("tiny-ae", "tiny-ladder"), "tiny-vae is not an AE"),
        ("tiny-ae", "mnist-ae-2d", ("tiny-ae", "tiny-ladder"), "mnist-ae-2d is not a VAE"),
        ("nothing", "<b>", None, "There is no run nothing. There is no run <b>."),
        (None, None, None, ""),
    ],
)
def test_what_is_asked_for_and_does_not_fit_gets_what_does(runs, ae, vae, shown, expected):
    pair, message = pairs.resolve_pair(ae, vae, runs)
    assert names(pair) == shown and expected in message and bool(expected) == bool(message)


def test_a_vqvae_stands_beside_none(runs):
    with_it = [*runs, find_run("tiny-vqvae")]
    assert pairs.best_partner(with_it[-1], with_it) is None
    assert names(pairs.default_pair(with_it, pairs.image_settings(runs[0]))) == ("tiny-ae", "tiny-ladder")
    assert "tiny-vqvae is not an AE" in pairs.resolve_pair("tiny-vqvae", None, with_it)[1]
    assert "tiny-vqvae is not a VAE" in pairs.resolve_pair(None, "tiny-vqvae", with_it)[1]


def test_a_conditional_vae_stands_beside_an_ae_first_and_is_the_last_choice_of_others(runs):
    cvae = find_run("digits-cvae-2d")
    twin = replace(cvae, name="twin")
    with_it = [*runs, cvae, twin]
    by_name = {run.name: run for run in with_it}
    assert pairs.best_partner(cvae, with_it).name == "tiny-ae"
    assert pairs.best_partner(by_name["tiny-ae"], with_it).name == "tiny-ladder"
    assert names(pairs.default_pair(with_it, pairs.image_settings(cvae))) == ("tiny-ae", "tiny-ladder")
    for asked, shown in (
        ((None, "digits-cvae-2d"), ("tiny-ae", "digits-cvae-2d")),
        (("digits-cvae-2d", None), ("digits-cvae-2d", "tiny-ladder")),
        (("digits-cvae-2d", "twin"), ("digits-cvae-2d", "twin")),
    ):
        pair, message = pairs.resolve_pair(*asked, with_it)
        assert names(pair) == shown and not message
    assert not pairs.are_comparable(by_name["tiny-vae"], cvae)
    other_classes = replace(twin, class_names=tuple("abcdefghij"))
    assert pairs.are_comparable(cvae, twin) and not pairs.are_comparable(cvae, other_classes)
    assert pairs.pair_query(by_name["tiny-ladder"], cvae) == {"ae": cvae.name, "vae": "tiny-ladder"}
    assert pairs.side_names(cvae, twin) == ("left conditional VAE", "right conditional VAE")


def test_without_a_partner_there_is_the_command_that_trains_one(runs):
    pair, message = pairs.resolve_pair(
        None, "mnist-vae-2d", [run for run in runs if run.name != "mnist-ae-2d"]
    )
    assert pair is None and "There is no AE" in message and "train --dataset mnist --model ae" in message
    pair, message = pairs.resolve_pair("tiny-ae", None, [run for run in runs if not run.spec.has_prior])
    assert pair is None
    assert "There is no VAE" in message
    assert "train --dataset digits --model ladder --network mlp --width 32" in message
