"""The rows of the benchmark of own images, and their table."""

from tests.benchmarks.own_images import COLUMNS, DEFAULT_FILE, SETS, printed, read_rows, write_rows
from tests.conftest import ROOT


def row(name: str, model: str, latent_dim: int, seed: int, mse: float) -> dict:
    values = dict.fromkeys(COLUMNS, "0") | {"set": name, "model": model, "latent_dim": str(latent_dim)}
    errors = {"mse": mse, "pca_mse": 0.02, "difference_low": mse - 0.022, "difference_high": mse - 0.018}
    return values | {"seed": str(seed), "cpu_seconds": 7.6} | errors


def test_the_table_has_the_ratio_of_each_seed_and_a_dash_where_nothing_was_measured(tmp_path):
    first, second = (row("lfw", "ae", 2, seed, mse) for seed, mse in ((0, 0.01), (1, 0.03)))
    write_rows(tmp_path / "rows.csv", [row("digits", "vae", 16, 0, 0.02), second, first])
    rows = read_rows(tmp_path / "rows.csv")
    assert [(r["set"], r["seed"]) for r in rows] == [("lfw", "0"), ("lfw", "1"), ("digits", "0")]
    assert printed(rows, ["ae", "vae"], ["2", "16"]).splitlines() == [
        "| images | AE, 2-D | VAE, 2-D | AE, 16-D | VAE, 16-D | s |",
        "|-|-|-|-|-|-|",
        f"| {SETS['lfw'][0]} | 0.50 ± 0.10, 1.50 ± 0.10 | – | – | – | 8 |",
        f"| {SETS['digits'][0]} | – | – | – | 1.00 ± 0.10 | 8 |",
    ]
    assert read_rows(tmp_path / "none.csv") == []


def test_the_table_of_the_documentation_is_that_of_the_figures():
    text = (ROOT / "docs/own-images-and-runs.md").read_text(encoding="utf-8")
    rows = read_rows(DEFAULT_FILE)
    assert f"\n{printed(rows, ['ae', 'vae'], ['2', '8', '16'])}\n" in text
