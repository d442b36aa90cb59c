"""The Train page as Streamlit runs it, without a browser."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

from explorer.data import load_dataset, own
from explorer.data.dataset import Dataset
from explorer.data.facts import read_facts
from explorer.errors import UserError
from explorer.figures.training_curves import MAX_POINTS, training_curves
from explorer.jobs import queue
from explorer.recipe import usual_settings
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.events import read_events
from explorer.store.ownership import new_key
from explorer.ui import visitor
from explorer.ui.pages import page_file
from explorer.ui.train import presets
from explorer.ui.train.address import train_query
from explorer.ui.train.curves import overfitting_sentence
from tests.conftest import SPECS
from tests.pages.conftest import ROOT, expire_catalogue, galleries, mounted, opened, pictures, visit
from tests.pages.photographs import png
from tests.trainings import until


@pytest.fixture
def app(runs_folder):
    return opened()


def train(app, **query):
    return visit("train", app, **query)


def test_the_form_has_a_field_for_every_setting_and_its_range(app):
    queue.enqueue("other", RunSpec())  # beside which no trial runs
    train(app)
    for f in fields(RunSpec):
        if f.metadata["low"] is not None and f.name not in ("sigma", "rung_epochs", "n_codes", "code_dim"):
            number = app.number_input(key=f"setting {f.name}")
            assert (number.min, number.max) == (f.metadata["low"], f.metadata["high"])
    app.selectbox(key="setting model").select("ae").run()
    assert not [n for n in app.number_input if n.key == "setting beta"] and "--model ae" in app.code[0].value
    app.selectbox(key="setting model").select("ladder").run()
    assert app.text_input(key="setting betas") and not app.exception
    app.selectbox(key="setting model").select("vqvae").run()
    app.number_input(key="setting latent_dim").set_value(8).run()
    app.number_input(key="setting n_codes").set_value(16).run()
    assert app.number_input(key="setting code_dim")
    assert "--model vqvae --network mlp --latent-dim 8 --n-codes 16" in app.code[0].value
    assert not [n for n in app.number_input if n.key == "setting beta"]
    assert not app.exception
    assert not app.error


@pytest.mark.process
def test_an_estimate_and_the_code_stand_beside_the_form(app, runs_folder):
    train(app, dataset="digits", epochs="7", width="16")
    assert any(
        re.fullmatch(r"Estimated time on this machine: \*\*\d+ s\*\*\.", m.value) for m in app.markdown
    )
    program = app.code[1].value
    assert "RunSpec(dataset='digits', model='vae', network='mlp', width=16, epochs=7)" in program
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "distortion" in done.stdout
    assert find_run(RunSpec(epochs=7, width=16).run_id)


@pytest.mark.parametrize(
    "spec",
    [
        RunSpec("moons"),
        RunSpec("moons", epochs=200),
        RunSpec("mnist", model="ae", network="conv"),
        RunSpec(network="gru", width=400),
        RunSpec(model="ladder", epochs=8, rung_epochs=50),
        RunSpec(network="linear", likelihood="gaussian", sigma=0.2, seed=9),
    ],
)
def test_a_settings_link_and_the_code_both_make_the_very_run(app, spec):
    """Use a running job, so that the page does not try each setting for a moment."""
    queue.enqueue("other", RunSpec())
    train(app, **train_query(spec))
    call = re.search(r"train_run\((.*)\)\n", app.code[1].value)[1]
    assert eval(call, {"RunSpec": RunSpec}) == spec
    assert app.code[0].value == f"python -m explorer train {spec.flags()}"


def test_a_link_to_a_folder_keeps_size_and_colour_and_so_does_a_preset(app, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    for i in range(4):
        (tmp_path / f"{i}.png").write_bytes(png(np.full((30, 30, 3), 60 * i, np.uint8)))
    spec = RunSpec(f"folder:{tmp_path}", image_size=64, colour=True)
    train(app, **train_query(spec))
    assert app.selectbox(key="setting image_size").value == 64
    assert app.checkbox(key="setting colour").value is True
    app.button_group(key="preset").select("KL warm-up").run()
    code, given = app.code[0].value, {"dataset": spec.dataset, "image_size": 64, "colour": True}
    usual = usual_settings(read_facts(spec.dataset, 64, True), given)[0]
    assert usual.beta_warmup > usual.epochs / 4  # more than the preset asks for
    assert code == f"python -m explorer train {usual.flags()} --effort none" and not app.error
    small = RunSpec(**presets.preset_settings("KL warm-up", given | {"image_size": 16}))
    assert small.beta_warmup == round(small.epochs / 4) > 0
    app.selectbox(key="setting dataset").select("digits").run()
    assert not [box for box in app.selectbox if box.key == "setting image_size"] and not app.checkbox


@pytest.fixture
def save_images(tmp_path, monkeypatch):
    """Yield a function that saves own:it, so many grey images of a size. A job runs, so no trial does."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))

    def save(n: int, side: int) -> None:
        x = np.random.default_rng(0).integers(0, 256, (n, 1, side, side), np.uint8)
        own.save_own(Dataset("it", x, np.zeros(n, np.int64), ("images",), n - n // 10), "it")
        queue.enqueue("other", RunSpec())

    return save


def test_own_images_fill_the_form_and_built_in_ones_restore_the_defaults(app, save_images):
    save_images(50, 28)
    train(app)
    app.selectbox(key="setting model").select("ae").run()
    app.selectbox(key="setting dataset").select("own:it").run()
    usual, reason = usual_settings(read_facts("own:it"), {"dataset": "own:it", "model": "ae"})
    assert app.code[0].value == f"python -m explorer train {usual.flags()} --effort none"
    assert any(c.value.replace("\\", "") == reason for c in app.caption) and not app.error
    app.button_group(key="effort").set_value("quick").run()
    epochs = app.number_input(key="setting epochs").value
    assert usual.epochs / 3 <= epochs <= usual.epochs / 3 + 1
    assert app.selectbox(key="setting model").value == "ae"
    app.selectbox(key="setting dataset").select("digits").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec(model='ae').flags()}"
    assert any(c.value.replace("\\", "") == "2,400 steps in 200 epochs." for c in app.caption)
    train(app, dataset="own:it", model="ae")
    assert app.code[0].value == f"python -m explorer train {usual.flags()} --effort none"


def test_built_in_images_have_usual_settings_too_where_they_are_chosen(app):
    queue.enqueue("other", RunSpec())  # beside which no trial runs
    train(app, dataset="digits", latent_dim="16")
    assert app.code[0].value == f"python -m explorer train {RunSpec(latent_dim=16).flags()}"
    effort = app.button_group(key="effort of built-in data")
    assert effort.value == "none"
    effort.set_value("good").run()
    usual, reason = usual_settings(read_facts("digits"), {"dataset": "digits", "latent_dim": 16})
    assert usual.network == "conv" and usual.likelihood == "learned-gaussian"
    assert app.code[0].value == f"python -m explorer train {usual.flags()}"
    assert any(c.value.replace("\\", "") == reason for c in app.caption) and not app.error
    app.button_group(key="preset").select("AE").run()
    ae, _ = usual_settings(read_facts("digits"), {"dataset": "digits", "model": "ae"})
    assert app.code[0].value == f"python -m explorer train {ae.flags()}"
    app.button_group(key="effort of built-in data").set_value("none").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec(model='ae').flags()}"
    app.button_group(key="effort of built-in data").set_value("quick").run()
    train(app, dataset="digits", latent_dim="16")  # a link means the defaults
    assert app.button_group(key="effort of built-in data").value == "none" and not app.exception
    assert app.code[0].value == f"python -m explorer train {RunSpec(latent_dim=16).flags()}"


def test_a_link_after_own_images_is_not_forgotten_with_another_data_set(app, save_images):
    save_images(50, 28)
    train(app)
    app.selectbox(key="setting dataset").select("own:it").run()
    train(app, dataset="digits", epochs="30", lr="0.01")
    app.selectbox(key="setting dataset").select("moons").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec('moons', epochs=30, lr=0.01).flags()}"
    train(app, dataset="own:it", epochs="7")
    app.selectbox(key="setting dataset").select("digits").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec('digits').flags()}" and not app.error


def test_what_was_edited_stays_where_the_usual_settings_change(app, save_images):
    save_images(1000, 16)
    train(app, dataset="own:it", lr="0.001")
    assert app.number_input(key="setting patience").value
    app.number_input(key="setting batch_size").set_value(50).run()
    app.text_input(key="setting augment").set_value("mirror").run()
    app.number_input(key="setting latent_dim").set_value(16).run()
    app.selectbox(key="setting model").select("ae").run()
    given = {"dataset": "own:it", "lr": 0.001, "batch_size": 50, "augment": "mirror", "latent_dim": 16}
    usual, _ = usual_settings(read_facts("own:it"), given | {"model": "ae"})
    assert app.code[0].value == f"python -m explorer train {usual.flags()} --effort none"
    app.number_input(key="setting epochs").set_value(7).run()
    assert app.number_input(key="setting patience").value is None
    app.selectbox(key="setting network").select("mlp").run()
    mlp = usual_settings(read_facts("own:it"), given | {"model": "ae", "network": "mlp"})[0]
    edited = replace(mlp, epochs=7, patience=None)
    assert app.code[0].value == f"python -m explorer train {edited.flags()} --effort none"
    app.button_group(key="effort").set_value("quick").run()
    assert app.number_input(key="setting epochs").value > 7 and app.number_input(key="setting patience").value
    app.selectbox(key="setting model").select("ladder").run()
    assert "--model ladder" in app.code[0].value and "--patience" not in app.code[0].value
    assert "--lr 0.001" in app.code[0].value and not app.error


@pytest.mark.parametrize("dataset", ["digits", "moons", "shapes", "mnist"])
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_preset_can_be_trained_on_any_images(dataset, preset):
    spec = RunSpec(**presets.preset_settings(preset, {"dataset": dataset}, "none"))
    assert spec.epochs == RunSpec(dataset).epochs
    if preset == "KL warm-up":
        assert spec.beta_warmup == pytest.approx(spec.epochs / 4, abs=0.5)


def test_a_link_leaves_what_it_does_not_change_at_its_usual_value(app):
    queue.enqueue("other", RunSpec())  # beside which no trial runs
    train(app, **train_query(RunSpec("moons", model="ae", seed=4)))
    app.selectbox(key="setting model").select("vae").run()
    app.selectbox(key="setting network").select("conv").run()
    assert app.code[0].value == f"python -m explorer train {RunSpec('moons', network='conv', seed=4).flags()}"


def test_the_form_shows_what_an_augmentation_does(app):
    train(app)
    assert not galleries(app)
    train(app, dataset="digits", augment="mirror,shift")
    shown = pictures(galleries(app)["Augmentation"])
    x = load_dataset("digits").x
    assert len(shown) == 2 * 8 and np.array_equal(shown[0], x[0, 0]) and np.array_equal(shown[8], x[1, 0])
    assert len({one.tobytes() for one in shown[:8]}) > 3


def test_what_diverges_when_it_is_tried_is_said_in_a_sentence(app):
    train(app, lr="10", likelihood="gaussian", sigma="0.001", batch_size="8", schedule="constant")
    assert "diverged" in app.error[0].value and "Try a learning rate below 10" in app.error[0].value


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("EXPLORER_MAX_JOBS", "none", "EXPLORER_MAX_JOBS must be a number"),
        ("EXPLORER_RUNS", __file__, "could not be written"),
    ],
)
def test_a_queue_that_cannot_be_read_is_said_once(app, monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)
    train(app)
    assert [message in error.value for error in app.error] == [True]
    [start] = [button for button in app.button if button.label == "Train"]
    start.click().run()
    assert not app.exception and message in app.error[0].value


@pytest.mark.parametrize("button", ["stop", "dismiss"])
def test_a_click_on_a_job_that_cannot_be_reached_gets_a_sentence(app, monkeypatch, button):
    queue.enqueue("there", RunSpec(epochs=2, width=8), started_by=mine(app))
    if button == "dismiss":
        queue.record_failure("there", "The disk is full.")
    train(app)
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "none")
    app.button(key=f"{button} there").click().run()
    assert not app.exception and "EXPLORER_MAX_JOBS must be a number" in app.error[0].value


@pytest.mark.parametrize(
    "query, message",
    [
        ({"dataset": "folder:\0"}, "cannot be the path of a folder"),
        ({"model": "vea"}, "Did you mean vae"),
        ({"beta": "x"}, "its KL weight β can't be 'x', only a number"),
        ({"nonsense": "1"}, "no setting named 'nonsense'"),
        ({"latent_dim": "0"}, "Latent dim must be between 1"),
        ({"beta": "nan"}, "Beta must be between"),
    ],
)
def test_a_spec_typed_into_the_address_wrongly_gets_a_sentence(app, query, message):
    train(app, **query)
    assert message in app.warning[0].value and "--dataset digits --model vae" in app.code[0].value


def test_what_cannot_be_trained_says_why_before_it_is_started(app):
    train(app, network="conv", depth="4")
    assert "image" in app.error[0].value


@pytest.mark.process
def test_a_training_is_started_followed_stopped_and_gone_on_with(app, runs_folder):
    train(app, dataset="digits", epochs="4000", width="16")
    name = RunSpec(epochs=4000, width=16).run_id
    [start] = [button for button in app.button if button.label == "Train"]
    start.click().run()
    until(
        lambda: (
            read_events(runs_folder / name)[-1:]
            and any(e["event"] == "epoch_end" for e in read_events(runs_folder / name))
        )
    )
    app.run()
    assert not app.exception and any(button.key == f"stop {name}" for button in app.button)
    app.switch_page(page_file("library")).run()
    app.switch_page(page_file("train")).run()
    app.button(key=f"stop {name}").click().run()
    until(lambda: queue.find_job(name) is None)
    expire_catalogue()
    app.run()
    assert any("Stopped after epoch" in w.value for w in app.warning) and app.button(key=f"on {name}")
    before = find_run(name).epochs
    app.button(key=f"on {name}").click().run()
    until(lambda: read_events(runs_folder / name)[-1].get("epoch", 0) > before)
    queue.request_stop(name)
    until(lambda: queue.find_job(name) is None)
    expire_catalogue()
    app.run()
    app.button(key=f"delete {name}").click().run()
    assert not (runs_folder / name).exists()
    assert not [button for button in app.button if button.key == f"delete {name}"]
    [back] = [button for button in app.button if button.label == "Restore"]
    back.click().run()
    assert find_run(name).epochs > before and not app.exception


def test_a_page_opened_anew_lists_the_trainings_that_have_ended(app, runs_folder):
    """Check that the visitor's own are listed, the last one shown, and those of the command line, but not
    those of another visitor.
    """
    starters = {"first": mine(app), "last": mine(app), "theirs": new_key(), "queued": None, "typed": None}
    for seed, (name, starter) in enumerate(starters.items(), 11):
        spec = RunSpec(epochs=3, width=8, seed=seed)
        if name == "typed":
            train_run(spec, name)
        else:
            queue.enqueue(name, spec, started_by=starter)
            with queue.wait_for_turn(name, spec):
                train_run(spec, name)
        os.utime(runs_folder / name / "run.json", (1e9 + seed,) * 2)
    for name in SPECS:
        shutil.rmtree(runs_folder / name)
    expire_catalogue()
    train(app)
    choice = app.selectbox(key="ended training")
    assert shown(app) == ["last"] and seeds(choice) == [11, 15, 14] and choice.value is None
    choice.select("first").run()
    assert shown(app) == ["first", "last"] and not app.exception
    assert len(mounted(app, "replay")) == 2
    assert seeds(app.selectbox(key="ended training")) == [15, 14]
    assert app.selectbox(key="ended training").value is None
    other = train(opened())
    assert shown(other) == [] and seeds(other.selectbox(key="ended training")) == [15, 14]


def seeds(choice) -> list[int]:
    return [int(re.search(r"seed (\d+)", option)[1]) for option in choice.options]


def shown(app) -> list[str]:
    """Return the runs of the trainings on the page."""
    return [
        button.key.removeprefix("delete ")
        for button in app.button
        if button.key and button.key.startswith("delete ")
    ]


def mine(app) -> str:
    """Return the visitor's key."""
    if visitor.KEY_STATE not in app.session_state:
        app.session_state[visitor.KEY_STATE] = new_key()
    return app.session_state[visitor.KEY_STATE]


def test_what_went_wrong_is_said_tried_again_or_dismissed(app, runs_folder):
    queue.enqueue("broken", RunSpec(epochs=2, width=8), started_by=mine(app))
    with pytest.raises(UserError), queue.wait_for_turn("broken", RunSpec(epochs=2, width=8)):
        raise UserError("The disk is full.")
    train(app)
    assert app.error[0].value == "The disk is full."
    app.button(key="dismiss broken").click().run()
    assert not app.error and not queue.list_jobs() and not app.exception


def test_the_curves_are_those_of_the_training(app, runs_folder):
    spec = RunSpec(epochs=4, width=8, beta_warmup=2.0)
    queue.enqueue("own", spec, started_by=mine(app))
    with queue.wait_for_turn("own", spec):
        train_run(spec, "own")
    expire_catalogue()
    train(app)
    [[data]] = mounted(app, "plots")
    ends = [e for e in read_events(runs_folder / "own") if e["event"] == "epoch_end"]
    loss, rate, rates = data["content"]["options"]["plots"]
    assert loss["declaration"]["title"] == "Distortion and total loss"
    assert loss["values"]["distortion"]["x"] == [1, 2, 3, 4] == [e["epoch"] for e in ends]
    totals = [e["distortion"] + e["beta"] * e["rate"] for e in ends]
    assert loss["values"]["total"]["y"] == pytest.approx(totals)
    assert rate["values"]["rate"]["y"] == pytest.approx([e["rate"] for e in ends])
    assert rates["declaration"]["title"] == "Rate per dimension, test images" and len(rates["values"]) == 2


def test_curves_of_training_and_validation_are_both_shown(app, runs_folder):
    spec = RunSpec(epochs=4, width=8, beta_warmup=2.0, patience=4)
    queue.enqueue("own", spec, started_by=mine(app))
    with queue.wait_for_turn("own", spec):
        run = train_run(spec, "own")
    expire_catalogue()
    train(app)
    [[data]] = mounted(app, "plots")
    started, *ends, _ = read_events(runs_folder / "own")
    loss, distortion, rate, _ = data["content"]["options"]["plots"]
    assert [p["declaration"]["title"] for p in (loss, distortion, rate)] == [
        "Total loss",
        "Distortion",
        "Rate",
    ]
    assert f"{started['n_validation']} validation images" in loss["declaration"]["description"]
    for values, part in (
        (loss["values"], ""),
        (distortion["values"], "distortion"),
        (rate["values"], "rate"),
    ):
        for curve, prefix in (("training", ""), ("validation", "validation_")):
            expected = [
                e[f"{prefix}{part}"] if part else e[f"{prefix}distortion"] + e[f"{prefix}rate"] for e in ends
            ]
            assert values[curve]["y"] == pytest.approx(expected) and values[curve]["x"] == [1, 2, 3, 4]
    kept = f"epoch {run.best_epoch} of 4, where the validation loss was lowest"
    assert any(kept in element.value for element in app.markdown)


def test_overfitting_is_named_with_the_epoch_that_was_kept():
    """Epochs during a KL warm-up do not count, however low their loss."""
    spec = RunSpec(epochs=60, beta_warmup=5.0, patience=30)
    ends = [
        {"epoch": i, "distortion": 40 - i / 2, "rate": 2.0, "beta": 1.0}
        | {
            "validation_distortion": 10 if i < 5 else 30 + abs(i - 20) / 2 + i % 2 / 10,
            "validation_rate": 2.0,
        }
        for i in range(1, 41)
    ]
    sentence = overfitting_sentence(spec, ends, is_running=False)
    assert "overfits after epoch 20" in sentence and "The weights of epoch 20 were kept." in sentence
    assert "risen by 9.5 nats (9.4 to 9.6)" in sentence
    assert overfitting_sentence(spec, ends[:22], is_running=False) == ""


def test_long_curves_are_thinned_and_keep_their_ends():
    epochs = np.arange(1, 9001)
    _, values = training_curves("Rate", "Rate", epochs, {"rate": epochs / 2})
    assert len(values["rate"]["x"]) == MAX_POINTS and [*values["rate"]["x"][[0, -1]]] == [1, 9000]
    assert [*values["rate"]["y"]] == [*values["rate"]["x"] / 2]
