"""Print runs for the commands."""


def run_json(run) -> dict:
    return {
        "run": run.name,
        "spec": run.spec.to_dict(),
        "test": run.test.to_dict(),
        "epochs": run.epochs,
        "seconds": run.seconds,
        "device": run.device,
        "note": run.note,
    }


def print_run(run) -> None:
    t = run.test
    print(f"{run.name}: {run.epochs} epochs in {run.seconds:.0f} s on {run.device}")
    print("  " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in run.spec.to_dict().items()))
    elbo = "" if t.elbo is None else f", elbo {t.elbo:.2f}"
    print(
        f"  test split, {t.n:,} images, nats per image: distortion {t.distortion:.2f}, rate"
        f" {t.rate:.2f}{elbo}"
        + (f"; active units {t.active_units}" if run.spec.has_prior else "")
        + (f"; {t.codes_used} codebook entries used, perplexity {t.perplexity:.1f}" if t.perplexity else "")
        + (f"; learned sigma {t.sigma:.3g}" if t.sigma else "")
    )
