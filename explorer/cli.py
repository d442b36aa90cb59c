"""The command line: `python -m explorer --help`. What it needs of torch is imported by the command that needs it."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from explorer import commands
from explorer.commands import INTERRUPTED
from explorer.errors import UserError
from explorer.names import shown
from explorer.registry import DATASETS
from explorer.specs import RunSpec, value_type


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0, or 2 after one line on stderr that says what to do, or 130 when interrupted."""
    args = _parser().parse_args(_join_z(sys.argv[1:] if argv is None else argv))
    try:
        return args.command(args) or 0
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; nothing more was kept.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough, as in `… | head -1`
        sys.stdout = None
        return 0
    except OSError as error:
        print(f"{shown(str(error.filename or 'The output'), 300)} could not be read or written: {error.strerror}.", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        print(f"{shown(message[:1].upper() + message[1:], 300)}. See {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m explorer", description="Train autoencoders, and walk through their latent spaces.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def command(name: str, function: Callable, help: str, json_help: str | None = "print JSON, for programs"):
        sub = subparsers.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        if json_help:
            sub.add_argument("--json", action="store_true", help=json_help)
        return sub

    def settings(sub, *without: str) -> None:
        for f in fields(RunSpec):
            if f.name in without:
                continue
            flag, help = f"--{f.name.replace('_', '-')}", f.metadata["help"]
            if value_type(f) is bool:
                sub.add_argument(flag, action="store_true", default=argparse.SUPPRESS, help=help)
            else:
                help += f": {', '.join(map(str, f.metadata['choices']))}" if f.metadata["choices"] else ""
                help += f" (default: {'what is usual for it' if f.default is None else f.default})"
                sub.add_argument(flag, type=value_type(f), default=argparse.SUPPRESS, metavar=f.name.upper(), help=help)

    sub = command("train", commands.train, "train a model and keep it as a run; what was stopped or broken off goes on",
                  "print each event as a line of JSON")
    settings(sub)
    sub.add_argument("--run", metavar="NAME", help="the run's name, instead of one made from its settings")
    sub.add_argument("--queue", action="store_true", help="wait until fewer than EXPLORER_MAX_JOBS (1) train")
    sub = command("sweep", commands.sweep, "train every combination of KL weights, latent dimensions and seeds, and compare them")
    settings(sub, "beta", "betas", "rung_epochs", "latent_dim", "seed")
    sub.add_argument("--betas", dest="sweep_betas", type=_list_of(float), default=[1.0], metavar="BETAS", help="KL weights, as in 0.1,1,4")
    sub.add_argument("--latent-dims", type=_list_of(int), default=[2], metavar="DIMS", help="latent dimensions, as in 2,16")
    sub.add_argument("--seeds", type=_list_of(int), default=[0], metavar="SEEDS", help="seeds, as in 0,1,2")
    command("jobs", commands.jobs, "list the trainings that run or wait")
    sub = command("stop", commands.stop, "stop a training after its last whole epoch; trained again, it goes on", None)
    sub.add_argument("run")

    def at_beta(sub) -> None:
        sub.add_argument("--beta", type=float, metavar="BETA", help="of a ladder, the KL weight (default: 1)")

    command("list", commands.list_run, "list the runs")
    sub = command("show", commands.show, "show a run's settings and test figures")
    sub.add_argument("run")
    at_beta(sub)
    sub = command("decode", commands.decode, "decode one code to an image", None)
    sub.add_argument("run")
    at_beta(sub)
    sub.add_argument("--z", required=True, help="the code: numbers with commas, as in 0.5,-1")
    sub.add_argument("--out", required=True, type=Path, help="the PNG to write")
    sub = command("embed", commands.export, "write the test split's codes as CSV", None)
    sub.add_argument("run")
    at_beta(sub)
    sub.add_argument("--out", required=True, type=Path, help="the CSV to write: index,label,mu_0..,logvar_0..")
    sub.set_defaults(to="csv")
    sub = command("export", commands.export, "write a run to take along: its decoder, its files or its codes", None)
    sub.add_argument("run")
    at_beta(sub)
    sub.add_argument("--to", required=True, help="onnx (the decoder), zip (the run), csv or parquet (the test split's codes)")
    sub.add_argument("--out", required=True, type=Path, help="the file to write")
    sub = command("import", commands.import_, "take in a run's zip, or the weights of a network named by its settings")
    sub.add_argument("file", type=Path, help="a zip that `export --to zip` made, or a state dict in safetensors")
    sub.add_argument("--run", metavar="NAME", help="the run's name, instead of the one that it had, or the file's")
    settings(sub)
    sub = command("gaps", commands.gaps, "measure the gaps between runs' codes")
    sub.add_argument("run", nargs="+")
    at_beta(sub)
    sub.add_argument("--n", type=int, default=5000, metavar="N", help="codes, of test images, at most (default: 5000)")
    sub.add_argument("--seed", type=int, default=0, metavar="SEED", help="of the draws (default: 0)")
    sub = command("classifier", commands.classifier, "train what names the images that a run, and all others of its images, decodes")
    sub.add_argument("run")
    sub = command("data", commands.data, "download a data set if it is not there, and describe it")
    sub.add_argument("dataset", help=f"{', '.join(DATASETS.names())}, or the path of a folder, zip, .npz, .npy or CSV of images")
    command("doctor", commands.doctor, "say what this machine offers, and what is amiss")
    return parser


def _list_of(kind: type) -> Callable[[str], list]:
    def read(text: str) -> list:
        try:
            return [kind(part) for part in text.split(",")]
        except ValueError:
            raise argparse.ArgumentTypeError(f"numbers with commas between them are wanted, not {text!r}") from None

    return read


def _join_z(argv: list[str]) -> list[str]:
    """--z -1,2 as --z=-1,2: argparse would take -1,2 for an option."""
    joined = []
    for word in argv:
        if joined and joined[-1] == "--z":
            joined[-1] = f"--z={word}"
        else:
            joined.append(word)
    return joined
