"""The first page is there before what is heavy has been imported."""

import pytest

from tests.benchmarks.app import first_imports

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    "package, needed", [("explorer", True), ("torch", False), ("sklearn", False), ("pandas", False)]
)
def test_the_first_page_does_not_wait_for_heavy_imports(package, needed):
    assert bool(first_imports(package)) == needed
