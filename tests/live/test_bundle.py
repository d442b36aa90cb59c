"""Modules are joined in their order; what cannot be joined is said in a sentence."""

import shutil
import subprocess

import pytest

from explorer.live.bundle import FOLDER, BundleError, join_modules
from explorer.live.figure import FIGURES

MODULES = {
    "entry.js": (
        'import { b, b2 } from "./parts/b.js";\nimport { a } from "./a.js";\n\nexport const c = a + b + b2;\n'
    ),
    "parts/b.js": 'import { a } from "../a.js";\n\nexport function b2() {}\nexport const b = a;\n',
    "a.js": "// The first.\n\n/** @type {number}\n * of a */\nexport const a =\n  1;\n",
}


def joined(folder, **changes: str) -> str:
    for path, text in (MODULES | {k.replace("_", "/") + ".js": text for k, text in changes.items()}).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return join_modules("entry.js", folder=folder)


def test_every_module_comes_once_after_those_that_it_imports(tmp_path):
    assert joined(tmp_path).split("\n") == [
        *("", "export const a =", "1;", ""),
        *("", "export function b2() {}", "export const b = a;", ""),
        *("", "export const c = a + b + b2;", ""),
    ]


def test_no_text_spans_lines_whose_indents_would_be_lost():
    for path in FOLDER.rglob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line.count("`") % 2 == 0, f"{path.name}: {line}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"a": 'import { b } from "./parts/b.js";\n'}, "entry.js → parts/b.js → a.js → parts/b.js"),
        ({"a": "export const a = 1;\nclass b {}\n"}, "both declare b"),
        ({"a": "const a = 1;\n"}, "imports a, which a.js does not export"),
        ({"parts_b": 'import { c } from "./c.js";\n'}, "imports parts/c.js, which does not exist"),
        ({"a": 'import a from "./parts/b.js";\n'}, "a.js has an import that is not of the form"),
        ({"a": 'import { x as a } from "./c.js";\n'}, "a.js has an import that is not of the form"),
        ({"a": 'export { a } from "./c.js";\n'}, "a.js has an import that is not of the form"),
    ],
)
def test_what_cannot_be_joined_is_said_in_a_sentence(tmp_path, changes, sentence):
    with pytest.raises(BundleError, match=sentence):
        joined(tmp_path, **changes)


@pytest.mark.parametrize(
    "host", ["hosts/notebook/notebook.js", "hosts/page/page.js", "hosts/streamlit/figure.js"]
)
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_in_every_host_is_one_script_without_imports(host, figure, tmp_path):
    script = figure.script(host, f"{figure.class_name};")
    assert "import " not in script.split("\n\n")[0] and "\nimport " not in script
    if node := shutil.which("node"):
        (tmp_path / "script.mjs").write_text(script, encoding="utf-8")
        assert subprocess.run([node, "--check", tmp_path / "script.mjs"]).returncode == 0
