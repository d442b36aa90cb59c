"""Sets of images from which nothing can be learned: they are trained on, and every page shows their runs."""

import json

import numpy as np
import pytest
from PIL import Image

from explorer.runs import measure
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.run import RECORD_FILE
from explorer.ui.explore.tools import TOOLS
from tests.pages.conftest import follow, opened, visit

NOISE = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
SETS = {
    "two": [*NOISE[:2]],
    "repeated": [NOISE[0]] * 60,
    "black": [np.zeros((16, 16), np.uint8)] * 60,
    "plain": [np.full((16, 16), 4 * i, np.uint8) for i in range(20)],
}
MODELS = {
    "ae": {"model": "ae"},
    "vae": {
        "model": "vae",
        "network": "conv",
        "depth": 2,
        "likelihood": "learned-gaussian",
        "latent_dim": 16,
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_poor_set_is_trained_on_and_shown(name, tmp_path, runs_folder, monkeypatch):
    images = tmp_path / name
    images.mkdir()
    for i, pixels in enumerate(SETS[name]):
        Image.fromarray(pixels).save(images / f"{i}.png")
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    for model, settings in MODELS.items():
        run = train_run(RunSpec(f"folder:{images}", image_size=16, epochs=2, width=8, **settings), model)
        json.loads((run.folder / RECORD_FILE).read_text("utf-8"), parse_constant=pytest.fail)  # NaN
    if name == "two":
        with pytest.raises(ValueError, match="Use more test images"):
            measure.measure_gaps("vae")
    app = opened()
    for model in MODELS:
        for tool in TOOLS:
            follow("explore", app, run=model, tool=tool)
    for density in ("", "aggregate"):
        assert not visit("compare", app, ae="ae", vae="vae", density=density).error
