"""Imports run one way (docs/architecture.md draws them), and light things stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = {"errors", "fields", "logs", "names", "registry", "specs"}
MAY_IMPORT = {
    "names": set(),
    "memory": set(),
    "events": set(),
    "logs": set(),
    "errors": {"names"},
    "device": {"errors", "registry"},
    "registry": {"errors"},
    "fields": {"errors", "names", "registry"},
    "specs": {"errors", "fields", "names", "registry"},
    "untrusted": {"errors", "names"},
    "store": SETTINGS | {"events", "untrusted"},
    "data": SETTINGS | {"store", "untrusted"},
    "networks": {"errors"},
    "models": SETTINGS | {"networks"},
    "objectives": SETTINGS | {"models"},
    "training": SETTINGS | {"data", "device", "events", "models", "objectives"},
    "latent": {"errors", "events"},
    "figures": {"latent"},
    "runs": SETTINGS
    | {"data", "device", "events", "latent", "models", "objectives", "store", "training", "untrusted"},
    "jobs": SETTINGS | {"data", "memory", "runs", "store"},
    "cli": SETTINGS
    | {"data", "device", "events", "figures", "jobs", "latent", "memory", "runs", "store", "untrusted"},
    "__main__": {"cli"},
    "ui": SETTINGS | {"data", "figures", "jobs", "latent", "memory", "runs", "store", "untrusted"},
    "lessons": SETTINGS
    | {"data", "figures", "latent", "models", "objectives", "runs", "store", "training", "ui"},
    "pages": SETTINGS | {"figures", "jobs", "latent", "store", "ui"},
    "app": {"registry", "ui"},
}
STREAMLIT = {"ui", "lessons", "pages", "app"}
WITHOUT_TORCH = {
    *(
        "errors",
        "logs",
        "names",
        "registry",
        "events",
        "specs",
        "memory",
        "store",
        "untrusted",
        "latent",
        "figures",
    ),
    *("jobs", "cli", "ui", "pages", "app"),
}
FILES = [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]


def layer_of(module: str) -> str:
    parts = module.split(".")
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
        "explorer.cli.parser",
        "explorer.data",
        "explorer.store.catalogue",
        "explorer.figures.selection_map",
        "explorer.ui.explore.view",
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
