"""The options of the commands that read runs, data sets and this machine, in the order of the help."""

import argparse
from collections.abc import Callable
from pathlib import Path

from explorer.cli import network_commands, run_commands
from explorer.cli.arguments import at_beta, list_of, of_class
from explorer.cli.check_command import add_check_command
from explorer.cli.import_command import add_import_command
from explorer.cli.report_command import add_report_command
from explorer.cli.site_command import add_site_command
from explorer.cli.worksheet_command import add_worksheet_command
from explorer.registry import ANIMATIONS, DATASETS, DENSITIES, LESSONS


def add_samples(sub: argparse.ArgumentParser, n: int, help: str) -> None:
    sub.add_argument("--n", type=int, default=n, metavar="N", help=f"{help} (default: {n})")
    help = "random seed of the samples (default: 0)"
    sub.add_argument("--seed", type=int, default=0, metavar="SEED", help=help)


def add_run_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them. command: a function of the name, the function, and the help that returns the parser."""
    command("list", run_commands.list_run, "list all runs")
    sub = command("show", run_commands.show, "show the settings of a run and its figures on the test split")
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--factors",
        action="store_true",
        help="also measure how the codes separate the known factors of the images (MIG and SAP, of"
        " an included run also in trainings with other seeds), and which factors the reconstructions keep",
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
    sub = command("embed", run_commands.embed, "write the latent codes of the test split as a table", None)
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--out",
        required=True,
        type=Path,
        help=".csv, .tsv or .parquet file to write: index,label,mu_0..,logvar_0..,class",
    )
    sub = command(
        "export",
        run_commands.export,
        "export a run: as a web page, or its decoder, its files or its latent codes",
        None,
    )
    sub.add_argument("run", nargs="*", help="name of the run; for html, also of a second one to compare with")
    at_beta(sub)
    sub.add_argument(
        "--to",
        help=(
            "html (one file that needs no server and no network), onnx (the decoder), zip (the run), csv, tsv"
            " or parquet (the codes of the test split), projector (the codes for the Embedding Projector: a"
            " zip file with vectors.tsv and metadata.tsv), samples (an .npz file of samples z of a density,"
            " with their log density and their images), or gif, webp or apng (an animation)"
        ),
    )
    sub.add_argument("--lesson", metavar="NAME", help=f"export a lesson as html: {', '.join(LESSONS)}")
    sub.add_argument("--playground", action="store_true", help="export the playground as html")
    sub.add_argument(
        "--include-private-images",
        action="store_true",
        help="pack the test images of your own data set into the html file, which leaves them out otherwise",
    )
    help = "file to write (default for html: made from the names, in this folder)"
    sub.add_argument("--out", type=Path, metavar="FILE", help=help)
    sub.add_argument(
        "--animate",
        choices=ANIMATIONS,
        help="what moves: z on a path, the KL weight of a ladder, or the epochs of a recorded training"
        " (default: beta for a ladder, otherwise path)",
    )
    help = "numbers of the two test images between which the path leads (default: of two classes)"
    sub.add_argument("--images", type=list_of(int), metavar="A,B", help=help)
    sub.add_argument("--seconds", type=float, default=5.0, help="duration of the animation (default: 5)")
    sub.add_argument(
        "--density",
        metavar="DENSITY",
        help=f"density of the samples: {', '.join(DENSITIES)} (default: the prior; of an AE, gaussian)",
    )
    of_class(
        sub, "name of the class of all samples of a conditional VAE (default: classes of random test images)"
    )
    add_samples(sub, 1000, "number of samples")
    add_import_command(command)
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
    add_samples(sub, 5000, "largest number of codes")
    add_report_command(command)
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
    add_site_command(command)
    add_worksheet_command(command)
    add_check_command(command)
    command("doctor", run_commands.doctor, "report what this machine offers, and any problems")
