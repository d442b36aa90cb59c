"""The time and the ELBO of trainings on MNIST with the given settings, one after the other:
`python -m tests.benchmarks.recipes [--seeds N] SETTINGS ...`, such as `width=512,depth=1,latent_dim=16,lr=0.004`.

What is not given is as in RunSpec, on MNIST. Each training is alone in a process, as `python -m explorer train` is.
"""

import argparse
import sys
from dataclasses import fields, replace

from explorer.data import load_dataset
from explorer.device import choose_device
from explorer.errors import UserError
from explorer.fields import value_type
from explorer.specs import RunSpec
from tests.benchmarks.rivals import alone, elbo, epochs, ours

TYPES = {field.name: value_type(field) for field in fields(RunSpec)}


def read_spec(settings: str) -> RunSpec:
    """Return the spec of settings by name. Raises UserError for wrong values."""
    given = dict(part.split("=", 1) for part in settings.split(","))
    return RunSpec.from_dict({"dataset": "mnist"} | {k: TYPES.get(k, str)(v) for k, v in given.items()})


def measure(spec: RunSpec) -> tuple[float, float]:
    """Return the seconds of a training, and the ELBO of the test split in nats per image."""
    run = alone(epochs, ours, spec, choose_device(spec.network))
    data = load_dataset(spec.dataset, spec.image_size, spec.colour)
    return sum(epoch.seconds for epoch in run), elbo(spec, data, run[-1].weights)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("settings", nargs="+")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    try:
        specs = [(text, read_spec(text)) for text in args.settings]
    except (UserError, ValueError) as error:
        sys.exit(f"{error}")
    print("| settings | seed | s | ELBO, nats |\n|-|-|-|-|")
    for text, spec in specs:
        for seed in range(args.seeds):
            seconds, nats = measure(replace(spec, seed=seed))
            print(f"| {text} | {seed} | {seconds:.1f} | {nats:.2f} |", flush=True)


if __name__ == "__main__":
    main()
