"""One script, or one style sheet, of a live figure from its JavaScript modules or its CSS files."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{ ([\w$]+(?:, [\w$]+)*) \} from "(\.[\w./]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let|var)\b)", re.MULTILINE)
# Comments, a quarter of the text: those that fill lines, and those without quotation marks that end one
COMMENT = re.compile(
    r"""^ *(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/)\n|(?<=[;{},)\]\w]) // [^"'`\n]*$""", re.MULTILINE
)
INDENT = re.compile(r"^ +", re.MULTILINE)  # no text in backticks spans lines
STYLE_COMMENT = re.compile(r"\s*/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"^(export )?(?:async )?(?:function\*?|class|const|let|var) ([\w$]+)", re.MULTILINE)


class BundleError(Exception):
    """The modules cannot be joined."""


@cache
def join_modules(*entries: str, folder: Path = FOLDER) -> str:
    """Return modules and all that they import as one script without comments and indents, each module after
    those that it imports. Paths are relative to the folder. Raises BundleError.
    """
    sources: dict[str, str] = {}
    for entry in entries:
        _collect(entry, (), folder, sources)
    owners: dict[str, str] = {}
    for path, source in sources.items():
        for _, name in DECLARATION.findall(source):
            if name in owners:
                raise BundleError(f"{owners[name]} and {path} both declare {name}: rename one.")
            owners[name] = path
    return "\n".join(INDENT.sub("", COMMENT.sub("", IMPORT.sub("", source))) for source in sources.values())


def classic_script(modules: str) -> str:
    """Return joined modules as a script that is no module: a page that is opened from disk can load it."""
    return f'"use strict";\n(() => {{\n{EXPORT.sub("", modules)}\n}})();\n'


@cache
def join_styles(*paths: str) -> str:
    """Return CSS files as one style sheet without comments."""
    return "\n".join(STYLE_COMMENT.sub("", (FOLDER / path).read_text(encoding="utf-8")) for path in paths)


def _collect(path: str, importers: tuple[str, ...], folder: Path, sources: dict[str, str]) -> None:
    """Add the modules that a module imports, then the module itself, to the sources in their order."""
    if path in importers:
        raise BundleError(f"Modules import each other: {' → '.join([*importers, path])}.")
    if path in sources:
        return
    if not (folder / path).is_file():
        raise BundleError(f"{importers[-1] if importers else 'Nobody'} imports {path}, which does not exist.")
    source = (folder / path).read_text(encoding="utf-8")
    if len(IMPORT.findall(source)) != len(re.findall(r"^import\b|^export\b.*\bfrom\b", source, re.MULTILINE)):
        raise BundleError(f'{path} has an import that is not of the form import {{ a, b }} from "./file.js";')
    for names, target in IMPORT.findall(source):
        imported = normpath(join(dirname(path), target))
        _collect(imported, (*importers, path), folder, sources)
        exported = {name for export, name in DECLARATION.findall(sources[imported]) if export}
        if missing := sorted({*names.split(", ")} - exported):
            raise BundleError(f"{path} imports {missing[0]}, which {imported} does not export.")
    sources[path] = source
