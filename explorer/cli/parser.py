"""The command line: `python -m explorer --help`. Only the commands that need torch import it."""

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from explorer.cli import network_commands, run_commands, training_commands
from explorer.cli.arguments import Parser, add_settings, at_beta, list_of, of_class, prepare_arguments
from explorer.cli.settings import add_plan, add_usual_settings
from explorer.cli.training_commands import INTERRUPTED
from explorer.errors import UserError
from explorer.logs import LEVELS, configure
from explorer.names import sanitize
from explorer.registry import DATASETS, DENSITIES


def main(argv: list[str] | None = None) -> int:
    """Return the exit status: 0; 2 after an error, with one line on stderr that says what to do; 130 when
    interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # not a terminal, a pipe or a file
            stream.reconfigure(errors="replace")  # characters that the encoding lacks become '?'
    args = build_parser().parse_args(prepare_arguments(sys.argv[1:] if argv is None else argv))
    configure(args.log_level)
    try:
        return args.command(args) or 0
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. Nothing more was saved.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has closed the pipe, as in `… | head -1`
        sys.stdout = None
        return 0
    except OSError as error:
        print(
            f"{sanitize(str(error.filename or 'The output'), 300)} could not be read or written:"
            f" {error.strerror}. Check its path and its permissions.",
            file=sys.stderr,
        )
        return 2


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each has its function as `command`."""
    parser = Parser(
        prog="python -m explorer", description="Train autoencoders and explore their latent spaces."
    )
    parser.add_argument(
        "--log-level",
        choices=LEVELS,
        default="warning",
        help="what is logged on stderr: unforeseen errors and warnings (default), or more",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def command(name: str, function: Callable, help: str, json_help: str | None = "print JSON"):
        sub = subparsers.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        if json_help:
            sub.add_argument("--json", action="store_true", help=json_help)
        return sub

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

    def samples(sub, n: int, help: str) -> None:
        sub.add_argument("--n", type=int, default=n, metavar="N", help=f"{help} (default: {n})")
        help = "random seed of the samples (default: 0)"
        sub.add_argument("--seed", type=int, default=0, metavar="SEED", help=help)

    command("list", run_commands.list_run, "list all runs")
    sub = command("show", run_commands.show, "show the settings of a run and its figures on the test split")
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--factors",
        action="store_true",
        help="also measure how the codes separate the known factors of the images (MIG and SAP), and which"
        " factors the reconstructions keep",
    )
    sub.add_argument(
        "--yardstick",
        action="store_true",
        help="if the run was saved without them, first measure the errors of its reconstructions beside those"
        " of PCA, and its samples from the prior, and keep them with it",
    )
    sub.add_argument(
        "--surgery",
        action="store_true",
        help="also print the terms of the rate over the training images: I(x; z), total correlation, and KL"
        " of the marginals; of a ladder at all KL weights, or at --beta. They are measured once, in seconds",
    )
    sub = command("decode", run_commands.decode, "decode a latent code into an image", None)
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--z", required=True, help="the latent code: numbers separated by commas, for example 0.5,-1"
    )
    of_class(sub, "name of the class that a conditional VAE decodes; it needs one")
    sub.add_argument("--out", required=True, type=Path, help="PNG file to write")
    sub = command("embed", run_commands.export, "write the latent codes of the test split as a table", None)
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--out",
        required=True,
        type=Path,
        help=".csv, .tsv or .parquet file to write: index,label,mu_0..,logvar_0..,class",
    )
    sub.set_defaults(to=None)
    sub = command(
        "export", run_commands.export, "export a run: its decoder, its files or its latent codes", None
    )
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--to",
        required=True,
        help=(
            "onnx (the decoder), zip (the run), csv, tsv or parquet (the codes of the test split), projector"
            " (the codes for the Embedding Projector: a zip file with vectors.tsv and metadata.tsv), or"
            " samples (an .npz file of samples z of a density, with their log density and their images)"
        ),
    )
    sub.add_argument("--out", required=True, type=Path, help="file to write")
    sub.add_argument(
        "--density",
        metavar="DENSITY",
        help=f"density of the samples: {', '.join(DENSITIES)} (default: the prior; of an AE, gaussian)",
    )
    of_class(
        sub, "name of the class of all samples of a conditional VAE (default: classes of random test images)"
    )
    samples(sub, 1000, "number of samples")
    sub = command(
        "import",
        run_commands.import_,
        "import a run from a zip file, or the weights of a network whose settings are given",
    )
    sub.add_argument(
        "file",
        type=Path,
        nargs="+",
        help="a zip file made by `export --to zip`, or a state dict in safetensors",
    )
    sub.add_argument(
        "--run",
        metavar="NAME",
        help="name of the run (default: its name in the zip file, or the name of the file)",
    )
    add_settings(sub)
    sub = command("gaps", run_commands.gaps, "measure the gaps between the codes of each run")
    sub.add_argument(
        "run",
        nargs="+",
        help="name of a run, or a file of codes of another model: vectors.tsv, or a zip file with it",
    )
    at_beta(sub)
    sub.add_argument(
        "--density",
        type=list_of(str),
        metavar="DENSITIES",
        help=(
            "measure samples of these densities instead, separated by commas, or of all: the gap, the share"
            " of codes without a sample near, the classifier's confidence, and density and coverage of the"
            f" decoded samples. Names: all, {', '.join(DENSITIES)}"
        ),
    )
    samples(sub, 5000, "largest number of codes")
    sub = command(
        "classifier",
        network_commands.classifier,
        "train the classifier of decoded images, for all runs of the data set of a run",
    )
    sub.add_argument("run", help="name of the run")
    sub = command(
        "regressor",
        network_commands.regressor,
        "train the regressor that reads the known factors of images, for all runs of the data set of a run",
    )
    sub.add_argument("run", help="name of the run")
    sub = command("data", run_commands.data, "download a data set if necessary, and describe it")
    sub.add_argument(
        "dataset",
        help=(f"data set: {', '.join(DATASETS)}; or the path of a folder, zip, .npz, .npy or CSV of images"),
    )
    sub = command(
        "open",
        run_commands.open_app,
        "start the app on this machine and open it in a browser; options of `streamlit run` may follow",
        None,
    )
    sub.add_argument(
        "options", nargs="*", metavar="OPTION", help="an option of `streamlit run`, as in --server.port 8502"
    )
    command("doctor", run_commands.doctor, "report what this machine offers, and any problems")
    return parser
