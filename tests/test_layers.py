"""Imports run one way (the README's map of the code), and light things stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BASE = {
    "errors",
    "registry",
    "names",
    "places",
    "privacy",
    "archive",
    "foreign",
    "tensors",
    "files",
    "specs",
    "device",
    "process",
}
MAY_IMPORT = {
    "errors": {"names"},
    "registry": {"errors"},
    "names": set(),
    "places": {"errors"},
    "privacy": set(),
    "archive": {"errors", "names"},
    "foreign": {"archive", "errors", "names"},
    "tensors": set(),
    "files": {"errors"},
    "process": set(),
    "specs": {"errors", "registry", "names"},
    "device": {"errors"},
    "data": BASE,
    "networks": BASE,
    "models": BASE | {"networks"},
    "objectives": BASE | {"models"},
    "training": BASE | {"data", "models", "objectives", "events"},
    "events": set(),
    "store": BASE | {"events"},
    "latent": BASE | {"models", "events"},
    "figures": BASE | {"latent"},
    "keeping": BASE | {"data", "models", "objectives", "training", "events", "store", "latent"},
    "watching": BASE | {"data", "models", "objectives", "events", "store"},
    "runs": BASE | {"data", "models", "objectives", "training", "events", "store", "keeping", "watching"},
    "measuring": BASE | {"data", "runs", "store", "latent", "training", "events"},
    "doctor": BASE | {"data", "store"},
    "exporting": BASE | {"runs", "measuring", "store"},
    "importing": BASE | {"data", "models", "training", "events", "store", "keeping", "runs"},
    "describing": BASE | {"data", "runs", "models", "objectives", "training"},
    "lessons": (
        BASE
        | {
            "data",
            "networks",
            "models",
            "objectives",
            "training",
            "events",
            "store",
            "latent",
            "runs",
            "describing",
        }
    ),
    "limits": {"errors", "data", "store"},
    "terminal": {"events", "latent"},
    "stopping": set(),
    "jobs": BASE | {"limits", "store", "runs"},
    "commands": (
        BASE
        | {
            "data",
            "events",
            "store",
            "latent",
            "figures",
            "runs",
            "measuring",
            "exporting",
            "importing",
            "doctor",
            "terminal",
            "stopping",
            "jobs",
        }
    ),
    "cli": BASE | {"commands"},
    "__main__": {"cli"},
    "ui": (
        BASE
        | {
            "describing",
            "store",
            "runs",
            "measuring",
            "exporting",
            "importing",
            "latent",
            "figures",
            "data",
            "jobs",
            "limits",
        }
    ),
    "pages": {"limits", "privacy", "ui", "lessons", "runs", "latent", "figures", "specs", "errors", "jobs"},
    "app": {"ui"},
}
STREAMLIT = {"ui", "pages", "app"}
WITHOUT_TORCH = {
    "errors",
    "registry",
    "specs",
    "store",
    "figures",
    "latent",
    "ui",
    "pages",
    "app",
    "cli",
    "commands",
    "terminal",
    "doctor",
    "stopping",
    "jobs",
    "limits",
    "process",
}
FILES = [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]


def layer_of(module: str) -> str:
    parts = module.split(".")
    if parts[:3] == ["explorer", "training", "events"]:
        return "events"  # which know neither torch nor the trainer
    if parts[:3] == ["explorer", "store", "files"]:
        return "files"  # which know nothing of runs
    return parts[1] if parts[0] == "explorer" and len(parts) > 1 else parts[0]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= (
                {f"explorer.{alias.name}" for alias in node.names}
                if node.module == "explorer"
                else {node.module}
            )
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_from_layers_below(path):
    layer = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if path == ROOT / "explorer/__init__.py":
        return
    used = {layer_of(m) for m in imports(path) if m.split(".")[0] == "explorer"} - {layer}
    assert used <= MAY_IMPORT[layer], f"{layer} may not import {used - MAY_IMPORT[layer]}"
    foreign = {m.split(".")[0] for m in imports(path)}
    assert layer in STREAMLIT or "streamlit" not in foreign
    assert layer not in WITHOUT_TORCH or not foreign & {"torch", "torchvision"}


@pytest.mark.parametrize(
    "module",
    [
        "explorer",
        "explorer.specs",
        "explorer.cli",
        "explorer.data",
        "explorer.store.catalogue",
        "explorer.figures.selection_map",
        "explorer.ui.explore_view",
    ],
)
def test_importing_it_imports_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_files_stay_small():
    assert not {str(p): n for p in FILES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 250}


def test_ruff_finds_nothing():
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout
