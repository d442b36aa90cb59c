"""The command line as it is typed, in processes of its own where what a process does is tested."""

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from explorer.figures.images import to_uint8
from explorer.jobs.queue import enqueue
from explorer.runs.load import load_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.conftest import ROOT, refused


@pytest.fixture
def succeeding(explorer_in_process):
    """Return a function that calls the command line in this process and checks that it succeeds."""

    def call(*words):
        done = explorer_in_process(*words)
        assert not done.returncode, done.stderr
        return done

    return call


def test_train_tells_events_as_json_and_stores_the_run(explorer, succeeding):
    done = explorer("train", "--dataset", "digits", "--epochs", 3, "--width", 16, "--run", "mine", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [e["event"] for e in events if e["event"] != "step"] == [
        "started",
        *["epoch_end"] * 3,
        "finished",
        "stored",
    ]
    ends = [e for e in events if e["event"] == "epoch_end"]
    assert all({"epoch", "distortion", "rate", "images_per_second"} <= e.keys() for e in ends)
    shown = json.loads(succeeding("show", "mine", "--json").stdout)
    assert shown["run"] == "mine" and shown["spec"]["epochs"] == 3 and shown["spec"]["width"] == 16
    assert shown["test"].keys() >= {"distortion", "rate", "elbo", "active_units", "n"}
    assert shown["test"]["n"] == 360
    assert events[-1]["test"] == shown["test"]
    log = (find_run("mine").folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in log] == ["started", *["epoch_end"] * 3, "finished"]


def test_train_names_the_run_after_its_spec_and_never_trains_it_twice(succeeding):
    first = succeeding("train", "--epochs", 1, "--width", 16, "--json")
    name = json.loads(first.stdout.splitlines()[-1])["run"]
    assert name.startswith("digits-vae-mlp-2d-")
    again = succeeding("train", "--epochs", 1, "--width", 16, "--json")
    assert "trained already" in again.stderr
    assert [json.loads(line)["event"] for line in again.stdout.splitlines()] == ["stored"]


@pytest.mark.process
def test_train_shows_a_bar_in_a_terminal(runs_folder):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (25, 100))
    command = [sys.executable, "-m", "explorer", "train", "--epochs", "100", "--width", "16"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=follower, text=True)
    os.close(follower)
    seen = b""
    while chunk := _read(leader):
        seen += chunk
    os.close(leader)
    output, _ = process.communicate(timeout=60)
    seen = seen.decode()
    assert process.returncode == 0 and "Training " in seen and "s left, distortion" in seen and "100%" in seen
    assert "elbo" in output and "nats per image" in output


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that the other end is closed and all is read
        return b""


def test_list_is_one_array_and_a_table(succeeding):
    rows = {row["run"]: row for row in json.loads(succeeding("list", "--json").stdout)}
    names = ["run", "dataset", "model", "network", "latent_dim", "beta", "elbo", "yardstick"]
    assert list(rows["tiny-vae-6d"]) == names
    assert rows["tiny-vae-6d"]["yardstick"] == asdict(find_run("tiny-vae-6d").yardstick)
    assert rows["tiny-vae-6d"]["latent_dim"] == 6
    assert rows["tiny-ae"]["elbo"] is None
    assert rows["tiny-vae"]["elbo"] < 0
    lines = succeeding("list").stdout.splitlines()
    assert lines[0].split()[:3] == ["run", "dataset", "model"] and len(lines) == len(rows) + 1


def test_show_names_the_shape_of_the_images(explorer_in_process):
    text = explorer_in_process("show", "tiny-vae").stdout
    assert "dataset digits, image shape 1×8×8, model vae" in text and "image size" not in text
    assert json.loads(explorer_in_process("show", "tiny-vae", "--json").stdout)["shape"] == [1, 8, 8]
    assert "image shape 3×64×64" in explorer_in_process("show", "faces-vae-2d").stdout


def test_decode_writes_the_image_that_the_model_decodes(succeeding, tmp_path):
    succeeding("decode", "tiny-vae", "--z", "-1.5,0.5", "--out", tmp_path / "x.png")
    expected = to_uint8(load_run("tiny-vae").decode([-1.5, 0.5])[0])
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png")), expected)


@pytest.mark.parametrize("run", ["tiny-vae", "tiny-ae"])
def test_embed_writes_the_test_splits_codes(succeeding, tmp_path, run):
    succeeding("embed", run, "--out", tmp_path / "codes.csv")
    with open(tmp_path / "codes.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    e = read_embedding(find_run(run))
    logvars = [] if run == "tiny-ae" else ["logvar_0", "logvar_1"]
    assert list(rows[0]) == ["index", "label", "mu_0", "mu_1", *logvars, "class"]
    assert [int(r["index"]) for r in rows] == list(range(360))
    assert [int(r["label"]) for r in rows] == e.y.tolist()
    assert np.array_equal(np.array([[r["mu_0"], r["mu_1"]] for r in rows], np.float32), e.mu)


def test_gaps_measures_runs_of_any_model_and_dimension(succeeding):
    names = ["tiny-vae", "tiny-ae", "tiny-vae-1d", "tiny-vae-6d"]
    done = succeeding("gaps", *names, "--json")
    gaps_by_run = json.loads(done.stdout)
    assert list(gaps_by_run) == names
    assert json.loads(succeeding("gaps", "tiny-ae", "--json").stdout)["tiny-ae"] == gaps_by_run["tiny-ae"]
    for name, g in gaps_by_run.items():
        assert g["n"] == 360
        assert g["k"] == 5
        assert 0 <= g["gap_low"] <= g["gap"] <= g["gap_high"] <= 1
        assert g["drift"] > 0
        assert (g["prior_gap"] is None) == (name == "tiny-ae") and 0 <= g["unsure"] <= 1
        for figure in ("unsure", "gap_nats", "drift"):
            assert g[f"{figure}_low"] <= g[figure] <= g[f"{figure}_high"]
        assert g["unsure_outside_low"] <= g["unsure_outside"] <= g["unsure_outside_high"]
    output = succeeding("gaps", "tiny-vae").stdout
    share, number = r"\d+% \(\d+ to \d+%\)", r"-?\d\.\d\d"
    assert re.fullmatch(
        rf"tiny-vae, 360 codes: gap {share}, {number} nats \({number} to {number}\), prior gap {share},"
        rf" below 90% confidence {share}, in gaps {share}, outside {share},"
        rf" drift {number} \({number} to {number}\) standard deviations\n",
        output,
    )


def test_a_ladder_is_shown_decoded_and_embedded_at_a_kl_weight(succeeding, tmp_path):
    shown = json.loads(succeeding("show", "tiny-ladder", "--beta", 0.1, "--json").stdout)
    assert shown["beta"] == 0.1
    assert shown["test"]["rate"] == pytest.approx(find_run("tiny-ladder").film[2].rate, rel=1e-4)
    succeeding("decode", "tiny-ladder", "--z", "0.5,-1", "--beta", "0.1", "--out", tmp_path / "z.png")
    assert np.array_equal(
        np.asarray(Image.open(tmp_path / "z.png")),
        to_uint8(load_run("tiny-ladder", 0.1).decode([0.5, -1])[0]),
    )
    succeeding("embed", "tiny-ladder", "--beta", "0.1", "--out", tmp_path / "c.csv")
    with open(tmp_path / "c.csv", encoding="utf-8") as file:
        mu_0 = [float(row["mu_0"]) for row in csv.DictReader(file)]
    assert mu_0 == pytest.approx(read_embedding(find_run("tiny-ladder")).film.mu[2][:, 0], rel=2e-3, abs=2e-3)
    low, high = (
        json.loads(succeeding("gaps", "tiny-ladder", "--beta", b, "--json").stdout)["tiny-ladder"]
        for b in (0.01, 1)
    )
    assert low["prior_gap"] > high["prior_gap"]


def test_data_describes_a_data_set(succeeding, tmp_path):
    about = json.loads(succeeding("data", "digits", "--json").stdout)
    assert (about["n_train"], about["n_test"], about["shape"]) == (1437, 360, [1, 8, 8])
    (tmp_path / "images" / "a").mkdir(parents=True)
    for i in range(3):
        Image.new("RGB", (40, 30), (i * 80, 0, 0)).save(tmp_path / "images" / "a" / f"{i}.png")
    (tmp_path / "images" / "a" / "broken.png").write_bytes(b"no image")
    message = (
        "3 images are too few to learn from: what a model makes of them holds for these images only.\n"
        "Every image is of one colour, so there is little to learn.\n"
        "1 image was skipped: a/broken.png: it is not an image that can be read\n"
    )
    assert succeeding("data", f"folder:{tmp_path / 'images'}").stderr == message
    trained = succeeding(
        "train", "--dataset", f"folder:{tmp_path / 'images'}", "--epochs", 1, "--width", 8, "--json"
    )
    reading, decoding, started = [json.loads(line) for line in trained.stdout.splitlines()[:3]]
    assert reading == {"event": "reading", "done": 4, "total": 4}
    assert decoding == {
        "event": "reading",
        "done": 3,
        "total": 3,
    }
    assert started["skipped"] == ["a/broken.png: it is not an image that can be read"]
    assert started["notes"] == message.splitlines()[:2]


def test_a_file_of_images_is_described_and_trained_on(succeeding, tmp_path):
    x, y = load_digits().images[:30] / 16, load_digits().target[:30]
    np.savez(tmp_path / "My digits.npz", x_train=x[:20], y_train=y[:20], x_test=x[20:], y_test=y[20:])
    result = succeeding("data", tmp_path / "My digits.npz")
    assert "20 training and 10 test images, 28×28 px, grey; classes: 0, 1, 2" in result.stdout
    assert result.stderr == "Pixels (decimal) are scaled: 0 is black, 1 is white.\n"
    about = json.loads(succeeding("data", f"file:{tmp_path / 'My digits.npz'}", "--json").stdout)
    assert about["dataset"] == f"file:{tmp_path / 'My digits.npz'}"
    assert about["notes"] == [result.stderr.strip()]
    for dataset in (f"file:{tmp_path / 'My digits.npz'}", tmp_path / "My digits.npz"):
        trained = succeeding(
            "train", "--dataset", dataset, "--epochs", 1, "--width", 8, "--image-size", 16, "--json"
        )
        stored = json.loads(trained.stdout.splitlines()[-1])
        assert stored["run"].startswith("file-my-digits-vae-conv-2d-") and stored["test"]["n"] == 10
    assert "trained already" in trained.stderr


def test_a_plan_has_the_settings_the_steps_and_the_time_and_trains_nothing(
    explorer_in_process, tmp_path, runs_folder
):
    (tmp_path / "squares").mkdir()
    for i in range(40):
        Image.new("L", (16, 16), 6 * i).save(tmp_path / "squares" / f"{i}.png")
    before = sorted(runs_folder.iterdir())
    words = ["train", "--dataset", tmp_path / "squares", "--dry-run", "--steps", 15, "--batch-size", 8]
    plan = json.loads(explorer_in_process(*words, "--json").stdout)
    assert plan["steps"] == 16 and plan["epochs"] == plan["spec"]["epochs"] == 4  # 32 images, 4 batches
    assert plan["spec"]["network"] == "conv" and plan["spec"]["image_size"] == 16 and plan["seconds"] > 0
    text = explorer_in_process(*words[:4], "--effort", "quick").stdout
    reason, settings, time = text.splitlines()
    assert reason.startswith("32 training images") and "image size 16" in settings
    assert re.search(r"^  \d+ epochs, [\d,]+ steps, about \d+ (s|min) on this machine$", time)
    assert sorted(runs_folder.iterdir()) == before


def test_built_in_images_have_the_usual_settings_where_they_are_asked_for(explorer_in_process):
    words = ["train", "--dataset", "digits", "--steps", 30, "--dry-run", "--json"]
    plan = json.loads(explorer_in_process(*words).stdout)
    assert plan["spec"]["network"] == "mlp" and not plan["reason"]
    plan = json.loads(explorer_in_process(*words, "--effort", "good").stdout)
    assert plan["spec"]["network"] == "conv" and plan["reason"].startswith("1,437 training images")


def test_doctor_says_what_is_here_and_what_is_amiss(succeeding, runs_folder):
    (runs_folder / "tiny-ae" / "run.json").write_text("{}", encoding="utf-8")
    findings = json.loads(succeeding("doctor", "--json").stdout)
    assert "cpu" in findings["device"] or "cuda" in findings["device"] or "mps" in findings["device"]
    assert "tiny-ae" in findings["amiss"] and "torch" in findings["libraries"]
    assert findings["data"].startswith("digits, moons, shapes")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["decode", "tiny-vae", "--z", "0,0", "--beta", "2", "--out", "x.png"], "is not a ladder"),
        (["show", "tiny-ladder", "--beta", "20"], "must be between 0.01 and 1, not 20"),
        (["train", "--model", "ladder", "--betas", "1,0.1"], "numbers in rising order"),
        (["gaps", "tiny-vae", "--n", "4"], "more than 10 codes, and there are 4"),
        (["gaps", "tiny-vae", "--n", "-4"], "more than 10 codes, and there are 0"),
        (["gaps", "tiny-vae", "--seed", "-1"], "--seed must not be negative"),
        (["gaps", "tiny-vae", "tiny-vea"], "Did you mean tiny-vae"),
        (["show", "digits-vae-2e"], "Did you mean digits-vae-2d"),
        (["show", "../trained/digits-vae-2d"], "no run named"),
        (["train", "--dataset", "fashion"], "Did you mean fashion-mnist"),
        (["train", "--model", "vea"], "Did you mean vae"),
        (["train", "--latent-dim", "0"], "Latent dim must"),
        (["train", "--latent-dim=-1"], "Latent dim must"),
        (["train", "--latent-dim", "1000000"], "Latent dim must"),
        (["train", "--latent-dim", "two"], "invalid int value: 'two'"),
        (["train", "--epochs", "0"], "Epochs must"),
        (["train", "--epochs", "9" * 400], "Epochs must"),
        (["train", "--lr", "nan"], "Lr must"),
        (["train", "--dataset", "mnist"], "python -m explorer data mnist"),
        (["train", "--dataset", "folder:/nowhere"], "There is no folder"),
        (["train", "--network", "conv", "--depth", "4"], "8×8 pixels cannot be halved"),
        (["train", "--run", "a/b"], "cannot be the name of a run"),
        (["train", "--run", "tiny-vae"], "A run named tiny-vae with other settings exists already"),
        (["train", "--magic", "1"], "--magic"),
        (["train", "--steps", "9", "--epochs", "9"], "Give either --epochs or --steps"),
        (["train", "--steps", "0"], "Steps must be at least 1"),
        (["dance"], "'dance'"),
        (["decode", "tiny-vae", "--z", "1", "--out", "x.png"], "has 2 finite numbers"),
        (["decode", "tiny-vae", "--z", "1,x", "--out", "x.png"], "numbers separated by commas"),
        (["decode", "tiny-vae", "--z", "nan,1", "--out", "x.png"], "finite"),
        (["decode", "tiny-vae", "--z", "0,0", "--out", "/proc/x.png"], "could not be written"),
        (["embed", "nothing-like-it-at-all", "--out", "x.csv"], "Choose one of"),
        (["data", "imagenet"], "no data set named"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(explorer_in_process, words, message):
    assert message in refused(explorer_in_process(*words))


@pytest.mark.parametrize(
    ("words", "message"),
    [(["decode", "tiny-vae", "--z", "1", "--out", "x.png"], "has 2"), (["dance"], "'dance'")],
)
def test_a_mistake_ends_the_process_with_status_2(explorer, words, message):
    assert message in refused(explorer(*words, ok=False))


def test_a_folder_with_one_image_is_refused(explorer_in_process, tmp_path):
    (tmp_path / "one").mkdir()
    Image.new("L", (30, 30)).save(tmp_path / "one" / "only.png")
    assert "training needs at least 2" in refused(
        explorer_in_process("train", "--dataset", f"folder:{tmp_path / 'one'}")
    )


def test_a_run_that_diverges_says_so_and_exits_2(explorer_in_process, runs_folder):
    words = "train --likelihood gaussian --sigma 0.001 --lr 10 --batch-size 8 --schedule constant --epochs 2"
    done = explorer_in_process(*words.split())
    line = done.stderr.splitlines()[-1]
    assert done.returncode == 2
    assert "diverged in epoch 1" in line and "Try a learning rate below 10" in line
    assert not [p for p in runs_folder.iterdir() if not p.name.startswith(("tiny", "."))]


def test_help_needs_no_torch(explorer):
    assert "--latent-dim" in explorer("train", "--help").stdout


def test_jobs_are_told_as_json_by_names_that_stay(explorer_in_process):
    enqueue("second", RunSpec())
    enqueue("third", RunSpec())
    told = json.loads(explorer_in_process("jobs", "--json").stdout)
    assert [(job["run"], job["place"]) for job in told] == [("second", 0), ("third", 1)]
    assert told[0]["since"] < told[1]["since"]
    assert " ".join(told[0]) == "run spec since alive place elsewhere fault by"
