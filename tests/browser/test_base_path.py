"""The app below a path of its server's address, also behind a proxy that adds the path itself, and in a frame."""

import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.browser.framing import framing_site
from tests.browser.launch import ROOT, free_port, until_it_answers
from tests.browser.pad import ready


@contextmanager
def served(base: str):
    """Start the app below a path, and yield its address."""
    port = free_port()
    words = ["run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", *words, "--server.baseUrlPath", base]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_it_answers(port, process, base)
        yield f"http://127.0.0.1:{port}/{base}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def site():
    with framing_site() as site:
        yield site


@pytest.fixture(scope="module")
def below(tmp_path_factory, site):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("EXPLORER_EMBED_IN", site.origin)
        with served("course/latent") as address:
            yield address


@pytest.mark.parametrize("path", ["/", "/explore?run=digits-vae-2d"])
def test_scripts_and_blocks_are_found_below_a_base_path(browser, below, path):
    page = browser.new_page()
    page.goto(below + path)
    ready(page)
    page.close()


def test_the_app_works_in_a_frame_of_another_site(browser, below, site):
    page = browser.new_page()
    page.goto(site.page(f"{below}/explore?run=digits-vae-2d&embed=true"))
    page.frame_locator("iframe").locator('[data-testid="decoded"]').wait_for()
    page.close()
