"""A training that was stopped or broken off, on disk: checkpoint.safetensors beside the run's other files."""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors import numpy as safetensors

from explorer.specs import RunSpec
from explorer.store.files import write_whole
from explorer.training.events import Checkpoint

CHECKPOINT = "checkpoint.safetensors"


def write_checkpoint(folder: Path, spec: RunSpec, c: Checkpoint) -> Checkpoint:
    about = {"spec": spec.to_dict(), "epoch": c.epoch, "step": c.step, "seconds": c.seconds}
    write_whole(folder / CHECKPOINT, safetensors.save(c.tensors, {"checkpoint": json.dumps(about)}))
    return c


def can_go_on(folder: Path) -> bool:
    return (folder / CHECKPOINT).exists()


def read_checkpoint(folder: Path, spec: RunSpec) -> Checkpoint | None:
    """None if there is none of these settings, or it can't be read: then training begins anew."""
    try:
        with safe_open(folder / CHECKPOINT, "numpy") as file:
            about = json.loads(file.metadata()["checkpoint"])
            if about["spec"] != spec.to_dict():
                return None
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
            return Checkpoint(int(about["epoch"]), int(about["step"]), float(about["seconds"]), tensors)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
