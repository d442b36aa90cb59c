"""The app as Streamlit runs it, without a browser; a lesson opened in it; and what stands on its page."""

import base64
import io
import json
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from PIL import Image
from safetensors import numpy as safetensors
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from explorer.live.fields import AE_Z, Z
from explorer.ui.catalogue import invalidate_catalogue
from explorer.ui.content_routes import STORE
from explorer.ui.pages import page_file
from explorer.ui.train import ended

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def scan_once():
    """Let AppTest read once, not at each opening of the app, which installed packages have components."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def app(tmp_path, monkeypatch):
    """Return the app with the included runs only."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    expire_catalogue()
    return AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=120).run()


def expire_catalogue() -> None:
    """Expire the cached catalogue, as time does: the app reads again which runs exist and who started them.
    All else that it caches belongs to a version of a run.
    """
    invalidate_catalogue()
    ended._starters.clear()


def opened() -> AppTest:
    """Open the app as a visitor of a server that has not yet seen the test's runs."""
    expire_catalogue()
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=60).run()
    assert not app.exception
    return app


def visit(page: str, app: AppTest, **query) -> AppTest:
    """Follow a link to a page; query: the parameters of the link."""
    app.query_params.clear()
    app.query_params.update({name: str(value) for name, value in query.items()})
    app.switch_page(page_file(page)).run()
    assert not app.exception
    return app


def follow(page: str, app: AppTest, **query) -> AppTest:
    """Follow a link to a page, and check that there is no error."""
    assert not visit(page, app, **query).error
    return app


def mounted(app: AppTest, name: str) -> list[dict]:
    """Return the data of each component of that name."""
    return [
        json.loads(e.proto.json)
        for e in app.get("bidi_component")
        if e.proto.component_name == name and e.proto.json
    ]


def pads(app: AppTest, name: str = "latent_pad") -> list:
    """Return the protos of the pads on the page, or of other components of that name."""
    return [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]


def pad_state(app: AppTest) -> dict:
    """Return the state of the pad."""
    [[data]] = mounted(app, "latent_pad")
    return data["state"]


def pad_codes(app: AppTest) -> list[list[float]]:
    """Return the z of each run of the pad."""
    values = pad_state(app)["values"]
    return [values[name] for name in (AE_Z, Z) if name in values]


def blocks(app: AppTest) -> list[bytes]:
    """Return the blocks that the pad loads, as the app's routes serve them."""
    [[data]] = mounted(app, "latent_pad")
    return [item.build() for item in map(STORE.find, addresses(data["content"]))]


def addresses(content: dict) -> list[str]:
    """Return the addresses of the blocks of a pad."""
    blocks, later = content["blocks"], content["later"] or {}
    trees = [*blocks["sides"], later]
    return [address for tree in trees for address in tree.values() if address]


def address(app: AppTest) -> dict[str, str]:
    """Return the parameters of the page's address: as the browser completes it on arrival, or as the app has
    written it.
    """
    completed = [data for [data] in mounted(app, "replaced_address") if data]
    return dict(parse_qsl(completed[0]["newQuery"])) if completed else dict(app.query_params)


def galleries(app: AppTest) -> dict[str, dict]:
    """Return the galleries by their titles."""
    contents = [data["content"] for [data] in mounted(app, "gallery")]
    return {content["options"]["title"]: content["options"] | content["blocks"] for content in contents}


def pictures(gallery: dict) -> np.ndarray:
    """Return a gallery's images, uint8 [n, H, W] or [n, H, W, 3]."""
    block = safetensors.load(base64.b64decode(gallery["sheet"].partition(",")[2]))
    sheet = np.asarray(Image.open(io.BytesIO(block["sheet"].tobytes())))
    (_, height, width), columns = gallery["image_shape"], gallery["columns"]
    corners = [(i // columns * height, i % columns * width) for i in range(gallery["n_images"])]
    return np.stack([sheet[top : top + height, left : left + width] for top, left in corners])


def live_plots(app: AppTest) -> list[dict]:
    """Return the live plots on the page, in order: each a declaration and its values."""
    return [plot for [data] in mounted(app, "plots") for plot in data["content"]["options"]["plots"]]
