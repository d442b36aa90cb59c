import pytest

from explorer.errors import UserError
from explorer.registry import DATASETS, LIKELIHOODS, MODELS, NETWORKS


@pytest.mark.parametrize("registry", [DATASETS, LIKELIHOODS, MODELS, NETWORKS], ids=lambda r: r.noun)
def test_every_name_leads_to_a_builder(registry):
    assert all(callable(kind.builder) and kind.name == name for name, kind in registry.items())


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(UserError, match="Did you mean conv"):
        NETWORKS["cnv"]
