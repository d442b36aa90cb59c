"""Images of one's own in a real browser: a zip of photographs is uploaded, kept, trained on, explored,
compared and walked through.
"""

import os
import re
import shutil
from contextlib import suppress

import numpy as np
import pytest
from playwright.sync_api import Error, expect

from explorer.data import own
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import list_runs
from explorer.store.ownership import owner_key
from explorer.store.run import Run
from tests.browser.launch import app_process
from tests.browser.pad import DECODED, changes, decoded_by_torch, hover_a_point, image, press, ready, settle
from tests.browser.test_smoke import COMPLETE
from tests.pages.photographs import pieces, zipped
from tests.trainings import stop_all, until


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


@pytest.fixture
def open_here(open_shared):
    """Yield a function that opens a page of an app without images of one's own."""
    shutil.rmtree(os.environ["EXPLORER_DATA"], ignore_errors=True)
    yield open_shared
    stop_all()


def upload(page, content: bytes, name: str = "photographs.zip") -> None:
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "application/zip", "buffer": content}
    )


def train(page, label: str, epochs: int) -> None:
    page.get_by_role("link", name="Your images").first.click()
    page.get_by_role("link", name=label).click()
    field = page.get_by_label("Epochs", exact=True)
    expect(field).not_to_have_value(str(epochs))
    field.fill(str(epochs))
    field.press("Enter")
    button = page.get_by_role("button", name="Train", exact=True)
    expect(page.get_by_text("on this machine").or_(page.get_by_text("under way"))).to_be_visible()
    page.locator(COMPLETE).wait_for()
    n = len(own_runs())
    button.click()
    until(lambda: len(own_runs()) == n + 1)
    expect(page.get_by_role("link", name="Open in Explore")).to_have_count(n + 1)


def own_runs() -> list[Run]:
    return [run for run in list_runs()[0] if run.spec.dataset.startswith("own:")]


def test_photographs_are_uploaded_kept_trained_on_explored_compared_and_walked_through(open_here):
    page = open_here("/images")
    upload(page, b"PK\x03\x04" + bytes(50), "broken.zip")
    expect(page.get_by_text("This zip file cannot be read")).to_be_visible()
    page.get_by_role("button", name=re.compile("Remove")).first.click()
    expect(page.get_by_text("This zip file cannot be read")).to_be_hidden()
    upload(page, zipped(pieces(25) | {"photographs/<b>notes</b>.txt": b"x"}))
    expect(page.get_by_text("50 images")).to_be_visible()
    sheet = page.locator('[data-testid="gallery"]')
    expect(sheet).to_be_visible()
    page.get_by_role("radio", name="32").or_(page.get_by_role("button", name="32", exact=True)).first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("photographs is saved, with 50 images")).to_be_visible()
    [name] = own.list_names()
    assert own.read_info(name).shape == (3, 32, 32) and owner_key(name)
    page.wait_for_function("document.cookie.includes('explorer-visitor')")
    assert [c["value"] for c in page.context.cookies() if c["name"] == "explorer-visitor"] == [
        owner_key(name)
    ]
    train(page, "Train a conv VAE", 2)
    train(page, "Train an AE to compare with it", 1)
    run_by_model = {run.spec.model: run for run in list_runs()[0] if run.spec.dataset == f"own:{name}"}
    assert run_by_model.keys() == {"vae", "ae"} and run_by_model["vae"].spec.network == "conv"
    page.get_by_role("link", name="Open in Explore").last.click()
    ready(page)
    assert image(page).shape[2] == 3
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.goto(page.url.replace("/library", f"/explore?run={run_by_model['vae'].name}&tool=interpolate"))
    ready(page)
    z = [0.5, -0.5, *[0.0] * 14]
    page.goto(
        page.url.split("?")[0] + f"?run={run_by_model['vae'].name}&tool=interpolate&z={','.join(map(str, z))}"
    )
    ready(page)
    settle(page)
    expected = decoded_by_torch(run_by_model["vae"].name, z)
    shown = image(page)
    assert shown.shape == expected.shape and np.abs(shown.astype(int) - expected).max() <= 2
    expect(page.locator('[data-testid="gallery"]').first).to_be_visible()
    changes(page, lambda: press(page, "ArrowRight", 5), DECODED)
    assert re.search("roof|flower", hover_a_point(page))
    assert owner_key(name) not in page.locator('[data-testid="stMain"]').inner_text()
    page.goto(
        page.url.split("/explore")[0]
        + f"/compare?ae={run_by_model['ae'].name}&vae={run_by_model['vae'].name}"
    )
    page.wait_for_selector('[data-testid="decoded-2"]')
    assert image(page, '[data-testid="decoded-2"]').shape[2] == 3
    assert owner_key(name) not in page.locator('[data-testid="stMain"]').inner_text()


def test_three_clicks_lead_from_a_zip_to_a_slider_that_changes_the_image(open_here):
    page = open_here("/images")
    upload(page, zipped(pieces(12, 16)))
    expect(
        page.get_by_text("Save and train trains a VAE with 16 latent dimensions. 19 training")
    ).to_be_visible()
    page.get_by_role("button", name="Save and train").click()
    page.get_by_role("link", name="Open in Explore").click(timeout=120_000)
    ready(page)
    assert image(page).shape == (16, 16, 3)
    changes(page, lambda: press(page, "ArrowRight", 5), DECODED)
    changes(page, lambda: page.get_by_role("slider").first.press("ArrowRight"), DECODED)


def test_names_with_markup_load_nothing_and_run_nothing(open_here):
    urls = []
    page = open_here("/images")
    page.on("request", lambda request: urls.append(request.url))
    markup = '<img src=x onerror="window.hit=1">![x](http:127.0.0.1:9)'
    upload(
        page,
        zipped(
            {f"{markup}/{i}.png": content for i, content in enumerate(pieces(4).values())}
            | {f"other/{markup}.png": next(iter(pieces(1).values()))}
        ),
        f"{markup.replace('/', '')}.zip",
    )
    expect(page.get_by_text("9 images", exact=True)).to_be_visible()
    expect(page.locator('[data-testid="gallery"]')).to_be_visible()
    settle(page)
    assert page.evaluate("window.hit") is None and not any(":9" in url or url.endswith("/x") for url in urls)


def test_a_run_whose_images_have_markup_for_a_name_is_shown_as_text(open_own, tmp_path):
    markup = "**b** _i_ ![x](x.png) [x](y) <b> :red[x] $x$ `x` ~~x~~ www.x.org"
    for path, content in zip(("a.png", "b.png", "c.png"), pieces(2).values()):
        (tmp_path / markup).mkdir(exist_ok=True)
        (tmp_path / markup / path).write_bytes(content)
    train_run(RunSpec(f"folder:{tmp_path / markup}", epochs=1, width=8), "0-wild")
    page = open_own("/library")
    expect(page.locator("h3").first).to_contain_text(f"{markup} · VAE · 2-D · 0-wild")


@pytest.mark.parametrize("n_before", [0, 1])
def test_save_after_the_server_was_restarted_says_so(browser, home, runs_folder, n_before):
    page = browser.new_page()
    with app_process() as (address, _):
        page.goto(f"{address}/images")
        for i in range(n_before + 1):
            upload(page, zipped(pieces(5 + i)))
            expect(page.get_by_text(f"{2 * (5 + i)} images", exact=True)).to_be_visible()
            if i < n_before:
                page.get_by_role("button", name="Save", exact=True).click()
                expect(page.get_by_text("is saved, with")).to_be_visible()
        # When this is visible, the page is complete.
        expect(page.locator('[data-testid="stDataFrame"] canvas').last).to_be_visible()
        page.wait_for_load_state("networkidle")
    with app_process(port=int(address.rpartition(":")[2])):
        with suppress(Error):  # the page may have noticed already
            page.get_by_role("button", name="Save", exact=True).click(timeout=3000)
        expect(
            page.get_by_text("The server was restarted, and the files are gone. Choose them again.")
        ).to_be_visible()
        assert len(own.list_names()) == n_before
    page.close()


def test_a_zip_with_names_in_an_old_encoding_has_a_choice(open_here):
    page = open_here("/images")
    names = {f"{i}~~~~~/{i}.png": content for i, content in enumerate(pieces(2).values())}
    upload(page, zipped(names).replace(b"~~~~~", "кошка".encode("cp866")))
    choice = page.get_by_role("combobox", name=re.compile("Encoding of the names"))
    expect(choice).to_be_visible()
    choice.click()
    page.get_by_role("option", name="Cyrillic (cp866)").click()
    expect(page.get_by_text("in the encoding cp866")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved, with")).to_be_visible()
    assert own.read_info(own.list_names()[0]).class_names == tuple(f"{i}кошка" for i in range(4))


def test_a_phone_shows_the_page_without_scrolling_sideways(open_here):
    page = open_here("/images", width=390, height=844, touch=True)
    upload(page, zipped(pieces(5)))
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
