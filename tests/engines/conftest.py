"""Firefox and WebKit before the real app. Without such a browser its tests are skipped, except where CI is
set.
"""

import os

import pytest

from tests.browser.launch import running_app
from tests.engines.firefox import find_firefox, open_firefox
from tests.engines.webkit import find_browser, open_webkit

ENGINES = {  # name: what finds it, what opens it, what to install on Debian
    "firefox": (find_firefox, open_firefox, "firefox-esr"),
    "webkit": (find_browser, open_webkit, "webkit2gtk-driver, xvfb and dbus"),
}


@pytest.fixture(scope="module", params=ENGINES)
def page(request):
    find, open_browser, packages = ENGINES[request.param]
    if not find():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"{request.param} was not found: install {packages}"
        )
    with open_browser() as page:
        yield page


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Start the app with the included runs and folders of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("EXPLORER_RUNS", "EXPLORER_DATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        with running_app() as address:
            yield address
