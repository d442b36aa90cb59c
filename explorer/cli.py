"""The command line: `python -m explorer --help`. What it needs of torch is imported by the command that needs it."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

from explorer.errors import UserError
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
        print("Stopped; nothing was kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has seen enough, as in `… | head -1`
        sys.stdout = None
        return 0
    except OSError as error:
        print(f"{error.filename or 'The output'} could not be read or written: {error.strerror}.", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        print(f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m explorer", description="Train autoencoders, and walk through their latent spaces.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def command(name: str, function: Callable, help: str, json_help: str | None = "print JSON, for programs"):
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        if json_help:
            sub.add_argument("--json", action="store_true", help=json_help)
        return sub

    sub = command("train", _train, "train a model and keep it as a run", "print each event as a line of JSON")
    for f in fields(RunSpec):
        flag, help = f"--{f.name.replace('_', '-')}", f.metadata["help"]
        if value_type(f) is bool:
            sub.add_argument(flag, action="store_true", default=argparse.SUPPRESS, help=help)
        else:
            help += f": {', '.join(map(str, f.metadata['choices']))}" if f.metadata["choices"] else ""
            help += f" (default: {'what is usual for it' if f.default is None else f.default})"
            sub.add_argument(flag, type=value_type(f), default=argparse.SUPPRESS, metavar=f.name.upper(), help=help)
    sub.add_argument("--run", metavar="NAME", help="the run's name, instead of one made from its settings")

    def at_beta(sub) -> None:
        sub.add_argument("--beta", type=float, metavar="BETA", help="of a ladder, the KL weight (default: 1)")

    command("list", _list, "list the runs")
    sub = command("show", _show, "show a run's settings and test figures")
    sub.add_argument("run")
    at_beta(sub)
    sub = command("decode", _decode, "decode one code to an image", None)
    sub.add_argument("run")
    at_beta(sub)
    sub.add_argument("--z", required=True, help="the code: numbers with commas, as in 0.5,-1")
    sub.add_argument("--out", required=True, type=Path, help="the PNG to write")
    sub = command("embed", _embed, "write the test split's codes as CSV", None)
    sub.add_argument("run")
    at_beta(sub)
    sub.add_argument("--out", required=True, type=Path, help="the CSV to write: index,label,mu_0..,logvar_0..")
    sub = command("gaps", _gaps, "measure the gaps between runs' codes")
    sub.add_argument("run", nargs="+")
    at_beta(sub)
    sub.add_argument("--n", type=int, default=5000, metavar="N", help="codes, of test images, at most (default: 5000)")
    sub.add_argument("--seed", type=int, default=0, metavar="SEED", help="of the draws (default: 0)")
    sub = command("classifier", _classifier, "train what names the images that a run, and all others of its images, decodes")
    sub.add_argument("run")
    sub = command("data", _data, "download a data set if it is not there, and describe it")
    sub.add_argument("dataset", help=", ".join(DATASETS.names()))
    command("doctor", _doctor, "say what this machine offers, and what is amiss")
    return parser


def _join_z(argv: list[str]) -> list[str]:
    """--z -1,2 as --z=-1,2: argparse would take -1,2 for an option."""
    joined = []
    for word in argv:
        if joined and joined[-1] == "--z":
            joined[-1] = f"--z={word}"
        else:
            joined.append(word)
    return joined


def _train(args) -> None:
    spec = RunSpec(**{f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)})
    from explorer import runs
    from explorer.terminal import json_lines, training_bar

    run = runs.existing(spec, args.run)
    if run:
        print(f"{run.name} is trained already; another --seed or --run makes a new one.", file=sys.stderr)
    else:
        run = runs.train(spec, args.run, json_lines() if args.json else training_bar())
    if args.json:
        print(json.dumps({"event": "stored"} | _shown(run)))
    else:
        _print_run(run)
    if run.note:
        raise UserError(run.note)


def _list(args) -> None:
    from explorer.store.catalogue import catalogue

    runs, faults = catalogue()
    told = ("dataset", "model", "network", "latent_dim", "beta")
    rows = [{"run": r.name} | {k: getattr(r.spec, k) for k in told} | {"elbo": r.test.elbo} for r in runs]
    if args.json:
        print(json.dumps(rows))
    else:
        cells = [[key.replace("_", " ") for key in rows[0]] if rows else ["no runs yet"]]
        cells += [["–" if v is None else f"{v:.2f}" if k == "elbo" else str(v) for k, v in row.items()] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells)]
        for row in cells:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for fault in faults:
        print(fault, file=sys.stderr)


def _show(args) -> None:
    from explorer.store.catalogue import find

    run = find(args.run)
    if args.beta is not None:
        from explorer import measuring

        run = measuring.at_beta(run, args.beta)
    at = {} if args.beta is None else {"beta": args.beta}
    print(json.dumps(_shown(run) | at)) if args.json else _print_run(run)


def _shown(run) -> dict:
    return {"run": run.name, "spec": run.spec.to_dict(), "test": asdict(run.test), "epochs": run.epochs,
            "seconds": run.seconds, "device": run.device, "note": run.note}


def _print_run(run) -> None:
    t = run.test
    print(f"{run.name}: {run.epochs} epochs in {run.seconds:.0f} s on {run.device}")
    print("  " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in run.spec.to_dict().items()))
    elbo = "" if t.elbo is None else f", elbo {t.elbo:.2f}"
    print(f"  test split, {t.n:,} images, nats per image: distortion {t.distortion:.2f}, rate {t.rate:.2f}{elbo}; "
          f"active units {t.active_units}")


def _decode(args) -> None:
    try:
        z = [float(number) for number in args.z.split(",")]
    except ValueError:
        raise UserError(f"--z takes numbers with commas between them, as in 0.5,-1, not {args.z!r}.") from None
    from explorer import runs
    from explorer.figures.images import png
    from explorer.store.files import write_whole

    write_whole(args.out, png(runs.load(args.run, args.beta).decode(z)[0]))


def _embed(args) -> None:
    from explorer.store.catalogue import find
    from explorer.store.embedding import read_embedding
    from explorer.store.files import write_whole

    e = read_embedding(find(args.run))
    mu, logvar = e.mu, e.logvar
    if args.beta is not None:
        from explorer import measuring

        mu, logvar = measuring.codes_of(measuring.load(args.run, args.beta), args.beta)
    statistics = {"mu": mu} | ({} if logvar is None else {"logvar": logvar})
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["index", "label", *(f"{name}_{i}" for name, s in statistics.items() for i in range(s.shape[1]))])
    for i, label in enumerate(e.y):
        rows.writerow([i, label, *(v for s in statistics.values() for v in s[i])])
    write_whole(args.out, text.getvalue().encode())


def _gaps(args) -> None:
    if args.seed < 0:
        raise UserError(f"--seed must not be negative, as {args.seed} is.")
    from explorer import measuring
    from explorer.terminal import gaps_in_words

    found = {name: measuring.gaps(name, args.n, args.seed, args.beta) for name in args.run}
    if args.json:
        print(json.dumps({name: asdict(g) for name, g in found.items()}))
        return
    for name, g in found.items():
        print(gaps_in_words(name, g))


def _classifier(args) -> None:
    from explorer.store.catalogue import find

    run = find(args.run)
    from explorer import runs
    from explorer.terminal import counting_bar

    made, place = runs.classify(run, counting_bar(" images"), counting_bar(" steps"))
    if args.json:
        print(json.dumps({"dataset": run.spec.dataset, "accuracy": made.accuracy, "n_test": run.test.n, "file": str(place)}))
    else:
        print(f"{place}: names {made.accuracy:.1%} of {run.test.n:,} test images rightly")


def _data(args) -> None:
    from explorer.data import data_folder, load
    from explorer.data.torchvision_sets import DOWNLOADS, download
    from explorer.terminal import counting_bar, print_skipped

    RunSpec(dataset=args.dataset)
    if args.dataset in DOWNLOADS:
        download(args.dataset, counting_bar("B"))
    data = load(args.dataset, on_progress=counting_bar(" images"))
    about = {"dataset": data.name, "n_train": data.n_train, "n_test": data.n_test, "shape": data.shape,
             "class_names": data.class_names, "factors": list(data.factors), "skipped": data.skipped, "folder": str(data_folder())}
    if args.json:
        print(json.dumps(about))
        return
    channels, height, width = data.shape
    print(f"{data.name}: {data.n_train:,} training and {data.n_test:,} test images, {width}×{height} px, "
          f"{'colour' if channels == 3 else 'grey'}; classes: {', '.join(data.class_names)}")
    print_skipped(data.skipped)


def _doctor(args) -> None:
    from explorer.doctor import findings

    found = findings()
    print(json.dumps(found) if args.json else "\n".join(f"{name:<12} {value}" for name, value in found.items()))
