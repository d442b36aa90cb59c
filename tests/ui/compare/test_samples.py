"""What is said of the samples of two models."""

import pytest

from explorer.latent.share import Share
from explorer.ui.compare.sample_figures import conclude_confidence, conclude_coverage, figures_sentence


def share(value, error=0.01):
    return Share.from_error(value, error, 2000)


@pytest.mark.parametrize(
    "ae, vae, expected",
    [
        (share(0.10), share(0.32), "for fewer of the AE's samples"),
        (share(0.40), share(0.32), "for more of the AE's samples"),
        (share(0.31), share(0.32), "no clear difference"),
        (share(0.10, 0.2), share(0.32, 0.2), "no clear difference"),
    ],
)
def test_a_conclusion_needs_a_difference_larger_than_its_uncertainty(ae, vae, expected):
    assert expected in conclude_confidence(ae, vae)


@pytest.mark.parametrize(
    "ae, vae, expected",
    [
        ((share(0.3), share(0.1)), (share(0.1), share(0.3)), "By features, the AE's samples cover more"),
        ((share(0.1), share(0.3)), (share(0.3), share(0.1)), "By features, the AE's samples cover fewer"),
        ((share(0.3), None), (share(0.1), None), "By pixels, the AE's samples cover fewer"),
        (
            (share(0.1), share(0.31)),
            (share(0.3), share(0.32)),
            "By features, the coverage of test images shows no",
        ),
    ],
)
def test_coverage_is_compared_by_features_where_there_is_a_classifier(ae, vae, expected):
    assert expected in conclude_coverage(ae, vae)
    assert conclude_coverage((None, None), vae) == ""


def test_without_a_classifier_nothing_is_concluded():
    assert conclude_confidence(None, share(0.2)) == conclude_confidence(share(0.2), None) == ""
    assert figures_sentence(None, None, (None, None)) == ""


def test_figures_have_their_intervals_and_numbers():
    sentence = figures_sentence((share(0.05), share(0.11)), share(0.2), (None, None))
    assert sentence.startswith("Gap 5% (3 to 7%), reverse gap 11% (9 to 13%) (2,000 codes)")
    assert sentence.endswith("below 90% confidence: 20% (18 to 22%) of 2,000 images.")
    assert figures_sentence(None, None, (share(0.03), share(0.2))) == (
        "Not covered: 3% (2 to 6%) by pixels and 20% (18 to 22%) by features, of 2,000 test images."
    )
    assert "20% (18 to 22%) by pixels, of 2,000" in figures_sentence(None, None, (share(0.2), None))
