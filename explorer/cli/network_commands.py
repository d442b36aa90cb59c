"""The commands that train what all runs of a data set share: the classifier and the regressor."""

import json


def classifier(args) -> None:
    from explorer.store.catalogue import find_run

    run = find_run(args.run)
    from explorer.cli.progress import counting_bar
    from explorer.latent.share import share_of_count
    from explorer.runs.classifier import train_classifier_of

    model, path = train_classifier_of(run, counting_bar(" images"), counting_bar(" steps"))
    accuracy = share_of_count(round(model.accuracy * run.test.n), run.test.n)
    if args.json:
        print(
            json.dumps(
                {
                    "dataset": run.spec.dataset,
                    "accuracy": model.accuracy,
                    "accuracy_low": accuracy.low,
                    "accuracy_high": accuracy.high,
                    "n_test": run.test.n,
                    "file": str(path),
                }
            )
        )
    else:
        print(
            f"{path}: accuracy {model.accuracy:.1%} ({100 * accuracy.low:.1f} to {accuracy.high:.1%}) on"
            f" {run.test.n:,} test images"
        )


def regressor(args) -> None:
    from explorer.store.catalogue import find_run

    run = find_run(args.run)
    from explorer.cli.progress import counting_bar
    from explorer.runs.regressor import train_regressor_of

    model, path = train_regressor_of(run, counting_bar(" images"), counting_bar(" steps"))
    r_squared = dict(zip(model.names, model.r_squared))
    if args.json:
        ends = {"r_squared_low": model.r_squared_low, "r_squared_high": model.r_squared_high}
        summary = {"dataset": run.spec.dataset, "r_squared": r_squared, "n_test": model.n_test}
        summary |= {key: dict(zip(model.names, values)) for key, values in ends.items()}
        print(json.dumps(summary | {"file": str(path)}))
    else:
        shares = ", ".join(
            f"{name.replace('_', ' ')} {text}" for name, text in zip(model.names, model.format_r_squared())
        )
        print(f"{path}: R² on {model.n_test:,} test images: {shares}")
