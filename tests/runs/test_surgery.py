"""The terms of a run's rate: kept with it, and printed."""

import json

import pytest

from explorer.latent.surgery import take_rate_apart
from explorer.runs.surgery import SURGERY_FILE, measure_surgery, read_surgeries
from explorer.store.catalogue import find_run
from explorer.store.run import CHECKSUM_KEY, encode_record


def ignore(done: int, total: int) -> None:
    pass


def never(done: int, total: int) -> None:
    raise AssertionError("measured again")


def test_the_terms_are_those_of_the_training_images_and_are_kept(runs_folder):
    run, calls = find_run("tiny-vae"), []
    surgery = measure_surgery(run, None, lambda *call: calls.append(call), ignore)
    assert surgery.n == run.n_train == 1437 and calls[-1] == (1437, 1437)
    terms = surgery.mutual_information, surgery.total_correlation, surgery.marginal_kl
    assert sum(term.value for term in terms) == pytest.approx(surgery.rate, abs=1e-6)
    assert surgery.rate == pytest.approx(run.test.rate, rel=0.1)  # of other images
    assert measure_surgery(run, None, never, never) == surgery
    assert read_surgeries(run) == {1.0: surgery}


def test_a_ladder_has_the_terms_of_each_of_its_kl_weights(runs_folder):
    run = find_run("tiny-ladder")
    surgeries = {beta: measure_surgery(run, beta, ignore, ignore) for beta in run.spec.rungs}
    for frame in run.film:
        if frame.beta in surgeries:  # of other images
            assert surgeries[frame.beta].rate == pytest.approx(frame.rate, rel=0.15)
    assert read_surgeries(run) == surgeries and len(surgeries) == 3


@pytest.mark.parametrize("damage", ["other model", "not json", "negative n", "no number", "changed"])
def test_terms_of_other_weights_and_damaged_ones_are_measured_again(runs_folder, damage):
    run = find_run("tiny-vae-1d")
    surgery = measure_surgery(run, None, ignore, ignore)
    path = run.folder / SURGERY_FILE
    record = json.loads(path.read_bytes())
    if damage == "other model":
        record["model"] = "0" * 64
    if damage == "negative n":
        record["surgeries"][0]["n"] = -1
    if damage == "no number":
        record["surgeries"][0]["mutual_information"]["low"] = float("nan")
    del record[CHECKSUM_KEY]
    content = b"{" if damage == "not json" else encode_record(record)
    path.write_bytes(content.replace(b'"rate": ', b'"rate": 1') if damage == "changed" else content)
    assert read_surgeries(run) == {}
    assert measure_surgery(run, None, ignore, ignore) == surgery
    assert read_surgeries(run) == {1.0: surgery}


def test_show_prints_the_terms_and_has_them_as_json(explorer_in_process):
    done = explorer_in_process("show", "tiny-ladder", "--surgery", "--json")
    surgeries = json.loads(done.stdout)["surgery"]
    assert [entry["beta"] for entry in surgeries] == [0.01, 0.1, 1]
    assert surgeries[0].keys() == {
        "beta",
        "n",
        "n_samples",
        "rate",
        "most_information",
        "mutual_information",
        "total_correlation",
        "marginal_kl",
    }
    text = explorer_in_process("show", "tiny-ladder", "--surgery", "--beta", 0.1).stdout
    information = surgeries[1]["mutual_information"]
    assert f"beta 0.1: rate {surgeries[1]['rate']:.2f} = I(x; z)" in text
    assert f"({information['low']:.2f} to {information['high']:.2f})" in text and "1,437 training" in text


@pytest.mark.parametrize("run", ["tiny-ae", "tiny-vqvae"])
def test_a_model_whose_rate_has_no_such_terms_is_refused(explorer_in_process, run):
    done = explorer_in_process("show", run, "--surgery")
    assert done.returncode == 2 and not done.stdout and "Choose a VAE or a ladder." in done.stderr


def test_what_is_measured_is_what_the_encoder_says(runs_folder):
    from explorer.data import load_dataset
    from explorer.runs.load import load_run

    loaded, data = load_run("tiny-vae-6d"), load_dataset("digits")
    posterior = loaded.encode(data.x[data.train])
    expected = take_rate_apart(posterior.mu.numpy(), posterior.logvar.numpy())
    measured = measure_surgery(loaded.run, None, ignore, ignore)
    assert measured.rate == pytest.approx(expected.rate, rel=1e-5)
    assert measured.mutual_information.high == pytest.approx(expected.mutual_information.high, rel=1e-3)
    assert measured.mutual_information.value is None and "only bounds" in measured.note
