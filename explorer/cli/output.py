"""Print runs for the commands."""

from dataclasses import asdict

from explorer.latent.share import format_percent
from explorer.latent.surgery import Surgery
from explorer.names import in_words_of
from explorer.recipe import flags
from explorer.store.separations import describe_separations

IMAGE_OPTIONS = ("image_size", "colour")  # of images in files; the shape says what they led to


def run_json(run) -> dict:
    from explorer.runs.verdicts import find_faults

    return {
        "run": run.name,
        "spec": run.spec.to_dict(),
        "shape": run.shape,
        "test": run.test.to_dict(),
        "epochs": run.epochs,
        "best_epoch": run.best_epoch,
        "seconds": run.seconds,
        "device": run.device,
        "note": run.note,
        "yardstick": run.yardstick and asdict(run.yardstick),
        "samples": run.samples and asdict(run.samples),
        "verdicts": [asdict(verdict) for verdict in find_faults(run)],
    }


def print_run(run) -> None:
    from explorer.runs.verdicts import find_faults, list_remedies

    t = run.test
    best = f", weights of epoch {run.best_epoch}, the best by validation loss" if run.best_epoch else ""
    print(f"{run.name}: {run.epochs} epochs in {run.seconds:.0f} s on {run.device}{best}")
    images = {"dataset": run.spec.dataset, "image shape": "×".join(map(str, run.shape))}  # C×H×W
    settings = {k.replace("_", " "): v for k, v in run.spec.to_dict().items() if k not in IMAGE_OPTIONS}
    print("  " + ", ".join(f"{name} {value}" for name, value in (images | settings).items()))
    elbo = "" if t.elbo is None else f", elbo {t.elbo:.2f}"
    measured = (
        f"  test split, {t.n:,} images, nats per image: distortion {t.distortion:.2f}, rate"
        f" {t.rate:.2f}{elbo}"
        + (f"; active units {t.active_units}" if run.spec.has_prior else "")
        + (f"; {t.codes_used} codebook entries used, perplexity {t.perplexity_text}" if t.perplexity else "")
        + (f"; learned sigma {t.sigma:.3g}" if t.sigma else "")
    )
    print(in_words_of(run.shape, measured))
    if run.yardstick:
        print(in_words_of(run.shape, f"  {run.yardstick}"))
    verdicts = find_faults(run)
    for verdict in verdicts:
        print(in_words_of(run.shape, f"  {verdict.sentence}"))
    for label, spec in list_remedies(run, verdicts).items():
        name = f" --run {run.name}" if spec == run.spec else ""
        print(f"  {label}: python -m explorer train {flags(spec)}{name}")


def print_factors(report) -> None:
    """Print a report of explorer.runs.factors: MIG and SAP, and a line for each factor."""
    print(
        f"  codes of {report.separation.mig.n:,} test images: MIG {_interval(report.separation.mig)},", end=""
    )
    print(f" SAP {_interval(report.separation.sap)}")
    if over_seeds := describe_separations(report.over_seeds):
        print(f"  {over_seeds}")
    for f in report.separation.factors:
        best = f.two_best[0]
        line = (
            f"  {f.name.replace('_', ' ')}: most information in z{f.best_dimension}"
            f" ({format_percent(best.value, max(best.low, 0), min(best.high, 1))} of its entropy)"
        )
        if f.name in report.r_squared:
            line += f"; R² in reconstructions {_interval(report.r_squared[f.name])}"
        print(line)
    if not report.regressor:
        print("  `python -m explorer regressor RUN` trains the regressor that reads these factors.")


def _interval(estimate) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def surgery_json(beta: float, surgery: Surgery) -> dict:
    return {"beta": beta} | asdict(surgery) | {"most_information": surgery.most_information}


def print_surgeries(surgeries: dict[float, Surgery]) -> None:
    """Print the terms of the rate by KL weight."""
    n = next(iter(surgeries.values())).n
    print(
        f"  rate of the {n:,} training images, nats per image: its terms, and in brackets where they lie for"
        " all such images (95%)"
    )
    for beta, s in surgeries.items():
        print(
            f"  beta {beta:g}: rate {s.rate:.2f} = I(x; z) {s.mutual_information} + total correlation"
            f" {s.total_correlation} + KL of the marginals {s.marginal_kl}"
        )
    if notes := {s.note for s in surgeries.values()} - {""}:
        print(f"  {notes.pop()}")
