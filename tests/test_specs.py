import json
import shlex
from dataclasses import fields

import pytest

from explorer.cli.parser import build_parser
from explorer.errors import UserError
from explorer.specs import RunSpec


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"latent_dim": 0}, "Latent dim must be between 1 and 512, not 0"),
        ({"latent_dim": -1}, "between 1 and 512"),
        ({"latent_dim": 10**6}, "between 1 and 512"),
        ({"latent_dim": 2.5}, "whole number"),
        ({"latent_dim": True}, "whole number"),
        ({"latent_dim": None}, "whole number"),
        ({"epochs": 0}, "Epochs must be between 1"),
        ({"lr": float("nan")}, "not nan"),
        ({"lr": float("inf")}, "not inf"),
        ({"lr": 0.0}, "Lr must"),
        ({"beta": -1.0}, "Beta must"),
        ({"seed": 2**31}, "Seed must"),
        ({"colour": 1}, "true or false"),
        ({"model": 3}, "text"),
        ({"model": "vea"}, "Did you mean vae"),
        ({"network": "cnn"}, "Did you mean conv"),
        ({"dataset": "fashion_mnist"}, "Did you mean fashion-mnist"),
        ({"dataset": "folder:\0"}, "cannot be the path of a folder"),
        ({"dataset": "folder:/\ud800"}, "cannot be the path"),
        ({"dataset": "folder"}, "folder:PATH"),
        ({"dataset": "mnist:x"}, "folder:PATH"),
        ({"image_size": 29}, "28, 32, 64"),
        ({"likelihood": "gausian"}, "Did you mean gaussian"),
        ({"schedule": "step"}, "constant, cosine"),
        ({"patience": 0}, "Patience must be between 1"),
        ({"patience": 5, "model": "ladder"}, "leave out the patience"),
        ({"augment": "mirror,shfit"}, "Did you mean shift"),
    ],
)
def test_impossible_values_get_one_sentence(values, message):
    with pytest.raises(UserError, match=message) as error:
        RunSpec(**values)
    assert "\n" not in str(error.value)


def test_equal_runs_have_equal_specs_whatever_has_no_effect():
    assert RunSpec(model="ae", beta=3.0, beta_warmup=5.0) == RunSpec(model="ae")
    assert RunSpec(sigma=0.5) == RunSpec()
    assert RunSpec(likelihood="gaussian", sigma=0.5) != RunSpec(likelihood="gaussian")
    assert RunSpec(image_size=64, colour=True) == RunSpec()
    assert RunSpec(beta=1) == RunSpec(beta=1.0) and RunSpec(beta=1).run_id == RunSpec(beta=1.0).run_id
    assert RunSpec(width=400, depth=2, epochs=200) == RunSpec()
    assert RunSpec(network="linear", width=7, depth=3) == RunSpec(network="linear")


def test_augmentations_have_one_order():
    assert RunSpec(augment=" shift,mirror,,shift").augment == "mirror,shift"
    assert RunSpec(augment="") == RunSpec(augment=" , ") == RunSpec()


def test_settings_that_are_off_leave_the_ids_of_earlier_runs():
    """Compare with the ids before patience and augment were added."""
    assert RunSpec().run_id == "digits-vae-mlp-2d-4d8698ad"
    assert RunSpec("mnist", model="ae", latent_dim=16).run_id == "mnist-ae-mlp-16d-eedde5d1"
    assert RunSpec(model="ladder").run_id == "digits-ladder-mlp-2d-6ad43b93"
    assert RunSpec("faces", network="conv").run_id == "faces-vae-conv-2d-0a63f538"
    assert len({RunSpec().run_id, RunSpec(patience=5).run_id, RunSpec(augment="shift").run_id}) == 3


def test_the_id_is_a_slug_and_a_hash_of_everything():
    ids = {
        RunSpec().run_id,
        RunSpec(seed=1).run_id,
        RunSpec(beta=2.0).run_id,
        RunSpec(model="ae").run_id,
        RunSpec("moons").run_id,
    }
    assert len(ids) == 5
    assert RunSpec("fashion-mnist", latent_dim=16).run_id.startswith("fashion-mnist-vae-mlp-16d-")
    assert RunSpec("folder:/some/My Faces!").run_id.startswith("folder-my-faces-vae-mlp-2d-")


def test_a_file_of_images_gives_the_id_its_name():
    spec = RunSpec("file:/some/My Faces.npz")
    assert spec.run_id.startswith("file-my-faces-vae-mlp-2d-")
    assert spec.run_id != RunSpec("file:/other/My Faces.npz").run_id
    assert spec == RunSpec("file:/some/../some/My Faces.npz")
    assert RunSpec("file:/a.npz", image_size=64) != RunSpec("file:/a.npz")


@pytest.mark.parametrize("path", ["C:\\data\\My Faces", "D:/data/My Faces", "\\\\server\\share\\My Faces"])
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_path_of_windows_stays_what_it_is_and_names_the_run(kind, path):
    spec = RunSpec(f"{kind}:{path}")
    assert spec.dataset == f"{kind}:{path}" and spec.run_id.startswith(f"{kind}-my-faces-vae-mlp-2d-")


def test_ids_stay_what_they_were():
    assert RunSpec().run_id == "digits-vae-mlp-2d-4d8698ad"
    assert RunSpec("digits", model="ladder", width=200).run_id == "digits-ladder-mlp-2d-e2d255c8"
    assert RunSpec("mnist", latent_dim=16, epochs=60).run_id == "mnist-vae-mlp-16d-ede3e576"
    assert RunSpec("moons", model="ae", width=100, epochs=250).run_id == "moons-ae-mlp-2d-23c7ae68"


def test_a_codebook_belongs_to_a_vqvae_alone():
    assert RunSpec(n_codes=8, code_dim=2) == RunSpec() and RunSpec().n_groups == 0
    spec = RunSpec(model="vqvae", latent_dim=8)
    assert (spec.n_codes, spec.code_dim, spec.n_groups) == (64, 2, 4) and not spec.has_prior
    assert RunSpec(model="vqvae", latent_dim=3).code_dim == 1
    assert RunSpec(model="vqvae", beta=3.0, beta_warmup=1.0) == RunSpec(model="vqvae")
    assert spec.run_id != RunSpec(model="vqvae", latent_dim=8, n_codes=32).run_id
    with pytest.raises(
        UserError, match="latent dimension, 8, is not a multiple of the dimension of a codebook entry, 3"
    ):
        RunSpec(model="vqvae", latent_dim=8, code_dim=3)
    with pytest.raises(UserError, match="N codes must be between 2 and 1,024"):
        RunSpec(model="vqvae", n_codes=1)


def test_a_ladder_has_rungs_that_rise():
    ladder = RunSpec(model="ladder", betas=" 0.10,1.0, 10", epochs=8)
    assert ladder.betas == "0.1,1,10"
    assert ladder.stages == ((0.1, 8), (1.0, 2), (10.0, 2))
    assert ladder.has_prior
    assert RunSpec(model="ladder").rungs == (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 2, 4, 10)
    assert RunSpec(model="ladder", beta=3.0, beta_warmup=2.0) == RunSpec(model="ladder")
    assert RunSpec(betas="1,2", rung_epochs=3) == RunSpec()
    assert RunSpec(beta=0.5, epochs=7).stages == ((0.5, 7),)


@pytest.mark.parametrize(
    "betas", ["1", "2,1", "1,1", "0,1", "-1,1", "1,2000", "1,nan", "a,b", "", "1,1.00000001"]
)
def test_a_ladder_of_other_rungs_gets_a_sentence(betas):
    with pytest.raises(UserError, match="[Bb]etas"):
        RunSpec(model="ladder", betas=betas)


def test_a_rung_can_have_its_own_number_of_epochs():
    ladder = RunSpec(model="ladder", betas="0.1,1:3,4:30,10:030", epochs=8, rung_epochs=3)
    assert ladder.betas == "0.1,1,4:30,10:30"  # 3 is what the rung would have without it
    assert ladder.rungs == (0.1, 1, 4, 10)
    assert ladder.stages == ((0.1, 8), (1.0, 3), (4.0, 30), (10.0, 30))
    assert RunSpec.from_dict(json.loads(json.dumps(ladder.to_dict()))) == ladder
    assert ladder.run_id != RunSpec(model="ladder", betas="0.1,1,4,10", epochs=8, rung_epochs=3).run_id


@pytest.mark.parametrize(
    ("betas", "message"),
    [
        ("0.1:5,1", "set that number instead of 0.1:5"),
        ("0.1,1:0", "between 1 and 10,000"),
        ("0.1,1:10001", "between 1 and 10,000"),
        ("0.1,1:", "as in 0.01,0.1,1"),
        ("0.1,1:2.5", "as in 0.01,0.1,1"),
        ("0.1,1:2:3", "as in 0.01,0.1,1"),
    ],
)
def test_an_impossible_number_of_epochs_of_a_rung_gets_a_sentence(betas, message):
    with pytest.raises(UserError, match=message):
        RunSpec(model="ladder", betas=betas)


def test_a_spec_survives_json():
    spec = RunSpec("moons", network="conv", beta=0.1, likelihood="gaussian")
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    with pytest.raises(UserError, match="Did you mean beta"):
        RunSpec.from_dict({"betta": 1.0})
    with pytest.raises(UserError):
        RunSpec.from_dict(["beta"])


@pytest.mark.parametrize(
    "spec",
    [
        RunSpec(),
        RunSpec("mnist", model="ae", epochs=60),
        RunSpec("moons", model="ladder", betas="0.1,1", rung_epochs=3),
        RunSpec("moons", model="ladder", betas="0.1,1,4:9", epochs=4, rung_epochs=3),
        RunSpec("folder:/a b/c", colour=True, image_size=64, network="conv", lr=1e-4),
        RunSpec("shapes", network="gru", beta_warmup=30.0),
        RunSpec(model="ladder", epochs=8, rung_epochs=50),
        RunSpec("moons", epochs=200),
        RunSpec(network="linear", likelihood="gaussian"),
        RunSpec(model="vqvae"),
        RunSpec(model="vqvae", latent_dim=9, n_codes=8),
        RunSpec(model="vqvae", latent_dim=8, code_dim=4),
    ],
)
def test_flags_and_settings_make_the_same_spec_again(spec):
    args = build_parser().parse_args(["train", *shlex.split(spec.flags())])
    assert (
        RunSpec(**{f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)}) == spec
    )
    assert RunSpec(**spec.settings) == spec


def test_a_loop_of_links_is_no_folder(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UserError, match="cannot be the path"):
        RunSpec(f"folder:{tmp_path / 'loop'}")


def test_settings_tell_what_is_unusual_and_no_more():
    assert RunSpec("moons", network="conv", width=32, epochs=100, seed=3).settings == {
        "dataset": "moons",
        "model": "vae",
        "network": "conv",
        "seed": 3,
    }
    assert RunSpec("mnist", model="ladder", epochs=8).settings == {
        "dataset": "mnist",
        "model": "ladder",
        "network": "mlp",
        "epochs": 8,
    }


def test_every_field_says_what_it_is():
    assert all(f.metadata["help"] for f in fields(RunSpec))
