"""`show` and `list` print how good a run is, what is wrong with it, and what to change."""

import json
import shlex
from dataclasses import asdict

from explorer.runs.train import train_run
from explorer.runs.verdicts import find_faults
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.run import encode_record
from tests.conftest import refused


def test_show_prints_the_yardstick_and_the_verdicts(explorer_in_process):
    run = train_run(RunSpec("digits", model="ae", epochs=2, width=8), "short")
    [verdict, *_] = find_faults(run)
    lines = explorer_in_process("show", "short").stdout.splitlines()
    assert f"  {run.yardstick}" in lines and f"  {verdict.sentence}" in lines
    [command] = [line.split(": ", 1)[1] for line in lines if line.startswith(f"  {verdict.remedy}: ")]
    assert shlex.split(command) == [
        "python",
        "-m",
        "explorer",
        "train",
        *verdict.changed_spec(run.spec).arguments(),
    ]
    shown = json.loads(explorer_in_process("show", "short", "--json").stdout)
    assert shown["yardstick"] == asdict(run.yardstick) and shown["samples"] is None
    assert shown["verdicts"][0] == asdict(verdict)


def test_show_measures_a_yardstick_that_is_missing(explorer_in_process):
    run = find_run("tiny-vae")
    record = json.loads((run.folder / "run.json").read_bytes())
    del record["yardstick"], record["samples"]
    (run.folder / "run.json").write_bytes(encode_record(record))
    assert "squared error" not in explorer_in_process("show", "tiny-vae").stdout
    assert json.loads(explorer_in_process("show", "tiny-vae", "--json").stdout)["yardstick"] is None
    assert str(run.yardstick) in explorer_in_process("show", "tiny-vae", "--yardstick").stdout
    assert find_run("tiny-vae").samples == run.samples


def test_the_yardstick_of_a_ladder_is_at_kl_weight_1(explorer_in_process):
    done = explorer_in_process("show", "tiny-ladder", "--beta", "0.1", "--yardstick")
    assert "Leave out --beta or --yardstick" in refused(done)
