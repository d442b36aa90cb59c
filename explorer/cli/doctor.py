"""Report the properties of this machine, and any problems."""

import os
import platform
import shutil
from importlib.metadata import version

from explorer import device
from explorer.data import data_folder
from explorer.errors import UserError
from explorer.registry import DATASETS, built_in_datasets
from explorer.specs import RunSpec
from explorer.store.catalogue import list_runs, runs_folder

LABELS = {"amiss": "problems"}  # labels that differ from the JSON key


def findings() -> dict[str, str]:
    chosen = device.choose_device(RunSpec().network)
    runs, faults = list_runs()
    folder = runs_folder()
    place = next(p for p in (folder, *folder.resolve().parents) if p.exists())
    included = [name for name in built_in_datasets() if not DATASETS[name].download]
    downloads = [kind for kind in DATASETS.values() if kind.download]
    try:
        installed = [kind.name for kind in downloads if kind.source.is_installed(kind.name)]
        images = f"{', '.join([*included, *installed])} (images in {data_folder()})"
    except UserError as error:
        images, faults = ", ".join(included), [*faults, str(error)]
    writable = (
        "" if os.access(place, os.W_OK) else ", which cannot be written; set EXPLORER_RUNS to another folder"
    )
    return {
        "python": platform.python_version(),
        "libraries": ", ".join(
            f"{name} {version(name)}" for name in ("streamlit", "torch", "torchvision", "numpy", "plotly")
        ),
        "device": f"{chosen.name}, {chosen.threads} threads ({chosen.reason})",
        "runs": f"{len(runs)}; new runs are saved in {folder}{writable}",
        "space": f"{shutil.disk_usage(place).free / 1e9:.1f} GB free",
        "data": images,
        "amiss": " ".join(faults) or "none",
    }
