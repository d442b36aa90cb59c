"""Use cases: the export of a run, as the bytes of a file. Torch is imported where it is needed."""

import csv
import io
import json
import threading
import warnings
import zipfile
from pathlib import Path

import numpy as np

from explorer.errors import UserError, unknown_name_error
from explorer.names import sanitize
from explorer.runs.chains import is_function
from explorer.store.atomic import fingerprint
from explorer.store.embedding import read_embedding
from explorer.store.ownership import owner_key, public_name
from explorer.store.run import (
    EVENTS_FILE,
    RECORD_FILE,
    RUN_FILES,
    Run,
    encode_record,
    read_run,
)

FORMATS = ("onnx", "zip", "csv", "tsv", "parquet", "projector")
TABLES = {"": "csv", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet"}  # formats of tables by file suffix
CHECKED, TOLERANCE = 3, 1e-4  # codes for the test of an exported decoder; tolerance of a pixel
EXPORTER = threading.Lock()  # torch's exporter is not thread-safe


def export_run(run: Run, to: str, beta: float | None = None) -> bytes:
    """Export the run in one of the FORMATS, a ladder at a KL weight. Raises UserError for another format, and
    as the functions of the formats do.
    """
    if to not in FORMATS:
        raise unknown_name_error("format", to, FORMATS)
    if to != "zip":
        makers = {
            "onnx": decoder_onnx,
            "csv": codes_csv,
            "tsv": codes_tsv,
            "parquet": codes_parquet,
            "projector": codes_projector,
        }
        return makers[to](run, beta)
    if beta is not None:
        raise UserError("A zip file contains the run at all of its KL weights. Leave out --beta.")
    return run_zip(run)


def _refuse_function(run: Run) -> None:
    """Raise UserError for a model that a Python process computes or onnxruntime executes, which no file of a
    run contains.
    """
    if is_function(run):
        raise UserError(
            f"{run.name} is not made of known layers, and the files of a run contain no code. Export its"
            " codes, or a web page."
        )


def table_format(name: str) -> str:
    """Return the FORMAT that the suffix of a table's file name asks for. Raises UserError for another
    suffix.
    """
    if (suffix := Path(name).suffix.lower()) not in TABLES:
        raise UserError(
            f"A table of codes is written as .csv, .tsv or .parquet, not as {sanitize(suffix)}. Choose one of"
            " these suffixes."
        )
    return TABLES[suffix]


def run_zip(run: Run) -> bytes:
    """Return a zip of the run's own files, in a folder of its name: unpacked among other runs it is one of
    them. The same files give the same bytes. The key in the name of private images is left out, and so are
    KEPT_FILES that are damaged or belong to other weights.

    Raises UserError if a file cannot be read, or has changed since it was saved, and for a function.
    """
    from explorer.runs.kept_files import KEPT_FILES, is_usable

    _refuse_function(run)
    run, packed = read_run(run.folder), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (run.folder / file for file in (*RUN_FILES, *KEPT_FILES)):
            if not path.exists() or path.name in KEPT_FILES and not is_usable(run, path.name):
                continue
            try:
                content = path.read_bytes()
            except OSError as error:
                raise UserError(f"{path} could not be read: {error.strerror}. Allow reading it.") from error
            if path.name in run.files and fingerprint(content) != run.files[path.name]:
                raise UserError(
                    f"{path.name} of run {run.name} can't be used: its checksum does not match. "
                    f"Train the run again, or delete {run.folder}."
                )
            if path.name in (RECORD_FILE, EVENTS_FILE):
                content = _for_anyone(path.name, content)
            archive.writestr(_entry(f"{public_name(run.name)}/{path.name}"), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _for_anyone(file: str, content: bytes) -> bytes:
    """Remove the key of the owner of the images: who knows it can open all that belongs to the owner."""
    if owner_key(text := content.decode()) is None:
        return content
    plain = public_name(text)
    return encode_record(json.loads(plain)) if file == RECORD_FILE else plain.encode()


def codes(run: Run, beta: float | None = None) -> dict[str, np.ndarray]:
    """Return the codes of the test split as columns [n]: index, label, mu_0.., logvar_0.. (an AE has no
    logvar), and class, the label's name. Those of a ladder at a KL weight are computed again, which needs its
    images on this machine.
    """
    e = read_embedding(run)
    mu, logvar = e.mu, e.logvar
    if beta is not None:
        from explorer.runs.load import load_model
        from explorer.runs.measure import codes_of

        mu, logvar = codes_of(load_model(run, beta), beta)
    statistics = {"mu": mu} | ({} if logvar is None else {"logvar": logvar})
    columns = {f"{name}_{i}": column for name, s in statistics.items() for i, column in enumerate(s.T)}
    return {"index": np.arange(len(mu)), "label": e.y} | columns | {"class": np.array(run.class_names)[e.y]}


def codes_csv(run: Run, beta: float | None = None) -> bytes:
    """Return the codes with a header line and commas, numbers as short as float32 allows."""
    return _text(codes(run, beta), ",")


def codes_tsv(run: Run, beta: float | None = None) -> bytes:
    """Return the codes as codes_csv() does, separated by tabs."""
    return _text(codes(run, beta), "\t")


def codes_projector(run: Run, beta: float | None = None) -> bytes:
    """Return a zip of the two files that TensorFlow's Embedding Projector loads: vectors.tsv, the means mu
    without a header, and metadata.tsv, index, label and class with one. The same codes give the same bytes.
    """
    columns, packed = codes(run, beta), io.BytesIO()
    vectors = {name: column for name, column in columns.items() if name.startswith("mu_")}
    labels = {name: columns[name] for name in ("index", "label", "class")}
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (
            ("vectors.tsv", _text(vectors, "\t", head=False)),
            ("metadata.tsv", _text(labels, "\t")),
        ):
            archive.writestr(_entry(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _text(columns: dict[str, np.ndarray], between: str, head: bool = True) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=between, lineterminator="\n")
    if head:
        rows.writerow(columns)
    rows.writerows(zip(*columns.values()))
    return text.getvalue().encode()


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry of a zip without a date, as from Unix on every system."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def codes_parquet(run: Run, beta: float | None = None) -> bytes:
    """Return the codes as Parquet, in int64, float32 and text."""
    from pyarrow import parquet, table

    file = io.BytesIO()
    parquet.write_table(table(codes(run, beta)), file)
    return file.getvalue()


def decoder_onnx(run: Run, beta: float | None = None) -> bytes:
    """Return an ONNX model of z [batch, D] -> x = E[x|z] [batch, C, H, W] in [0, 1], float32, for any batch
    size, a ladder's at a KL weight. That of a conditional VAE has the classes y, int64 [batch], as a second
    input.

    Raises UserError if packages are missing, or if ONNX's reference implementation does not decode as the run
    does, and for a function.
    """
    _refuse_function(run)
    try:
        import onnxscript  # noqa: F401 - torch's exporter writes with it
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        raise UserError(
            "ONNX files need two packages that are not installed: pip install onnx onnxscript."
        ) from None
    import torch

    from explorer.runs.load import load_model

    loaded, e = load_model(run, beta), read_embedding(run)
    z, y = e.mu[:CHECKED], e.y[:CHECKED]
    expected, inputs = (
        loaded.decode(z, y),
        {"z": z} | ({"y": y} if run.spec.model_kind.is_conditional else {}),
    )

    class Decoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = loaded.model

        def forward(self, z, y=None):
            return loaded.likelihood.mean(self.model.decode(z, y))

    batch = {0: torch.export.Dim("batch")}
    with EXPORTER, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, of its own parts
        program = torch.onnx.export(
            Decoder().eval(),
            tuple(torch.from_numpy(np.zeros_like(value[:1]).repeat(2, 0)) for value in inputs.values()),
            dynamo=True,
            verbose=False,
            input_names=list(inputs),
            output_names=["x"],
            dynamic_shapes=(batch,) * len(inputs),
        ).model_proto
    graph = program.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.initializer, *graph.value_info):
        part.ClearField("metadata_props")  # it names files of this machine
    with np.errstate(over="ignore"):  # its sigmoid of −100 overflows to infinity before it is 0
        [x] = ReferenceEvaluator(program).run(["x"], inputs)
    if x.shape != expected.shape or not np.abs(x - expected).max() <= TOLERANCE:
        raise UserError(
            f"The ONNX model of {run.name} does not decode as the run does, and was not saved. Install the"
            " versions of torch, onnx and onnxscript that requirements.txt names."
        )
    return program.SerializeToString(deterministic=True)
