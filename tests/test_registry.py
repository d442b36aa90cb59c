import pytest

from explorer.errors import UserError
from explorer.registry import DATASETS, LIKELIHOODS, MODELS, NETWORKS, Registry


@pytest.mark.parametrize("registry", [DATASETS, LIKELIHOODS, MODELS, NETWORKS], ids=lambda r: r.kind)
def test_every_name_leads_to_a_builder(registry):
    assert all(callable(registry.get(name)) for name in registry.names())


def test_a_taken_name_is_refused():
    registry = Registry("thing", {"a": "math:sin"})
    registry.add("b", "math:cos")
    assert registry.get("b")(0) == 1
    with pytest.raises(ValueError, match="registered already"):
        registry.add("a", "math:cos")


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(UserError, match="Did you mean conv"):
        NETWORKS.get("cnv")
