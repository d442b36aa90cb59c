"""Imports run one way (docs/architecture.md draws them), and light things stay light."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = {"errors", "fields", "kinds", "logs", "names", "registry", "specs"}
MAY_IMPORT = {
    "names": set(),
    "query": {"names"},
    "memory": set(),
    "events": set(),
    "quality": set(),
    "logs": set(),
    "errors": {"names"},
    "device": {"errors", "registry"},
    "kinds": {"errors"},
    "registry": {"kinds"},
    "fields": {"errors", "names", "registry"},
    "specs": {"errors", "fields", "names", "registry"},
    "untrusted": {"errors", "names"},
    "store": SETTINGS | {"events", "quality", "untrusted"},
    "assignments": SETTINGS | {"store"},
    "rooms": SETTINGS | {"store"},
    "data": SETTINGS | {"store", "untrusted"},
    "recipe": SETTINGS | {"data"},
    "chains": {"errors", "names", "untrusted"},
    "networks": {"chains", "errors", "names", "untrusted"},
    "models": SETTINGS | {"networks"},
    "objectives": SETTINGS | {"models"},
    "training": SETTINGS | {"data", "device", "events", "models", "objectives"},
    "latent": {"errors", "events", "quality"},
    "live": {"query"},
    "figures": {"latent", "names"},
    "runs": SETTINGS
    | {"chains", "data", "device", "events", "latent", "models", "objectives", "quality", "recipe", "store"}
    | {"networks", "training", "untrusted"},
    "views": SETTINGS | {"chains", "figures", "latent", "live", "recipe", "runs", "store"},
    "export": SETTINGS
    | {"assignments", "data", "figures", "latent", "lessons", "live", "query", "recipe", "runs", "store"}
    | {"views"},
    "notebook": {"errors", "export", "live", "query", "runs", "store", "views"},
    "own_models": SETTINGS
    | {"chains", "data", "events", "export", "live", "models", "networks", "notebook", "objectives", "runs"}
    | {"store", "training", "views"},
    "jobs": SETTINGS | {"data", "latent", "memory", "recipe", "runs", "store"},
    "cli": SETTINGS
    | {"assignments", "chains", "data", "device", "events", "export", "figures", "jobs", "latent", "live"}
    | {"memory", "recipe", "runs", "store", "untrusted", "views"},
    "__main__": {"cli"},
    "ui": SETTINGS
    | {"assignments", "chains", "data", "export", "figures", "jobs", "latent", "live", "memory", "query"}
    | {"recipe", "rooms", "runs", "store", "untrusted", "views"},
    "lessons": SETTINGS
    | {"latent", "live", "models", "objectives", "query", "runs", "store", "training", "views"},
    "pages": SETTINGS | {"events", "figures", "jobs", "latent", "recipe", "store", "ui", "views"},
    "app": {"registry", "ui"},
}
STREAMLIT = {"ui", "pages", "app"}
WITHOUT_TORCH = {
    *(
        "errors",
        "logs",
        "names",
        "kinds",
        "registry",
        "events",
        "quality",
        "specs",
        "memory",
        "store",
        "assignments",
        "rooms",
        "untrusted",
        "chains",
        "latent",
        "live",
        "figures",
        "views",
        "export",
        "notebook",
    ),
    *("jobs", "cli", "ui", "pages", "app"),
}
FILES = [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in FILES}


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "explorer" and len(parts) > 1 else parts[0]


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, wherever in it; by `from a import b`, a.b if it is one."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = {f"{node.module}.{alias.name}": node.module for alias in node.names}
            modules |= {name if name in MODULES else module for name, module in names.items()}
    return modules


@cache
def all_imports() -> dict[str, set[str]]:
    """Return what each module imports."""
    return {module: imports(path) for module, path in MODULES.items()}


def cycles(imports: dict[str, set[str]]) -> set[frozenset[str]]:
    """Return the sets of modules that import each other, directly or through others of the set."""
    reachable = {module: imports[module] & imports.keys() for module in imports}
    for through in reachable:  # Warshall's algorithm
        for modules in reachable.values():
            if through in modules:
                modules |= reachable[through]
    return {
        frozenset(other for other in reachable[module] if module in reachable[other])
        for module in reachable
        if module in reachable[module]
    }


def test_imports_only_from_layers_below():
    faults = []
    for module, imported in all_imports().items():
        layer, foreign = layer_of(module), {name.split(".")[0] for name in imported}
        if module == "explorer":
            continue
        used = {layer_of(name) for name in imported if name.split(".")[0] == "explorer"} - {layer}
        if above := used - MAY_IMPORT[layer]:
            faults.append(f"{module}: {layer} may not import {above}")
        if layer not in STREAMLIT and "streamlit" in foreign:
            faults.append(f"{module}: {layer} may not import streamlit")
        if layer in WITHOUT_TORCH and foreign & {"torch", "torchvision"}:
            faults.append(f"{module}: {layer} may not import torch")
    assert not faults, "\n".join(faults)


def test_no_modules_import_each_other():
    assert cycles({"a": {"b", "numpy"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}) == {
        frozenset("bc"),
        frozenset("d"),
    }
    assert not cycles(all_imports())


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


def test_mypy_finds_nothing():
    result = subprocess.run(
        [sys.executable, "-m", "mypy", f"--cache-dir={os.devnull}"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
