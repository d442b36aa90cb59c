"""The first page is there before what is heavy has been imported."""

import pytest

from tests.benchmarks.app import first_imports

pytestmark = pytest.mark.process


def test_the_first_page_does_not_wait_for_heavy_imports():
    imports = first_imports()
    assert imports["explorer"] and not imports.keys() & {"torch", "sklearn", "pandas"}
