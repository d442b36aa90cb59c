"""The app as Streamlit runs it, without a browser; a lesson opened in it; and what stands on its page."""

import base64
import io
import json
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from explorer.ui.catalogue import invalidate_catalogue
from explorer.ui.pages import page_file
from explorer.ui.train import ended

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path, monkeypatch):
    """With the shipped runs only."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    expire_catalogue()
    return AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=120).run()


def expire_catalogue() -> None:
    """As time does: the app reads again which runs there are and who started them. All else that it caches
    belongs to a version of a run.
    """
    invalidate_catalogue()
    ended._starters.clear()


def opened() -> AppTest:
    """By a visitor of a server that has not yet seen the test's runs."""
    expire_catalogue()
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=60).run()
    assert not app.exception
    return app


def visit(page: str, app: AppTest, **asked) -> AppTest:
    """Follows a link to a page; asked: what the link says."""
    app.query_params.clear()
    app.query_params.update({name: str(value) for name, value in asked.items()})
    app.switch_page(page_file(page)).run()
    assert not app.exception
    return app


def follow(page: str, app: AppTest, **asked) -> AppTest:
    """The same, where there is nothing to complain of."""
    assert not visit(page, app, **asked).error
    return app


def mounted(app: AppTest, name: str) -> list[dict]:
    """What each component of that name was told."""
    return [
        json.loads(e.proto.json)
        for e in app.get("bidi_component")
        if e.proto.component_name == name and e.proto.json
    ]


def pads(app: AppTest, name: str = "latent_pad") -> list:
    """The protos of the pads on the page, or of what else is mounted under a component's name."""
    return [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]


def pad_state(app: AppTest) -> dict:
    """What the pad was last told."""
    [[told]] = mounted(app, "latent_pad_transport")
    return told


def blocks(app: AppTest) -> list[bytes]:
    """What the pad was sent."""
    return [proto.bytes for proto in pads(app, "latent_pad_transport") if proto.bytes]


def address(app: AppTest) -> dict[str, str]:
    """The parameters of the page's address: as the browser completes it on arrival, or as the app has written
    it.
    """
    completed = [data for [data] in mounted(app, "replaced_address") if data]
    return dict(parse_qsl(completed[0]["said"])) if completed else dict(app.query_params)


def galleries(app: AppTest) -> dict[str, dict]:
    """By their titles."""
    return {told["title"]: told for told in mounted(app, "gallery")}


def pictures(told: dict) -> np.ndarray:
    """A gallery's images, uint8 [n, H, W] or [n, H, W, 3]."""
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["sheet"].partition(",")[2]))))
    (_, height, width), columns = told["image_shape"], told["columns"]
    return np.stack(
        [
            sheet[
                i // columns * height : (i // columns + 1) * height,
                i % columns * width : (i % columns + 1) * width,
            ]
            for i in range(told["n_images"])
        ]
    )


def charts(app: AppTest) -> list:
    return list(app.get("vega_lite_chart"))


def tables(*charts) -> list[pd.DataFrame]:
    """The data behind charts."""
    return [convert_arrow_bytes_to_pandas_df(d.data.data) for chart in charts for d in chart.proto.datasets]
