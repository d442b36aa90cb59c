"""The command that imports runs, weights and networks of other programs."""

import argparse
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from explorer.chains.inferred import ACTIVATIONS, OUTPUTS
from explorer.cli.arguments import add_settings, list_of
from explorer.cli.output import print_run, run_json
from explorer.cli.settings import dataset_named, spec_of
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.specs import RunSpec

ONNX = ".onnx"
SETTINGS_OF_NETWORKS = ("dataset", "likelihood")  # all others follow from the network
MAX_LAYERS_BYTES = 1_000_000  # of a list of layers


def add_import_command(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add it. command: as in add_run_commands()."""
    sub = command(
        "import",
        import_,
        "import a run from a zip file, a decoder and an encoder from ONNX files, the weights of a network"
        " whose settings or layers are given, or a model of pythae",
    )
    sub.add_argument(
        "file",
        type=Path,
        nargs="+",
        help="a zip file made by `export --to zip`, a decoder in ONNX, a state dict in safetensors, or the"
        " folder of a pythae model",
    )
    sub.add_argument(
        "--run",
        "--name",
        metavar="NAME",
        help="name of the run (default: its name in the zip file, or the name of the file)",
    )
    sub.add_argument(
        "--encoder",
        type=Path,
        metavar="FILE",
        help="with a decoder alone: its encoder, also in ONNX or safetensors, which returns mu, or mu and log"
        " sigma²",
    )
    sub.add_argument(
        "--images",
        metavar="PATH",
        help="with a network of another program: its images, as a folder, or a zip, .npz, .npy or CSV file;"
        " instead, --dataset can name a data set",
    )
    sub.add_argument(
        "--pixel-range",
        type=list_of(float),
        metavar="BLACK,WHITE",
        help="with a network of another program: the values that it uses for black and white (default: -1,1"
        " if the decoder ends with a tanh, otherwise 0,1)",
    )
    sub.add_argument(
        "--check",
        action="store_true",
        help="also run the ONNX files in onnxruntime, which must be installed, and compare the results;"
        " otherwise they are only read",
    )
    sub.add_argument(
        "--execute",
        action="store_true",
        help="execute ONNX files that are not made of known layers in onnxruntime, in a process with limits"
        " of time and memory, whenever the run needs them (docs/own-models.md says what stays unsafe)",
    )
    sub.add_argument(
        "--layers",
        type=Path,
        metavar="FILE",
        help="with a state dict of any network: a JSON file that lists its layers (docs/own-models.md)",
    )
    sub.add_argument(
        "--activation",
        choices=ACTIVATIONS,
        help="with a state dict of plain sequences of layers (nn.Sequential): the function between layers,"
        " which the weights do not contain",
    )
    sub.add_argument(
        "--output", choices=OUTPUTS, help="with --activation: the function at the end of the decoder"
    )
    add_settings(sub)


def import_(args) -> None:
    run = _import(args)
    print(json.dumps(run_json(run))) if args.json else print_run(run)


def _import(args):
    from explorer.cli.progress import counting_bar
    from explorer.runs import import_run
    from explorer.untrusted import onnx_file
    from explorer.untrusted.foreign import check_foreign, is_zip

    file, *other_files = args.file
    if file.is_dir():
        return _import_pythae(args, file)
    is_onnx = file.suffix.lower() == ONNX
    content = _read(file, onnx_file.MAX_BYTES if is_onnx else import_run.MAX_BYTES)
    check_foreign(file.name, content)
    if other_files:
        raise UserError(
            f"Only one file can be imported at a time. Leave out {sanitize(other_files[0].name)}."
        )
    if is_onnx:
        return _import_onnx(args, file, content)
    _refuse_options(args, ("check", "execute"), "Only an ONNX file has")
    if args.layers or args.activation or args.output:
        return _import_described(args, file, content)
    _refuse_options(
        args,
        ("encoder", "images", "pixel_range"),
        "Only an ONNX file, or weights with --layers or --activation, have",
    )
    if not is_zip(content):
        return import_run.import_weights(
            content, spec_of(args), args.run or file.stem, counting_bar(" images")
        )
    if settings := [f.name for f in fields(RunSpec) if hasattr(args, f.name)]:
        raise UserError(
            f"The zip file of a run contains its settings. Leave out --{settings[0].replace('_', '-')}."
        )
    return import_run.import_run(content, args.run, file.stem)


def _read(file: Path, max_bytes: int) -> bytes:
    if file.stat().st_size > max_bytes:
        raise UserError(f"{file} is larger than the limit of {max_bytes / 1e6:,.0f} MB.")
    return file.read_bytes()


def _refuse_options(args, names: tuple[str, ...], reason: str) -> None:
    """Raise UserError if one of these options is given."""
    if given := [name for name in names if getattr(args, name)]:
        raise UserError(f"{reason} --{given[0].replace('_', '-')}. Leave it out.")


def _images_and_options(args) -> tuple[str, dict]:
    """Return the data set and the options of importing a network. Raises UserError for settings that follow
    from it, and without images.
    """
    from explorer.cli.progress import counting_bar

    settings = {f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)}
    settings_of_networks = (*SETTINGS_OF_NETWORKS, "image_size") if args.activation else SETTINGS_OF_NETWORKS
    if unused := [name for name in settings if name not in settings_of_networks]:
        raise UserError(f"This setting follows from the network. Leave out --{unused[0].replace('_', '-')}.")
    images = args.images or settings.get("dataset")
    if not images:
        raise UserError("A network needs its images. Add --images with a folder or file, or --dataset NAME.")
    if args.pixel_range and len(args.pixel_range) != 2:
        raise UserError("The pixel range must be two numbers, as in -1,1.")
    return dataset_named(images), {
        "likelihood": settings.get("likelihood"),
        "pixel_range": args.pixel_range and tuple(args.pixel_range),
        "on_images": counting_bar(" images"),
    }


def _import_onnx(args, file: Path, content: bytes):
    from explorer.runs.check_onnx import check_networks
    from explorer.runs.import_executed import import_executed
    from explorer.runs.import_network import import_onnx
    from explorer.untrusted.onnx_file import MAX_BYTES

    _refuse_options(args, ("layers", "activation", "output"), "Only weights in safetensors have")
    if not args.encoder:
        raise UserError("A decoder needs its encoder. Add its ONNX file: --encoder FILE.")
    images, options = _images_and_options(args)
    networks = (file.name, content), (args.encoder.name, _read(args.encoder, MAX_BYTES))
    if args.check and args.execute:
        raise UserError("--check compares layers that were read with onnxruntime. Leave out --execute.")
    if args.check:
        check_networks(*networks)
    import_networks = import_executed if args.execute else import_onnx
    return import_networks(*networks, images, args.run or file.stem, **options)


def _import_described(args, file: Path, content: bytes):
    from explorer.runs.import_described import import_described, import_inferred
    from explorer.runs.import_run import MAX_BYTES

    name, (images, options) = args.run or file.stem, _images_and_options(args)
    options["encoder"] = _read(args.encoder, MAX_BYTES) if args.encoder else None
    if args.layers:
        _refuse_options(args, ("activation", "output"), "The list of layers replaces")
        return import_described(content, _read(args.layers, MAX_LAYERS_BYTES), images, name, **options)
    if not (args.activation and args.output):
        raise UserError("The functions of plain layers are needed. Add both --activation and --output.")
    size = getattr(args, "image_size", None)
    return import_inferred(content, args.activation, args.output, images, name, image_size=size, **options)


def _import_pythae(args, folder: Path):
    from explorer.runs.import_described import import_pythae, read_pythae_folder

    _refuse_options(
        args, ("encoder", "check", "execute", "activation", "output"), "A model of pythae does not need"
    )
    images, options = _images_and_options(args)
    layers = args.layers and _read(args.layers, MAX_LAYERS_BYTES)
    name = args.run or folder.resolve().name
    return import_pythae(*read_pythae_folder(folder), images, name, layers=layers, **options)
