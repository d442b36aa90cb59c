"""Doors for words: what links say, and what is typed."""

import contextlib
import io
from dataclasses import fields
from random import Random

import numpy as np

from explorer.cli.parser import main
from explorer.errors import UserError
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.specs import RunSpec
from explorer.store.run import RECORD_FILE
from explorer.ui.compare.address import apply_query
from explorer.ui.components import settings
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.train.address import read_query
from tests.faults import inputs
from tests.faults.scene import RUN, Scene

CODES = np.random.default_rng(0).standard_normal((50, 2))
SCALE, BETAS = reference_gaussian(CODES, fit_projection(CODES), True), (0.1, 1.0)
SETTINGS = [setting for setting in vars(settings).values() if isinstance(setting, settings.Setting)]


def text(rng: Random) -> str:
    return rng.choice(
        (
            inputs.name(rng),
            str(rng.choice(inputs.NUMBERS)),
            "9" * 5000,
            "1,2",
            "nan,1",
            ",".join("1" * 10_000),
            "1e999",
            "١",
            "0,0",
            "",
            "1_0",
            " 1",
            "0x10",
            "true",
        )
    )


def setting(rng: Random) -> None:
    chosen = rng.choice(SETTINGS)
    try:
        value = chosen.parse(text(rng))
    except ValueError:
        raise UserError("It can't be that.") from None
    assert type(value) is type(chosen.default)
    assert len(value) <= chosen.max_length if isinstance(value, str) else chosen.low <= value <= chosen.high
    assert not chosen.options or value in chosen.options


def compare_link(rng: Random) -> None:
    position = PadPosition([[0.0, 0.0], [0.0, 0.0]], None, film_position=1.0)
    message = apply_query(
        {name: text(rng) for name in ("ae_z", "z", "from", "beta") if rng.random() < 0.5},
        position,
        SCALE,
        SCALE,
        BETAS,
    )
    assert np.isfinite(position.zs).all()
    assert np.abs(position.zs).max() <= 1e6
    assert BETAS[0] <= position.film_position <= BETAS[-1]
    assert position.walk_start is None or np.isfinite(position.walk_start).all()
    if message:
        raise UserError(message)


def train_link(rng: Random) -> None:
    parameters = {
        field.name: text(rng) if rng.random() < 0.5 else str(field.default)
        for field in rng.sample(fields(RunSpec), 2)
    }
    settings, problem = read_query(parameters)
    assert RunSpec(**settings)
    if problem:
        raise UserError(problem)


def typed(rng: Random, scene: Scene) -> None:
    word = (
        rng.choice((inputs.name(rng), str(rng.choice(inputs.NUMBERS)), "1,2", RUN))
        .replace("\x00", "")
        .replace("\ud800", "\udcff")
    )
    flag = f"--{rng.choice(fields(RunSpec)).name.replace('_', '-')}"
    out = scene.root / "out"
    words = rng.choice(
        (
            ["show", word],
            ["show", RUN, "--beta", word],
            ["gaps", word, "--n", "5"],
            ["stop", word],
            [word],
            [flag, word],
            ["decode", RUN, "--z", word, "--out", out / "x.png"],
            ["export", word, "--to", "zip", "--out", out / "x"],
            ["export", RUN, "--to", word, "--out", out / "x"],
            ["import", word],
            ["import", scene.home / RECORD_FILE, flag, word],
            ["train", "--dataset", "none", flag, word],
            ["train", "--dataset", f"own:{word}"],
            ["data", f"own:{word}"],
            ["data", word],
            ["train", "--dataset", f"folder:/none/{word.replace('..', '')}"],
            ["embed", word, "--out", out / "x"],
            ["classifier", f"{word}?"],
            [word, RUN],
        )
    )
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            status = main([str(w) for w in words])
        except SystemExit as error:  # raised by argparse
            status = error.code
    for path in out.rglob("*"):
        path.unlink()
    if out.exists():
        out.rmdir()
    if status:
        assert status == 2 and not output.getvalue()
        raise UserError(errors.getvalue().strip())


DOORS = {
    "setting in a link": setting,
    "link to compare": compare_link,
    "link to train": train_link,
    "command line": typed,
}
