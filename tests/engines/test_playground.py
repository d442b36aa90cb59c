"""The playground in Firefox and WebKit, from disk: it trains, outlives a reload, and writes the page of a model."""

import pytest

from explorer.export.playground.content import playground_content
from explorer.live.page import build_page

STATUS, MESSAGE = (
    f"document.querySelector('{selector}')?.textContent"
    for selector in ('[data-testid="training-status"]', ".training-message")
)
CAPTURE = (
    "URL.createObjectURL = (blob) => (blob.text().then((text) => (globalThis.written = text)), 'blob:none')"
)
# Looks whether the last model has been saved, and returns what the look before has found
SAVED = """(() => {
    indexedDB.open("latent-space-explorer").onsuccess = ({ target: { result: database } }) => {
        const store = database.transaction("playground").objectStore("playground");
        store.get("last training").onsuccess = ({ target: { result } }) => (globalThis.isSaved = Boolean(result));
        database.close();
    };
    return Boolean(globalThis.isSaved);
})()"""
MAP = '[data-testid="latent-map"]'


@pytest.fixture(scope="module")
def playground(tmp_path_factory):
    file = tmp_path_factory.mktemp("playground") / "playground.html"
    file.write_text(build_page(playground_content()), encoding="utf-8")
    return file.as_uri()


def test_it_trains_outlives_a_reload_and_writes_the_page_of_a_model(page, playground, tmp_path):
    page.open(playground)
    page.wait_for(page.exists(MAP))
    page.click('[data-testid="step-epoch"]')
    page.wait_for(f"{STATUS}.startsWith('Epoch 1.00')")
    page.wait_for("!document.querySelector('[data-testid=\"save-page\"]').disabled")
    page.evaluate(f"void ({CAPTURE})")
    page.evaluate("document.querySelector('[data-testid=\"save-page\"]').click()")
    page.wait_for("Boolean(globalThis.written)")
    file = tmp_path / "model.html"
    file.write_text(page.evaluate("globalThis.written"), encoding="utf-8")
    page.wait_for(SAVED)
    page.evaluate("location.reload()")
    page.wait_for(f"Boolean({MESSAGE}?.includes('restored its last model'))")
    page.wait_for(f"{STATUS}.startsWith('Epoch 1.00')")
    page.open(file.as_uri())
    page.wait_for(page.exists('[data-testid="decoded"]'))
    page.wait_for("document.querySelector('.original figcaption')?.textContent.includes('test image 0')")
    assert page.evaluate("document.querySelector('h1').textContent") == "Digits · VAE · 2-D"
    assert not page.errors()
