"""The playground in Chromium: as a file, it trains, follows β and saves a run; in the app, a run opens in Explore."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.export.playground.content import playground_content
from explorer.figures.images import to_uint8
from explorer.live.page import build_page
from explorer.runs.import_run import import_run
from explorer.runs.load import load_model
from explorer.store.embedding import read_embedding
from tests.browser import accessibility
from tests.browser.pad import DECODED, MAP, eventually, image, press, settle, spot, z_of

SECOND_EPOCH, FIFTH_EPOCH = re.compile(r"Epoch ([2-9]|\d\d)"), re.compile(r"Epoch ([5-9]|\d\d)")
SECOND_MAP = '[data-testid="latent-map-2"]'
# What a browser does when another tab comes to the front, or this one again
HIDE = """(isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
SAMPLES, SECOND_SAMPLES = '[data-testid="samples"]', '[data-testid="samples-2"]'
# Whether the last state of the training has been written
SAVED = """() => new Promise((done) => {
    const request = indexedDB.open("latent-space-explorer");
    request.onsuccess = () => {
        const reading = request.result.transaction("playground").objectStore("playground").get("last training");
        reading.onsuccess = () => (request.result.close(), done(reading.result));
    };
}).then((record) => {
    if (!record) return false;
    const [{ step }] = record.trainers;
    return document.querySelector("[data-testid=training-status]").textContent.includes(`(${step} batches`);
})"""
FRAMES = """async (count) => {
    for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("playground") / "playground.html"
    file.write_text(build_page(playground_content()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def open_file(browser, address):
    """Yield a function that opens the page at a hash; at the end, there may be no error, and no request but for
    files.
    """
    contexts, errors, requested = [], [], []

    def open_file(hash: str = "", **options):
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(address + hash)
        page.wait_for_selector(MAP)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not errors
    assert {url.partition(":")[0] for url in requested} <= {"file", "blob", "data"}


def test_a_run_trained_in_a_browser_is_one_of_python(open_file, runs_folder, tmp_path):
    page = open_file()
    assert len(page.workers) == 1
    status, play, beta = (page.get_by_test_id(name) for name in ("training-status", "play", "beta"))
    page.get_by_test_id("step-epoch").click()
    expect(status).to_contain_text("Epoch 1.00 (23 batches")
    play.click()
    expect(status).to_have_text(SECOND_EPOCH)
    beta.press("Home")
    expect(page.get_by_role("heading", name="VAE, β = 0")).to_be_visible()
    expect(status).to_have_text(FIFTH_EPOCH)
    play.click()
    expect(play).to_have_text("Play")
    assert "beta=0.0" in page.evaluate("location.hash")
    with page.expect_download() as download:
        page.get_by_test_id("save-run").click()
    run = import_run(download.value.path().read_bytes(), "trained")
    e, loaded = read_embedding(run), load_model(run)
    posterior = loaded.encode(e.images)
    assert run.test.n == len(e.mu) == len(e.images) == 360 and run.spec.beta == 0 and "changed" in run.note
    np.testing.assert_allclose(posterior.mu.numpy(), e.mu, atol=1e-4)
    np.testing.assert_allclose(posterior.logvar.numpy(), e.logvar, atol=1e-4)
    decoded = to_uint8(loaded.decode(np.zeros((1, 2)))[0])
    assert np.abs(image(page)[..., 0].astype(int) - decoded).max() <= 1
    with page.expect_download() as download:
        page.get_by_test_id("save-page").click()
    saved = page.context.new_page()
    saved.goto(Path(shutil.copy(download.value.path(), tmp_path / "pad.html")).as_uri())
    saved.wait_for_selector(MAP)
    expect(saved.get_by_role("heading")).to_have_text("Digits · VAE · 2-D")
    expect(saved.locator(".original figcaption")).to_contain_text("test image 0")
    decoded = to_uint8(loaded.decode(e.mu[:1])[0])
    assert np.abs(image(saved)[..., 0].astype(int) - decoded).max() <= 1
    assert np.array_equal(image(saved, ".original canvas")[..., 0], e.images[0, 0])
    before = z_of(saved)
    press(saved, "ArrowRight", 5)
    expect(saved.locator(".decoded figcaption").last).to_contain_text("decoded from")
    assert z_of(saved) != before


def test_a_reload_continues_the_training_and_a_reset_ends_it(open_file):
    page = open_file("#compare=True")
    status, message = page.get_by_test_id("training-status"), page.locator(".training-message")
    page.get_by_test_id("play").click()
    expect(status).to_have_text(SECOND_EPOCH)
    page.get_by_test_id("play").click()
    eventually(page, lambda: page.evaluate(SAVED))
    settle(page)
    trained, pictures = status.inner_text(), [image(page, SAMPLES), image(page, SECOND_SAMPLES)]
    page.reload()
    expect(message).to_contain_text("has restored its last model")
    expect(status).to_have_text(trained)
    settle(page)
    again = [image(page, SAMPLES), image(page, SECOND_SAMPLES)]
    assert all(np.array_equal(*pair) for pair in zip(pictures, again))
    page.get_by_test_id("reset").click()
    expect(status).to_contain_text("Epoch 0.00")
    page.reload()
    page.wait_for_selector(MAP)
    expect(status).to_contain_text("Epoch 0.00")
    assert not message.inner_text()


def test_without_storage_a_reload_keeps_the_settings(browser, address):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    page = context.new_page()
    page.goto(f"{address}#width=50")
    page.get_by_test_id("step-epoch").click()
    expect(page.get_by_test_id("training-status")).to_contain_text("Epoch 1.00")
    page.reload()
    expect(page.get_by_test_id("training-status")).to_contain_text("Epoch 0.00")
    context.close()


def test_one_pointer_moves_on_both_maps_and_a_hash_with_nonsense_is_named(open_file):
    page = open_file("#compare=True&model_2=AE&lr=x&width=99999")
    expect(page.locator("#note")).to_have_text(
        "Part of this address is invalid: its width (restarts), its learning rate."
    )
    page.get_by_test_id("step-epoch").click()
    expect(page.get_by_test_id("training-status")).to_contain_text("Epoch 1.00")
    settle(page)
    before = [image(page), image(page, '[data-testid="decoded-2"]')]
    page.locator(SECOND_MAP).hover()
    settle(page)
    after = [image(page), image(page, '[data-testid="decoded-2"]')]
    assert all(not np.array_equal(old, new) for old, new in zip(before, after))


def test_a_training_that_diverges_stops_with_a_sentence(open_file):
    page = open_file("#likelihood=gaussian&lr=1.0")
    page.get_by_test_id("play").click()
    expect(page.locator(".training-message")).to_contain_text("choose a lower learning rate")
    expect(page.get_by_test_id("play")).to_have_text("Play")


def test_a_hidden_tab_pauses(open_file):
    page = open_file()
    status = page.get_by_test_id("training-status")
    page.get_by_test_id("play").click()
    expect(status).to_have_text(SECOND_EPOCH)
    page.evaluate(HIDE, True)
    page.evaluate(FRAMES, 60)  # for the batches that were under way
    paused = status.inner_text()
    page.evaluate(FRAMES, 60)
    assert status.inner_text() == paused
    page.evaluate(HIDE, False)
    expect(status).not_to_have_text(paused)


def test_drawings_are_learned(open_file):
    page = open_file()
    page.get_by_test_id("control-dataset").select_option("drawings")
    expect(page.locator(".training-message")).to_contain_text("Draw something")
    box = page.get_by_test_id("drawing").locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 120, steps=4)
    page.mouse.up()
    page.get_by_test_id("add-drawing").click()
    page.get_by_test_id("step-epoch").click()
    status = page.get_by_test_id("training-status")
    expect(status).to_contain_text("Epoch 1.00 (2 batches")
    eventually(page, lambda: page.evaluate(SAVED))
    page.reload()
    expect(status).to_contain_text("Epoch 1.00 (2 batches")  # with the drawing
    expect(page.get_by_role("button", name="Remove drawing 1")).to_be_visible()


def test_without_a_worker_the_page_trains_itself(browser, address):
    context = browser.new_context()
    context.add_init_script("globalThis.Worker = class { constructor() { throw new Error('forbidden'); } }")
    page = context.new_page()
    page.goto(address)
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("training-status")).to_have_text(SECOND_EPOCH)
    context.close()


def test_it_is_accessible_and_fits_in_both_themes(browser, address):
    for theme, width, hash in (("light", 1280, "#compare=True&model_2=AE"), ("dark", 390, "")):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme)
        accessibility.prepare(context)
        page = context.new_page()
        page.goto(address + hash)
        page.wait_for_selector(MAP)
        page.get_by_test_id("preset-gaps").click()
        assert accessibility.violations(page) == "" and accessibility.cut_off(page) == ""
        context.close()


def test_in_the_app_it_asks_no_server_while_it_trains_and_its_run_opens_in_explore(open_own):
    sent = []
    page = open_own("/playground", sent=sent)
    play, status = page.get_by_test_id("play"), page.get_by_test_id("training-status")
    play.click()
    expect(status).to_have_text(SECOND_EPOCH)
    n_before = len(sent)
    expect(status).to_have_text(FIFTH_EPOCH)
    assert len(sent) == n_before
    play.click()
    page.get_by_test_id("open-run").click()
    page.wait_for_url(re.compile("/explore.*run=.*playground-digits-vae-2d"))
    page.wait_for_selector(DECODED)
    assert spot(page, 0.5, 0.5)
