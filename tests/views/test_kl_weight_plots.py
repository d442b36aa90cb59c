"""The figures of a ladder that the plots of Compare show."""

from dataclasses import replace

import pytest

from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import read_run
from explorer.views.kl_weight_plots import gap_options, rate_distortion_options
from explorer.views.readouts import frame_gap

NO_GAPS = {"gap_error": None, "prior_gap_error": None, "gap_codes": None}


@pytest.fixture(scope="module")
def pair():
    return [read_run(SHIPPED_FOLDER / f"mnist-{name}") for name in ("ae-2d", "ladder-2d")]


def test_rate_and_distortion_are_those_of_the_film_and_dots_are_trained(pair):
    ae, vae = pair
    options = rate_distortion_options(ae, vae, "nats per image")
    assert [vae.film[i].beta for i in options["rungs"]] == list(vae.spec.rungs)
    assert options["rate"] == [frame.rate for frame in vae.film]
    assert options["ae_distortion"] == ae.test.distortion
    cvae = read_run(SHIPPED_FOLDER / "digits-cvae-2d")
    assert rate_distortion_options(cvae, vae, "nats per image")["ae_distortion"] is None


def test_trained_kl_weights_have_the_intervals_of_their_gaps(pair):
    options = gap_options(*pair)
    vae = pair[1]
    trained = [frame_gap(f) for f in vae.film if f.beta in vae.spec.rungs]
    assert options["gap"]["intervals"] == [[100 * e.low, 100 * e.high] for e in trained]
    assert options["gap"]["texts"] == [str(e) for e in trained]
    assert options["prior_gap"]["shares"] == [100 * f.prior_gap for f in vae.film]
    assert options["left"]["name"] == "AE"
    assert options["left"]["low"] < options["left"]["share"] < options["left"]["high"] < options["top"]


def test_a_ladder_of_an_earlier_version_has_gaps_without_intervals(pair):
    ae, vae = pair
    options = gap_options(ae, replace(vae, film=tuple(replace(f, **NO_GAPS) for f in vae.film)))
    assert options["gap"]["intervals"] == [None] * len(vae.spec.rungs)
    trained = [f for f in vae.film if f.beta in vae.spec.rungs]
    assert options["gap"]["texts"] == [f"{f.gap:.0%}, interval not measured" for f in trained]
    unmeasured = replace(vae, film=tuple(replace(f, gap=None, **NO_GAPS) for f in vae.film))
    assert set(gap_options(ae, unmeasured)["gap"]["texts"]) == {"not measured"}
