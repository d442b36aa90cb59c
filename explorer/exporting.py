"""Use cases: a run to take along, as the bytes of a file. Torch is imported where it is needed."""

import csv
import io
import json
import threading
import warnings
import zipfile

import numpy as np

from explorer.errors import UserError, unknown
from explorer.privacy import owner, without_key
from explorer.store.embedding import read_embedding
from explorer.store.files import fingerprint
from explorer.store.replay import REPLAY
from explorer.store.run import EMBEDDING, EVENTS, MODEL, RECORD, Run, read, signed

FORMATS = ("onnx", "zip", "csv", "parquet")
CHECKED, TOLERANCE = 3, 1e-4  # codes that an exported decoder is tried on, and how far off a pixel may be
EXPORTER = threading.Lock()  # torch's exporter does one at a time


def exported(run: Run, to: str, beta: float | None = None) -> bytes:
    """The run in one of the FORMATS, of a ladder at a KL weight. Raises UserError for another, besides what each one refuses."""
    if to not in FORMATS:
        raise unknown("format", to, FORMATS)
    if to != "zip":
        return {"onnx": decoder_onnx, "csv": codes_csv, "parquet": codes_parquet}[to](run, beta)
    if beta is not None:
        raise UserError("A zip holds the run as it is, at every KL weight that it has. Leave out --beta.")
    return run_zip(run)


def run_zip(run: Run) -> bytes:
    """The run's own files, in a folder of its name: unpacked among other runs it is one of them. The same files, the same bytes,
    but for the key in the name of private images, which is left out.

    Raises UserError if a file can't be read, or is not the one that was saved.
    """
    run, packed = read(run.folder), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (run.folder / file for file in (RECORD, MODEL, EMBEDDING, EVENTS, REPLAY)):
            if not path.exists():
                continue
            try:
                content = path.read_bytes()
            except OSError as error:
                raise UserError(f"{path} could not be read: {error.strerror}. Allow reading it.") from error
            if path.name in run.files and fingerprint(content) != run.files[path.name]:
                raise UserError(f"{path.name} of run {run.name} can't be used: its checksum is wrong. "
                                f"Train the run again, or delete {run.folder}.")
            if path.name in (RECORD, EVENTS):
                content = _for_anyone(path.name, content)
            entry = zipfile.ZipInfo(f"{without_key(run.name)}/{path.name}")  # without a date
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # Unix, on every system
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _for_anyone(file: str, content: bytes) -> bytes:
    """Without the key of whom the images belong to: who knows it can open all that is theirs."""
    if owner(text := content.decode()) is None:
        return content
    plain = without_key(text)
    return signed(json.loads(plain)) if file == RECORD else plain.encode()


def codes(run: Run, beta: float | None = None) -> dict[str, np.ndarray]:
    """The test split's codes as columns [n]: index, label, mu_0.., logvar_0.. (an AE has no logvar); of a ladder at a KL weight,
    encoded anew, for which its images must be on this machine.
    """
    e = read_embedding(run)
    mu, logvar = e.mu, e.logvar
    if beta is not None:
        from explorer.measuring import codes_of
        from explorer.runs import loaded

        mu, logvar = codes_of(loaded(run, beta), beta)
    statistics = {"mu": mu} | ({} if logvar is None else {"logvar": logvar})
    columns = {f"{name}_{i}": column for name, s in statistics.items() for i, column in enumerate(s.T)}
    return {"index": np.arange(len(mu)), "label": e.y} | columns


def codes_csv(run: Run, beta: float | None = None) -> bytes:
    """Codes with a head line, numbers as short as float32 allows."""
    columns, text = codes(run, beta), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows(zip(*columns.values()))
    return text.getvalue().encode()


def codes_parquet(run: Run, beta: float | None = None) -> bytes:
    """Codes in int64 and float32."""
    from pyarrow import parquet, table

    file = io.BytesIO()
    parquet.write_table(table(codes(run, beta)), file)
    return file.getvalue()


def decoder_onnx(run: Run, beta: float | None = None) -> bytes:
    """An ONNX model of z [batch, D] -> x = E[x|z] [batch, C, H, W] in [0, 1], float32, for any batch; of a ladder at a KL weight.

    Raises UserError if packages are missing, or if ONNX's reference implementation does not decode as the run does.
    """
    try:
        import onnxscript  # noqa: F401 - torch's exporter writes with it
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        raise UserError("ONNX files need two packages that are not installed: pip install onnx onnxscript.") from None
    import torch

    from explorer.runs import loaded

    at, z = loaded(run, beta), read_embedding(run).mu[:CHECKED]
    wanted = at.decode(z)

    class Decoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = at.model

        def forward(self, z):
            return at.likelihood.mean(self.model.decode(z))

    batch = {0: torch.export.Dim("batch")}
    with EXPORTER, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, of its own parts
        made = torch.onnx.export(Decoder().eval(), (torch.zeros(2, run.spec.latent_dim),), dynamo=True, verbose=False,
                                 input_names=["z"], output_names=["x"], dynamic_shapes=(batch,)).model_proto
    graph = made.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.initializer, *graph.value_info):
        part.ClearField("metadata_props")  # which name the files of this machine
    with np.errstate(over="ignore"):  # its sigmoid of −100 is 0 by way of infinity
        [x] = ReferenceEvaluator(made).run(["x"], {"z": z})
    if x.shape != wanted.shape or not np.abs(x - wanted).max() <= TOLERANCE:
        raise UserError(f"The ONNX model of {run.name} does not decode as the run does, and was not kept. Install the versions of torch, "
                        "onnx and onnxscript that requirements.txt names.")
    return made.SerializeToString(deterministic=True)
