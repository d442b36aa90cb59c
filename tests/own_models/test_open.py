"""explorer.open: figures against torch.distributions, against `explorer gaps` of the saved run, and what is
refused.
"""

import io
import json
import zipfile
from dataclasses import asdict

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

import explorer
from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.own_models import model_inputs
from explorer.runs.export_run import export_run
from explorer.runs.import_run import import_run
from explorer.runs.load import load_model, load_run
from explorer.runs.measure import measure_gaps
from explorer.runs.report.measure import measure_report
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.views import run_view
from tests.conftest import call_in_process

N, SIDE = 60, 8
RNG = np.random.default_rng(0)
IMAGES = RNG.random((N, 1, SIDE, SIDE), np.float32)
LABELS = ["even" if i % 2 == 0 else "odd" for i in range(N)]
CODES = RNG.normal(size=(N, 2)).astype(np.float32)
WEIGHTS = RNG.normal(size=(2, 3 * SIDE * SIDE)).astype(np.float32)


class VAE(nn.Module):
    def __init__(self, latent_dim=2):
        super().__init__()
        self.trunk = nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, 12), nn.ReLU(), nn.Dropout(0.5))
        self.mu, self.logvar = nn.Linear(12, latent_dim), nn.Linear(12, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, SIDE * SIDE), nn.Sigmoid(), nn.Unflatten(1, (1, SIDE, SIDE))
        )

    def encode(self, x):
        h = self.trunk(x)
        return self.mu(h), self.logvar(h)


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    return VAE()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


@pytest.fixture
def opened(vae, folders):
    model = explorer.open(vae.decoder, vae.encode, images=IMAGES, labels=LABELS, name="mine")
    yield model
    model.close()


def colour(z):
    """A decoder in NumPy, with the channels last."""
    return (1 / (1 + np.exp(-z @ WEIGHTS))).reshape(-1, SIDE, SIDE, 3)


def test_figures_are_those_of_the_module(opened, vae):
    x = torch.from_numpy(np.rint(IMAGES * 255)) / 255
    with torch.no_grad():
        vae.eval()
        mu, logvar = vae.encode(x)
        vae.train()
    e, rate = (
        read_embedding(opened.run),
        kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(1),
    )
    assert opened.run.test.rate == pytest.approx(rate.mean().item(), rel=1e-5)
    assert np.allclose(e.mu, mu, atol=1e-6) and np.allclose(e.logvar, logvar, atol=1e-6)
    assert opened.run.class_names == ("even", "odd") and e.y.tolist() == [i % 2 for i in range(N)]
    assert opened.decodes_in_browser and opened.run.spec.model == "vae"


def test_the_likelihood_of_an_ae_has_the_best_sigma(vae, folders):
    flat = IMAGES.reshape(N, -1)
    model = explorer.open(lambda z: vae.decoder(z).flatten(1), lambda x: vae.mu(vae.trunk(x)), images=flat)
    with torch.no_grad():
        x = torch.from_numpy(np.rint(IMAGES * 255)) / 255
        decoded = vae.decoder(vae.mu(vae.trunk[:3](x)))
        sigma = (decoded - x).square().mean().sqrt()
        expected = -Normal(decoded, sigma).log_prob(x).sum((1, 2, 3)).mean()
    assert model.run.test.sigma == pytest.approx(sigma.item(), rel=1e-4)
    assert model.run.test.distortion == pytest.approx(expected.item(), rel=1e-4)
    assert model.run.spec.model == "ae" and model.decodes_in_browser
    assert "The images are given flat: they are read as 8×8 pixels." in model.notes


def test_a_saved_run_decodes_encodes_and_has_the_same_gaps(opened, vae, capsys):
    run = opened.save()
    loaded, z = load_run("mine"), torch.randn(5, 2)
    assert np.allclose(loaded.decode(z.numpy()), vae.decoder(z).detach(), atol=1e-5)
    assert np.allclose(loaded.encode(read_embedding(run).images).mu, read_embedding(run).mu, atol=1e-5)
    assert np.array_equal(load_dataset("own:mine").x, np.rint(IMAGES * 255).astype(np.uint8))
    assert run.test == opened.run.test and run.spec.dataset == "own:mine"
    printed = json.loads(call_in_process(capsys, "gaps", "mine", "--json").stdout)["mine"]
    assert printed == asdict(opened.gaps()) and 0 < printed["prior_gap"] < 1 and printed["drift"] > 0
    with pytest.raises(UserError, match="A run named mine exists already"):
        opened.save()


def test_codes_and_a_function_of_numpy_are_enough(folders):
    logits = explorer.open(lambda z: 9 * colour(z) - 4, codes=CODES, logits=True, name="logits")
    assert logits.run.spec.likelihood == "bernoulli" and logits.gaps().gap > 0
    model = explorer.open(colour, codes=CODES, name="function")
    assert not model.decodes_in_browser and model.run.shape == (3, SIDE, SIDE)
    assert np.allclose(load_model(model.run).decode(CODES), colour(CODES).transpose(0, 3, 1, 2), atol=1e-6)
    assert model.gaps().drift is None and model.gaps().gap > 0
    assert [note.split(",")[0].split(":")[0] for note in model.notes] == [
        "No images were given",
        "No encoder was given",
        "No training images were given (training_images=…)",
    ]
    with pytest.raises(UserError, match="came without an encoder"):
        load_model(model.run).encode(np.zeros((1, 3, SIDE, SIDE), np.float32))
    with pytest.raises(UserError, match="a run contains numbers, not code"):
        model.save()
    for to in ("zip", "onnx"):
        with pytest.raises(UserError, match="the files of a run contain no code"):
            export_run(model.run, to)
    with io.BytesIO() as file, zipfile.ZipFile(file, "w") as archive:
        for path in model.run.folder.iterdir():
            archive.write(path, f"elsewhere/{path.name}")
        archive.close()
        with pytest.raises(UserError, match="its network is not made of known layers"):
            import_run(file.getvalue())
    loaded = load_model(model.run)
    model.close()
    with pytest.raises(UserError, match="The Python process that opened this model has ended"):
        loaded.decode(CODES)
    assert not model.run.folder.exists()


def test_a_chain_without_an_encoder_is_saved(vae, folders):
    model = explorer.open(vae.decoder, codes=(CODES, np.full_like(CODES, -2)), images=IMAGES, name="decoder")
    run = model.save("kept")
    assert (
        run.layers["encoder"] is None
        and run.spec.has_prior
        and load_run("kept").decode(CODES[:1]).shape[1:] == run.shape
    )
    with pytest.raises(UserError, match="a report encodes decoded samples again"):
        measure_report(run)
    assert measure_gaps("kept") == model.gaps() and run.n_parameters == 2 * 64 + 64 + 1  # and sigma
    assert import_run(export_run(run, "zip"), "again").test == run.test


def test_an_encoder_that_is_a_function_is_not_saved(vae, folders, capsys):
    def encode(x):
        return vae.mu(torch.from_numpy(vae.trunk(x).numpy()))

    model = explorer.open(vae.decoder, encode, images=IMAGES, name="half")
    assert model.gaps().drift > 0 and model.decodes_in_browser
    run = model.save()
    assert "The encoder was not saved, because it leaves torch" in capsys.readouterr().err
    assert not load_run("half").has_encoder and import_run(export_run(run, "zip"), "again").test == run.test


def test_one_file_decodes_a_chain_or_a_grid(vae, folders, tmp_path):
    chain = (
        explorer.open(vae.decoder, codes=CODES).to_html(tmp_path / "chain.html").read_text(encoding="utf-8")
    )
    grid = explorer.open(colour, codes=CODES).to_html(tmp_path / "grid.html").read_text(encoding="utf-8")
    assert "No browser can compute" not in chain and "No browser can compute" in grid
    deep = explorer.open(lambda z: colour(z[:, :2] + 0 * z[:, 2:]), codes=np.tile(CODES[:5], 2)[:, :3])
    with pytest.raises(UserError, match="its codes have 3 dimensions, not two"):
        deep.to_html(tmp_path / "deep.html")
    assert not (tmp_path / "deep.html").exists()


def test_of_many_codes_some_are_measured_and_all_are_on_the_map(vae, folders, monkeypatch):
    """The figures are those of the images that are stored, and no class is missing although they are in
    order.
    """
    monkeypatch.setattr(model_inputs, "MAX_MEASURED", 200)
    n = 3000
    images, labels = RNG.integers(0, 256, (n, 1, SIDE, SIDE), np.uint8), np.arange(n) * 5 // n
    with torch.inference_mode():
        mu, logvar = vae.eval().encode(torch.from_numpy(images).float() / 255)
    model = explorer.open(vae.decoder, vae.encode, images=images, labels=labels)
    run, e = model.run, read_embedding(model.run)
    assert (run.test.n, run.n_mapped, len(model._stored.data.x)) == (200, n, 200)
    np.testing.assert_allclose(e.mu, mu, atol=1e-4)
    assert (e.y == labels).all() and set(model._stored.data.y) == set(range(5))
    np.testing.assert_array_equal(e.images, images[: len(e.images)])
    rate = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(1)
    assert abs(run.test.rate - rate.mean()) < 4 * rate.std() / np.sqrt(200)
    assert run.note.startswith("Opened") and run.note.endswith("not compared with training images.")
    assert (
        "Measured on 200 of 3,000 codes, chosen at random, and the gap on 5,000; the map shows all."
        in run.note
    )
    assert run_view.RunView(run).map_block.content
    saved = model.save("many")
    assert (read_run(saved.folder).n_mapped, len(load_dataset("own:many").x)) == (n, 200)
    model.close()


def test_the_note_on_a_million_codes_is_shown_completely(folders, monkeypatch):
    monkeypatch.setattr(model_inputs, "MAX_MEASURED", 20)
    model = explorer.open(lambda z: np.tile(z[:, :1, None, None] % 1, (1, 1, 8, 8)), codes=CODES)
    assert model.run.note.endswith("samples are not compared with training images.")
    assert len(read_embedding(model.run).images) == N and len(model.run.note) < 480
    model.close()


def test_training_images_give_a_yardstick(vae, folders):
    model = explorer.open(
        vae.decoder,
        vae.encode,
        images=IMAGES[:30],
        labels=LABELS[:30],
        training_images=(IMAGES[30:], LABELS[30:]),
    )
    assert model.run.n_train == 30 and model.run.yardstick.n == 30 and model.notes == ()


def test_mu_and_logvar_beside_each_other_are_understood(vae, folders):
    both = explorer.open(vae.decoder, lambda x: torch.cat(vae.encode(x), 1), images=IMAGES)
    pair = explorer.open(vae.decoder, vae.encode, images=(IMAGES * 255).round().astype(np.uint8))
    assert both.run.test == pair.run.test
    assert pair.notes[0] == "The images are given as 0 to 255: they are used as float32 in [0, 1]."


def test_functions_may_change_their_input(folders):
    def encode(x):
        x -= 0.5
        return x.reshape(len(x), -1)[:, :2]

    def decode(z):
        z *= 2
        return colour(z)

    model = explorer.open(decode, encode, images=np.repeat(IMAGES, 3, 1))
    pixels = np.rint(IMAGES * 255).astype(np.float32) / 255
    assert np.allclose(read_embedding(model.run).mu, pixels[:, 0, 0, :2] - 0.5)
    doubled = explorer.open(nn.Sequential(Doubling(), nn.Linear(2, 64), nn.Sigmoid()), codes=CODES)
    assert np.array_equal(read_embedding(doubled.run).mu, CODES)


class Doubling(nn.Module):
    def forward(self, x):
        return x.mul_(2)


def failing(z):
    raise RuntimeError("no weights\nhere")


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"decode": colour}, "Codes are needed: give codes=…, or encode=… with images=…."),
        ({"decode": "d.pt", "codes": CODES}, "decode must be a function or a torch module, not str."),
        (
            {"decode": colour, "codes": CODES, "images": IMAGES},
            "decode returned the shape [60, 8, 8, 3] for 60 codes",
        ),
        ({"decode": colour, "codes": CODES[:9], "images": IMAGES}, "There are 60 images and 9 codes"),
        ({"decode": colour, "codes": CODES[:1]}, "At least two codes are needed."),
        (
            {"decode": colour, "codes": CODES * np.nan},
            "codes: 60 of 60 rows contain numbers that are not finite",
        ),
        ({"decode": colour, "codes": IMAGES}, "codes must be numbers of the shape [n, D]"),
        ({"decode": colour, "codes": CODES, "labels": [1, 2]}, "The labels have shape [2]"),
        ({"decode": colour, "codes": CODES, "name": "a/b"}, "'a/b' cannot be the name of a model"),
        (
            {"decode": colour, "codes": CODES, "logits": True},
            "which are pixels, not logits: leave out logits=True",
        ),
        (
            {"decode": lambda z: 255 * colour(z), "codes": CODES},
            "set logits=True if they are logits, or convert them",
        ),
        ({"decode": lambda z: 2 * colour(z) - 1.2, "codes": CODES}, "but pixels lie in [0, 1]"),
        ({"decode": lambda z: colour(z)[:3], "codes": CODES}, "a row of numbers is needed for each row."),
        ({"decode": lambda z: (colour(z), z), "codes": CODES}, "decode returned 2 arrays"),
        (
            {"decode": failing, "codes": CODES},
            "decode failed for an input of the shape [60, 2]: RuntimeError: no weights",
        ),
        (
            {"decode": colour, "encode": lambda x: x, "images": 2 * IMAGES - 1},
            "encode=lambda x: g(2 * x - 1)",
        ),
        ({"decode": colour, "encode": lambda x: x, "images": IMAGES}, "encode returned arrays of the shapes"),
        (
            {
                "decode": lambda z: z[:, :1] + IMAGES[:1] * 0,
                "encode": lambda x: x[:, 0, :2, 0],
                "images": IMAGES,
            }
            | {"codes": CODES},
            "codes are not what encode returns for images",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(given, sentence, folders, tmp_path):
    with pytest.raises(UserError) as error:
        explorer.open(**given)
    assert sentence in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith(".")
    assert not any(tmp_path.iterdir())
