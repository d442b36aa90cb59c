"""The options of the commands that train, in the order of the help."""

import argparse
from collections.abc import Callable

from explorer.cli import training_commands
from explorer.cli.arguments import add_settings, list_of
from explorer.cli.settings import add_plan, add_usual_settings


def add_training_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them. command: a function of the name, the function, and the help that returns the parser."""
    sub = command(
        "train",
        training_commands.train,
        "train a model and save it as a run; a training that was stopped or interrupted is continued",
        "print each event of the training as one line of JSON",
    )
    add_settings(sub)
    add_usual_settings(sub)
    add_plan(sub)
    sub.add_argument("--run", metavar="NAME", help="name of the run (default: made from its settings)")
    sub.add_argument(
        "--queue",
        action="store_true",
        help="wait in the queue: at most EXPLORER_MAX_JOBS trainings (default: 1) run at the same time",
    )
    sub = command(
        "sweep",
        training_commands.sweep,
        "train every combination of KL weights, latent dimensions and seeds, and print a table",
    )
    add_settings(sub, "beta", "betas", "rung_epochs", "latent_dim", "seed")
    add_usual_settings(sub)
    sub.add_argument(
        "--betas",
        dest="sweep_betas",
        type=list_of(float),
        default=[1.0],
        metavar="BETAS",
        help="KL weights, as in 0.1,1,4 (default: 1)",
    )
    sub.add_argument(
        "--latent-dims",
        type=list_of(int),
        default=[2],
        metavar="DIMS",
        help="latent dimensions, as in 2,16 (default: 2)",
    )
    sub.add_argument(
        "--seeds",
        type=list_of(int),
        default=[0],
        metavar="SEEDS",
        help="random seeds, as in 0,1,2 (default: 0)",
    )
    command("jobs", training_commands.jobs, "list the trainings that run, wait or have failed")
    sub = command(
        "stop",
        training_commands.stop,
        "stop a training and save its last complete epoch, so that `train` can continue it; or remove a "
        "failed training from the list",
        None,
    )
    sub.add_argument("run", help="name of the run")
