"""Checkpoints of trainings that were stopped or interrupted: checkpoint.safetensors beside the other files of
the run.
"""

from pathlib import Path

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.events import Checkpoint
from explorer.specs import RunSpec
from explorer.store.atomic import write_atomically
from explorer.untrusted.tensors import pack_record, unpack_record

CHECKPOINT_FILE = "checkpoint.safetensors"


def write_checkpoint(folder: Path, spec: RunSpec, c: Checkpoint) -> Checkpoint:
    record = {"spec": spec.to_dict(), "epoch": c.epoch, "step": c.step, "seconds": c.seconds}
    write_atomically(folder / CHECKPOINT_FILE, pack_record("checkpoint", record, c.tensors))
    return c


def has_checkpoint(folder: Path) -> bool:
    return (folder / CHECKPOINT_FILE).exists()


def read_checkpoint(folder: Path, spec: RunSpec) -> Checkpoint | None:
    """Return the checkpoint; None if there is none with these settings or it cannot be read. Then training
    starts from the beginning.
    """
    try:
        with corrupt_file_errors("it is not a checkpoint"):
            record, tensors = unpack_record("checkpoint", (folder / CHECKPOINT_FILE).read_bytes())
            if RunSpec.from_dict(record["spec"]) != spec:
                return None
            return Checkpoint(int(record["epoch"]), int(record["step"]), float(record["seconds"]), tensors)
    except (OSError, CorruptFile, UserError):
        return None
